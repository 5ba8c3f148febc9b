"""Entries on the way: lines of local files, until the log has them.

An entry is handed to the operating system before `record` returns, so it outlives the process however that ends. The
files are synced to the disk every second; what a power cut can take is what came after.
"""

from __future__ import annotations

import fcntl
import logging
import os
import threading
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

from audit.entry import AuditEntry

logger = logging.getLogger(__name__)

SEGMENT_BYTES = 1024 * 1024
HELD_BYTES = 16 * 1024 * 1024
"""What is kept in memory while the disk takes nothing."""
SUFFIX = ".spool"
REFUSED = "refused.jsonl"


class Spool:
    """Takes entries into a segment of its own, which is locked for as long as this process writes it."""

    def __init__(self, folder: Path, segment_bytes: int = SEGMENT_BYTES) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        self._segment_bytes = segment_bytes
        self._lock = threading.Lock()
        self._held = bytearray()
        self._written = 0
        self._is_dirty = False
        self._file: int | None = None
        self._path: Path | None = None
        self._full: dict[Path, int] = {}

    def record(self, entry: AuditEntry) -> None:
        """Waits for nothing but the local disk's cache, and never raises."""
        try:
            line = entry.model_dump_json().encode() + b"\n"
            with self._lock:
                if len(self._held) + len(line) > HELD_BYTES:
                    logger.critical("audit entry %s is lost: the disk takes nothing", entry.entry_id)
                    return
                if not self._held and self._written >= self._segment_bytes:
                    self._retire()
                self._held += line
                self._write_held()
        except Exception:
            logger.critical("audit entry %s could not be spooled", entry.entry_id, exc_info=True)

    def sync(self) -> None:
        """Write what is held, and have the disk keep what was written."""
        with self._lock:
            self._write_held()
            full = dict(self._full)
            file = os.dup(self._file) if self._file is not None and self._is_dirty else None
            self._is_dirty = False
        if file is not None:
            try:
                os.fsync(file)
            finally:
                os.close(file)
        for path, filled in full.items():
            os.fsync(filled)
            del self._full[path]
            os.close(filled)

    def is_writing(self, path: Path) -> bool:
        """Whether the segment is ours and not let go of yet."""
        return path == self._path or path in self._full

    def close(self) -> None:
        """Write what is held and let go of the segment; whoever comes next takes it over."""
        with self._lock:
            self._write_held()
            self._retire()
        self.sync()

    def _write_held(self) -> None:
        try:
            if self._held and self._file is None:
                self._begin_segment()
            while self._held and self._file is not None:
                count = os.write(self._file, self._held)
                self._written += count
                self._is_dirty = True
                del self._held[:count]
        except OSError as error:
            logger.error("the audit spool cannot be written just now: %s", error)

    def _begin_segment(self) -> None:
        path = self.folder / f"{time.time_ns():020}-{uuid.uuid4().hex[:8]}{SUFFIX}"
        # Locked before it has its name, so that nobody takes it for one that was left behind.
        fresh = path.with_suffix(".new")
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fresh.rename(path)
        except OSError:
            os.close(file)
            raise
        self._file, self._path, self._written = file, path, 0

    def _retire(self) -> None:
        """Done with this segment; `sync` lets go of it."""
        if self._file is not None and self._path is not None:
            self._full[self._path] = self._file
        self._file, self._path, self._written, self._is_dirty = None, None, 0, False


class Batch:
    """Whole lines of one segment, in order."""

    def __init__(self, path: Path, lines: Sequence[bytes], end: int) -> None:
        self.path = path
        self.lines = lines
        self.end = end


class SpoolReader:
    """Hands out what is spooled in a folder: by this process, and by others that are gone."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._ends: dict[Path, int] = {}
        self._taken: dict[Path, int] = {}

    def next_batch(self, most_lines: int) -> Batch | None:
        """The oldest lines that were not marked `done` yet. Segments that are done go away."""
        for path in sorted(self._spool.folder.glob(f"*{SUFFIX}")):
            is_growing = self._spool.is_writing(path)
            if not is_growing and not self._take(path):
                continue
            batch = self._read(path, most_lines)
            if batch is not None:
                return batch
            if not is_growing:
                self._finish(path)
        return None

    def done(self, batch: Batch) -> None:
        self._ends[batch.path] = batch.end

    def refuse(self, line: bytes) -> None:
        """Lay a line aside that the log will never take."""
        logger.error("an audit entry was refused by the log and is kept in %s", self._spool.folder / REFUSED)
        with (self._spool.folder / REFUSED).open("ab") as handle:
            handle.write(line + b"\n")

    def close(self) -> None:
        for file in self._taken.values():
            os.close(file)
        self._taken.clear()

    def _read(self, path: Path, most_lines: int) -> Batch | None:
        lines: list[bytes] = []
        end = self._ends.get(path, 0)
        with path.open("rb") as handle:
            handle.seek(end)
            for line in handle:
                if not line.endswith(b"\n"):
                    break
                lines.append(line[:-1])
                end += len(line)
                if len(lines) == most_lines:
                    break
        return Batch(path, lines, end) if lines else None

    def _take(self, path: Path) -> bool:
        """Whether the segment is nobody else's; it is ours from then on."""
        if path in self._taken:
            return True
        try:
            file = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        if not path.exists():
            os.close(file)
            return False
        self._taken[path] = file
        return True

    def _finish(self, path: Path) -> None:
        """All whole lines are in the log. A last line that broke off with the power is laid aside."""
        with path.open("rb") as handle:
            handle.seek(self._ends.get(path, 0))
            if rest := handle.read():
                self.refuse(rest)
        path.unlink()
        os.close(self._taken.pop(path))
        self._ends.pop(path, None)
