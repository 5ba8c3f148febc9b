"""Set up the Python environment of this checkout: `python3 deploy/bootstrap.py`. Standard library only.

Finds the best Python of this machine, brings a pinned uv, and lets uv make `.venv` from uv.lock. A no-op when done.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

UV_VERSION = "0.13.8"
# temporalio aborts at interpreter exit on some 3.11 builds, so newer ones come first.
WANTED = ((3, 13), (3, 12), (3, 14), (3, 11))
CHECKOUT = Path(__file__).resolve().parents[1]
VENV = CHECKOUT / ".venv"
STAMP = VENV / ".bookrunner-ready"
ASK_VERSION = "import sys; print(*sys.version_info[:2])"


def say(line: str) -> None:
    """Report to standard error."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def cache_dir() -> Path:
    """Folder of downloads and builds; the same as in deploy.embedded.places, which cannot be imported yet."""
    if given := os.environ.get("BOOKRUNNER_CACHE_DIR"):
        return Path(given).resolve()
    if given := os.environ.get("XDG_CACHE_HOME"):
        return Path(given).resolve() / "bookrunner"
    return Path("~/.cache/bookrunner").expanduser()


def with_certificates(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment, with this machine's own certificates made known to uv, pip, Go and Node."""
    result = dict(environment)
    bundle = result.get("SSL_CERT_FILE") or ssl.get_default_verify_paths().cafile or _usual_bundle()
    if bundle and Path(bundle).exists():
        result.setdefault("UV_SYSTEM_CERTS", "1")
        result.setdefault("SSL_CERT_FILE", bundle)
        result.setdefault("NODE_EXTRA_CA_CERTS", bundle)
    return result


def find_uv() -> Path | None:
    """The pinned uv in the cache, else the one on PATH, else None."""
    kept = _uv_home() / "bin" / "uv"
    if kept.exists():
        return kept
    on_path = shutil.which("uv")
    return Path(on_path) if on_path else None


def bring_uv() -> Path:
    """uv, installed with the pip of any Python here when it is missing."""
    if found := find_uv():
        return found
    home = _uv_home()
    say(f"  Fetching uv {UV_VERSION} into {home}")
    problems: list[str] = []
    for python in _pythons():
        for pip in _pips(python):
            install = ["install", "--quiet", "--upgrade", "--target", str(home), f"uv=={UV_VERSION}"]
            problem = _run([*pip, *install], with_certificates(os.environ))
            if problem is None and (found := find_uv()):
                return found
            problems.append(f"{python}: {problem}")
    raise SystemExit(
        "No Python on this machine could install uv. Install pip (on Debian: apt install python3-pip) or put uv on "
        "PATH, then try again.\n" + "\n".join(problems)
    )


def _pips(python: str) -> Iterator[list[str]]:
    """The pip of a Python, and then that of an environment of our own, for a Python that has none but can make one."""
    yield [python, "-m", "pip"]
    home = cache_dir() / "pip"
    if _run([python, "-m", "venv", "--clear", str(home)], os.environ) is None:
        yield [str(home / "bin" / "python"), "-m", "pip"]


def _run(command: Sequence[str], environment: Mapping[str, str]) -> str | None:
    """Run a command; the last line of what it says when it fails, else None."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=dict(environment), check=False)
    except OSError as problem:
        return str(problem)
    return None if done.returncode == 0 else (done.stderr.strip().splitlines() or ["failed"])[-1]


def best_python() -> str:
    """The Python to build the environment with: the first of `WANTED` that is here."""
    found: dict[tuple[int, int], str] = {}
    for python in _pythons():
        done = subprocess.run([python, "-c", ASK_VERSION], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            major, minor = done.stdout.split()
            found.setdefault((int(major), int(minor)), python)
    for version in WANTED:
        if version in found:
            return found[version]
    raise SystemExit("Bookrunner needs Python 3.11 or newer, and none was found on PATH.")


def main() -> int:
    """Make `.venv` right; quick when it is."""
    state = hashlib.sha256((CHECKOUT / "uv.lock").read_bytes() + (CHECKOUT / "pyproject.toml").read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == state:
        return 0
    began = time.monotonic()
    say(f"Setting up Python packages in {VENV}")
    uv = bring_uv()
    kept = VENV / "bin" / "python"
    usable = kept.exists() and subprocess.run([str(kept), "-c", ""], check=False).returncode == 0
    python = str(kept) if usable else best_python()
    say(f"  with {python}")
    environment = with_certificates(os.environ) | {"UV_PROJECT_ENVIRONMENT": str(VENV), "UV_PYTHON_DOWNLOADS": "never"}
    command = [str(uv), "sync", "--frozen", "--inexact", "--compile-bytecode", "--python", python]
    code = subprocess.run(command, cwd=CHECKOUT, env=environment, check=False).returncode
    if code != 0:
        say(f"The Python packages could not be installed (uv ended with {code}); see above.")
        return code
    STAMP.write_text(state)
    say(f"  done in {time.monotonic() - began:.0f} s")
    return 0


def _uv_home() -> Path:
    return cache_dir() / f"uv-{UV_VERSION}"


def _usual_bundle() -> str | None:
    usual = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
    return next((name for name in usual if Path(name).exists()), None)


def _pythons() -> Iterator[str]:
    """Every Python that may be here, best known first; names may repeat or fail."""
    names = [f"python{major}.{minor}" for major, minor in WANTED]
    yield from _existing(shutil.which(name) for name in names)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path("~/.pyenv").expanduser())
    for major, minor in WANTED:
        yield from (str(p) for p in sorted(pyenv.glob(f"versions/{major}.{minor}.*/bin/python3"), reverse=True))
    yield from _existing(f"/usr/local/bin/{name}" for name in names)
    yield from _existing(f"/opt/homebrew/bin/{name}" for name in names)
    yield sys.executable


def _existing(names: Iterable[str | None]) -> Iterator[str]:
    return (name for name in names if name and Path(name).exists())


if __name__ == "__main__":
    sys.exit(main())
