"""In JupyterLab each notebook runs top to bottom as it is, and shows what the pages show."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from analysis.draw.page import MIME

ROOT = Path(__file__).parents[2]
SMALL = {"customers": "60", "months": "14"}
LONGEST_CELL_SECONDS = 300
NOTEBOOKS = sorted(file.name for file in ROOT.glob("notebooks/[1-9]_*.ipynb"))


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The project as a colleague gets it, with a small demo as its source."""
    folder = tmp_path_factory.mktemp("lab")
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file() and name.startswith(("src/", "notebooks/", "dvc.yaml", "params.yaml")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    text = (folder / "params.yaml").read_text("utf-8")
    for key, value in {"path": "data/demo", "as_of": "null", **SMALL}.items():
        text, found = re.subn(rf"(?m)^( *){key}:.*$", rf"\g<1>{key}: {value}", text, count=1)
        assert found == 1, key
    (folder / "params.yaml").write_text(text, encoding="utf-8")
    made = [sys.executable, "-m", "analysis.simulate"]
    subprocess.run(made, cwd=folder, env=os.environ | {"PYTHONPATH": str(folder / "src")}, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def shown(project):
    """Every notebook after a run in reading order, started where JupyterLab starts it."""
    run = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(project / "src"))
        for name in NOTEBOOKS:
            notebook = nbformat.read(project / "notebooks" / name, as_version=4)
            folder = {"metadata": {"path": str(project / "notebooks")}}
            client = NotebookClient(notebook, timeout=LONGEST_CELL_SECONDS, kernel_name="python3", resources=folder)
            run[name] = client.execute()
    return run


def outputs(notebook):
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_top_to_bottom_without_a_word_of_warning(shown, name):
    said = [(one.get("name"), one.get("text") or one.get("ename")) for one in outputs(shown[name]) if one.output_type in ("stream", "error")]
    assert said == []


@pytest.mark.parametrize("name", [name for name in NOTEBOOKS if "explore" not in name])
def test_what_a_notebook_shows_is_what_the_page_shows_in_the_page_s_own_look(shown, name):
    sections = [one.data for one in outputs(shown[name]) if MIME in one.get("data", {})]
    assert len(sections) > 3
    for data in sections:
        assert re.sub("</?noscript>", "", data[MIME]["zh"]) in data["text/html"], "all of it, and what is folded on the page is open"
        assert "@scope" in data["text/html"]


def test_the_notebook_for_questions_of_ones_own_shows_tables_a_story_and_a_what_if(shown):
    cells = {cell.id: [one.data.get("text/html", "") for one in cell.outputs if "data" in one] for cell in shown["9_explore.ipynb"].cells if cell.cell_type == "code"}
    assert "risk_calibration" in cells["tables"][0]
    assert all("<table" in html for html in cells["columns"])
    assert "<svg" in cells["story"][0]
    assert "segment.window_months" in cells["what-if"][0]
    assert "what_if" in cells["compare"][1]
    plots = [one.data for cell in shown["9_explore.ipynb"].cells if cell.cell_type == "code" for one in cell.outputs if "image/png" in one.get("data", {})]
    assert len(plots) == 1
