"""Word documents."""

from __future__ import annotations

import io
import re
import zipfile

from evidence.assembly import Assembly

_MACRO_TYPE = b"application/vnd.ms-word.document.macroEnabled.main+xml"
_PLAIN_TYPE = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_TEMPLATE_TYPES = (
    b"application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
)
_HEADING_STYLE = re.compile(r"^(?:heading|title)\b", re.IGNORECASE)
_WORDS_PER_PAGE = 450


def read_word(data: bytes, assembly: Assembly) -> tuple[str, int]:
    """Headings, paragraphs, lists and tables in their order. Returns the title and an estimate of the pages."""
    import docx
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    document = docx.Document(io.BytesIO(as_plain_document(data)))
    title = ""
    words = 0
    for item in document.iter_inner_content():
        if isinstance(item, Table):
            words += _read_table(item, assembly)
            continue
        assert isinstance(item, Paragraph)
        text = item.text
        words += len(text.split())
        style = (item.style.name if item.style is not None else "") or ""
        if _HEADING_STYLE.match(style):
            if style.lower().startswith("title"):
                title = title or text
            assembly.heading(text)
        else:
            numbered = bool(item._p.xpath("./w:pPr/w:numPr"))  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType]
            assembly.paragraph(text, bullet=numbered or style.lower().startswith("list"))
    return title or str(document.core_properties.title or ""), 1 + words // _WORDS_PER_PAGE


def _read_table(table: object, assembly: Assembly) -> int:
    from docx.table import Table

    assert isinstance(table, Table)
    rows: list[list[str]] = []
    for row in table.rows:
        cells: list[str] = []
        previous: object = None
        for cell in row.cells:
            cells.append("" if cell._tc is previous else cell.text)  # pyright: ignore[reportPrivateUsage]
            previous = cell._tc  # pyright: ignore[reportPrivateUsage]
        rows.append(cells)
    assembly.text_table(rows, assembly.heading_text)
    return sum(len(cell.split()) for row in rows for cell in row)


def as_plain_document(data: bytes) -> bytes:
    """The same document under the content type of one without macros; the macros are never looked at."""
    source = zipfile.ZipFile(io.BytesIO(data))
    types = source.read("[Content_Types].xml")
    if not any(kind in types for kind in (_MACRO_TYPE, *_TEMPLATE_TYPES)):
        return data
    for kind in (_MACRO_TYPE, *_TEMPLATE_TYPES):
        types = types.replace(kind, _PLAIN_TYPE)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for entry in source.infolist():
            copy.writestr(entry.filename, types if entry.filename == "[Content_Types].xml" else source.read(entry))
    return target.getvalue()
