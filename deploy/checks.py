"""`make check` and `make test`: every tool that must be content, in order, each with its time."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from deploy.bootstrap import CHECKOUT, say, with_certificates

CHECKS = {
    "ruff": ["-m", "ruff", "check"],
    "imports": ["-c", "from importlinter.cli import lint_imports_command as lint; lint()"],
    "pyright": ["-m", "pyright"],
    "web": ["-m", "deploy.web", "check"],
}
TESTS = {
    "parts of the stack": ["-m", "cli", "prepare"],
    "pytest": ["-m", "deploy.python_tests"],
    "web in a browser": ["-m", "deploy.web_tests"],
}


def main() -> int:
    """Run the checks, and with the argument `test` the tests after them; the first failure ends it."""
    steps = CHECKS | (TESTS if "test" in sys.argv[1:] else {})
    environment = with_certificates(os.environ)
    for name, arguments in steps.items():
        say(f"== {name}")
        began = time.monotonic()
        code = subprocess.run([sys.executable, *arguments], cwd=CHECKOUT, env=environment, check=False).returncode
        if code != 0:
            say(f"== {name} failed after {time.monotonic() - began:.1f} s (exit code {code})")
            return 1
        say(f"== {name} passed in {time.monotonic() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
