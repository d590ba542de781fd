"""What the user sees: progress lines, and one clear line when something fails."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

_GUARD = Path(__file__).parent / "scripts" / "guard.py"
_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1
_ENOUGH_SECONDS_BETWEEN_LINES = 10


class Problem(Exception):
    """Something the user has to know or mend, said in one line."""


class Stopped(Exception):
    """SIGTERM or SIGHUP has come."""


def end_cleanly_on_signals():
    """From now on SIGTERM and SIGHUP end things as cleanly as Ctrl-C does."""

    def stop(number, frame):
        raise Stopped

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def say(text=""):
    """Print one line at once."""
    print(text, flush=True)


class Progress:
    """The changing end of one progress line: a count, a percentage, a name.

    On a terminal the line is rewritten; elsewhere (CI) a line is printed now and
    then, so that a log stays short and still shows that something moves.
    """

    def __init__(self, title):
        self.title = title
        self.live = sys.stdout.isatty()
        self.last_shown = time.monotonic()

    def show(self, state):
        """Show `state`, a short text, behind the title."""
        now = time.monotonic()
        wait = 0.1 if self.live else _ENOUGH_SECONDS_BETWEEN_LINES
        if now - self.last_shown < wait:
            return
        self.last_shown = now
        if self.live:
            print(f"\r\033[K  {self.title}: {state}"[:110], end="", flush=True)
        else:
            say(f"  {self.title}: {state}")

    def clear(self):
        """Remove a rewritten line, so that the next print starts clean."""
        if self.live:
            print("\r\033[K", end="", flush=True)


@contextmanager
def step(title):
    """Say what starts, then what it took. Gives a Progress for the time between."""
    started = time.monotonic()
    progress = Progress(title)
    progress.show("…")
    if not progress.live:
        say(f"  {title} …")
    try:
        yield progress
    finally:
        progress.clear()
    say(f"  {title}: done in {time.monotonic() - started:.1f} s")


def run(command, explain=None, **options):
    """Run `command` and return its output (stdout and stderr in one text).

    Raises Problem when it is missing or fails, with what `explain` picks from its
    output (default: the last line).
    """
    options.setdefault("stdin", subprocess.DEVNULL)
    try:
        done = subprocess.run(
            [str(part) for part in command],
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            preexec_fn=end_with_us,
            **options,
        )
    except FileNotFoundError as error:
        raise Problem(f"The program {command[0]} is missing.") from error
    if done.returncode:
        reason = (explain or last_line)(done.stdout)
        raise Problem(f"{command_name(command)} failed: {reason}")
    return done.stdout


def run_in_foreground(command, **options):
    """Give the terminal to `command` and return its exit code.

    Ctrl-C is the command's own business: we only wait for its end. When we are told
    to stop, or killed, the command and all it started are ended (scripts/guard.py).
    """
    guarded = [sys.executable, _GUARD, os.getpid(), *command]
    process = subprocess.Popen([str(part) for part in guarded], **options)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return process.wait()
    finally:
        signal.signal(signal.SIGINT, before)
        if process.poll() is None:
            process.terminate()
            process.wait()


def end_with_us():
    """Let Linux kill this process when the one that started it is gone.

    For subprocess's preexec_fn: a download or an installation that outlived a killed
    launcher would get in the way of the next one. One call and no more, since the
    tests call it from a process with threads.
    """
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def command_name(command):
    """The bare name of the program that `command` starts."""
    return str(command[0]).rsplit("/", 1)[-1]


def last_line(text):
    """The last line of `text` that says something."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "(it said nothing)"
