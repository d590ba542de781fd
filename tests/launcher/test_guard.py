"""What a killed launcher has started does not live on."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import psutil
import pytest

from launcher.cache import REPOSITORY

# Starts a child and, in a session of its own, a grandchild that loses its parent.
COMMAND = "{trap} (setsid sleep 987654 &); sleep 987654 & wait"
LAUNCHER = """
import sys
from launcher.console import end_cleanly_on_signals, run_in_foreground
end_cleanly_on_signals()
sys.exit(run_in_foreground(["sh", "-c", sys.argv[1]]))
"""


def _start(trap=""):
    """Start a launcher that runs COMMAND; return it and all below it."""
    process = subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, COMMAND.format(trap=trap)],
        cwd=REPOSITORY,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + 20
    while time.monotonic() < until:
        below = psutil.Process(process.pid).children(recursive=True)
        if _names(below).count("sleep") == 2:
            return process, below
    return pytest.fail("the command did not start")


def _names(processes):
    """The names of those `processes` that still live."""
    found = []
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            found.append(process.name())
    return found


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_is_left(number):
    process, below = _start()
    os.kill(process.pid, number)
    process.wait(10)
    gone, alive = psutil.wait_procs(below, timeout=10)
    assert not alive
    assert len(gone) == len(below)


def test_deaf_command_is_killed():
    """A command that does not listen to SIGTERM has a few seconds."""
    started = time.monotonic()
    process, below = _start(trap="trap '' TERM;")
    process.kill()
    process.wait(10)
    assert not psutil.wait_procs(below, timeout=20)[1]
    assert time.monotonic() - started > 4


@pytest.mark.parametrize(("command", "code"), [("exit 7", 7), ("kill -9 $$", 137)])
def test_exit_code(command, code):
    done = subprocess.run(
        [sys.executable, "-c", LAUNCHER, command], cwd=REPOSITORY, check=False
    )
    assert done.returncode == code
