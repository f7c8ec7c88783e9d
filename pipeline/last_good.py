"""The results of the last refresh that went well: they come back when the next one does not.

DVC deletes a stage's results before it runs the stage, and keeps a copy of all it ever made. So the last good
results are a copy of dvc.lock away.
"""

from collections.abc import Callable
from pathlib import Path

from pipeline.sources import write_whole


class LastGood:
    """The dvc.lock of the last refresh that went well, kept from the start of a refresh to its good end.

    A refresh that was killed could not clear up: what it has left in dvc.lock is not taken for good.
    """

    def __init__(self, root: Path) -> None:
        self._lock = root / "dvc.lock"
        self._kept = root / ".dvc" / "tmp" / "last_good.lock"

    @property
    def is_kept(self) -> bool:
        """There was a good refresh, and its results are not back yet."""
        return self._kept.exists()

    def keep(self) -> None:
        """A refresh begins."""
        if self._lock.exists() and not self._kept.exists():
            _copy(self._lock, self._kept)

    def forget(self) -> None:
        """The refresh went well."""
        self._kept.unlink(missing_ok=True)

    def restore(self, checked_out: Callable[[], bool]) -> bool:
        """The refresh did not go well: put dvc.lock back and let ``checked_out`` follow it.

        False where not all of its results are stored.
        """
        _copy(self._kept, self._lock)
        if not checked_out():
            return False
        self.forget()
        return True


def _copy(file: Path, to: Path) -> None:
    write_whole(to, file.read_bytes().decode("utf-8"))
