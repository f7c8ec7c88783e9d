"""Two equal runs give equal bytes, whatever the machine, the folder and the moment."""

import copy
import json
import sys
from pathlib import Path

import nbformat
import pytest
from standin import PARAMETERS, TITLE, notebook

from pipeline.normalise import INJECTED, normalise, warnings_of
from pipeline.sources import written


def executed(root, moment, chunks):
    """A notebook as Papermill leaves it; ``moment`` is all that differs between two runs."""
    node = nbformat.from_dict(notebook(TITLE, PARAMETERS, "# Then", "frame"))
    node.metadata = {
        "papermill": {"start_time": moment, "duration": len(moment)},
        "kernelspec": {"name": moment},
    }
    injected = nbformat.v4.new_code_cell(
        "as_of = None", metadata={"tags": [INJECTED], "papermill": {"t": moment}}
    )
    node.cells.insert(2, injected)
    shown = node.cells[4]
    shown.metadata = {"execution": {"iopub": moment}, "papermill": {"start_time": moment}, "tags": ["wide"]}
    shown.execution_count = len(moment)
    style = f"{len(moment):05x}"
    html = f'<style>#T_{style}_row0 {{}}</style><table id="T_{style}"><td id="T_{style}_row0"></td></table>'
    shown.outputs = [
        *(nbformat.v4.new_output("stream", name="stdout", text=chunk) for chunk in chunks),
        nbformat.v4.new_output("stream", name="stderr", text=f"{root}/x.py:3: warned at {moment}\n"),
        nbformat.v4.new_output(
            "execute_result",
            data={"text/html": html, "text/plain": f"<Styler at 0x7f{len(moment):x}>"},
            execution_count=len(moment),
        ),
        nbformat.v4.new_output(
            "display_data", data={"text/plain": f"<Axes at 0x7f{len(moment):x}> {root}/data {sys.prefix}/lib"}
        ),
    ]
    return node


def test_equal_runs_in_other_places_and_at_other_moments_give_equal_bytes():
    first = normalise(executed("/home/ann/book", "09:00", ["one\n", "two\n"]), Path("/home/ann/book"))
    second = normalise(executed("/srv/b", "noon, or later", ["one\ntwo\n"]), Path("/srv/b"))
    assert written(first) == written(second)


@pytest.fixture
def clean():
    return normalise(executed("/srv/b", "09:00", ["one\n", "two\n"]), Path("/srv/b"))


def test_the_added_cell_has_a_fixed_name_and_the_others_keep_theirs(clean):
    assert [cell.id for cell in clean.cells] == ["cell-a", "cell-b", INJECTED, "cell-c", "cell-d"]


def test_cells_are_counted_from_one(clean):
    assert [cell.execution_count for cell in clean.cells if cell.cell_type == "code"] == [1, 2, 3]


def test_only_tags_are_left_of_the_metadata(clean):
    assert [cell.metadata for cell in clean.cells][-1] == {"tags": ["wide"]}
    assert sorted(clean.metadata) == ["kernelspec", "language_info"]


def test_outputs_are_joined_named_and_freed_of_places(clean):
    printed, table, axes = clean.cells[-1].outputs
    assert printed.text == "one\ntwo\n"
    assert list(table.data) == ["text/html"]
    assert table.data["text/html"].count("T_cell-d_1") == 3
    assert axes.data["text/plain"] == "<Axes> ./data python/lib"


def test_content_that_differs_stays_different(clean):
    other = normalise(executed("/srv/b", "09:00", ["one\n", "three\n"]), Path("/srv/b"))
    assert written(other) != written(clean)


def test_the_notebook_handed_in_is_left_as_it_is():
    node = executed("/srv/b", "09:00", ["one\n"])
    before = copy.deepcopy(node)
    normalise(node, Path("/srv/b"))
    assert node == before


def test_standard_error_goes_to_the_screen_without_places():
    node = executed("/srv/b", "09:00", [])
    node.cells[4].outputs[0].text += "/tmp/ipykernel_77/123.py:5: UserWarning: careful\n"
    assert warnings_of(node, Path("/srv/b")) == ["./x.py:3: warned at 09:00", "UserWarning: careful"]


def test_the_result_is_a_valid_notebook(clean):
    nbformat.validate(nbformat.reads(written(clean), as_version=4))
    assert json.loads(written(clean))["nbformat_minor"] == 5
