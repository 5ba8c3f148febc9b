"""Images as every format can draw them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from domain.book import Book
from domain.model import ImageComponent

MAX_PIXELS = 60_000_000
MAX_SIDE = 2_400


class UnreadableImage(Exception):
    """The bytes are no image that can be drawn; the message is a clause for people."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG."""

    data: bytes
    aspect: float


def picture(data: bytes) -> Picture:
    """Any raster image as PNG of at most MAX_SIDE pixels a side. Raises UnreadableImage."""
    try:
        with Image.open(BytesIO(data)) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise UnreadableImage(f"it has {opened.width} x {opened.height} pixels, which is too large")
            image = opened.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as problem:
        raise UnreadableImage("it is not an image in a format that can be drawn (PNG, JPEG, GIF, WebP)") from problem
    image.thumbnail((MAX_SIDE, MAX_SIDE))
    if image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    out = BytesIO()
    image.save(out, "PNG")
    return Picture(out.getvalue(), image.width / image.height)


def used_blobs(book: Book) -> dict[str, str]:
    """Blob id to the id of the first slide that shows it."""
    found: dict[str, str] = {}
    for slide in book.slides:
        for component in slide.body.components:
            if isinstance(component, ImageComponent):
                found.setdefault(component.blob_id, slide.id)
    return found


def pictures(book: Book, images: Mapping[str, bytes]) -> dict[str, Picture]:
    """The images that the book shows. Raises UnreadableImage."""
    return {blob_id: picture(images[blob_id]) for blob_id in used_blobs(book) if blob_id in images}
