"""Opening, running and saving a notebook makes no stage stale; changing it does."""

import json

import pytest
from standin import PARAMETERS, TITLE, notebook

from pipeline import sources

PLAIN = notebook(TITLE, PARAMETERS, "# Then", "1 + 1")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def saved_by_jupyterlab():
    """The same notebook after Shift-Enter through all its cells."""
    used = json.loads(json.dumps(PLAIN))
    used["metadata"] = {"language_info": {"name": "python", "version": "3.12.9"}, "widgets": {}}
    used["nbformat_minor"] = 5
    for number, cell in enumerate(used["cells"]):
        cell["source"] = cell["source"].splitlines(keepends=True)
        cell["metadata"] |= {"scrolled": True, "execution": {"iopub.execute_input": "2026-11-21T09:00:00Z"}}
        if cell["cell_type"] == "code":
            cell["execution_count"] = number
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["now\n"]}]
    empty = {
        "cell_type": "code",
        "id": "9f8e7d",
        "metadata": {},
        "source": [],
        "outputs": [],
        "execution_count": None,
    }
    used["cells"].append(empty)
    return used


def test_the_view_of_a_notebook_that_was_run_and_saved_is_the_same():
    assert sources.view(json.dumps(saved_by_jupyterlab())) == sources.view(json.dumps(PLAIN))


def test_the_view_of_a_view_is_itself():
    view = sources.view(json.dumps(PLAIN))
    assert sources.view(view) == view


@pytest.mark.parametrize(
    ("key", "value"), [("source", "1 + 2"), ("id", "another"), ("metadata", {"tags": ["skip"]})]
)
def test_another_source_name_or_tag_is_another_view(key, value):
    changed = json.loads(json.dumps(PLAIN))
    changed["cells"][3][key] = value
    assert sources.view(json.dumps(changed)) != sources.view(json.dumps(PLAIN))


def test_views_are_named_by_stage_and_listed_in_the_order_of_the_numbers(folder):
    for name in ("10_plan", "2_profit", "9_growth"):
        (folder / "notebooks" / f"{name}.ipynb").write_text(json.dumps(PLAIN))
    assert sources.main([]) == 0
    assert list(json.loads((folder / "build" / "stages.json").read_text())) == ["profit", "growth", "plan"]
    assert sorted(file.name for file in (folder / "build" / "notebooks").iterdir()) == [
        "growth.ipynb", "plan.ipynb", "profit.ipynb"
    ]  # fmt: skip


def test_a_notebook_for_questions_of_ones_own_is_no_stage_and_may_be_half_written(folder):
    free = {"9_explore": json.dumps(saved_by_jupyterlab()), "9_explore_prices": json.dumps(PLAIN), "Untitled": "{"}
    for name, text in {"1_clean": json.dumps(PLAIN), **free}.items():
        (folder / "notebooks" / f"{name}.ipynb").write_text(text)
    assert sources.main([]) == 0
    assert json.loads((folder / "build" / "stages.json").read_text()) == {"clean": {}}
    assert [file.name for file in (folder / "build" / "notebooks").iterdir()] == ["clean.ipynb"]
    assert {name: (folder / "notebooks" / f"{name}.ipynb").read_text() for name in free} == free
    assert sources.main(["--tidy"]) == 0
    assert (folder / "notebooks" / "9_explore.ipynb").read_text() == sources.view(free["9_explore"])
    assert (folder / "notebooks" / "Untitled.ipynb").read_text() == "{"


def test_the_list_of_stages_changes_with_the_name_of_a_page_and_not_with_other_words(folder):
    (folder / "notebooks" / "1_clean.ipynb").write_text(json.dumps(PLAIN))
    words = folder / "src" / "analysis" / "text" / "clean.toml"
    words.parent.mkdir(parents=True)
    listed = []
    for name, other in (("Data", "a"), ("Data", "b"), ("Lines", "b")):
        words.write_text(
            f'[page]\nname.en = "{name}"\nname.zh = "数据"\n[x]\ny.en = "{other}"\n', encoding="utf-8"
        )
        assert sources.main([]) == 0
        listed.append((folder / "build" / "stages.json").read_text(encoding="utf-8"))
    assert listed[0] == listed[1] != listed[2]
    assert json.loads(listed[2]) == {"clean": {"en": "Lines", "zh": "数据"}}


def test_tidy_gives_the_notebook_itself_the_form_of_its_view(folder):
    file = folder / "notebooks" / "1_clean.ipynb"
    file.write_text(json.dumps(saved_by_jupyterlab()))
    assert sources.main([]) == 0
    assert json.loads(file.read_text())["cells"][1]["outputs"]
    assert sources.main(["--tidy"]) == 0
    assert file.read_text() == (folder / "build" / "notebooks" / "clean.ipynb").read_text()


def test_two_notebooks_of_one_stage_are_refused(folder, capsys):
    for name in ("1_clean", "2_clean"):
        (folder / "notebooks" / f"{name}.ipynb").write_text(json.dumps(PLAIN))
    assert sources.main([]) == 1
    assert capsys.readouterr().err == (
        "notebooks/1_clean.ipynb and notebooks/2_clean.ipynb are both stage 'clean'. Rename one of them.\n"
    )


def test_a_file_that_is_no_notebook_is_named_with_the_remedy(folder, capsys):
    (folder / "notebooks" / "1_clean.ipynb").write_text("{}")
    assert sources.main([]) == 1
    assert capsys.readouterr().err == (
        "notebooks/1_clean.ipynb: not a notebook (KeyError: 'cells'). "
        "Restore it with `git checkout notebooks/1_clean.ipynb`.\n"
    )


def test_a_file_is_written_whole_or_not_at_all(folder, monkeypatch):
    file = folder / "page.html"
    sources.write_whole(file, "last month")

    def full(_from, _to):
        raise OSError("no space left")

    monkeypatch.setattr(sources.os, "replace", full)
    with pytest.raises(OSError, match="no space left"):
        sources.write_whole(file, "this month")
    assert file.read_text() == "last month"
    assert [path.name for path in folder.iterdir() if path.suffix == ".tmp"] == []
