"""Start Odoo's command line, and end it when the launcher dies.

Odoo starts its websocket process by running its own script again, so it needs one:
`python -m odoo` does not do.
"""

import ctypes
import signal

PR_SET_PDEATHSIG = 1


def end_with_parent():
    """Ask Linux to terminate this process when the one that started it is gone."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    end_with_parent()
    import odoo.cli

    odoo.cli.main()
