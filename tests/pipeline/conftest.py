from __future__ import annotations

import pytest
from standin import PARAMS, WIRING, Project


@pytest.fixture
def project(tmp_path):
    for folder in ("notebooks", "raw"):
        (tmp_path / folder).mkdir()
    (tmp_path / "raw" / "orders.csv").write_text("order_id\n1\n")
    (tmp_path / "dvc.yaml").write_text(WIRING, encoding="utf-8")
    (tmp_path / "params.yaml").write_text(PARAMS, encoding="utf-8")
    return Project(tmp_path)
