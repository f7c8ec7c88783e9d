"""The linter and the type checker have nothing to say."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def said(*tool: str) -> str:
    """What a tool prints about the project; empty where it is content."""
    found = subprocess.run([sys.executable, "-m", *tool], cwd=ROOT, capture_output=True, text=True)
    return "" if found.returncode == 0 else found.stdout + found.stderr


def test_the_linter_is_content():
    assert said("ruff", "check", "--no-cache", ".") == ""


def test_the_type_checker_is_content():
    assert said("mypy", "--cache-dir", "build/mypy") == ""
