"""A turn of the product, as the benchmarks ask for it and listen."""

from __future__ import annotations

import json

import httpx
import pytest

from bench.books import Book, Wire


def _event(name: str, **data: object) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"


def _book(*events: str) -> Book:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, text=_event("ready", seq=1) + "".join(events))
        assert json.loads(request.content)["mode"] == "ask"
        return httpx.Response(202, json={"run_id": "r1"})

    http = httpx.AsyncClient(base_url="http://api", transport=httpx.MockTransport(answer))
    return Book(http, Wire("http://api:1", "token"), "b1")


async def test_a_turn_lasts_until_its_own_run_is_completed() -> None:
    book = _book(
        _event("delta", text="one: two "),
        _event("run", run_id="r0", status="completed"),
        _event("run", run_id="r1", status="running"),
        _event("delta", text="three"),
        _event("run", run_id="r1", status="completed"),
        _event("delta", text="of another"),
    )
    turn = await book.turn()
    assert [text for text, _ in turn.deltas] == ["one: two ", "three"]
    assert turn.seconds > 0


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ([_event("run", run_id="r1", status="failed")], "failed"),
        ([_event("run", run_id="r0", status="completed")], "ended before"),
    ],
)
async def test_a_turn_that_is_not_completed_is_an_error(events: list[str], why: str) -> None:
    with pytest.raises(RuntimeError, match=why):
        await _book(*events).turn()
