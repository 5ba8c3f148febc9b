"""Data keys: one for each tenant, wrapped, rotated, destroyed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from vault import (
    BrokenSeal,
    KeyRing,
    KeysDestroyed,
    KeysUnavailable,
    LocalMasterKeys,
    MasterSet,
    NoMasterKeys,
    UnknownKey,
    fresh_master_key,
    key_id_of,
    write_master_set,
)
from vault.keyring import LIFETIME

from .shelves import MemoryShelf, local, masters

NOW = timedelta(0)
PLAIN = b"Project Bluecan"


def rings(shelf: MemoryShelf, count: int = 2, cached: timedelta = NOW) -> list[KeyRing]:
    """Of as many processes on one shelf, which ask it each time."""
    keys = masters("m1")
    return [KeyRing(shelf, local(keys), cached) for _ in range(count)]


async def test_what_one_process_seals_another_opens() -> None:
    shelf = MemoryShelf()
    one, other = rings(shelf)
    sealed = await one.seal("org1", PLAIN)
    assert PLAIN not in sealed
    assert key_id_of(sealed) == "org1/1"
    assert await other.open(sealed) == PLAIN
    assert await one.seal("org1", PLAIN) != sealed
    assert PLAIN not in b"".join(key.wrapped for key in shelf.kept.values())


async def test_processes_that_begin_at_once_share_one_key() -> None:
    shelf = MemoryShelf()
    ones = rings(shelf, 3)
    sealed = await asyncio.gather(*(ring.seal("org1", PLAIN) for ring in ones for _ in range(5)))
    assert {key_id_of(each) for each in sealed} == {"org1/1"}
    assert {await ones[0].open(each) for each in sealed} == {PLAIN}


async def test_each_tenant_has_a_key_of_its_own() -> None:
    shelf = MemoryShelf()
    [ring] = rings(shelf, 1)
    one, other = await ring.seal("org1", PLAIN), await ring.seal("org2", PLAIN)
    forged = one[:3] + b"org2/1" + one[9:]
    assert key_id_of(forged) == key_id_of(other)
    with pytest.raises(BrokenSeal):
        await ring.open(forged)


@pytest.mark.parametrize("at", [1, 12, 22, -1])
async def test_a_changed_byte_is_found(at: int) -> None:
    [ring] = rings(MemoryShelf(), 1)
    sealed = bytearray(await ring.seal("org1", PLAIN))
    sealed[at] ^= 1
    with pytest.raises(BrokenSeal):
        await ring.open(bytes(sealed))


async def test_what_is_sealed_about_one_thing_is_not_taken_for_another() -> None:
    [ring] = rings(MemoryShelf(), 1)
    sealed = await ring.seal("org1", PLAIN, b"cim1")
    assert await ring.open(sealed, b"cim1") == PLAIN
    with pytest.raises(BrokenSeal):
        await ring.open(sealed, b"cim2")


@pytest.mark.parametrize(
    "junk", [b"", b"\x01", b"\x01" * 20, b"plain text that is long enough", b"\x01\x00\xff" + b"x" * 60]
)
async def test_junk_is_refused(junk: bytes) -> None:
    [ring] = rings(MemoryShelf(), 1)
    with pytest.raises((BrokenSeal, UnknownKey)):
        await ring.open(junk)


async def test_long_texts_are_compressed_first() -> None:
    [ring] = rings(MemoryShelf(), 1)
    text = b"the same words again and again " * 400
    sealed = await ring.seal("org1", text)
    assert len(sealed) < len(text) / 10
    assert await ring.open(sealed) == text


async def test_a_rotated_key_seals_what_is_new_and_the_old_one_still_opens() -> None:
    shelf = MemoryShelf()
    one, other = rings(shelf)
    old = await one.seal("org1", PLAIN)
    assert await other.open(old) == PLAIN
    assert await one.rotate("org1") == "org1/2"
    new = await other.seal("org1", PLAIN)
    assert key_id_of(new) == "org1/2"
    assert [await ring.open(sealed) for ring in (one, other) for sealed in (old, new)] == [PLAIN] * 4


async def test_a_process_that_has_not_heard_of_a_rotation_reads_what_came_after() -> None:
    shelf, keys = MemoryShelf(), masters("m1")
    one, other = KeyRing(shelf, local(keys)), KeyRing(shelf, local(keys))
    assert await other.open(await one.seal("org1", PLAIN)) == PLAIN
    await one.rotate("org1")
    assert await other.open(await one.seal("org1", PLAIN)) == PLAIN


async def test_an_old_key_makes_place_for_a_new_one_by_itself() -> None:
    shelf = MemoryShelf()
    one, other = rings(shelf)
    old = await one.seal("org1", PLAIN)
    aged = shelf.kept["org1/1"].model_copy(update={"created_at": datetime.now(UTC) - LIFETIME - timedelta(days=1)})
    shelf.kept["org1/1"] = aged
    assert key_id_of(await other.seal("org1", PLAIN)) == "org1/2"
    assert await other.open(old) == PLAIN


async def test_master_keys_rotate_while_everybody_reads() -> None:
    shelf, keys = MemoryShelf(), masters("m1", "m2")
    before = KeyRing(shelf, local(keys, "m1"), NOW)
    sealed = {tenant: await before.seal(tenant, PLAIN) for tenant in ("org1", "org2", "org3")}
    after = KeyRing(shelf, local(keys, "m2"), NOW)
    assert await after.rewrap() == 3
    assert await after.rewrap() == 0
    assert {key.master for key in shelf.kept.values()} == {"m2"}
    without_the_old_one = KeyRing(shelf, local({"m2": keys["m2"]}), NOW)
    for ring in (before, after, without_the_old_one):
        assert [await ring.open(each) for each in sealed.values()] == [PLAIN] * 3


async def test_destroyed_keys_are_gone_for_everybody() -> None:
    shelf = MemoryShelf()
    one, other = rings(shelf)
    sealed, kept = await one.seal("org1", PLAIN), await one.seal("org2", PLAIN)
    assert await other.open(sealed) == PLAIN
    await one.rotate("org1")
    assert await one.destroy("org1") == 2
    for ring in (one, other):
        with pytest.raises(KeysDestroyed):
            await ring.open(sealed)
        with pytest.raises(KeysDestroyed):
            await ring.seal("org1", PLAIN)
        with pytest.raises(KeysDestroyed):
            await ring.rotate("org1")
        assert await ring.open(kept) == PLAIN
    assert all(key.wrapped == b"" for key in shelf.kept.values() if key.tenant == "org1")


async def test_a_tenant_that_never_had_a_key_gets_none_after_its_end() -> None:
    one, other = rings(MemoryShelf())
    assert await one.destroy("org1") == 0
    with pytest.raises(KeysDestroyed):
        await other.seal("org1", PLAIN)


async def test_keys_in_use_outlive_a_shelf_that_is_away() -> None:
    shelf = MemoryShelf()
    one, other = rings(shelf)
    sealed = await one.seal("org1", PLAIN)
    shelf.is_away = True
    asked = shelf.asked
    assert [await one.open(await one.seal("org1", PLAIN)) for _ in range(5)] == [PLAIN] * 5
    assert await one.open(sealed) == PLAIN
    assert shelf.asked == asked + 1, "an absent shelf is not asked at every turn"
    with pytest.raises(KeysUnavailable):
        await other.open(sealed)
    with pytest.raises(KeysUnavailable):
        await one.seal("org2", PLAIN)


async def test_keys_are_asked_for_once_in_a_while() -> None:
    shelf = MemoryShelf()
    [ring] = rings(shelf, 1, timedelta(seconds=60))
    sealed = [await ring.seal("org1", PLAIN) for _ in range(50)]
    assert [await ring.open(each) for each in sealed] == [PLAIN] * 50
    assert shelf.asked == 3


async def test_an_unknown_master_key_is_named() -> None:
    shelf = MemoryShelf()
    sealed = await KeyRing(shelf, local(masters("m1")), NOW).seal("org1", PLAIN)
    with pytest.raises(UnknownKey, match="'m1'"):
        await KeyRing(shelf, local(masters("m2")), NOW).open(sealed)
    with pytest.raises(BrokenSeal):
        await KeyRing(shelf, local(masters("m1")), NOW).open(sealed)


async def test_a_file_of_master_keys_is_read_again_when_a_key_is_missing(tmp_path: Path) -> None:
    file, shelf = tmp_path / "masters.json", MemoryShelf()
    first = MasterSet(keys={}).with_one_more()
    write_master_set(file, first)
    assert file.stat().st_mode & 0o777 == 0o600
    running = KeyRing(shelf, LocalMasterKeys.given({}, file=file), NOW)
    sealed = await running.seal("org1", PLAIN)
    write_master_set(file, first.with_one_more())
    assert await KeyRing(shelf, LocalMasterKeys.given({}, file=file), NOW).rewrap() == 1
    fresh = KeyRing(shelf, LocalMasterKeys.given({}, file=file), NOW)
    await fresh.rotate("org1")
    assert await running.open(await fresh.seal("org1", PLAIN)) == PLAIN
    assert await running.open(sealed) == PLAIN


@pytest.mark.parametrize(
    ("keys", "current", "said"),
    [
        ({}, "", "new-master"),
        ({"m1": fresh_master_key()}, "m2", "'m2'"),
        ({"m1": fresh_master_key(), "m2": fresh_master_key()}, "", "BOOKRUNNER_MASTER_KEY"),
        ({"m1": "not base64!"}, "", "not base64"),
        ({"m1": "c2hvcnQ="}, "", "5 bytes"),
    ],
)
def test_unusable_master_keys_are_refused(keys: dict[str, str], current: str, said: str) -> None:
    with pytest.raises(NoMasterKeys, match=said) as refused:
        LocalMasterKeys.given({kid: SecretStr(key) for kid, key in keys.items()}, current)
    assert not any(key in str(refused.value) for key in keys.values())


def test_a_file_that_is_no_set_of_keys_is_refused_without_its_content(tmp_path: Path) -> None:
    file = tmp_path / "masters.json"
    file.write_text('{"keys": {"m1": ["top secret"]}}')
    with pytest.raises(NoMasterKeys) as refused:
        LocalMasterKeys.given({}, file=file)
    assert "top secret" not in str(refused.value)
    assert refused.value.__cause__ is None
