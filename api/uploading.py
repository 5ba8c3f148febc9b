"""Files as people send them: their names made harmless, their bytes counted while they arrive."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from fastapi import UploadFile

from api.problems import ApiProblem

READ_BYTES = 1024 * 1024

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def name_of(given: str | None) -> str:
    """The name without folders and control characters."""
    text = unicodedata.normalize("NFC", given or "").encode("utf-8", "ignore").decode()
    return _UNPRINTABLE.sub("", PurePosixPath(text.replace("\\", "/")).name).rstrip(" .").lstrip()


async def content_of(file: UploadFile, most_bytes: int, what: str) -> bytes:
    """All bytes of a `what`. Raises `too_large`, and `invalid_input` for an empty file."""
    data = bytearray()
    while part := await file.read(READ_BYTES):
        data += part
        if len(data) > most_bytes:
            raise ApiProblem(
                "too_large",
                f"The {what} is larger than the limit of {most_bytes // (1024 * 1024)} MB.",
                "Upload it in parts." if what == "document" else "Make it smaller.",
            )
    if not data:
        raise ApiProblem("invalid_input", f"The {what} is empty.", "Choose another file.")
    return bytes(data)
