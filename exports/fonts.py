# The stubs of reportlab leave some parameters untyped.
# pyright: reportUnknownMemberType=false
"""The two typefaces: their files, the width of texts in them, and where lines break."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Literal

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

Face = Literal["serif", "serif_bold", "serif_italic", "sans", "sans_bold", "sans_italic"]

LEADING = 1.22
_FILES: dict[Face, tuple[str, str]] = {
    "serif": ("font_source_serif_pro", "SourceSerifPro-Regular"),
    "serif_bold": ("font_source_serif_pro", "SourceSerifPro-Semibold"),
    "serif_italic": ("font_source_serif_pro", "SourceSerifPro-It"),
    "sans": ("font_source_sans_pro", "SourceSansPro-Regular"),
    "sans_bold": ("font_source_sans_pro", "SourceSansPro-Semibold"),
    "sans_italic": ("font_source_sans_pro", "SourceSansPro-It"),
}
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
_CJK = re.compile("[\u2e80-\u30ff\u3200-\u9fff\uf900-\ufaff\uff00-\uffef]")
_WORD = re.compile("[^ ]* *")
MISSING = "\u00b7"


@cache
def _registered(face: Face) -> TTFont:
    package, name = _FILES[face]
    data = files(package).joinpath("files", f"{name}.ttf").read_bytes()
    font = TTFont(name, BytesIO(data))
    pdfmetrics.registerFont(font)
    return font


@cache
def _cid(name: str) -> str:
    pdfmetrics.registerFont(UnicodeCIDFont(name))
    return name


@lru_cache(maxsize=65_536)
def _glyph(char: str, face: Face) -> tuple[str, str, float]:
    """Font name, the character to draw, and its width per point of size."""
    font = _registered(face)
    code = ord(char)
    if code in font.face.charToGlyph:
        return font.fontName, char, font.face.charWidths[code] / 1000
    if face.startswith("serif"):
        sans: Face = "sans_bold" if face == "serif_bold" else "sans_italic" if face == "serif_italic" else "sans"
        return _glyph(char, sans)
    if _HANGUL.match(char):
        return _cid("HYSMyeongJo-Medium"), char, 1.0
    if _CJK.match(char):
        return _cid("STSong-Light"), char, 1.0
    return font.fontName, MISSING, font.face.charWidths[ord(MISSING)] / 1000


def font_name(face: Face) -> str:
    """The registered name, for drawing in this one font."""
    return _registered(face).fontName


def printable(text: str) -> str:
    """The text with a dot for what the sans font lacks, where it must be drawn in one font."""
    known = _registered("sans").face.charToGlyph
    return "".join(char if char == "\n" or ord(char) in known else MISSING for char in text)


def unprintable(text: str) -> str:
    """The characters of the text that no font of the PDF has."""
    return "".join(sorted({char for char in text if char > " " and _glyph(char, "sans")[1] != char}))


def width(text: str, face: Face, size: float) -> float:
    """In points."""
    return size * sum(_glyph(char, face)[2] for char in text)


def runs(text: str, face: Face) -> list[tuple[str, str]]:
    """The text in stretches of one registered font each."""
    found: list[tuple[str, str]] = []
    for char in text:
        name, shown, _ = _glyph(char, face)
        if found and found[-1][0] == name:
            found[-1] = (name, found[-1][1] + shown)
        else:
            found.append((name, shown))
    return found


def _broken_word(word: str, room: float, face: Face, size: float) -> list[str]:
    """A word wider than the line, cut between characters."""
    pieces: list[str] = []
    piece, used = "", 0.0
    for char in word:
        advance = _glyph(char, face)[2] * size
        if piece and used + advance > room and char != " ":
            pieces.append(piece)
            piece, used = "", 0.0
        piece += char
        used += advance
    return [*pieces, piece]


def wrap(text: str, room: float, face: Face, size: float) -> list[str]:
    """The lines of a paragraph `room` points wide; joined they are the text again."""
    lines: list[str] = []
    line, used = "", 0.0
    blank = width(" ", face, size)
    for word in _WORD.findall(text):
        if not word:
            continue
        advance = width(word, face, size)
        ink = advance - blank * (len(word) - len(word.rstrip(" ")))
        if line and used + ink > room:
            lines.append(line)
            line, used = "", 0.0
        if ink > room:
            *full, word = _broken_word(word, room, face, size)
            lines.extend(full)
            advance = width(word, face, size)
        line += word
        used += advance
    return [*lines, line]


def widest_word(text: str, face: Face, size: float) -> float:
    return max((width(word, face, size) for word in text.split(" ")), default=0.0)
