"""Sail, a Spark Connect server without a JVM, stands in for Spark.

With ANALYSIS_SPARK=classic the tests start a real Spark session in its place (pyspark and a JVM must be there).
"""

from __future__ import annotations

import os
import sys

import pytest


@pytest.fixture(scope="session")
def session():
    if os.environ.get("ANALYSIS_SPARK") == "classic":
        sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed")
        session = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
        yield session
        session.stop()
        return
    sail = pytest.importorskip("pysail.spark", reason="Sail is not installed: it comes with the test lock")
    sql = pytest.importorskip("pyspark.sql", reason="the Spark Connect client is not installed")
    main = sys.modules["__main__"]
    if not hasattr(main, "__file__"):  # of a test worker; the client would take it for its own doctests
        main.__file__ = __file__
    server = sail.SparkConnectServer()
    server.start(background=True)
    host, port = server.listening_address
    session = sql.SparkSession.builder.remote(f"sc://{host}:{port}").getOrCreate()
    yield session
    session.stop()
    server.stop()
