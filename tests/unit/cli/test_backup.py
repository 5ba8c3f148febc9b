"""A data folder into a file and its keys into another, and back: equal, or not at all."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from deploy.embedded.backup import back_up, restore
from deploy.embedded.places import sole_user
from deploy.embedded.steps import StackError
from deploy.embedded.unpacking import unpack

FILES = {
    "ferretdb/bookrunner.sqlite": b"books",
    "supabase/supabase/.temp/data/base/1": b"people",
    "temporal.db": b"workflows",
    "temporal.db-wal": b"more of them",
    "audit/waiting/1.json": b"{}",
}
KEYS = {"master_keys.json": b'{"keys": {}}', "supabase-keys.json": b"{}"}
OF_A_RUN = {"logs/worker.log": b"lines", "worker.ready": b""}


def made(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def found(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data" / "supabase" / "empty").mkdir(parents=True)
    return made(tmp_path / "data", {**FILES, **KEYS, **OF_A_RUN})


@pytest.fixture
def kept(data: Path, tmp_path: Path) -> tuple[Path, Path]:
    archive, keys = tmp_path / "all.tar.gz", tmp_path / "keys.json"
    back_up(data, archive, keys)
    return archive, keys


def test_it_is_equal_elsewhere(kept: tuple[Path, Path], tmp_path: Path) -> None:
    archive, keys = kept
    contents = restore(archive, keys, tmp_path / "other")
    assert found(tmp_path / "other") == {**FILES, **KEYS}
    assert set(contents.files) == set(FILES)
    assert (tmp_path / "other" / "supabase" / "empty").is_dir()


def test_keys_are_apart_and_nobody_else_may_read_either(kept: tuple[Path, Path]) -> None:
    archive, keys = kept
    with tarfile.open(archive) as members:
        assert not set(members.getnames()) & set(KEYS)
    assert {path.stat().st_mode & 0o777 for path in (archive, keys)} == {0o600}


def test_without_temporal(kept: tuple[Path, Path], tmp_path: Path) -> None:
    restore(*kept, tmp_path / "other", without_temporal=True)
    expected = {name: content for name, content in FILES.items() if not name.startswith("temporal")}
    assert found(tmp_path / "other") == {**expected, **KEYS}


def test_a_running_stack_is_not_copied(data: Path, tmp_path: Path) -> None:
    with sole_user(data), pytest.raises(StackError, match="already runs"):
        back_up(data, tmp_path / "all.tar.gz", tmp_path / "keys.json")
    assert not (tmp_path / "all.tar.gz").exists()


def test_data_that_is_there_stays(kept: tuple[Path, Path], data: Path) -> None:
    before = found(data)
    with pytest.raises(StackError, match="already"):
        restore(*kept, data)
    assert found(data) == before


@pytest.mark.parametrize("how", ["cut", "changed", "other", "no keys"])
def test_what_is_not_whole_is_not_taken(kept: tuple[Path, Path], tmp_path: Path, how: str) -> None:
    archive, keys = kept
    match how:
        case "cut":
            archive.write_bytes(archive.read_bytes()[:-40])
        case "changed":
            with tarfile.open(archive) as members:
                unpack(members, tmp_path / "apart")
            (tmp_path / "apart" / "temporal.db").write_bytes(b"others")
            with tarfile.open(archive, "w:gz") as members:
                for path in ("bookrunner-backup.json", *FILES):
                    members.add(tmp_path / "apart" / path, arcname=path)
        case "other":
            archive.write_bytes(b"something else")
        case _:
            keys.write_text('{"files": {}}')
    with pytest.raises(StackError):
        restore(archive, keys, tmp_path / "other")
    assert not (tmp_path / "other").exists()
