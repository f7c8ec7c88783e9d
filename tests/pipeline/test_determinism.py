"""The whole project, refreshed twice from nothing: elsewhere, in another locale, by another user."""

import json
import re
import sys
from pathlib import Path

import pytest

from tests.demo_refresh import finished, refreshed_twice, start


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory):
    return refreshed_twice(tmp_path_factory)


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
