"""Keys of documents. All that belongs to a CIM carries its id."""

from __future__ import annotations


def event_key(cim_id: str, seq: int) -> str:
    return f"{cim_id}:{seq:010}"


def keys_after(cim_id: str, number: int) -> dict[str, str]:
    """The keys of all events, or all entries of the talk, that follow one: a condition on `_id`."""
    return {"$gt": f"{cim_id}:{number:010}", "$lte": f"{cim_id}:9999999999"}


def content_key(cim_id: str, content_hash: str) -> str:
    return f"{cim_id}:{content_hash}"


def talk_key(cim_id: str, n: int) -> str:
    return f"{cim_id}:{n:010}"
