import pytest

from tests.browser.chromium import browser
from tests.hostile import project


@pytest.fixture(scope="session")
def refreshed(tmp_path_factory):
    """The project after one refresh on the hostile export."""
    folder = project.copied(tmp_path_factory.mktemp("hostile") / "project")
    ran = project.refresh(folder)
    assert ran.returncode == 0, ran.stdout
    return folder


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened
