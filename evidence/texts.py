"""Markdown and plain text."""

from __future__ import annotations

import re

from evidence.assembly import Assembly
from evidence.containers import damaged

_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
_BULLET = re.compile(r"^\s*(?:[-*+\u2022]|\d{1,3}[.)])\s+(.*)$")
_TABLE_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1|(?<![\w*])([*_])(?=\S)([^*_\n]+?)(?<=\S)\3(?![\w*])")
_LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\]\((?:[^()\s]|\([^()\s]{0,60}\)){0,200}(?:\s+\"[^\"\n]{0,200}\")?\)")
_NUMBERED_TITLE = re.compile(r"^\d+(?:\.\d+)*[.)]?\s+[A-Z][^.!?]{2,70}$")


def decoded(data: bytes) -> str:
    """Text out of bytes: by its byte order mark, as UTF-8, else as Windows Latin."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise damaged("txt") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def plain(text: str) -> str:
    """Markdown without its emphasis marks and link targets."""
    return _EMPHASIS.sub(lambda match: match[2] or match[4], _LINK.sub(r"\1", text)).replace("`", "")


def read_text(data: bytes, assembly: Assembly, *, markdown: bool) -> tuple[str, int]:
    """Headings, paragraphs, bullets and tables. Returns the title, as far as there is one, and one page."""
    lines = decoded(data).replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n").split("\n")
    title = ""
    pending: list[str] = []
    index = 0
    fenced = False

    def close() -> None:
        if pending:
            text = "\n".join(pending) if fenced else " ".join(pending)
            assembly.paragraph(plain(text) if markdown else text)
            pending.clear()

    while index < len(lines):
        line = lines[index]
        following = lines[index + 1] if index + 1 < len(lines) else ""
        heading = (
            _heading_of(line, following, lines[index - 1] if index else "", markdown=markdown) if not fenced else None
        )
        bullet = _BULLET.match(line)
        if markdown and line.lstrip().startswith(("```", "~~~")):
            close()
            fenced = not fenced
        elif fenced:
            pending.append(line)
        elif heading is not None:
            close()
            title = title or heading
            assembly.heading(heading)
            index += bool(markdown and re.fullmatch(r"\s*(=+|-{3,})\s*", following))
        elif "|" in line and _TABLE_RULE.match(following) and "|" in following:
            close()
            index = _read_table(lines, index, assembly)
            continue
        elif bullet:
            close()
            index, text = _bullet_text(lines, index, bullet[1])
            assembly.paragraph(plain(text) if markdown else text, bullet=True)
            continue
        elif not line.strip() or re.fullmatch(r"\s*([-*_])(\s*\1){2,}\s*", line):
            close()
        else:
            pending.append(line.strip())
        index += 1
    close()
    return title, 1


def _heading_of(line: str, following: str, before: str, *, markdown: bool) -> str | None:
    if markdown:
        atx = _HEADING.match(line)
        if atx:
            return plain(atx[2])
        if line.strip() and not before.strip() and re.fullmatch(r"\s*(=+|-{3,})\s*", following) and "|" not in line:
            return plain(line.strip())
        return None
    stripped = line.strip()
    if before.strip() or following.strip() or not stripped:
        return None
    return stripped if _NUMBERED_TITLE.match(stripped) or (stripped.isupper() and 3 < len(stripped) < 80) else None


def _bullet_text(lines: list[str], index: int, first: str) -> tuple[int, str]:
    texts = [first]
    index += 1
    while (
        index < len(lines)
        and lines[index].startswith(("  ", "\t"))
        and lines[index].strip()
        and not _BULLET.match(lines[index])
    ):
        texts.append(lines[index].strip())
        index += 1
    return index, " ".join(texts)


def _read_table(lines: list[str], index: int, assembly: Assembly) -> int:
    place = assembly.heading_text
    rows: list[list[str]] = []
    while index < len(lines) and "|" in lines[index]:
        if not _TABLE_RULE.match(lines[index]):
            rows.append([plain(part.strip()) for part in re.split(r"(?<!\\)\|", lines[index].strip().strip("|"))])
        index += 1
    assembly.text_table(rows, place)
    return index
