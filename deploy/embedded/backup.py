"""All data of the embedded stack in one file, and its keys in another; and back into an empty data folder."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tarfile
import tomllib
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from deploy.embedded import masters
from deploy.embedded.places import CHECKOUT, sole_user
from deploy.embedded.steps import StackError
from deploy.embedded.unpacking import unpack
from domain.values import Instant, Value

KEY_FILES = (masters.NAME, "supabase-keys.json")
OF_A_RUN = frozenset({f"{masters.NAME}.lock", "lock", "logs", "stack.json", "stack.json.new", "worker.ready"})
"""What a stack makes anew."""
TEMPORAL = "temporal.db"
CONTENTS = "bookrunner-backup.json"


class Contents(Value):
    """First member of a backup: what is in it, by path, with the SHA-256 of each file."""

    format: Literal["bookrunner-installation/1"] = "bookrunner-installation/1"
    release: str
    made_at: Instant
    files: dict[str, str]


class KeysKept(Value):
    """The files of keys, by name."""

    format: Literal["bookrunner-keys/1"] = "bookrunner-keys/1"
    files: dict[str, str]


def back_up(data: Path, into: Path, keys_into: Path) -> Contents:
    """Raises StackError while a stack runs on the data: only then is every part as of the same moment."""
    if not (data / KEY_FILES[0]).exists():
        raise StackError(f"There is no installation in {data}.")
    with sole_user(data):
        entries = [path for path in sorted(data.iterdir()) if path.name not in {*OF_A_RUN, *KEY_FILES}]
        files = {str(path.relative_to(data)): _digest(path) for entry in entries for path in _files(entry)}
        contents = Contents(release=_release(), made_at=datetime.now(UTC), files=files)
        fresh = into.with_name(f"{into.name}.part")
        with _private(fresh) as raw, tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6) as archive:
            _add(archive, CONTENTS, contents.model_dump_json(indent=1).encode())
            for entry in entries:
                archive.add(entry, arcname=entry.name)
        keys = KeysKept(files={name: (data / name).read_text() for name in KEY_FILES if (data / name).exists()})
        with _private(keys_into) as file:
            file.write(keys.model_dump_json().encode())
        fresh.replace(into)
    return contents


def restore(archive: Path, keys: Path, data: Path, *, without_temporal: bool = False) -> Contents:
    """Whole or not at all. Raises StackError where the data folder has something in it, or a file is not whole."""
    if data.exists() and any(path.name not in OF_A_RUN for path in data.iterdir()):
        raise StackError(f"There is data in {data} already; restore into an empty folder (BOOKRUNNER_DATA_DIR).")
    kept = _keys_in(keys)
    fresh = data.with_name(f"{data.name}.restoring")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        contents = _unpacked(archive, fresh)
        for name, text in kept.files.items():
            with _private(fresh / name) as file:
                file.write(text.encode())
        if without_temporal:
            for path in fresh.glob(f"{TEMPORAL}*"):
                path.unlink()
        shutil.rmtree(data, ignore_errors=True)
        fresh.replace(data)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return contents


def _unpacked(archive: Path, into: Path) -> Contents:
    try:
        with tarfile.open(archive, mode="r:gz") as members:
            first = members.next()
            told = members.extractfile(first) if first is not None and first.name == CONTENTS else None
            if told is None:
                raise StackError(f"{archive} is no backup of an installation.")
            contents = Contents.from_kept(told.read())
            unpack(members, into)
    except (OSError, EOFError, tarfile.TarError, zlib.error, ValidationError) as error:
        raise StackError(f"{archive} is no whole backup of an installation: {type(error).__name__}.") from error
    (into / CONTENTS).unlink()
    found = {str(path.relative_to(into)): _digest(path) for path in into.rglob("*") if path.is_file()}
    if found != contents.files:
        raise StackError(f"{archive} is no whole backup of an installation: it was changed or cut.")
    return contents


def _keys_in(file: Path) -> KeysKept:
    try:
        kept = KeysKept.from_kept(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise StackError(f"{file} has no keys of an installation; without them the backup cannot be read.") from error
    if set(kept.files) - set(KEY_FILES) or masters.NAME not in kept.files:
        raise StackError(f"{file} has other things in it than the keys of an installation.")
    return kept


def _files(entry: Path) -> Iterator[Path]:
    return (path for path in sorted([entry, *entry.rglob("*")]) if path.is_file())


def _private(path: Path) -> io.FileIO:
    """A new file that only this account may read."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=0)


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    member.mode = 0o600
    archive.addfile(member, io.BytesIO(content))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _release() -> str:
    return str(tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"])
