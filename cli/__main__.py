"""Entry point: `python -m cli`."""

from __future__ import annotations

import os
import sys

from cli.app import app


def main() -> None:
    """Run a command and leave with its exit code.

    Some Python 3.11 builds abort while temporalio is unloaded, after all work is done; so nothing is unloaded.
    """
    try:
        code = app.meta()
    except SystemExit as leaving:
        code = leaving.code
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


if __name__ == "__main__":
    main()
