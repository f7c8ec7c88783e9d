"""One small file tells of a month what the list of months shows."""

import json
from pathlib import Path

import pytest
from standin import STORE

ROOT = Path(__file__).parents[2]
WORDS = {"kicker": "k", "title": "All is well", "standfirst": "s", "kpis": [["Profit", "¥8M"]]}


@pytest.fixture
def told(project):
    """What is told of a month whose data lie in a folder."""
    names = {stage: {"en": f"{stage} page", "zh": f"{stage} 页"} for stage in ("clean", "executive", "explore")}
    project.put("build/stages.json", json.dumps(names))
    for stage in ("clean", "executive"):  # the third notebook has no page
        project.put(f"reports/summary/{stage}.json", json.dumps({"en": WORDS, "zh": WORDS}))
    project.put("store.py", f'as_of = "2026-08-31"\n{STORE}')
    assert project.python("store.py").returncode == 0

    def tell(source):
        settings = (ROOT / "params.yaml").read_text("utf-8")
        assert "  path: data/demo " in settings
        project.put("params.yaml", settings.replace("  path: data/demo ", f"  path: {source} "))
        done = project.python("-m", "pipeline.month")
        assert done.returncode == 0, done.stderr
        return json.loads(project.text("reports/month.json"))

    return tell


def test_the_directors_page_comes_first_and_each_page_has_its_name_and_its_words(told):
    month = told("raw")
    assert month["as_of"] == "2026-08-31"
    assert list(month["said"]) == ["executive", "clean"]
    assert month["said"]["clean"]["zh"] == {"name": "clean 页"} | WORDS


@pytest.mark.parametrize(("source", "is_demo"), [("data/demo", True), ("raw", False)])
def test_a_month_says_whether_it_is_made_up(told, source, is_demo):
    assert told(source)["is_demo"] is is_demo
