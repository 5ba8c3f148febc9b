"""Threads, additions, pictures, and what agents leave behind: kept, listed, paged."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from store import BadCursor, Page, RunClosed, Store, Thread, TooMany, UsageHour
from store.steers import MOST_STEERS
from tests.integration.store.conversing import question
from tests.integration.store.keeping import AT, call, checkpoint, image, session


async def test_threads_of_two_books_may_have_one_name(store: Store, other_process: Store) -> None:
    for cim_id in ("c1", "c2"):
        await store.threads.put(Thread(id="main", cim_id=cim_id, title=cim_id, created_at=AT, updated_at=AT))
    later = AT + timedelta(minutes=1)
    await store.threads.put(Thread(id="aside", cim_id="c1", created_at=later, updated_at=later))
    assert [thread.id for thread in await other_process.threads.of_cim("c1")] == ["main", "aside"]
    assert [thread.title for thread in await other_process.threads.of_cim("c2")] == ["c2"]
    assert await other_process.threads.get("aside", of_cim="c2") is None
    found = await other_process.threads.get("main", of_cim="c2")
    assert found is not None
    assert found.cim_id == "c2"


async def test_branches_of_a_thread(store: Store, other_process: Store) -> None:
    for id_, parent in (("m1", None), ("m2", "m1"), ("m3", "m1"), ("m4", "m3")):
        await store.messages.put(question(id_, parent))
    thread = Thread(id="main", cim_id="c1", leaf_id="m4", leaves=("m2", "m4"), created_at=AT, updated_at=AT)
    branches = await other_process.messages.branches(thread)
    assert [(branch.leaf_id, branch.forks_after, branch.messages, branch.active) for branch in branches] == [
        ("m2", "m1", 2, False),
        ("m4", "m1", 3, True),
    ]


async def test_additions_are_numbered_by_run(store: Store, other_process: Store) -> None:
    writers = (store, other_process, store)
    numbers = await asyncio.gather(*(one.steers.add("c1", "r1", f"{n}", "lea") for n, one in enumerate(writers)))
    assert sorted(numbers) == [1, 2, 3]
    found = await other_process.steers.after("r1")
    assert sorted(found) == ["0", "1", "2"]
    assert await store.steers.after("r1", after=2) == found[2:]
    assert await store.steers.after("r2") == []
    said = [entry.data for entry in await other_process.talk("c1", 0, 10)]
    assert sorted(str(data["text"]) for data in said) == ["0", "1", "2"]
    assert said[0]["run_id"] == "r1"


async def test_a_run_that_is_closed_takes_nothing_more_and_loses_nothing(store: Store, other_process: Store) -> None:
    await store.steers.add("c1", "r3", "first", "lea")
    assert not await other_process.steers.close("c1", "r3", 0, "a1"), "there is one that was not read"
    assert await other_process.steers.close("c1", "r3", 1, "a1")
    assert await other_process.steers.close("c1", "r3", 1, "a1"), "tried again"
    assert not await store.steers.close("c1", "r3", 1, "a2"), "by another"
    for one in (store, other_process):
        with pytest.raises(RunClosed):
            await one.steers.add("c1", "r3", "late", "lea")
    assert await store.steers.after("r3") == ["first"]


async def test_an_addition_is_either_refused_or_read(store: Store, other_process: Store) -> None:
    for n in range(10):
        closed, added = await asyncio.gather(
            store.steers.close("c1", f"race{n}", 0, "a"),
            other_process.steers.add("c1", f"race{n}", "now", "lea"),
            return_exceptions=True,
        )
        assert closed is (await store.steers.after(f"race{n}") == [])
        assert isinstance(added, RunClosed) is closed


async def test_a_run_takes_a_bounded_number_of_additions(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_STEERS > 100
    monkeypatch.setattr("store.steers.MOST_STEERS", 3)
    for n in range(3):
        await store.steers.add("c1", "r1", f"{n}", "lea")
    with pytest.raises(TooMany):
        await store.steers.add("c1", "r1", "4", "lea")
    assert await store.steers.after("r1") == ["0", "1", "2"]


async def test_pictures_of_a_source_are_replaced_together(store: Store, other_process: Store) -> None:
    await store.images.put("c1", "s1", [image("i1", "c1"), image("i2", "c1")])
    await store.images.put("c1", "s2", [image("i3", "c1", "s2")])
    await store.images.put("c2", "s1", [image("i4", "c2")])
    await store.images.put("c1", "s1", [image("i2", "c1")])
    assert [found.id for found in await other_process.images.of_cim("c1")] == ["i2", "i3"]
    await store.images.put("c1", "s1", [])
    assert await other_process.images.of_cim("c1") == [image("i3", "c1", "s2")]


async def test_uploaded_pictures_stand_beside_those_of_sources(
    store: Store, other_process: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.images.MOST_UPLOADED", 2)
    await store.images.put("c1", "s1", [image("i1", "c1")])
    for id_ in ("u1", "u1", "u2"):
        await store.images.add(image(id_, "c1", ""))
    await store.images.add(image("u2", "c1", ""))
    with pytest.raises(TooMany):
        await store.images.add(image("u3", "c1", ""))
    assert sorted(found.id for found in await other_process.images.of_cim("c1")) == ["i1", "u1", "u2"]


async def test_agents_by_run_and_status_in_pages(store: Store, other_process: Store) -> None:
    sessions = [session(f"a{n}", "c1", "r1", n, "running" if n % 2 else "completed") for n in range(5)]
    idle = session("a9", "c1", "r1", None, "idle")
    for each in (*sessions, idle, session("b1", "c1", "r2", 1), session("x1", "c2", "r3", 1)):
        await store.agents.put(each)
    assert await other_process.agents.get("a3") == sessions[3]
    paged: list[str] = []
    cursor: str | None = None
    while True:
        page = await other_process.agents.of_cim("c1", run_id="r1", limit=2, cursor=cursor)
        paged.extend(each.id for each in page.items)
        cursor = page.next_cursor
        if cursor is None:
            break
    assert paged == ["a0", "a1", "a2", "a3", "a4", "a9"]
    running = await other_process.agents.of_cim("c1", status="running")
    assert [each.id for each in running.items] == ["a3", "b1", "a1"]
    assert await other_process.agents.of_cim("c3") == Page()
    with pytest.raises(BadCursor):
        await other_process.agents.of_cim("c1", cursor="nonsense")


async def test_checkpoints_in_their_order(store: Store, other_process: Store) -> None:
    for step in (2, 1, 3):
        await store.checkpoints.put(checkpoint("a1", step, "c1"))
    await store.checkpoints.put(checkpoint("a2", 1, "c1"))
    assert [found.step for found in await other_process.checkpoints.of_agent("c1", "a1")] == [1, 2, 3]
    assert await other_process.checkpoints.get("a1:0002") == checkpoint("a1", 2, "c1")
    assert await other_process.checkpoints.get("a1:0009") is None


async def test_usage_by_time_and_person(store: Store, other_process: Store) -> None:
    calls = [call("u1", 0), call("u2", 30, "tom"), call("u3", 90), call("u4", 10, org_id="org2")]
    for each in (*calls, calls[0]):
        await store.usage.put(each)
    hour = timedelta(hours=1)
    assert await other_process.usage.calls("org1", AT, AT + hour) == calls[:2]
    assert await other_process.usage.calls("org1", AT, AT + 2 * hour, person_id="lea") == [calls[0], calls[2]]
    assert await other_process.usage.calls("org1", AT + 2 * hour, AT + 3 * hour) == []


async def test_usage_of_one_run(store: Store, other_process: Store) -> None:
    calls = [
        call(f"{run}-{minute}", minute, org_id="org3").model_copy(update={"run_id": run})
        for run, minute in (("ra", 1), ("rb", 2), ("ra", 0))
    ]
    for each in calls:
        await store.usage.put(each)
    assert await other_process.usage.calls_of_run("org3", "ra") == [calls[2], calls[0]]
    assert await other_process.usage.calls_of_run("org2", "ra") == []


async def test_hours_take_the_place_of_earlier_sums(store: Store, other_process: Store) -> None:
    def sums(hour: int, person_id: str, calls: int) -> UsageHour:
        began = AT + timedelta(hours=hour)
        return UsageHour(org_id="org1", hour=began, model="m", person_id=person_id, work="chat", calls=calls)

    await store.usage.put_hours([sums(0, "lea", 1), sums(0, "tom", 1), sums(1, "lea", 4)])
    await store.usage.put_hours([sums(0, "lea", 2)])
    await store.usage.put_hours([])
    found = await other_process.usage.hours("org1", AT, AT + timedelta(hours=1))
    assert found == [sums(0, "lea", 2), sums(0, "tom", 1)]
    lea = await other_process.usage.hours("org1", AT, AT + timedelta(hours=5), person_id="lea")
    assert [each.calls for each in lea] == [2, 4]
    assert await other_process.usage.hours("org2", AT, AT + timedelta(hours=5)) == []
