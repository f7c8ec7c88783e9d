#!/usr/bin/env python3
"""The one command of the workbook.

    python3 workbook.py                                set up on first use, then make the pages
    python3 workbook.py refresh --as-of 2026-09-30     the same for another month
    python3 workbook.py undo                           bring the last committed month back
    python3 workbook.py months                         list all months again, from what is committed
    python3 workbook.py lab                            open the notebooks in JupyterLab
    python3 workbook.py pdf                            print the pages to PDF, where Chromium is installed
    python3 workbook.py test                           run the tests
    python3 workbook.py recovery                       hold the estimates against worlds of known truth

Nothing but Python is needed to start it. Everything it installs goes into the folder .venv.
"""

import sys

# Keep this file readable for Python 3.6, or the sentence below becomes a syntax error.
if sys.version_info < (3, 11):  # noqa: UP036
    got = sys.version.split()[0]
    sys.exit(f"workbook.py: needs Python 3.11 or newer, got {got}. Use another: python3.12 workbook.py")

import signal

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # while the imports last, Ctrl-C is no traceback

import argparse
import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
# Its presence says that .venv is ours; its lines name the locks that are completely installed.
MARK = VENV / "workbook.mark"
PAGES_LOCK = ROOT / "requirements.lock"
TEST_LOCK = ROOT / "requirements-test.lock"  # the same versions and the test tools on top
PASSED_ON = ("test", "lab", "pdf", "recovery")  # commands whose further arguments are those of the program they start
ON_ALL_CORES = ("--numprocesses=auto", "--dist=loadfile")
NO_GIT = "[core]\n    no_scm = true\n"
CLOSED = "Free some space if the disk is full, else move the workbook to a folder of yours; then run again."
DEBIAN = f"On Debian and Ubuntu: sudo apt-get install python3.{sys.version_info.minor}-venv, then run again."


def main() -> int:
    arguments, rest = parser().parse_known_args()
    if rest and arguments.command not in PASSED_ON:
        parser().error("unknown argument: " + " ".join(rest))
    set_up(TEST_LOCK if arguments.command == "test" else PAGES_LOCK)
    if arguments.command == "test":
        return run(PYTHON, "-m", "pytest", *ON_ALL_CORES, *rest)
    if arguments.command == "recovery":
        return run(PYTHON, "-m", "tests.recovery", *rest)
    if arguments.command == "pdf":
        return run(PYTHON, "-m", "pipeline.pdf", *rest)
    if arguments.command == "lab":
        # JupyterLab itself asks what Ctrl-C means; this script only waits for its answer.
        signal.signal(signal.SIGINT, lambda *_: None)
        quiet = "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"
        return run(PYTHON, "-m", "jupyterlab", "--LabApp.default_url=/lab/tree/notebooks", quiet, *rest)
    options = {
        "refresh": ["--as-of", arguments.as_of],
        "undo": ["--undo", arguments.commit],
        "months": ["--months"],
    }
    with alone():
        prepare_dvc()
        try:
            code = run(PYTHON, "-m", "pipeline.refresh", *options.get(arguments.command, []), ours=True)
        except (KeyboardInterrupt, SystemExit):
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # the good pages must come back whole
            run(PYTHON, "-m", "pipeline.refresh", "--restore", ours=True)
            raise
    index = ROOT / "reports" / "index.html"
    if code == 0 and index.exists():
        print("Pages: " + index.as_uri())
    return code


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="workbook.py",
        description="Without a command: set up on first use, then make the pages whose inputs changed.",
        epilog="The pages start at reports/index.html. The settings are in params.yaml.",
    )
    top.set_defaults(as_of=None, commit="HEAD")
    commands = top.add_subparsers(dest="command", metavar="command")
    month = commands.add_parser("refresh", help="make the pages for another month and show what changed")
    month.add_argument("--as-of", required=True, metavar="YYYY-MM-DD", help="the last day that counts")
    back = commands.add_parser("undo", help="bring the last committed month back, or an earlier one")
    back.add_argument("commit", nargs="?", default="HEAD", help="a commit or tag, as refresh-2026-08")
    commands.add_parser("months", help="bring the pages of every committed month back, as after a fresh clone")
    commands.add_parser("lab", help="open the notebooks in JupyterLab, which gets all further arguments")
    commands.add_parser("pdf", help="print the pages to PDF, where Chromium is installed; all, or those named, as executive")
    commands.add_parser("test", help="run the tests with pytest, which gets all further arguments")
    passed = "hold the estimates against worlds of known truth; gets all further arguments, also --help"
    commands.add_parser("recovery", help=passed, add_help=False)
    return top


# --- set-up -----------------------------------------------------------------------------------


def key(lock: Path) -> str:
    """A changed lock or a moved folder (scripts in .venv hold its path) means another set-up."""
    return hashlib.sha256(lock.read_bytes() + str(ROOT).encode()).hexdigest()


def is_set_up(lock: Path) -> bool:
    return PYTHON.exists() and MARK.exists() and key(lock) in MARK.read_text().split()


def set_up(lock: Path) -> None:
    if is_set_up(lock):
        return
    if VENV.exists() and not MARK.exists():
        sys.exit("workbook.py: .venv was not made by this script. Rename or delete it, then run again.")
    with alone():
        began = time.monotonic()
        print("Setting up .venv: about 1 GB, once, usually half a minute to two minutes.", flush=True)
        if not is_set_up(PAGES_LOCK):
            new_venv()
        install(lock)
        make_importable()
        # Last of all, so that an interrupted set-up is never taken for a good one.
        MARK.write_text("".join(key(done) + "\n" for done in {PAGES_LOCK, lock}))
        print(f"Set up in {time.monotonic() - began:.0f} s.", flush=True)


def new_venv() -> None:
    old = VENV.with_name(".venv.old")
    shutil.rmtree(old, ignore_errors=True)
    if VENV.exists():
        try:
            VENV.rename(old)  # all at once: deleting can be interrupted half-way
        except OSError:
            sys.exit("workbook.py: .venv is in use. Close JupyterLab and other Pythons, then run again.")
        shutil.rmtree(old, ignore_errors=True)
    VENV.mkdir()
    MARK.touch()
    # Started from the old .venv, this Python is gone now: the one it was made from makes the new one.
    python = getattr(sys, "_base_executable", None) or sys.executable
    # Without pip, because Debian keeps the means to install pip in a package of its own.
    fault = quietly("Creating .venv", python, "-m", "venv", "--without-pip", VENV)
    if fault:
        sys.exit(f"{fault}\nworkbook.py: Python could not make .venv. {DEBIAN}")


def install(lock: Path) -> None:
    """With uv (fast) if it is there or can be fetched, else with pip, which also reads pip's own settings."""
    uv = shutil.which("uv")
    if uv is None or subprocess.run([uv, "--version"], capture_output=True).returncode != 0:
        add_pip()
        uv = None if pip_install("Fetching uv", pinned(lock, "uv")) else str(BIN / "uv")
    if uv is not None:
        # The lock doubles as build constraint: the one package without a wheel is built with the pinned
        # setuptools. Compiled, because notebooks that start uncompiled take three times as long.
        options = ["--require-hashes", "--build-constraint", str(lock), "--compile-bytecode", "--quiet"]
        command = [uv, "pip", "install", "--python", str(PYTHON), *options, "-r", str(lock)]
        if not quietly("Installing packages", *command):
            return
        print("uv could not install the packages; trying pip, which is slower.", flush=True)
        add_pip()
    fault = pip_install("Fetching setuptools", pinned(lock, "setuptools"))
    fault = fault or pip_install("Installing packages with pip", lock.read_text(encoding="utf-8"))
    if fault:
        sys.exit(f"{fault}\nworkbook.py: packages could not be installed. Check the network, then run again.")


def pip_install(what: str, requirements: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "requirements.txt"
        file.write_text(requirements, encoding="utf-8")
        options = ["--require-hashes", "--no-build-isolation", "--use-pep517", "--quiet"]
        return quietly(what, PYTHON, "-m", "pip", "install", *options, "-r", file)


def pinned(lock: Path, package: str) -> str:
    """The lines of one package in a lock, hashes included."""
    return "".join(re.findall(rf"(?m)^{package}==(?:.*\\\n)*.*\n", lock.read_text(encoding="utf-8")))


def add_pip() -> None:
    fault = quietly("Adding pip", PYTHON, "-m", "ensurepip")
    if fault:
        sys.exit(f"{fault}\nworkbook.py: this Python cannot install packages. {DEBIAN}")


def make_importable() -> None:
    """Let .venv find `analysis` and `pipeline` where they are: nothing to build, nothing to reinstall."""
    ask = [str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = Path(subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip())
    folders = [os.path.relpath(folder, packages) for folder in (ROOT / "src", ROOT)]
    (packages / "workbook.pth").write_text("\n".join(folders) + "\n", encoding="utf-8")


def prepare_dvc() -> None:
    """DVC wants a git repository (an unpacked archive has none), or to be told that there is no git."""
    git, local = shutil.which("git"), ROOT / ".dvc" / "config.local"
    if git is None and not local.exists():
        local.write_text(NO_GIT)
    elif git is not None:
        if subprocess.run([git, "rev-parse", "--git-dir"], cwd=ROOT, capture_output=True).returncode != 0:
            subprocess.run([git, "init", "--quiet"], cwd=ROOT)
        if local.exists() and local.read_text() == NO_GIT:
            local.unlink()


# --- processes --------------------------------------------------------------------------------


def environment() -> "dict[str, str]":
    # Without bytecode every notebook starts seconds later; a foreign path or home breaks the pinned set.
    dropped = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    kept["PATH"] = str(BIN) + os.pathsep + kept.get("PATH", os.defpath)
    kept["VIRTUAL_ENV"] = str(VENV)
    return kept


def run(*command: "str | Path", ours: bool = False) -> int:
    """Run to the end. One that is ``ours`` ends with us; where the system can, Ctrl-C is kept from it: we end it."""
    words, settings = [str(part) for part in command], environment()
    if ours:
        settings["WORKBOOK"] = str(os.getpid())
    deaf = shielded_from_interrupts if ours and os.name == "posix" else None
    process = subprocess.Popen(words, cwd=ROOT, env=settings, preexec_fn=deaf)
    with stopped_with_us(process, knows=deaf is None):
        code = process.wait()
    return code if code >= 0 else 128 - code


def quietly(what: str, *command: "str | Path") -> str:
    """Run, showing only the seconds that pass. Empty if all went well, else what the program said last."""
    began, terminal = time.monotonic(), sys.stdout.isatty()
    print(f"  {what} ...", end="" if terminal else "\n", flush=True)
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        words = [str(part) for part in command]
        process = subprocess.Popen(words, cwd=ROOT, env=environment(), stdout=said, stderr=subprocess.STDOUT)
        with stopped_with_us(process):
            while process.poll() is None:
                time.sleep(0.1)
                if terminal:
                    print(f"\r  {what} ... {time.monotonic() - began:.0f} s", end="", flush=True)
        print(end="\n" if terminal else "", flush=True)
        said.seek(0)
        last = "".join(said.readlines()[-15:]).rstrip()
        return "" if process.returncode == 0 else last or "It ended without a word."


def shielded_from_interrupts() -> None:
    """A Python that is interrupted while it starts, as every stage's does, shows its own insides."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextlib.contextmanager
def stopped_with_us(process: "subprocess.Popen[bytes]", knows: bool = True) -> Iterator[None]:
    """Leave no program behind. One that ``knows`` of Ctrl-C is tidying up already."""
    try:
        yield
    except BaseException as reason:
        if not knows or not isinstance(reason, KeyboardInterrupt):
            process.terminate()
        try:
            process.wait(10)
        except (KeyboardInterrupt, subprocess.TimeoutExpired):
            process.kill()
        raise


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One set-up or refresh at a time. The system frees the lock when this program ends, however it ends."""
    file = ROOT / ".dvc" / "tmp" / "workbook.lock"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = file.open("a")
    except OSError as fault:
        sys.exit(f"workbook.py: its folder cannot be written, got '{fault.strerror}'. {CLOSED}")
    with lock as handle:
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            sys.exit("workbook.py: a refresh is already running. Wait until it ends, then run again.")
        yield


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\nInterrupted. What was finished is kept; run the same command to go on.", file=sys.stderr)
        sys.exit(130)
