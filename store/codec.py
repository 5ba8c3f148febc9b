"""Texts as they are kept. Packed on FerretDB, which decodes slowly (about 20 MB/s); legible elsewhere."""

from __future__ import annotations

import zlib

from bson.binary import Binary

PACKED_FROM = 1_024


def pack(text: str, packed: bool) -> str | Binary:
    if not packed or len(text) < PACKED_FROM:
        return text
    return Binary(zlib.compress(text.encode(), 1))


def unpack(kept: str | bytes) -> str:
    return kept if isinstance(kept, str) else zlib.decompress(kept).decode()
