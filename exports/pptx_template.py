# python-pptx leaves many of its attributes untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportPrivateUsage=false
"""The master of the decks: page size, fonts, colours, three layouts; and files that come out the same each time."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pptx import Presentation
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.presentation import Presentation as Deck
from pptx.slide import SlideLayout
from pptx.util import Pt

from exports.furniture import BODY, TITLE_BOX
from exports.page import COLOURS, PAGE_HEIGHT, PAGE_WIDTH, SERIES_COLOURS, Box
from exports.text import shortened

SERIF = "Cambria"
SANS = "Calibri"
_KEPT_LAYOUTS = {"Title Slide": "Cover", "Section Header": "Section", "Title Only": "Content"}


def new_deck(created: datetime, title: str) -> tuple[Deck, dict[str, SlideLayout]]:
    """An empty 16:9 deck and its layouts by name: Cover, Section, Content."""
    deck: Any = Presentation()
    deck.slide_width, deck.slide_height = Pt(PAGE_WIDTH), Pt(PAGE_HEIGHT)
    layouts: dict[str, SlideLayout] = {}
    for layout in list(deck.slide_layouts):
        if layout.name in _KEPT_LAYOUTS:
            layouts[_KEPT_LAYOUTS[layout.name]] = layout
        else:
            deck.slide_layouts.remove(layout)
    owners: list[tuple[Any, str]] = [(deck.slide_master, ""), *((layout, name) for name, layout in layouts.items())]
    for owner, name in owners:
        for shape in list(owner.placeholders):
            if shape.placeholder_format.type in (1, 3):
                box = TITLE_BOX if name in ("", "Content") else Box(BODY.x, 190, BODY.w, 60)
                shape.left, shape.top, shape.width, shape.height = (Pt(v) for v in (box.x, box.y, box.w, box.h))
            elif name:
                shape.element.getparent().remove(shape.element)
            else:
                shape.left, shape.top, shape.width, shape.height = (Pt(v) for v in (BODY.x, BODY.y, BODY.w, BODY.h))
            for style in shape.element.iter(qn("a:lstStyle")):
                if name:
                    style.clear()
        if name:
            owner.element.cSld.set("name", name)
    for shape in list(deck.slide_master.placeholders):
        if shape.placeholder_format.type not in (1, 2, 3):
            shape.element.getparent().remove(shape.element)
    properties = deck.core_properties
    properties.title, properties.author, properties.last_modified_by = shortened(title, 250), "Bookrunner", "Bookrunner"
    properties.created = properties.modified = created.replace(tzinfo=None, microsecond=0)
    properties.revision = 1
    properties.keywords = "Confidential"
    return deck, layouts


def move_to_layout(layout: SlideLayout, element: Any) -> None:
    """Puts a drawn shape into the layout, behind everything else."""
    tree: Any = layout.shapes._spTree
    taken = [int(other.get("id")) for other in tree.iter(qn("p:cNvPr"))]
    next(element.iter(qn("p:cNvPr"))).set("id", str(max(taken) + 1))
    tree.insert(2, element)


def child(parent: Any, tag: str, **attributes: str) -> Any:
    """A new element at the end of `parent`."""
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(name, value)
    parent.append(element)
    return element


def _theme(xml: bytes) -> bytes:
    """The theme with our fonts and colours."""
    text = xml.decode()
    text = re.sub(r'(<a:majorFont>\s*<a:latin typeface=")[^"]*', rf"\g<1>{SERIF}", text)
    text = re.sub(r'(<a:minorFont>\s*<a:latin typeface=")[^"]*', rf"\g<1>{SANS}", text)
    colours = {"dk2": COLOURS["accent"], "lt2": COLOURS["faint"]}
    colours |= {f"accent{at}": colour for at, colour in enumerate(SERIES_COLOURS[:6], start=1)}
    for name, colour in colours.items():
        text = re.sub(
            rf"<a:{name}>.*?</a:{name}>", f'<a:{name}><a:srgbClr val="{colour}"/></a:{name}>', text, flags=re.S
        )
    return re.sub(r'(<a:(?:theme|clrScheme|fontScheme)[^>]* name=")[^"]*', r"\g<1>Bookrunner", text).encode()


def _without_thumbnail(xml: bytes) -> bytes:
    return re.sub(rb"<Relationship [^>]*thumbnail[^>]*/>", b"", xml)


_EDITS: dict[str, Callable[[bytes], bytes]] = {
    "ppt/theme/theme1.xml": _theme,
    "_rels/.rels": _without_thumbnail,
}


def packed(deck: Deck) -> bytes:
    """The file; the same deck gives the same bytes."""
    raw, out = BytesIO(), BytesIO()
    deck.save(raw)
    with ZipFile(raw) as source, ZipFile(out, "w", ZIP_DEFLATED) as target:
        for entry in source.infolist():
            if entry.filename.startswith("docProps/thumbnail"):
                continue
            data = source.read(entry)
            edit = _EDITS.get(entry.filename)
            info = ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0))
            info.compress_type = ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            target.writestr(info, edit(data) if edit else data)
    return out.getvalue()
