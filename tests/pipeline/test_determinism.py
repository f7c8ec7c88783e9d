"""The whole project, refreshed twice from nothing: elsewhere, in another locale, by another user."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HERE = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"}
ELSEWHERE = {"TZ": "Asia/Tokyo", "LC_ALL": "POSIX", "PYTHONHASHSEED": "77", "OMP_NUM_THREADS": "2"}
LONGEST_SECONDS = 600


def copied(folder):
    """The project as a colleague gets it, with what is not committed yet; the source is the demo."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    (folder / "dvc.lock").unlink(missing_ok=True)
    (folder / ".dvc" / "config.local").write_text("[core]\n    no_scm = true\n")
    params = folder / "params.yaml"
    text, found = re.subn(r"(?m)^(source:\n  path:) .*$", r"\1 data/demo", params.read_text("utf-8"))
    assert found == 1
    params.write_text(re.sub("(?m)^as_of:.*$", "as_of: null", text), encoding="utf-8")
    return folder


def start(folder, *arguments, **settings):
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(folder / "src"),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "dvc", *arguments], cwd=folder, env=environment | settings, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def finished(process):
    said = process.communicate(timeout=LONGEST_SECONDS)[0]
    assert process.returncode == 0, said
    return said


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory):
    """Two folders in which ``dvc repro`` has run at the same time."""
    top = tmp_path_factory.mktemp("det")
    first, second = copied(top / "A"), copied(top / "B 示例" / "other" / "deeper")
    (top / "home").mkdir()
    processes = [start(first, "repro", **HERE), start(second, "repro", **ELSEWHERE, HOME=str(top / "home"))]
    said = [process.communicate(timeout=LONGEST_SECONDS)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], "\n".join(said)
    return first, second


def test_two_folders_end_with_the_same_lock_byte_for_byte(refreshed):
    first, second = ((folder / "dvc.lock").read_bytes() for folder in refreshed)
    differing = [
        (one.decode(), other.decode())
        for one, other in zip(first.splitlines(), second.splitlines(), strict=False)
        if one != other
    ]
    assert differing == []
    assert first == second


def test_no_output_names_a_folder_of_this_machine(refreshed):
    first, _ = refreshed
    files = [
        file
        for folder in ("reports", "build/notebooks")
        for file in (first / folder).rglob("*")
        if file.is_file()
    ]
    assert files
    places = (str(first), sys.prefix, str(Path.home()) + "/")
    texts = {file.relative_to(first).as_posix(): file.read_text("utf-8", "replace") for file in files}
    assert [name for name, text in texts.items() if any(place in text for place in places)] == []


def test_a_second_refresh_runs_nothing(refreshed):
    assert "Data and pipelines are up to date." in finished(start(refreshed[0], "repro"))
    assert "Running stage" not in finished(start(refreshed[0], "repro"))


def test_running_and_saving_a_notebook_makes_no_stage_of_it_stale(refreshed):
    folder = refreshed[1]
    for file in folder.glob("notebooks/*.ipynb"):
        content = json.loads(file.read_text("utf-8"))
        content["metadata"]["language_info"]["version"] = "3.12.1"
        for number, cell in enumerate(content["cells"]):
            cell["metadata"]["scrolled"] = False
            if cell["cell_type"] == "code":
                cell["execution_count"] = number
                cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": ["seen\n"]}]
        file.write_text(json.dumps(content), encoding="utf-8")
    said = finished(start(folder, "repro"))
    assert re.findall("Running stage '(.+)'", said) == ["sources"]
