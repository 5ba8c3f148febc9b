"""The sentences of the passages, each with where it stands, what it is about, and whose opinion it is."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from agents.brief import Brief, EvidencePassage, speaks_to_a_machine
from agents.evidence_only.wording import Backing
from evidence.sentences import sentences_of

_TABLE_ROW = re.compile(r"![A-Z]+\d+|\btable row\b|^row \d")
_SPEAKER = re.compile(r"^(?P<by>[A-Z][A-Za-z.' -]{0,30}?):\s+(?=\S)")
_OPINION = re.compile(r"\[opinion\]\s*|\(opinion\)\s*", re.IGNORECASE)
_OPINION_WORDS = re.compile(
    r"\b(?:in (?:my|our|the \w+'s) (?:opinion|view)|i (?:would|think|believe)|we (?:think|believe|feel|say that))\b",
    re.IGNORECASE,
)
_ABOUT_THE_DOCUMENT = re.compile(
    r"\b(?:illustrative|software test\w*|invented|fictional|no transaction|this (?:note|document|extract"
    r"|file|table|workbook)"
    r"|sources?:|are marked|the table (?:sets|shows)|shown in the"
    r"|are in the \w+ workbook"
    r"|come from public|statements marked|nobody at the|judgments are|could (?:not )?be verified"
    r"|balancing item|expected 0"
    r"|all rights reserved|interviewe[er])",
    re.IGNORECASE,
)
_LEANS_BACK = re.compile(
    r"^(?:it|they|this|that|these|those|he|she|both|none of them|the result|the first|the second|after that"
    r"|and|but|so|or|here|there|the year before)\b",
    re.IGNORECASE,
)
_LEANS_AT_THE_END = re.compile(r"\b(?:beyond|of|with|to|about|like|for) (?:that|this|them|it)\.?$", re.IGNORECASE)
_LEANS_INSIDE = re.compile(r"\b(?:this|that) (?:explains|means|makes|shows|is why)\b", re.IGNORECASE)
_INTERVIEWER = re.compile(r"^(?:DT|Q|Interviewer|Question|Analyst)$")


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence. `order` is its place in the evidence.

    `leans` says that it needs the sentence before it; `follows`, that the statement before it is that sentence.
    """

    text: str
    ref: str
    heading: str
    document: str
    locator: str
    order: int
    opinion: bool = False
    by: str = ""
    leans: bool = False
    follows: bool = False


def is_table_row(passage: EvidencePassage) -> bool:
    """Whether the passage shows cells of a grid, which facts tell better."""
    return bool(_TABLE_ROW.search(passage.locator)) or " | " in passage.text


def told_in(brief: Brief, backing: Backing) -> list[Statement]:
    """The statements of a brief, without those that give a figure which is not among its facts."""
    found = statements(brief.passages)
    sound = [backing.bears_out(item.text, item.document) for item in found]
    return [
        replace(item, follows=item.follows and sound[index - 1]) for index, item in enumerate(found) if sound[index]
    ]


def statements(passages: tuple[EvidencePassage, ...]) -> list[Statement]:
    """Every sentence that can stand on a slide: no questions, table cells, remarks about the document, or orders."""
    found: list[Statement] = []
    for passage in passages:
        if is_table_row(passage):
            continue
        for line in passage.text.split("\n"):
            _read_line(line, passage, found)
    return found


def _read_line(line: str, passage: EvidencePassage, found: list[Statement]) -> None:
    speaker = _SPEAKER.match(line)
    by = speaker["by"] if speaker and _is_name(speaker["by"], line, speaker.end()) else ""
    rest = line[speaker.end() :] if speaker and by else line
    if by and _INTERVIEWER.match(by):
        return
    opinion = "opinion" in passage.heading.lower()
    follows, fragment = False, ""
    for sentence in sentences_of(rest):
        if _OPINION.search(sentence):
            opinion = True
        text = f"{fragment} {_OPINION.sub('', sentence).strip()}".strip()
        fragment = ""
        if len(text.split()) < 4 and text.endswith("."):
            fragment = text
            continue
        if not _can_stand(text) or text.rstrip(".") == passage.heading.rstrip("."):
            follows = False
            continue
        found.append(
            Statement(
                text=text,
                ref=passage.ref,
                heading=passage.heading,
                document=passage.document,
                locator=passage.locator,
                order=len(found),
                opinion=opinion or bool(_OPINION_WORDS.search(text)),
                by=by,
                leans=_leans(text),
                follows=follows,
            )
        )
        follows = True


def _leans(text: str) -> bool:
    """Whether a sentence speaks of something that was named before it."""
    if _LEANS_BACK.match(text) or _LEANS_INSIDE.search(text[:60]) or _LEANS_AT_THE_END.search(text):
        return True
    them = re.search(r"\b(?:them|they)\b", text)
    return them is not None and not re.search(r"\w{3,}s\b|\bpeople\b", text[: them.start()])


def _is_name(name: str, line: str, end: int) -> bool:
    """`MG: [opinion] Reach.` has a speaker, `Input costs: chemicals and cans` has a topic."""
    return (name.isupper() and len(name) <= 5) or (
        bool(re.match(r"[A-Z][a-z]+ [A-Z]", name)) and line[end : end + 1] in '"“['
    )


def _can_stand(text: str) -> bool:
    words = text.split()
    if len(words) < 4 or len(text) > 420 or text.endswith("?"):
        return False
    return not (speaks_to_a_machine(text) or _ABOUT_THE_DOCUMENT.search(text))
