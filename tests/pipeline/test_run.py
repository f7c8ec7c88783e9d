"""One stage from its notebook to its pages."""

import json
import os
import re
import struct

import pytest
from standin import PAGES

PLACES = re.compile(r"/tmp/|/home/|/root/|0x[0-9a-f]{6}")


def test_a_stage_leaves_its_pages_its_executed_copy_and_one_line(project):
    project.write("## Look", "import os, sys\nprint(os.getcwd(), sys.prefix, object(), os.environ['TZ'])")
    done = project.run(TZ="Asia/Tokyo", LC_ALL="POSIX", PYTHONHASHSEED="77", PYTHONDONTWRITEBYTECODE="1")
    assert re.fullmatch(r"clean \d+\.\d s · start \d+\.\d · cells \d+\.\d · pages \d+\.\d\n", done.stderr)
    assert (done.returncode, done.stdout) == (0, "")
    assert project.files("reports") == sorted(PAGES)
    executed = json.loads(project.text("reports/executed/clean.ipynb"))
    assert executed["cells"][-1]["outputs"][0]["text"] == ". python <object object> UTC\n"
    assert [path for path in PAGES if PLACES.search(project.text(path))] == []
    assert "All rows add up" in project.text("reports/clean.zh.html")
    assert '<html lang="zh-Hans"' in project.text("reports/clean.zh.html")
    assert '<html lang="en"' in project.text("reports/clean.en.html")
    assert json.loads(project.text("reports/summary/clean.json"))["en"]["title"] == "All rows add up"


def test_a_plot_of_dvc_is_the_table_of_its_name(project):
    project.write()
    project.put(
        "dvc.yaml", project.text("dvc.yaml") + "    plots:\n      - reports/plots/run_facts.csv: {x: as_of}\n"
    )
    assert project.run().returncode == 0
    zeros = "0" * 64
    assert project.text("reports/plots/run_facts.csv") == (
        f'"as_of","currency","data_sha256"\n2026-09-30,"CNY","{zeros}"\n'
    )


def test_the_same_stage_twice_gives_the_same_bytes(project, tmp_path):
    project.write("## Look", "import time\nprint('a', flush=True)\ntime.sleep(0.2)\nprint({'x', 'y', 'z'})")
    assert project.run().returncode == 0
    first = {path: project.text(path) for path in PAGES}
    (tmp_path / "home").mkdir()
    assert project.run(HOME=str(tmp_path / "home"), TZ="Asia/Tokyo", PYTHONHASHSEED="5").returncode == 0
    assert {path: project.text(path) for path in PAGES} == first


def test_another_day_and_another_file_reach_the_notebook(project):
    project.write("## Look", "print(params_file, as_of)")
    (project.root / "what if.yaml").write_text(project.text("params.yaml"), encoding="utf-8")
    assert project.run("--params", "what if.yaml", "--as-of", "2026-08-31").returncode == 0
    executed = json.loads(project.text("reports/executed/clean.ipynb"))
    assert executed["cells"][-1]["outputs"][0]["text"] == "what if.yaml 2026-08-31\n"
    assert "2026" in project.text("reports/clean.en.html")


def test_a_warning_goes_to_the_terminal_and_not_to_the_page(project):
    project.write("## Look", "import warnings\nwarnings.warn('careful', stacklevel=1)")
    done = project.run()
    assert done.stderr.splitlines()[0].startswith("clean: UserWarning: careful")
    assert [path for path in PAGES if "UserWarning" in project.text(path)] == []


def test_the_users_own_start_up_files_do_not_reach_the_kernel(project, tmp_path):
    startup = tmp_path / "home" / ".ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("raise_as_of = 1")
    project.write("## Look", "print('raise_as_of' in globals())")
    assert project.run(HOME=str(tmp_path / "home")).returncode == 0
    executed = json.loads(project.text("reports/executed/clean.ipynb"))
    assert executed["cells"][-1]["outputs"][0]["text"] == "False\n"


def test_a_parameter_that_the_notebook_does_not_have_stops_before_anything_is_removed(project):
    project.write()
    assert project.run().returncode == 0
    path = "build/notebooks/clean.ipynb"
    view = project.text(path)
    assert "as_of = None" in view
    (project.root / path).write_text(view.replace("as_of = None", "as_off = None"), encoding="utf-8")
    stopped = project.run("--as-of", "2026-08-31")
    assert stopped.stderr == (
        "Stage clean does not know the parameter as_of; its notebook has params_file, as_off. "
        "Add it to the cell tagged `parameters`, or leave it out.\n"
    )
    assert stopped.returncode == 1
    assert project.files("reports") == sorted(PAGES)


def test_a_stage_run_by_hand_runs_the_notebook_as_it_stands(project):
    project.write("## Look", "print('old')")
    project.write_notebook("## Look", "print('new')")
    assert project.python("-m", "pipeline.run", "clean").returncode == 0
    executed = json.loads(project.text("reports/executed/clean.ipynb"))
    assert executed["cells"][-1]["outputs"][0]["text"] == "new\n"


def test_an_unknown_option_stops(project):
    project.write()
    stopped = project.run("--discuont", "0.1")
    assert stopped.returncode == 2
    assert stopped.stderr.splitlines()[-1].endswith("error: unrecognized arguments: --discuont 0.1")


@pytest.mark.parametrize(
    ("stage", "sentence"),
    [
        ("claen", "dvc.yaml has no stage claen. Check the name, or add it there."),
        (
            "sources",
            "build/notebooks/sources.ipynb is not there. "
            "Run `dvc repro`, and list a new notebook under stage sources in dvc.yaml.",
        ),
    ],
)
def test_a_stage_without_a_notebook_is_named(stage, sentence, project):
    stopped = project.python("-m", "pipeline.run", stage)
    assert stopped.returncode == 1
    assert stopped.stderr.splitlines()[0] == sentence


def test_a_python_without_the_packages_is_told_so(project):
    project.write()
    stopped = project.python("-S", "-m", "pipeline.run", "clean")
    first, *rest = stopped.stderr.splitlines()
    assert first.endswith(
        " lacks papermill, nbclient, nbconvert, ipykernel, psutil, pyarrow, ruamel. "
        "Use `python3 workbook.py`, or activate the workbook's environment first."
    )
    assert (stopped.returncode, rest) == (1, [])


def test_a_terminal_shows_the_cell_in_one_line_that_fits(project):
    fcntl, termios = pytest.importorskip("fcntl"), pytest.importorskip("termios")
    project.write("## " + "看" * 60, "1", first=())
    seen, terminal = os.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
    with project.start("-m", "pipeline.run", "clean", stderr=terminal) as process:
        process.wait(timeout=60)
    shown = os.read(seen, 10_000).decode().split("\r\x1b[K")
    os.close(terminal)
    os.close(seen)
    assert shown[1:3] == ["clean cell 1 of 2: Data", "clean cell 2 of 2: " + "看" * 20]
