"""Run a command in a user namespace where root is `nobody`: as_nobody.py COMMAND…

PostgreSQL refuses to run as root. In the namespace it sees another user, while the
files it makes stay root's. Exits with 1 where the system does not allow this.
"""

import ctypes
import os
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000
NOBODY = 65534


def enter_namespace():
    """Become `nobody` in a new user namespace; OSError if that is refused."""
    group = os.getegid()
    user = os.geteuid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "user namespaces are not allowed")
    own = Path("/proc/self")
    (own / "setgroups").write_text("deny")
    (own / "uid_map").write_text(f"{NOBODY} {user} 1")
    (own / "gid_map").write_text(f"{NOBODY} {group} 1")


if __name__ == "__main__":
    try:
        enter_namespace()
    except OSError as error:
        sys.exit(f"as_nobody: {error}")
    os.execv(sys.argv[1], sys.argv[1:])
