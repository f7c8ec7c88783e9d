import pytest

from tests.browser.chromium import browser
from tests.hostile import project
from tests.hostile.canaries import CANARIES, REMOTE
from tests.once import once


@pytest.fixture(scope="session")
def refreshed(tmp_path_factory):
    """The project after one refresh on the hostile export."""
    return once(tmp_path_factory, "hostile", refresh) / "project"


def refresh(top):
    folder = project.copied(top / "project")
    (folder / ".dvc" / "config.local").write_text(REMOTE, encoding="utf-8")
    ran = project.refresh(folder, **CANARIES)
    assert ran.returncode == 0, ran.stdout
    (folder / "said.txt").write_text(ran.stdout, encoding="utf-8")


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened
