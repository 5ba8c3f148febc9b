"""Keys of documents. All that belongs to a CIM carries its id."""

from __future__ import annotations


def event_key(cim_id: str, seq: int) -> str:
    return f"{cim_id}:{seq:010}"


def content_key(cim_id: str, content_hash: str) -> str:
    return f"{cim_id}:{content_hash}"


def talk_key(cim_id: str, n: int) -> str:
    return f"{cim_id}:{n:010}"
