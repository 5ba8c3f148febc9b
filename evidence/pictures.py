"""Pictures of documents, made safe: read by their pixels only, written anew, and comparable by how they look."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from PIL import Image, ImageOps, ImageStat, UnidentifiedImageError
from pydantic import Field

from domain.values import Line, Paragraph, Value
from evidence.model import DocumentKind, ReadLimits, one_line

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")
_HASH_SIDE = 8
HASH_BITS = _HASH_SIDE * _HASH_SIDE
_FLATTEST = 2.0
_MOST_COLOURS_OF_A_DRAWING = 4_096
MOST_TEXT = 600


class PictureLimits(Value):
    """Bounds on pictures. Sides and pixels of one; `max_bytes` is of all that are kept of a document."""

    min_side: Annotated[int, Field(gt=0)] = 64
    max_pixels: Annotated[int, Field(gt=0)] = 20_000_000
    max_side_kept: Annotated[int, Field(gt=0)] = 2_000
    max_pictures: Annotated[int, Field(gt=0)] = 200
    max_bytes: Annotated[int, Field(gt=0)] = 60_000_000


@dataclass(frozen=True, slots=True)
class RawPicture:
    """Bytes as a document holds them, or pixels as they were decoded; `text` is what stands around."""

    content: bytes | Image.Image
    locator: str
    text: str


class Picture(Value):
    """A picture written anew as PNG or JPEG. `fingerprint` is its difference hash, 64 bits in hex."""

    data: bytes
    media_type: Line
    width: int
    height: int
    fingerprint: str
    locator: Line
    text: Paragraph = ""


DEFAULT_PICTURE_LIMITS = PictureLimits()
UPLOADED_LIMITS = PictureLimits(min_side=16, max_pixels=50_000_000)
UPLOADED = "uploaded"
_UNREADABLE = (UnidentifiedImageError, OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError)


def pictures_in(
    kind: DocumentKind, data: bytes, limits: ReadLimits, picture_limits: PictureLimits = DEFAULT_PICTURE_LIMITS
) -> list[Picture]:
    """The pictures of a document that was read already, in its order, each once.

    Small, flat, huge and unreadable ones are left out; vector formats are never opened.
    """
    from evidence.picture_sources import raw_pictures

    found: dict[bytes, Picture] = {}
    kept = 0
    for raw in raw_pictures(kind, data, limits, picture_limits):
        picture = made_safe(raw, picture_limits)
        if picture is None or picture.data in found:
            continue
        kept += len(picture.data)
        if kept > picture_limits.max_bytes:
            break
        found[picture.data] = picture
        if len(found) == picture_limits.max_pictures:
            break
    return list(found.values())


def uploaded_picture(data: bytes, name: str) -> Picture | None:
    """A picture that a person chose, by its pixels alone and upright. None where it is too small, too large or none."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > UPLOADED_LIMITS.max_pixels:
                return None
            upright = ImageOps.exif_transpose(opened)
    except _UNREADABLE:
        return None
    return made_safe(RawPicture(content=upright, locator=UPLOADED, text=name), UPLOADED_LIMITS)


def made_safe(raw: RawPicture, limits: PictureLimits = DEFAULT_PICTURE_LIMITS) -> Picture | None:
    """The picture out of its pixels alone: no metadata, no trailing bytes, one frame. None where it is left out."""
    try:
        image = _opened(raw.content, limits)
        if image is None:
            return None
        image.thumbnail((limits.max_side_kept, limits.max_side_kept))
        data, media_type = _encoded(image)
    except _UNREADABLE:
        return None
    return Picture(
        data=data,
        media_type=media_type,
        width=image.width,
        height=image.height,
        fingerprint=fingerprint(image),
        locator=one_line(raw.locator) or "whole document",
        text=one_line(raw.text, MOST_TEXT),
    )


def _opened(content: bytes | Image.Image, limits: PictureLimits) -> Image.Image | None:
    image = content if isinstance(content, Image.Image) else Image.open(io.BytesIO(content), formats=FORMATS)
    if min(image.size) < limits.min_side or image.width * image.height > limits.max_pixels:
        return None
    has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    plain = image.convert("RGBA" if has_alpha else "RGB")
    spread = ImageStat.Stat(_on_white(plain).convert("L")).stddev[0]
    return plain if spread > _FLATTEST else None


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _encoded(image: Image.Image) -> tuple[bytes, str]:
    """Drawings and what is transparent as PNG, photographs as JPEG."""
    target = io.BytesIO()
    drawing = image.mode == "RGBA" or image.resize((256, 256)).getcolors(_MOST_COLOURS_OF_A_DRAWING) is not None
    if drawing:
        image.save(target, "PNG", optimize=True)
        return target.getvalue(), "image/png"
    image.save(target, "JPEG", quality=88)
    return target.getvalue(), "image/jpeg"


def fingerprint(image: Image.Image) -> str:
    """The difference hash: whether each of 8 x 8 fields is brighter than its right neighbour, as 16 hex digits."""
    small = _on_white(image).convert("L").resize((_HASH_SIDE + 1, _HASH_SIDE), Image.Resampling.LANCZOS)
    pixels = small.tobytes()
    bits = 0
    for row in range(_HASH_SIDE):
        for column in range(_HASH_SIDE):
            at = row * (_HASH_SIDE + 1) + column
            bits = bits << 1 | (pixels[at] > pixels[at + 1])
    return f"{bits:016x}"


def distance(one: str, other: str) -> int:
    """In how many of the 64 bits two fingerprints differ: 0 looks the same, up to about 10 much alike."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def nearest(wanted: str, fingerprints: Sequence[str], most: int) -> Iterator[tuple[int, int]]:
    """Indexes and distances of fingerprints that differ in at most `most` bits, nearest first."""
    found = [(distance(wanted, one), index) for index, one in enumerate(fingerprints)]
    return ((index, apart) for apart, index in sorted(found) if apart <= most)
