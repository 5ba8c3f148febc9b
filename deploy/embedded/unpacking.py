"""Archives unpacked into a folder, and nowhere else."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path


def unpack(members: tarfile.TarFile, into: Path) -> None:
    """Files and folders with the bits of their modes that belong to their owner.

    Raises tarfile.TarError for a member that is anything else, such as a link, or lies outside of the folder. (What
    `extractall(filter="data")` does is missing before Python 3.11.4.)
    """
    root = into.resolve()
    for member in members:
        path = (root / member.name).resolve()
        if not path.is_relative_to(root):
            raise tarfile.TarError(f"{member.name} lies outside of the folder")
        if member.isdir():
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            continue
        source = members.extractfile(member) if member.isfile() else None
        if source is None:
            raise tarfile.TarError(f"{member.name} is neither a file nor a folder")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with source, path.open("wb") as file:
            shutil.copyfileobj(source, file)
        path.chmod(member.mode & 0o700)
