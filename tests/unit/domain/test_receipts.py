"""The bounded memory of handled commands never forgets one."""

from __future__ import annotations

import random
from uuid import UUID

from domain.receipts import KEPT_EXACTLY, Receipt, Receipts


def _filled(count: int) -> tuple[Receipts, list[UUID]]:
    source = random.Random(7)
    ids = [UUID(int=source.getrandbits(128)) for _ in range(count)]
    receipts = Receipts()
    for n, id_ in enumerate(ids):
        receipts = receipts.with_receipt(Receipt(command_id=id_, first_seq=n, last_seq=n))
    return receipts, ids


def test_new_ones_are_known_exactly_and_old_ones_by_the_filter() -> None:
    receipts, ids = _filled(5_000)
    old = set(receipts.old_among(ids))
    assert all(receipts.find(id_) is not None or id_ in old for id_ in ids)
    newest = receipts.find(ids[-1])
    assert newest is not None
    assert newest.first_seq == 4_999


def test_unknown_ones_are_rarely_taken_for_old() -> None:
    receipts, _ = _filled(10_000)
    source = random.Random(8)
    strangers = [UUID(int=source.getrandbits(128)) for _ in range(2_000)]
    assert all(receipts.find(id_) is None for id_ in strangers)
    assert len(receipts.old_among(strangers)) < 40


def test_size_does_not_grow_with_the_number_of_commands() -> None:
    few, _ = _filled(2 * KEPT_EXACTLY)
    many, _ = _filled(10_000)
    assert len(many.model_dump_json()) <= len(few.model_dump_json()) + 50 * KEPT_EXACTLY
    assert len(many.newest) <= KEPT_EXACTLY
