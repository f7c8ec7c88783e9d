"""Passwords lie all around a run, and not one byte that it leaves or says holds one."""

import os
import re
import subprocess
import time
import zlib
from pathlib import Path

import pytest

from analysis.core import checked, credentials, params
from analysis.core.credentials import names_password, without_passwords
from analysis.core.errors import DataError, ParamsError
from tests.hostile import project
from tests.hostile.canaries import CANARIES
from tests.pipeline.standin import PARAMS, WIRING, Project

ROOT = Path(__file__).parents[2]
TELL = f"""
NAMES = {sorted(CANARIES)}
import html, json, logging, os, sys, warnings
from IPython.display import HTML, Markdown
kept = {{name: os.environ[name] for name in NAMES}}
print(kept, json.dumps(kept), *kept.values())
print(kept, file=sys.stderr)
logging.getLogger().warning("connecting to %s", kept["DATABASE_URL"])
warnings.warn("cannot log in with " + kept["DB_PASSWORD"])
os.write(1, repr(kept).encode() + b"\\n")
os.write(2, json.dumps(kept).encode() + b"\\n")
display(HTML(html.escape(kept["DB_PASSWORD"])), Markdown(kept["ODBC_CONNECTION"]), kept)
"""
RAISE = 'raise RuntimeError(f"login failed: {kept}", *kept.values())'
DIE = "os.abort()"
SECRET = re.compile(rb"canary")


def leaks(folder: Path, allowed: tuple[str, ...] = ()) -> list[str]:
    """Files that hold a canary as it is, in the database of a tool, or packed."""
    found = []
    for file in folder.rglob("*"):
        name = file.relative_to(folder).as_posix()
        if file.is_file() and name not in allowed and any(map(SECRET.search, forms(file))):
            found.append(name)
    return sorted(found)


def forms(file: Path) -> list[bytes]:
    content = file.read_bytes()
    if file.suffix == ".parquet":
        import pyarrow.parquet as pq

        return [content, repr(pq.read_table(file).to_pydict()).encode()]
    return [content, zlib.decompress(content)] if content[:2] == b"\x78\x9c" else [content]


@pytest.fixture
def small(tmp_path):
    """The stand-in for the workbook, with canaries in its environment."""
    folder = tmp_path / "project"
    (folder / "raw").mkdir(parents=True)
    (folder / "raw" / "orders.csv").write_text("order_id\n1\n")
    (folder / "dvc.yaml").write_text(WIRING, encoding="utf-8")
    (folder / "params.yaml").write_text(PARAMS, encoding="utf-8")
    return Project(folder)


def ran(small: Project, *cells: str) -> tuple[int, str]:
    small.write(*cells)
    process = small.start("-m", "pipeline.run", "clean", stderr=subprocess.STDOUT, **CANARIES)
    said = process.communicate(timeout=120)[0]
    return process.returncode, said


@pytest.mark.parametrize(
    ("last", "code"), [("'told'", 0), (RAISE, 1), (DIE, 1)], ids=["well", "defect", "death"]
)
def test_a_notebook_that_tells_every_password_leaves_none(small, last, code):
    ended, said = ran(small, TELL, last)
    assert ended == code, said
    assert "canary" not in said
    assert leaks(small.root) == []
    kept = small.root / "reports" / ("executed" if code == 0 else "failed") / "clean.ipynb"
    assert credentials.MASK in kept.read_text("utf-8")


def test_the_check_sees_what_is_not_masked(small):
    package = small.root / "src" / "sitecustomize.py"
    package.parent.mkdir()
    package.write_text("import analysis.core.credentials as c\nc.without_passwords = lambda text: text\n")
    small.write(TELL, RAISE)
    place = os.pathsep.join([str(package.parent), str(ROOT), str(ROOT / "src")])
    process = small.start("-m", "pipeline.run", "clean", stderr=subprocess.STDOUT, **CANARIES, PYTHONPATH=place)
    said = process.communicate(timeout=120)[0]
    assert "canary-in-address" in said
    assert "reports/failed/clean.ipynb" in leaks(small.root)


def test_a_whole_refresh_leaves_no_password_of_its_surroundings(refreshed):
    assert leaks(refreshed, allowed=(".dvc/config.local",)) == []
    assert SECRET.search((refreshed / ".dvc" / "config.local").read_bytes())
    assert not SECRET.search((refreshed / "said.txt").read_bytes())


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("source", "path", "s3://sam:canary@bucket.example/orders"),
        ("source", "path", "/mnt/sam:canary@host/orders"),
        ("source", "columns", "{Net: 'pwd=canary'}"),
        ("source", "tables", "{'postgresql://sam:canary@db/x': orders}"),
        ("report", "organisation", "'Sample; Password=canary;'"),
        ("clean", "non_products", "['token: canary']"),
    ],
)
def test_a_password_in_the_parameters_is_refused_before_anything_stores_it(tmp_path, section, key, value):
    text = project.changed((ROOT / "params.yaml").read_text("utf-8"), section, key, value)
    (tmp_path / "params.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ParamsError, match="what looks like a password, and pages") as fault:
        params.load(tmp_path / "params.yaml")
    assert "canary" not in str(fault.value)


def test_without_the_refusal_the_parameters_hold_it(tmp_path, monkeypatch):
    text = project.changed((ROOT / "params.yaml").read_text("utf-8"), "source", "path", "s3://sam:canary@bucket/x")
    (tmp_path / "params.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(checked, "names_password", lambda _: False)
    assert "canary" in params.load(tmp_path / "params.yaml").source.path


def test_a_message_masks_what_it_was_given(monkeypatch):
    given = ("https://sam:canary@host/x", "password=canary is wrong", "Pwd=canary;Uid=sam", "Use token: canary")
    assert "canary" not in str(DataError(*given))
    monkeypatch.setattr("analysis.core.errors.without_passwords", str)
    assert "canary" in str(DataError(*given))


@pytest.mark.parametrize(
    "text",
    [
        "the pass word of the day", "Token Ring AG", "passwords are kept elsewhere", "https://example.com:80/a@b",
        "a: b@c.example", "Secretary: none", "tokens: 5", "monkey=3", "data/2024-01-05 10:30 @ shop",
    ],
)  # fmt: skip
def test_honest_words_are_no_passwords(text):
    assert without_passwords(text) == text
    assert not names_password(text)


@pytest.mark.parametrize(
    "text", ["pwd=canary", "DB_PASSWORD: canary", "SharedAccessKey=canary;", "{'api_key': 'canary'}", '"token" : "canary two"',
             "sc://h:443/;token=canary", "redis://:canary@h:1", "Account-Key=canary", "jdbc:mysql://sam:ca@nary@h/x"]
)  # fmt: skip
def test_what_looks_like_a_password_is_masked(text):
    assert names_password(text)
    assert "canary" not in without_passwords(text)
    assert "nary" not in without_passwords(text)


@pytest.mark.parametrize("unit", ["x", "1_", "a.b-", "a://", "a://b:", ":@", "password", "pwd=", "token:'", " \t"])
def test_a_long_text_is_searched_in_little_time(unit):
    text = unit * (300_000 // len(unit))
    began = time.process_time()
    names_password(text)
    without_passwords(text)
    assert time.process_time() - began < 4  # seconds; a search that turns back takes minutes
