"""What tests of wallets share."""

import pytest

from tests.wallet_tables import project


@pytest.fixture
def inside(tmp_path, monkeypatch):
    """Work in a project of the test's own."""
    project(tmp_path)
    monkeypatch.chdir(tmp_path)
