"""Whether a process lives decides whose left-overs are swept."""

import os
import subprocess
import sys
import time

import psutil
import pytest

from analysis.core.processes import lives


def test_this_process_lives():
    assert lives(os.getpid())


@pytest.mark.skipif(os.name != "posix", reason="only there a dead process waits to be buried")
def test_a_dead_process_does_not_live_before_it_is_buried_nor_after():
    process = subprocess.Popen([sys.executable, "-c", ""])
    while psutil.Process(process.pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    assert not lives(process.pid)
    process.wait()
    assert not lives(process.pid)
