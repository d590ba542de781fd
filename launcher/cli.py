"""The command line: reads the arguments, runs the command, words the failures."""

import argparse
import errno
import os
import sys

from . import bench, demo, doctor, testing, tools
from .cache import REPOSITORY
from .console import Problem, Stopped, end_cleanly_on_signals

_DESCRIPTION = "Auto CRM on Odoo 19: a demo, the tests, and tools around them."


def main(arguments):
    """Run the command that `arguments` name and return the exit code."""
    os.chdir(REPOSITORY)
    end_cleanly_on_signals()
    try:
        return _dispatch(arguments)
    except Problem as problem:
        return _fail(str(problem))
    except (KeyboardInterrupt, Stopped):
        return _fail("Interrupted.", 130)
    except BrokenPipeError:
        # Whoever read our output has gone (`… | head`): nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return _fail("The disk is full. Make room and start again.")
        raise


def _fail(text, code=1):
    """Print one line to stderr and return the exit `code`."""
    print(f"auto-crm: {text}", file=sys.stderr, flush=True)
    return code


def _dispatch(arguments):
    """Read `arguments` and run the command."""
    if arguments[:1] == ["test"]:
        # Everything behind `test` is pytest's, --help included.
        return testing.run(arguments[1:])
    if arguments[:1] == ["bench"]:
        # Everything behind `bench` is for benchmarks/run.py, --help included.
        return bench.run(arguments[1:])
    chosen = _parser().parse_args(arguments)
    return chosen.run(chosen)


def _parser():
    """The parser for all commands."""
    parser = argparse.ArgumentParser(prog="./auto-crm", description=_DESCRIPTION)
    commands = parser.add_subparsers(title="commands", required=True, metavar="command")
    _add_demo(commands)
    commands.add_parser("test", help="lint and all tests; takes pytest's options")
    commands.add_parser("bench", help="measure us against plain Odoo: P1 … --write")
    command = commands.add_parser("shell", help="a Python shell on the demo's database")
    command.set_defaults(run=lambda chosen: tools.shell())
    command = commands.add_parser("psql", help="psql on the demo's database")
    command.set_defaults(run=lambda chosen: tools.psql())
    command = commands.add_parser("doctor", help="say what is missing")
    command.set_defaults(run=lambda chosen: doctor.run())
    return parser


def _add_demo(commands):
    """Add the command `demo` with its options."""
    command = commands.add_parser("demo", help="start Odoo with demo data")
    command.add_argument("--port", type=_between(1, 65535), default=demo.DEFAULT_PORT)
    command.add_argument(
        "--lang", choices=["zh_CN", "en_US"], help="language of the demo users"
    )
    command.add_argument(
        "--workers",
        type=_between(0, 64),
        default=0,
        help="Odoo's worker processes (0: threads)",
    )
    command.add_argument(
        "--fresh", action="store_true", help="make the demo's database anew"
    )
    command.set_defaults(
        run=lambda chosen: demo.run(
            chosen.port, chosen.lang, chosen.workers, chosen.fresh
        )
    )


def _between(lowest, highest):
    """A reader of command line arguments that accepts numbers in this range."""

    def read(text):
        if not text.isdecimal() or not lowest <= int(text) <= highest:
            raise argparse.ArgumentTypeError(
                f"{text} is not between {lowest} and {highest}"
            )
        return int(text)

    return read
