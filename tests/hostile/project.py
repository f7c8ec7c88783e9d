"""A copy of the whole project whose source is the hostile export, refreshed once."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.demo_refresh import environment_of
from tests.hostile import names

ROOT = Path(__file__).parents[2]
LONGEST_SECONDS = 600
ALL_LISTED = {
    ("profit", "listed_customers"): 200,
    ("segment", "listed_movers"): 200,
    ("lifetime_value", "listed_customers"): 2000,
    ("churn", "listed_customers"): 2000,
    ("executive", "listed_customers"): 200,
}
FEWER_DRAWS = {
    ("profit", "bootstrap_draws"): 50,
    ("segment", "stability_draws"): 10,
    ("lifetime_value", "draws"): 50,
    ("churn", "draws"): 50,
}
ORGANISATION = "Sample & Sons </title><script>alert(20)</script> {{7*7}}"


def copied(folder: Path) -> Path:
    """The project with what is not committed yet; its source is the hostile export."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    found = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    for name in filter(None, found):
        if (ROOT / name).is_file() and not name.startswith(("tests/", "dvc.lock")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    (folder / ".dvc" / "config.local").write_text("[core]\n    no_scm = true\n")
    names.write_export(folder / names.SOURCE)
    params = folder / "params.yaml"
    text = params.read_text("utf-8")
    text = changed(text, "source", "path", "'" + names.SOURCE.replace("'", "''") + "'")
    text = changed(text, "report", "organisation", "'" + ORGANISATION.replace("'", "''") + "'")
    for (section, key), value in (ALL_LISTED | FEWER_DRAWS).items():
        text = changed(text, section, key, str(value))
    params.write_text(re.sub("(?m)^as_of:.*$", "as_of: null", text), encoding="utf-8")
    return folder


def changed(text: str, section: str, key: str, value: str) -> str:
    """params.yaml with another value of one key."""
    pattern = rf"(?m)(^{section}:\n(?:(?:  .*|#.*|)\n)*?  {key}:).*$"
    text, found = re.subn(pattern, lambda match: f"{match[1]} {value}", text, count=1)
    assert found == 1, (section, key)
    return text


def run(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """A Python module of the copied project, started in it."""
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=folder, env=environment_of(folder) | settings, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LONGEST_SECONDS,
    )  # fmt: skip


def refresh(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """All stages but the demo, which the export stands in for, the files that pages link to, and the list of months."""
    made = run(folder, "dvc", "repro", "month", "export", **settings)
    if made.returncode != 0:
        return made
    listed = run(folder, "pipeline.refresh", "--months", **settings)
    return subprocess.CompletedProcess(listed.args, listed.returncode, made.stdout + listed.stdout)
