"""What a file is by its content, and whether it is safe to open."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import Literal

from evidence.model import DocumentKind, DocumentRefused, ReadLimits, RefusalKind

_BY_SUFFIX: dict[str, DocumentKind] = {
    ".docx": "docx",
    ".docm": "docx",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".pptx": "pptx",
    ".pptm": "pptx",
    ".pdf": "pdf",
    ".csv": "csv",
    ".tsv": "csv",
    ".md": "md",
    ".markdown": "md",
    ".txt": "txt",
    ".text": "txt",
}
_NAMES: dict[str, str] = {
    "docx": "a Word document",
    "xlsx": "an Excel workbook",
    "pptx": "a PowerPoint presentation",
    "pdf": "a PDF",
    "csv": "a CSV table",
    "md": "a Markdown text",
    "txt": "a plain text",
}
_TEXTUAL = ("csv", "md", "txt")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OfficeKind = Literal["docx", "xlsx", "pptx"]
_MAIN_PARTS: dict[str, OfficeKind] = {
    "word/document.xml": "docx",
    "xl/workbook.xml": "xlsx",
    "xl/workbook.bin": "xlsx",
    "ppt/presentation.xml": "pptx",
}
ACCEPTED = "Word (docx), Excel (xlsx), PowerPoint (pptx), PDF, CSV, Markdown and plain text are accepted."
_DOCTYPE = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"<\?xml[^>]*?\bencoding\s*=\s*[\"']([^\"'>]*)", re.IGNORECASE)
_READABLE_ENCODINGS = frozenset(
    {b"utf-8", b"utf8", b"utf-16", b"utf-16le", b"utf-16be", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252"}
)
_XML_IN_EBCDIC = b"\x4c\x6f\xa7\x94"
"""`<?xm` where entities would hide from a search for them."""
_XML_BEGINS = re.compile(rb"\s*(\xef\xbb\xbf|\xff\xfe|\xfe\xff|\x00)?\s*(<|\x4c\x6f)")
CHUNK_BYTES = 1 << 20
_MACRO_PARTS = re.compile(r"(^|/)(vbaProject[^/]*\.bin|vbaData\.xml|macrosheets/|activeX/)", re.IGNORECASE)
_PDF_STREAM = re.compile(rb"stream\r?\n")


def identify(filename: str, data: bytes, limits: ReadLimits) -> DocumentKind:
    """The kind of a file by its content. Raises DocumentRefused where name and content disagree or it is not safe."""
    if not data.strip(b"\x00 \t\r\n"):
        raise DocumentRefused(RefusalKind.EMPTY, "The file is empty.")
    if len(data) > limits.max_bytes:
        raise DocumentRefused(
            RefusalKind.TOO_LARGE,
            f"The file has {len(data) / 1e6:.1f} MB; at most {limits.max_bytes / 1e6:.1f} MB are read. Split it.",
        )
    suffix = PurePosixPath(filename.replace("\\", "/")).suffix.lower()
    named = _BY_SUFFIX.get(suffix)
    found = _by_content(data, limits)
    if found == "text":
        if named in _TEXTUAL:
            return named
        found = "txt"
    if named is None and suffix and found == "txt":
        raise DocumentRefused(RefusalKind.UNSUPPORTED, f"Files of type {suffix[:12]} are not read. {ACCEPTED}")
    if named is not None and named != found:
        raise DocumentRefused(
            RefusalKind.MISMATCH,
            f"The name says {_NAMES[named]}, but the content is {_NAMES[found]}. "
            "Give the file its right name and upload it again.",
        )
    return found


def _by_content(data: bytes, limits: ReadLimits) -> DocumentKind | Literal["text"]:
    if data.startswith(_OLE):
        _refuse_old_office(data)
    if data[:1024].lstrip(b"\x00\r\n\t \xef\xbb\xbf").startswith(b"%PDF-"):
        _check_pdf_streams(data, limits)
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _open_xml_kind(data, limits)
    if _is_text(data):
        return "text"
    raise DocumentRefused(RefusalKind.UNSUPPORTED, f"The content is not a document that can be read. {ACCEPTED}")


def _refuse_old_office(data: bytes) -> None:
    if "EncryptedPackage".encode("utf-16-le") in data or "EncryptionInfo".encode("utf-16-le") in data:
        raise DocumentRefused(
            RefusalKind.PASSWORD_PROTECTED,
            "The document is protected by a password. Remove the password and upload it again.",
        )
    raise DocumentRefused(
        RefusalKind.UNSUPPORTED,
        "The document has the old Office format (doc, xls or ppt). Save it as docx, xlsx or pptx and upload it again.",
    )


def _is_text(data: bytes) -> bool:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    sample = data[:65_536]
    if b"\x00" in data:
        return False
    control = sum(byte < 32 and byte not in (9, 10, 12, 13, 27) for byte in sample)
    return control <= len(sample) // 200


def damaged(what: str) -> DocumentRefused:
    return DocumentRefused(
        RefusalKind.DAMAGED,
        f"The file looks like {_NAMES.get(what, what)} but is damaged. Save it again and upload that.",
    )


def _open_xml_kind(data: bytes, limits: ReadLimits) -> OfficeKind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_archive(entries, len(data), limits)
            names = {entry.filename for entry in entries}
            kind: OfficeKind | None = next((kind for part, kind in _MAIN_PARTS.items() if part in names), None)
            if kind is None or "[Content_Types].xml" not in names:
                raise DocumentRefused(
                    RefusalKind.UNSUPPORTED, f"The file is an archive, not a document. Unpack it first. {ACCEPTED}"
                )
            _check_macros(archive, names)
            _check_parts(archive, entries)
            return kind
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise damaged("an Office document") from error


def _check_archive(entries: list[zipfile.ZipInfo], packed: int, limits: ReadLimits) -> None:
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise DocumentRefused(
            RefusalKind.PASSWORD_PROTECTED, "The file is protected by a password. Remove it and upload the file again."
        )
    unpacked = sum(entry.file_size for entry in entries)
    bomb = unpacked > limits.max_unpacked_bytes or (unpacked > 10_000_000 and unpacked > packed * limits.max_ratio)
    if bomb or len(entries) > limits.max_entries:
        raise DocumentRefused(
            RefusalKind.UNSAFE,
            f"The file unpacks to {unpacked / 1e6:.0f} MB in {len(entries)} parts, more than is safe to open.",
        )


def _check_macros(archive: zipfile.ZipFile, names: set[str]) -> None:
    """Programs in a document, whatever the document is called."""
    types = archive.read("[Content_Types].xml").lower()
    if any(_MACRO_PARTS.search(name) for name in names) or b"macroenabled" in types.replace(b"\x00", b""):
        raise DocumentRefused(
            RefusalKind.UNSAFE,
            "The document holds macros or controls. Save it without them (as docx, xlsx or pptx) and upload it again.",
        )


def _check_parts(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Parts that are XML by their name or by how they begin."""
    for entry in entries:
        with archive.open(entry) as part:
            chunk = part.read(CHUNK_BYTES)
            if entry.filename.lower().endswith((".xml", ".rels", ".vml")) or _XML_BEGINS.match(chunk):
                _check_encoding(chunk[:200].replace(b"\x00", b""))
                tail = b""
                while chunk:
                    _check_entities(tail + chunk)
                    tail = chunk[-64:]
                    chunk = part.read(CHUNK_BYTES)


def _check_encoding(begin: bytes) -> None:
    said = _XML_ENCODING.search(begin)
    if begin.startswith(_XML_IN_EBCDIC) or (said is not None and said[1].lower() not in _READABLE_ENCODINGS):
        raise DocumentRefused(
            RefusalKind.UNSAFE, "The document has an encoding that no Office program uses. It is not opened."
        )


def _check_entities(text: bytes) -> None:
    if _DOCTYPE.search(text.replace(b"\x00", b"")):
        raise DocumentRefused(
            RefusalKind.UNSAFE, "The document declares XML entities, which no Office program writes. Not opened."
        )


def _check_pdf_streams(data: bytes, limits: ReadLimits) -> None:
    unpacked = 0
    for match in _PDF_STREAM.finditer(data):
        unpacked += _unpacked_size(data, match.end(), limits.max_unpacked_bytes - unpacked)
        if unpacked > limits.max_unpacked_bytes:
            raise DocumentRefused(RefusalKind.UNSAFE, "The PDF unpacks to more than is safe to open.")


def _unpacked_size(data: bytes, start: int, most: int) -> int:
    head = data[start : start + 2]
    if len(head) < 2 or (head[0] & 0x0F) != 8 or (head[0] << 8 | head[1]) % 31:
        return 0
    unpacker = zlib.decompressobj()
    size = 0
    position = start
    try:
        while not unpacker.eof and position < len(data) and size <= most:
            size += len(unpacker.decompress(data[position : position + 65_536], 1 << 22))
            position += 65_536
            while unpacker.unconsumed_tail and size <= most:
                size += len(unpacker.decompress(unpacker.unconsumed_tail, 1 << 22))
    except zlib.error:
        return size
    return size
