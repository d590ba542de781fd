"""Run a command that must not outlive the launcher: guard.py LAUNCHER-PID COMMAND…

The launcher can be killed without a chance to clean up. Linux then sends this process
a SIGTERM, as the launcher itself does when it is told to stop. Whatever the command
has started by then (test processes, servers, browsers) is ended too: what loses its
parent becomes a child of this process. Exits with the command's code.
"""

import ctypes
import os
import signal
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
SECONDS_TO_END = 5
STOPPED = 128 + signal.SIGTERM


class Stopped(Exception):
    """The launcher is gone, or wants the command to end."""


def main(launcher, command):
    """Run `command` for the process `launcher` and return the exit code."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    # Ctrl-C is the command's own business. A handler, unlike SIG_IGN, stays with us.
    signal.signal(signal.SIGINT, lambda number, frame: None)
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    try:
        if os.getppid() != launcher:
            return STOPPED
        code = wait_for(os.posix_spawnp(command[0], command, os.environ))
    except Stopped:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        end_all()
        return STOPPED
    return code if code >= 0 else 128 - code


def wait_for(command):
    """Return the exit code of the child `command`; let others go that end before."""
    while True:
        process, status = os.wait()
        if process == command:
            return os.waitstatus_to_exitcode(status)


def stop(number, frame):
    """Interrupt the wait for the command."""
    raise Stopped


def end_all():
    """End all our descendants, by force those that take too long."""
    until = time.monotonic() + SECONDS_TO_END
    signal_all(signal.SIGTERM)
    while descendants():
        if time.monotonic() > until:
            signal_all(signal.SIGKILL)
        reap()
        time.sleep(0.05)


def signal_all(number):
    """Send the signal `number` to all our descendants."""
    for process in descendants():
        try:
            os.kill(process, number)
        except ProcessLookupError:
            continue


def reap():
    """Let children go that have ended."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


def descendants():
    """The numbers of all processes below this one."""
    children = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name, in brackets, may hold anything: the parent is behind it.
            parent = int(path.read_text(errors="replace").rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(path.parent.name))
    found = [os.getpid()]
    for process in found:
        found += children.get(process, [])
    return found[1:]


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
