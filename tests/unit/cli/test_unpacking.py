"""Archives are unpacked into their folder, and nowhere else."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from deploy.embedded.unpacking import unpack


def archive(*members: tarfile.TarInfo) -> tarfile.TarFile:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as made:
        for member in members:
            member.size = 4 if member.isfile() else 0
            made.addfile(member, io.BytesIO(b"text") if member.isfile() else None)
    file.seek(0)
    return tarfile.open(fileobj=file)


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.mode = kind, link, 0o755
    return made


def test_files_and_empty_folders(tmp_path: Path) -> None:
    with archive(member("a/b.txt"), member("empty", tarfile.DIRTYPE)) as members:
        unpack(members, tmp_path)
    assert (tmp_path / "a" / "b.txt").read_bytes() == b"text"
    assert (tmp_path / "a" / "b.txt").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "empty").is_dir()


@pytest.mark.parametrize(
    "bad",
    [
        member("../out.txt"),
        member("/tmp/out.txt"),
        member("link", tarfile.SYMTYPE, "/etc"),
        member("hard", tarfile.LNKTYPE, "a"),
        member("fifo", tarfile.FIFOTYPE),
    ],
    ids=lambda bad: bad.name,
)
def test_what_leads_outside_is_refused(tmp_path: Path, bad: tarfile.TarInfo) -> None:
    (tmp_path / "in").mkdir()
    with archive(bad) as members, pytest.raises(tarfile.TarError):
        unpack(members, tmp_path / "in")
    assert list((tmp_path / "in").iterdir()) == []
    assert not (tmp_path / "out.txt").exists()
