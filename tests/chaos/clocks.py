"""Wall clocks that can be set: a small library, loaded before all others, shifts what a process takes for the time."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("clock.c")


class Clock:
    """The clock of some processes; `environment` is theirs. Empty, and never shifted, where there is no C compiler."""

    def __init__(self, library: Path | None, file: Path) -> None:
        self._library = library
        self._file = file
        self.shift(0.0)

    @property
    def works(self) -> bool:
        return self._library is not None

    @property
    def environment(self) -> dict[str, str]:
        if self._library is None:
            return {}
        return {"LD_PRELOAD": str(self._library), "CHAOS_CLOCK_FILE": str(self._file)}

    def shift(self, seconds: float) -> None:
        content = struct.pack("q", int(seconds * 1e9))
        if not self._file.exists():
            self._file.write_bytes(content)
            return
        # In place: processes have the file mapped.
        with self._file.open("r+b") as handle:
            handle.write(content)


def built_library(folder: Path) -> Path | None:
    """None where nothing here compiles C."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return None
    library = folder / "clock.so"
    command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(SOURCE), "-ldl"]
    done = subprocess.run(command, capture_output=True, check=False)
    return library if done.returncode == 0 else None
