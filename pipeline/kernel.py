"""A Python kernel that is the same in every folder, locale and home, and that never outlives its stage."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.parent import bound_to_parent

# What results could otherwise depend on; the last bits of a matrix product differ between one thread and two.
FIXED = {
    "JUPYTER_PREFER_ENV_PATH": "1",  # this environment's kernel, not one in the user's home
    "LC_ALL": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONNOUSERSITE": "1",
    "PYTHONUTF8": "1",
    "SOURCE_DATE_EPOCH": "0",
    "TZ": "UTC",
}
LONGEST_SOCKET_FOLDER = (
    68  # a Unix socket's path holds 107 characters, and wb-kernel-4194304-abcdefgh/socket-5 needs 37
)
FOLDER = "wb-kernel-"


def fix_environment(root: Path) -> None:
    """Give this process, and so the kernel, the environment that makes results repeatable."""
    os.environ.update(FIXED)
    os.environ["MPLCONFIGDIR"] = str(root / "build" / "matplotlib")
    # Without compiled files every import takes several times as long.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # The project's own code first, also in a copy of the project that shares an environment with another.
    paths = [str(root / "src"), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)
    sys.path.insert(0, str(root / "src"))


@contextmanager
def started_kernel(log: Path) -> Iterator[Any]:
    """A kernel manager whose kernel is starting; the kernel is gone when the block ends.

    What the kernel's process itself prints, as at a crash, goes to ``log``.
    """
    from jupyter_client.manager import AsyncKernelManager
    from jupyter_core.utils import run_sync

    log.parent.mkdir(parents=True, exist_ok=True)
    sweep(Path(_short_folder() or tempfile.gettempdir()))
    with (
        tempfile.TemporaryDirectory(prefix=f"{FOLDER}{os.getpid()}-", dir=_short_folder()) as folder,
        log.open("wb") as printed,
    ):
        os.environ["IPYTHONDIR"] = folder  # not the user's start-up files and history
        settings = {"kernel_name": "python3", "connection_file": f"{folder}/connection.json"}
        if os.name == "posix":
            settings |= {"transport": "ipc", "ip": f"{folder}/socket"}  # readable by this user only
        else:
            settings |= {"transport_encryption": "auto"}
        manager = AsyncKernelManager(**settings)
        run_sync(manager.start_kernel)(
            extra_arguments=["--HistoryManager.enabled=False"], stdout=printed, stderr=printed, **_bound()
        )
        try:
            yield manager
        finally:
            run_sync(manager.shutdown_kernel)(now=True)


def _bound() -> dict[str, Any]:
    """The kernel notices the end of its stage only once a second, and a busy one later."""
    return {"preexec_fn": bound_to_parent(signal.SIGKILL)} if sys.platform == "linux" else {}


def sweep(folder: Path) -> None:
    """Remove what stages that were killed have left in the ``folder`` for temporary files."""
    from analysis.core.processes import lives

    for left in folder.glob(f"{FOLDER}*-*"):
        if not lives(int(left.name.removeprefix(FOLDER).split("-")[0])):
            shutil.rmtree(left, ignore_errors=True)


def _short_folder() -> str | None:
    return "/tmp" if os.name == "posix" and len(tempfile.gettempdir()) > LONGEST_SOCKET_FOLDER else None


def exit_code(manager: Any) -> int | None:
    """How the kernel's process ended; ``None`` while it lives."""
    process = manager.provisioner.process if manager.provisioner else None
    return process.poll() if process else None
