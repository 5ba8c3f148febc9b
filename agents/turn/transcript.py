"""What model and tools said in one turn, kept beside the book as a chain: each link names the one before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, message_to_dict, messages_from_dict
from pydantic import JsonValue

from agents.desk import Desk
from domain.values import Value

MOST_LINKS = 500


class _Link(Value):
    previous: str
    messages: tuple[dict[str, JsonValue], ...]


async def transcript_of(desk: Desk, end_hash: str) -> list[BaseMessage]:
    """Everything said up to the link, oldest first. Raises LookupError when a link is not kept."""
    links: list[_Link] = []
    while end_hash and len(links) < MOST_LINKS:
        link = await desk.load(_Link, end_hash)
        links.append(link)
        end_hash = link.previous
    said: list[dict[str, Any]] = [dict(message) for link in reversed(links) for message in link.messages]
    return messages_from_dict(said)


async def lengthened(desk: Desk, end_hash: str, messages: Sequence[BaseMessage]) -> str:
    """The end of the chain with these messages added."""
    if not messages:
        return end_hash
    return await desk.keep(_Link(previous=end_hash, messages=tuple(message_to_dict(one) for one in messages)))


def words_of(transcript: Sequence[BaseMessage]) -> str:
    """What the model said to people, as the answer reads: its texts, with a blank line between two of them."""
    texts = [one.text.strip() for one in transcript if isinstance(one, AIMessage)]
    return "\n\n".join(text for text in texts if text)
