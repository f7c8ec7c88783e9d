"""Open every sheet of a workbook within a limit of memory: ``python trial.py FILE BYTES``.

Exit code 0 says that it can be read, 1 that the reader refused it, 9 that memory ran out; an abort has a code of
its own. Imports nothing of the workbook, so that it starts at once.
"""

import sys

from python_calamine import CalamineWorkbook

OUT_OF_MEMORY = 9


def main(file: str, most_bytes: int) -> int:
    """Read ``file`` and forget it."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        book = CalamineWorkbook.from_path(file)
        for name in book.sheet_names:
            book.get_sheet_by_name(name)
    except MemoryError:
        return OUT_OF_MEMORY
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
