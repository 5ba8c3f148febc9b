"""A document as people upload them: a Word file of forty pages with pictures."""

from __future__ import annotations

import io
import random
from typing import Any

import docx
from PIL import Image

PAGES, PARAGRAPHS, WORDS = 40, 4, 80
PICTURES, PICTURE_SIZE = 13, (400, 400)
VOCABULARY = 4_000
FIGURE_EVERY = 40
"""Words from one sentence with a figure to the next."""


def document() -> bytes:
    """Some 2 MB, with the same words and pictures each time."""
    lots = random.Random(7)
    made: Any = docx.Document()
    for page in range(PAGES):
        made.add_heading(f"{page + 1}. Part", 1)
        for _ in range(PARAGRAPHS):
            made.add_paragraph(_paragraph(lots))
        if page % (PAGES // PICTURES) == 0:
            made.add_picture(io.BytesIO(_picture(lots)))
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def _paragraph(lots: random.Random) -> str:
    sentences: list[str] = []
    for _ in range(WORDS // FIGURE_EVERY):
        words = " ".join(f"word{lots.randrange(VOCABULARY)}" for _ in range(FIGURE_EVERY))
        year, millions = lots.randrange(2015, 2025), lots.randrange(1_000)
        sentences.append(f"{words.capitalize()}. Revenue of {year} was EUR {millions} million.")
    return " ".join(sentences)


def _picture(lots: random.Random) -> bytes:
    """Of noise, so that packing does not make it small."""
    width, height = PICTURE_SIZE
    target = io.BytesIO()
    Image.frombytes("RGB", PICTURE_SIZE, lots.randbytes(3 * width * height)).save(target, "JPEG", quality=90)
    return target.getvalue()
