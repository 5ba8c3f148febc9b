"""What tests in a browser cannot have made by the product in a moment, put into its store.

`python -m tests.browser.filling talk <book> <messages>` and `end <book> <days>`, for the product at
BOOKRUNNER_DATA_DIR.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta

from cli.keys import Deployment
from domain.values import Actor
from store import BookEnd, Message, Store, Thread

AT_ONCE = 50
WORDS = "Some more words of it, on several lines. "


async def fill_talk(store: Store, cim_id: str, count: int) -> None:
    """A talk in which a person and the AI take turns."""
    head = await store.head(cim_id)
    assert head is not None, "There is no such book."
    began = datetime.now(UTC) - timedelta(minutes=count)
    person = Actor(kind="user", id=head.owner_id)
    agent = Actor(kind="agent", id="assistant", on_behalf_of=head.owner_id)

    def message(n: int) -> Message:
        at = began + timedelta(minutes=n)
        asked = n % 2 == 0
        return Message(
            id=_id(cim_id, n),
            cim_id=cim_id,
            parent_id=_id(cim_id, n - 1) if n else None,
            role="user" if asked else "assistant",
            text=f"Question {n}" if asked else f"Answer {n}. {WORDS * (1 + n % 9)}",
            author=person if asked else agent,
            created_at=at,
            completed_at=at,
        )

    for first in range(0, count, AT_ONCE):
        await asyncio.gather(*(store.messages.put(message(n)) for n in range(first, min(count, first + AT_ONCE))))
    leaf = _id(cim_id, count - 1)
    ended = datetime.now(UTC)
    await store.threads.put(
        Thread(id="main", cim_id=cim_id, leaf_id=leaf, leaves=(leaf,), created_at=began, updated_at=ended)
    )


async def announce_end(store: Store, cim_id: str, days: int) -> None:
    """As the daily look at books that are over does it (activities/retaining.py)."""
    head = await store.head(cim_id)
    assert head is not None, "There is no such book."
    ends_at = datetime.now(UTC) + timedelta(days=days)
    await store.book_ends.put(BookEnd(cim_id=cim_id, org_id=head.org_id, runs_out=ends_at, ends_at=ends_at))
    await store.feed.publish(cim_id, "retention", {"what": "announced", "ends_at": ends_at.isoformat()})


def _id(cim_id: str, n: int) -> str:
    return f"{cim_id}-{n:05}"


async def main(what: str, cim_id: str, number: str) -> None:
    fill = {"talk": fill_talk, "end": announce_end}[what]
    async with Deployment.found().store() as store:
        await fill(store, cim_id, int(number))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
