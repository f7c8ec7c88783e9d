import pytest

from tests.browser.chromium import browser
from tests.hostile import project
from tests.hostile.canaries import CANARIES, REMOTE


@pytest.fixture(scope="session")
def refreshed(tmp_path_factory):
    """The project after one refresh on the hostile export."""
    folder = project.copied(tmp_path_factory.mktemp("hostile") / "project")
    (folder / ".dvc" / "config.local").write_text(REMOTE, encoding="utf-8")
    ran = project.refresh(folder, **CANARIES)
    assert ran.returncode == 0, ran.stdout
    (folder / "said.txt").write_text(ran.stdout, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened
