"""Where pictures stand in Word documents, presentations, PDFs and workbooks, with the words around them."""

from __future__ import annotations

import io
import posixpath
import re
import threading
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from evidence.assembly import section_label
from evidence.decks import flat_shapes
from evidence.model import DocumentKind, ReadLimits, one_line
from evidence.pictures import PictureLimits, RawPicture
from evidence.word import as_plain_document

_PDFIUM = threading.Lock()
"""The library is not safe for several threads at once."""
_FILE_NAME = re.compile(r"^(?:\S+\.\w{3,4}|picture|image|graphic|logo)\s*\d*$", re.IGNORECASE)
_CAPTION_ROOM = 60.0
_PICTURES_TRIED_PER_KEPT = 5
_NS = {
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "xdr": "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing",
    "m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
}
_EMBED = f"{{{_NS['r']}}}embed"


def raw_pictures(
    kind: DocumentKind, data: bytes, limits: ReadLimits, picture_limits: PictureLimits
) -> Iterator[RawPicture]:
    """In the order of the document, at most a few times as many as are kept. Pictures that are only linked are not."""
    readers = {"docx": _of_word, "pptx": _of_deck, "xlsx": _of_workbook}
    most = picture_limits.max_pictures * _PICTURES_TRIED_PER_KEPT
    found = (
        _of_pdf(data, picture_limits, most) if kind == "pdf" else readers[kind](data) if kind in readers else iter(())
    )
    for _, raw in zip(range(most), found, strict=False):
        yield raw


def _of_word(data: bytes) -> Iterator[RawPicture]:
    import docx

    document: Any = docx.Document(io.BytesIO(as_plain_document(data)))
    heading, previous, number = "", "", 0
    waiting: list[tuple[bytes, str, list[str]]] = []
    for item in document.iter_inner_content():
        is_paragraph = item._element.tag.endswith("}p")
        text = item.text.strip() if is_paragraph else ""
        style = str(item.style.name if item.style is not None else "").lower() if is_paragraph else ""
        is_caption = bool(text and waiting)
        if is_caption:
            yield from (RawPicture(content, place, " ".join([*words, text])) for content, place, words in waiting)
            waiting, previous = [], ""
        if text and style.startswith(("heading", "title")):
            heading = text
        for blip in item._element.iter(f"{{{_NS['a']}}}blip"):
            part = document.part.related_parts.get(blip.get(_EMBED) or "")
            if part is None:
                continue
            number += 1
            place = ", ".join(one for one in (section_label(heading), f"picture {number}") if one)
            words = dict.fromkeys(one for one in (_alternative(blip), heading, "" if text else previous, text) if one)
            waiting.append((part.blob, place, list(words)))
        previous = "" if is_caption else text or previous
    yield from (RawPicture(content, place, " ".join(words)) for content, place, words in waiting)


def _alternative(blip: Any) -> str:
    """The text that its author gave to a picture for those who cannot see it."""
    holder = next((one for one in blip.iterancestors() if one.tag.endswith(("}inline", "}anchor", "}pic"))), None)
    named = (one for one in holder.iter() if one.tag.endswith(("}docPr", "}cNvPr"))) if holder is not None else iter(())
    return next((text for one in named if (text := _described(one.get("descr")))), "")


def _described(text: str | None) -> str:
    """The description of a picture, unless a program put its file name there."""
    return "" if not text or _FILE_NAME.match(text) else text


def _of_deck(data: bytes) -> Iterator[RawPicture]:
    from pptx import Presentation

    for number, slide in enumerate(Presentation(io.BytesIO(data)).slides, start=1):
        shapes: list[Any] = list(flat_shapes(slide.shapes))
        words = one_line(
            " ".join(shape.text_frame.text for shape in shapes if getattr(shape, "has_text_frame", False)), 400
        )
        count = 0
        for shape in shapes:
            content = _content_of(shape)
            if content is not None:
                count += 1
                described = _described(shape._element._nvXxPr.cNvPr.get("descr"))
                yield RawPicture(content, f"slide {number}, picture {count}", f"{described} {words}".strip())


def _content_of(shape: Any) -> bytes | None:
    try:
        return shape.image.blob if hasattr(shape, "image") else None
    except (ValueError, AttributeError, KeyError):
        return None


def _of_pdf(data: bytes, limits: PictureLimits, most: int) -> Iterator[RawPicture]:
    with _PDFIUM:
        found = list(_of_pdf_pages(data, limits, most))
    yield from found


def _of_pdf_pages(data: bytes, limits: PictureLimits, most: int) -> Iterator[RawPicture]:
    import pypdfium2
    import pypdfium2.raw as pdfium

    document: Any = pypdfium2.PdfDocument(data)
    tried, pixels = 0, 0
    try:
        for index in range(len(document)):
            page = document[index]
            count = 0
            for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=4):
                tried += 1
                width, height = item.get_px_size()
                if min(width, height) < limits.min_side or width * height > limits.max_pixels:
                    continue
                count += 1
                pixels += width * height
                if tried > most or pixels > limits.max_pixels * 20:
                    return
                image = item.get_bitmap(render=False).to_pil()
                image.thumbnail((limits.max_side_kept, limits.max_side_kept))
                yield RawPicture(image, f"p. {index + 1}, picture {count}", _words_at(page, item))
            page.close()
    finally:
        document.close()


def _words_at(page: Any, item: Any) -> str:
    """What stands right under and over a picture on its page."""
    left, bottom, right, top = item.get_bounds()
    words = page.get_textpage()
    try:
        under = words.get_text_bounded(left, bottom - _CAPTION_ROOM, right, bottom)
        over = words.get_text_bounded(left, top, right, top + _CAPTION_ROOM)
    finally:
        words.close()
    return one_line(f"{under} {over}", 400)


def _of_workbook(data: bytes) -> Iterator[RawPicture]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        for sheet, part in _sheets(archive, names):
            for kind, drawing in _related(archive, names, part).values():
                if not kind.endswith("/drawing") or drawing not in names:
                    continue
                targets = _related(archive, names, drawing)
                for anchor in ElementTree.fromstring(archive.read(drawing)):
                    blip = anchor.find(".//a:blip", _NS)
                    _, target = targets.get(blip.get(_EMBED) or "" if blip is not None else "", ("", ""))
                    if target in names:
                        named = anchor.find(".//xdr:cNvPr", _NS)
                        words = _described(named.get("descr")) if named is not None else ""
                        yield RawPicture(
                            archive.read(target), f"{sheet}!{_cell_of(anchor)}", f"{words} {sheet}".strip()
                        )


def _sheets(archive: zipfile.ZipFile, names: set[str]) -> Iterator[tuple[str, str]]:
    parts = _related(archive, names, "xl/workbook.xml")
    workbook = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    for sheet in workbook.iterfind(".//m:sheet", _NS):
        _, part = parts.get(sheet.get(f"{{{_NS['r']}}}id") or "", ("", ""))
        if part and sheet.get("state", "visible") == "visible":
            yield sheet.get("name") or "sheet", part


def _related(archive: zipfile.ZipFile, names: set[str], part: str) -> dict[str, tuple[str, str]]:
    """Kind and part name of what a part refers to inside the file, by reference id."""
    folder, _, name = part.rpartition("/")
    index = f"{folder}/_rels/{name}.rels"
    if index not in names:
        return {}
    return {
        entry.get("Id") or "": (
            entry.get("Type") or "",
            posixpath.normpath(posixpath.join(folder, entry.get("Target") or "")).lstrip("/"),
        )
        for entry in ElementTree.fromstring(archive.read(index))
        if entry.get("TargetMode") != "External"
    }


def _cell_of(anchor: ElementTree.Element) -> str:
    def number(name: str) -> int:
        found = anchor.findtext(f"xdr:from/xdr:{name}", "0", _NS)
        return int(found) if re.fullmatch(r"\d{1,7}", found) else 0

    column, letters = number("col") + 1, ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{number('row') + 1}"
