"""Run one stage: execute its notebook, then write its pages.

    python -m pipeline.run STAGE [--params FILE] [--as-of DATE]

Reads ``build/notebooks/<stage>.ipynb``. The notebook writes its tables and metrics; this program writes
``reports/executed/<stage>.ipynb``, ``reports/<stage>.zh.html``, ``reports/<stage>.en.html`` and
``reports/summary/<stage>.json``, all of them or none. A stage that stops leaves its executed copy in
``reports/failed/``.
"""

from __future__ import annotations

import signal

if __name__ == "__main__" and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # while the imports last, Ctrl-C is no traceback

import argparse
import contextlib
import importlib
import importlib.util
import logging
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

from pipeline import disk, failure, inputs, interruption, kernel, normalise, parent, provenance, sources
from pipeline.failure import StageStoppedError
from pipeline.progress import Progress
from pipeline.sources import write_whole, written

LANGUAGES = ("zh", "en")
NEEDED = ("papermill", "nbclient", "nbconvert", "ipykernel", "psutil", "pyarrow", "ruamel")


def main(arguments: list[str] | None = None) -> int:
    """Run the stage that the command line names; 0 means that its pages are there."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.run", description="Run one stage.")
    parser.add_argument("stage", help="as named in dvc.yaml")
    parser.add_argument("--params", metavar="FILE", help="another file than params.yaml, for a what-if")
    parser.add_argument("--as-of", metavar="YYYY-MM-DD", help="the last day that counts")
    chosen = parser.parse_args(arguments)
    given = {"params_file": chosen.params, "as_of": chosen.as_of}
    parameters = {name: value for name, value in given.items() if value is not None}
    if lacking := [name for name in NEEDED if importlib.util.find_spec(name) is None]:
        sys.stderr.write(
            f"This Python ({sys.executable}) lacks {', '.join(lacking)}. "
            "Use `python3 workbook.py`, or activate the workbook's environment first.\n"
        )
        return 1
    run = StageRun(Path.cwd(), chosen.stage, parameters)
    interruption.end_when_told(run.tell_interruption)
    parent.die_with_parent()
    try:
        run.prepare()
        run.execute()
        run.publish()
    except StageStoppedError as stopped:
        run.progress.say(run.told(stopped))
        return 1
    except OSError as fault:
        said = disk.refusal(str(fault), run.root)
        if said is None:
            raise
        run.progress.say(run.told(StageStoppedError(f"Stage {run.stage} stopped.", f"  {said}")))
        return 1
    run.progress.done()
    return 0


class StageRun:
    """One run of one stage, from its notebook to its pages."""

    def __init__(self, root: Path, stage: str, parameters: dict[str, str]) -> None:
        self.root, self.stage, self.parameters = root, stage, parameters
        self.progress = Progress(stage)
        self.entry: dict[str, Any] = {}
        self._inputs: dict[str, inputs.Stamp] = {}
        self.notebook: Any = None
        reports = root / "reports"
        self._source = root / "build" / "notebooks" / f"{stage}.ipynb"
        self._failed = reports / "failed" / f"{stage}.ipynb"
        self._log = reports / "failed" / f"{stage}.log"
        self._written = (
            reports / "executed" / f"{stage}.ipynb",
            reports / "summary" / f"{stage}.json",
            *(reports / f"{stage}.{language}.html" for language in LANGUAGES),
        )
        self._index = 0

    @property
    def pages_gone(self) -> bool:
        """The stage has no pages now, not even last month's."""
        return not all(path.is_file() for path in self._written)

    def prepare(self) -> None:
        """Check what can be checked before anything starts."""
        self.entry = provenance.wiring(self.root, self.stage)
        if not self.entry:
            raise StageStoppedError(f"dvc.yaml has no stage {self.stage}. Check the name, or add it there.")
        if "DVC_STAGE" not in os.environ:  # by hand: what you see in the notebook is what runs
            sources.main([])
        if not self._source.is_file():
            raise StageStoppedError(
                f"build/notebooks/{self.stage}.ipynb is not there. "
                "Run `dvc repro`, and list a new notebook under stage sources in dvc.yaml."
            )
        self._inputs = inputs.stamps(self.root, self.entry)
        kernel.fix_environment(self.root)

    def execute(self) -> None:
        """Run every cell; raise ``StageStoppedError`` unless all of them ended without an error."""
        for grammar in ("isoduration", "rfc3986_validator", "rfc3987_syntax"):  # JSON Schema's, which no notebook needs
            sys.modules.setdefault(grammar, None)  # type: ignore[arg-type]
        pages = ThreadPoolExecutor(1).submit(_import_for_pages)
        with kernel.started_kernel(self._log) as manager:
            import papermill
            from nbclient.exceptions import DeadKernelError

            logging.disable(logging.ERROR)  # the libraries' own words for what is said here
            self._check_parameters(papermill)
            self._remove_last_run()
            self.progress.step("start")
            try:
                self._execute_cells(papermill, manager)
            except (DeadKernelError, RuntimeError) as fault:
                code = kernel.exit_code(manager)
                if code is None and self.notebook is not None and not isinstance(fault, DeadKernelError):
                    raise
                raise self._kernel_died(code) from None
        self.progress.step("cells")
        self._check_outputs()
        self._renderer = pages.result()

    def publish(self) -> None:
        """Make every page, then write them all."""
        self._check_inputs()
        tables = [self.root / path for path in provenance.outputs(self.entry, "outs", "metrics")]
        if absent := [path for path in tables if path not in self._written and not path.exists()]:
            names = ", ".join(path.relative_to(self.root).as_posix() for path in absent)
            raise StageStoppedError(
                f"Stage {self.stage} ended without writing {names}.",
                f"  Write it in the notebook, or take it out of dvc.yaml. {failure.DEFECT}",
            )
        shown = normalise.normalise(self.notebook, self.root)
        for path, text in (self._plots() | dict(zip(self._written, self._pages(shown), strict=True))).items():
            write_whole(path, text)
        self._log.unlink(missing_ok=True)
        self._check_inputs()
        self._tell_warnings()
        self.progress.step("pages")

    def _pages(self, shown: Any) -> list[str]:
        params_file = self.root / self.parameters.get("params_file", "params.yaml")
        sections = self.entry.get("params", [])
        facts = provenance.facts(self.root, self.stage, _title(shown.cells), sections, params_file)
        pages = [self._renderer.render(shown, language, facts) for language in LANGUAGES]
        return [written(shown), written(self._renderer.summary(shown)), *pages]

    def _plots(self) -> dict[Path, str]:
        """Each plot that dvc.yaml declares is the table of its name."""
        plots = [self.root / path for path in provenance.outputs(self.entry, "plots")]
        tables = self.root / "data" / "tables"
        return {plot: provenance.as_csv(tables / f"{plot.stem}.parquet") for plot in plots}

    def told(self, stopped: StageStoppedError) -> str:
        """What the user reads; an input that changed meanwhile explains whatever else was seen."""
        with contextlib.suppress(OSError):
            stopped = self._changed_input() or stopped
        try:
            kept = self.keep()
        except OSError:  # the disk is full, which has been said
            kept = None
        return stopped.told(kept, pages_gone=self.pages_gone and "WORKBOOK" not in os.environ)

    def _check_inputs(self) -> None:
        if stopped := self._changed_input():
            self._remove_last_run()
            raise stopped

    def _changed_input(self) -> StageStoppedError | None:
        """What to say of an input that is not as it was when the stage began."""
        if not self._inputs:
            return None
        changed = inputs.difference(self._inputs, inputs.stamps(self.root, self.entry))
        return StageStoppedError(f"Stage {self.stage} stopped.", f"  {changed}") if changed else None

    def tell_interruption(self) -> None:
        """One line, unless `workbook.py` has its own."""
        if "WORKBOOK" not in os.environ:
            said = f"Interrupted in stage {self.stage}. Finished stages are kept; run the same command to go on."
            self.progress.say(said)

    def keep(self) -> str | None:
        """Store what ran so far for the user to open; its path as messages show it."""
        if printed := self._printed():
            write_whole(self._log, printed)
        else:
            self._log.unlink(missing_ok=True)
        if self.notebook is None:
            return None
        write_whole(self._failed, written(normalise.normalise(self.notebook, self.root)))
        return self._failed.relative_to(self.root).as_posix()

    def _check_parameters(self, papermill: ModuleType) -> None:
        known = papermill.inspect_notebook(str(self._source)) if self.parameters else self.parameters
        if unknown := [name for name in self.parameters if name not in known]:
            raise StageStoppedError(
                f"Stage {self.stage} does not know the parameter {unknown[0]}; its notebook has "
                f"{', '.join(known) or 'none'}. Add it to the cell tagged `parameters`, or leave it out."
            )

    def _remove_last_run(self) -> None:
        """As DVC does: old tables must not pass for new ones when a stage is run by hand."""
        made = [self.root / path for path in provenance.outputs(self.entry)]
        for path in (*made, *self._written, self._failed):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def _execute_cells(self, papermill: ModuleType, manager: Any) -> None:
        try:
            papermill.execute_notebook(
                str(self._source), None, self.parameters, kernel_name="python3", km=manager,
                cwd=str(self.root), progress_bar=False, request_save_on_cell_execute=False,
                record_timing=False, coalesce_streams=True,
                on_notebook_start=self._started, on_cell_start=self._entered,
            )  # fmt: skip
        except papermill.PapermillExecutionError:
            # The error is among the outputs, where it is found with any that Papermill lets pass.
            papermill.execute.remove_error_markers(self.notebook)

    def _kernel_died(self, code: int | None) -> StageStoppedError:
        cells = self.notebook.cells if self.notebook else None
        return failure.kernel_died(self.stage, cells, self._index, code, self._printed())

    def _printed(self) -> str:
        """What the kernel's process itself has printed."""
        if not self._log.is_file():
            return ""
        return normalise.without_places(self._log.read_text(encoding="utf-8", errors="replace"), self.root)

    def _check_outputs(self) -> None:
        errors = importlib.import_module("analysis.core.errors")
        user_errors = {
            name for name, kind in vars(errors).items()
            if isinstance(kind, type) and issubclass(kind, errors.AnalysisError)
        }  # fmt: skip
        for index, cell in enumerate(self.notebook.cells):
            for output in cell.get("outputs", []):
                if output.output_type == "error":
                    error = normalise.plain(output, self.root)
                    raise failure.cell_failed(
                        self.stage, self.notebook.cells, index, error, user_errors, self.root
                    )

    def _tell_warnings(self) -> None:
        warned = normalise.warnings_of(self.notebook, self.root)
        if warned:
            more = f" (and {len(warned) - 1} more lines)" if warned[1:] else ""
            self.progress.say(failure.harmless(f"{self.stage}: {warned[0][: failure.LONGEST_LINE]}{more}"))

    def _started(self, notebook: Any) -> None:
        self.notebook = notebook

    def _entered(self, cell_index: int, **_: Any) -> None:
        self._index = cell_index
        self.progress.cell(self.notebook.cells, cell_index)


def _import_for_pages() -> ModuleType:
    """Done while the notebook runs, since it takes as long as a short notebook."""
    importlib.import_module("pyarrow.parquet")
    return importlib.import_module("pipeline.render")


def _title(cells: list[Any]) -> str:
    """The notebook's own title, for analysts; pages have theirs in the text catalogue."""
    titles = (cell.source.splitlines()[0].lstrip("# ") for cell in cells if cell.cell_type == "markdown")
    return next(titles, "")


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # at once: what is left of a kernel that was cut off can keep Python from ending
