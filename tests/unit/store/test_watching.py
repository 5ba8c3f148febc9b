"""The feed on a server with change streams, as the driver shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, cast

from store.feed import Subscribers, Subscription
from store.notices import News, Notice, NoticeBoard
from store.server import Server
from store.watching import follow_changes

CIM = "cim1"


class Changes:
    """What a change stream yields; the subscriber leaves when it is empty."""

    def __init__(self, changes: Sequence[Mapping[str, Any] | None], leave: Any) -> None:
        self._changes = list(changes)
        self._leave = leave

    async def __aenter__(self) -> Changes:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return

    async def try_next(self) -> Mapping[str, Any] | None:
        if not self._changes:
            self._leave()
            return None
        return self._changes.pop(0)


class Streaming:
    """A server and its database, of which only `watch` is asked."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self.pipeline: Sequence[Mapping[str, Any]] = ()

    async def database(self) -> Streaming:
        return self

    async def watch(self, pipeline: Sequence[Mapping[str, Any]], max_await_time_ms: int) -> Changes:
        assert max_await_time_ms > 0
        self.pipeline = pipeline
        return self._changes


class Board:
    async def notice_of(self, document: Mapping[str, Any]) -> Notice:
        return Notice(kind=document["kind"], cim_id=document["cim_id"], data={})


async def followed(*changes: Mapping[str, Any] | None) -> list[News | Notice]:
    """What a subscriber of the CIM hears, piece by piece, of a stream that is opened."""
    subscribers = Subscribers()
    heard: list[News | Notice] = []

    class Heard(Subscription):
        def wake(self, news: News) -> None:
            heard.append(news)

        def tell(self, notice: Notice) -> None:
            heard.append(notice)

    listener = Heard(CIM)
    subscribers.add(listener)
    server = Streaming(Changes(changes, lambda: subscribers.remove(listener)))
    await follow_changes(cast("Server", server), cast("NoticeBoard", Board()), subscribers)
    return heard


def change(collection: str, **document: object) -> Mapping[str, Any]:
    return {"ns": {"coll": collection}, "fullDocument": document}


async def test_what_was_recorded_before_the_stream_was_open_is_looked_for() -> None:
    assert await followed() == [News(cim_id=CIM)]


async def test_heads_talk_and_notices_are_told_to_whom_they_concern() -> None:
    told = await followed(
        change("cims", _id=CIM, rev=7),
        None,
        change("cims", _id="another", rev=9),
        change("talk", _id=f"{CIM}:00000012", cim_id=CIM),
        change("notices", _id="0000000000000001", cim_id=CIM, kind="run"),
        change("cims", _id=CIM, rev=8, org_id="org1", erased=True),
    )
    assert told[1:] == [
        News(cim_id=CIM, rev=7),
        News(cim_id=CIM, talk=12),
        Notice(kind="run", cim_id=CIM, data={}),
        News(cim_id=CIM, rev=8),
    ]
