"""Embeddings of OpenAI, Voyage and Ollama, as they go over the wire. Texts that share words are near to each other."""

from __future__ import annotations

import base64
import hashlib
import math
import re
import struct
from typing import Any

from tests.providers.script import Asked, dumped

SIZE = 256


def vector_of(text: str) -> list[float]:
    """A bag of hashed words, of length 1."""
    counts = [0.0] * SIZE
    for word in re.findall(r"[\w']+", text.lower()) or [text]:
        counts[int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big") % SIZE] += 1.0
    length = math.sqrt(sum(count * count for count in counts)) or 1.0
    return [count / length for count in counts]


def answer(asked: Asked) -> bytes:
    given: Any = asked.body["input"]
    texts: list[str] = [given] if isinstance(given, str) else [str(text) for text in given]
    vectors = [vector_of(text) for text in texts]
    if asked.path.endswith("/api/embed"):
        return dumped({"model": asked.body["model"], "embeddings": vectors})
    packed = asked.body.get("encoding_format") == "base64"
    data = [
        {"object": "embedding", "index": index, "embedding": _packed(vector) if packed else vector}
        for index, vector in enumerate(vectors)
    ]
    tokens = sum(len(text) // 4 + 1 for text in texts)
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return dumped({"object": "list", "data": data, "model": asked.body["model"], "usage": usage})


def _packed(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
