"""Branches: where each leaves the others."""

from __future__ import annotations

from datetime import UTC, datetime

from domain.values import Actor
from store import Message, Thread
from store.threads import branches_of

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def path(*ids: str) -> list[Message]:
    """Messages one after the other, each saying its id."""
    parents = [None, *ids[:-1]]
    lea = Actor(kind="user", id="lea")
    return [
        Message(id=id_, cim_id="c", role="user", text=f"say {id_}", author=lea, created_at=AT, parent_id=parent)
        for id_, parent in zip(ids, parents, strict=True)
    ]


def thread(*leaves: str, leaf_id: str) -> Thread:
    return Thread(id="main", cim_id="c", leaf_id=leaf_id, leaves=leaves, created_at=AT, updated_at=AT)


def forks(thread: Thread, *paths: list[Message]) -> list[tuple[str, str | None, str, int, bool]]:
    branches = branches_of(thread, {messages[-1].id: messages for messages in paths})
    return [(b.leaf_id, b.forks_after, b.first_text, b.messages, b.active) for b in branches]


def test_one_branch_begins_at_the_beginning() -> None:
    assert forks(thread("b", leaf_id="b"), path("a", "b")) == [("b", None, "say a", 2, True)]


def test_branches_leave_each_other_where_they_differ() -> None:
    found = forks(
        thread("a2", "b2", "c2", leaf_id="b2"),
        path("q", "a", "a1", "a2"),
        path("q", "a", "b1", "b2"),
        path("c1", "c2"),
    )
    assert found == [
        ("a2", "a", "say a1", 4, False),
        ("b2", "a", "say b1", 4, True),
        ("c2", None, "say c1", 2, False),
    ]


def test_a_branch_that_ends_within_another() -> None:
    found = forks(thread("a", "b", leaf_id="b"), path("q", "a"), path("q", "a", "b"))
    assert found == [("a", "a", "say a", 2, False), ("b", "a", "say b", 3, True)]


def test_a_leaf_that_is_gone_is_no_branch() -> None:
    assert branches_of(thread("a", leaf_id="a"), {"a": []}) == []
