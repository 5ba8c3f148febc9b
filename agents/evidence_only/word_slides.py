"""Slides of words: statements of the documents as bullets, opinions as quotes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from agents.brief import Brief
from agents.drafted import (
    DraftedBullets,
    DraftedParagraph,
    DraftedQuote,
    DraftedSlide,
    DraftedText,
)
from agents.evidence_only.directions import sentence_case
from agents.evidence_only.statements import Statement
from agents.evidence_only.wording import in_sentence
from evidence.figures import figures_in
from evidence.sentences import sentences_of

MOST_BULLETS, MOST_BULLET_LENGTH, MOST_TITLE_LENGTH, MOST_QUOTE_LENGTH = 5, 380, 140, 420
_HEADING_NUMBER = re.compile(r"^(?:\d+(?:\.\d+)*[.)]?|[A-Z]\d+\.)\s+")
_ABSENT = re.compile(
    r"\b(?:not|n't|never)\s+(?:\w+\s){0,2}(?:publish|disclose|report|available|split)|\bnot (?:published"
    r"|disclosed|available)",
    re.I,
)
_LABELLED = re.compile(r"^(?P<label>[^:.]{3,60}):\s")


def whole(pool: Sequence[Statement]) -> list[Statement]:
    """Statements that stand alone: one that leans on the one before it is told together with it, or not at all."""
    done: list[Statement] = []
    for item in pool:
        if not item.leans:
            done.append(item)
        elif (
            item.follows
            and done
            and done[-1].ref == item.ref
            and done[-1].opinion == item.opinion
            and len(done[-1].text) + len(item.text) < MOST_BULLET_LENGTH
        ):
            done[-1] = replace(done[-1], text=f"{done[-1].text} {item.text}", order=done[-1].order)
    return done


def bullets(group: Sequence[Statement], topic: str, heading: str, *, risks: bool = False) -> DraftedSlide | None:
    """The statements of one subject; the one that says most in a line is the title."""
    items = list({item.text: item for item in group}.values())
    if not items:
        return None
    if len(items) == 1:
        return _single(items[0], topic, heading)
    title, refs = _risk_title(items, heading) if risks else _title(items, heading)
    rest = [item for item in items if item.text.rstrip(".") != title]
    shown = sorted(sorted(rest, key=_weight, reverse=True)[:MOST_BULLETS], key=lambda item: item.order)
    return DraftedSlide(
        topic=topic,
        title=title,
        refs=refs,
        layout_type="bullets",
        components=[DraftedBullets(items=[DraftedText(text=item.text, refs=[item.ref]) for item in shown])],
        notes=notes_on(items),
    )


def _single(item: Statement, topic: str, heading: str) -> DraftedSlide:
    name = clean_heading(item.heading) or clean_heading(heading)
    return DraftedSlide(
        topic=topic,
        title=name if name.casefold() == heading.casefold() else f"{heading}: {in_sentence(name)}",
        refs=[],
        layout_type="text",
        components=[DraftedParagraph(text=item.text, refs=[item.ref])],
        notes=notes_on([item]),
    )


def quotes(pool: Sequence[Statement], brief: Brief, topic: str) -> DraftedSlide | None:
    """One or two opinions, said to be opinions, with who holds them."""
    ranked = sorted(
        (item for item in pool if 40 <= len(item.text) <= MOST_QUOTE_LENGTH), key=lambda item: -len(item.text)
    )
    if not ranked:
        return None
    first = ranked[0]
    second = next((item for item in ranked[1:] if item.heading != first.heading and len(item.text) > 60), None)
    chosen = [first, second] if second else [first]
    speaker = _speaker(first, brief)
    who = "management" if "management" in speaker.lower() else speaker
    opening = _opening(first.text)
    subject = f"“{opening}”" if opening else in_sentence(clean_heading(first.heading))
    return DraftedSlide(
        topic=topic,
        title=f"Opinion of {who}: {subject}"[:300],
        refs=[first.ref],
        layout_type="quote",
        components=[
            DraftedQuote(text=item.text, by=_attribution(item, _speaker(item, brief)), refs=[item.ref])
            for item in chosen
        ],
        notes=f"An opinion, not a fact. {notes_on(chosen)}",
    )


def _opening(text: str) -> str:
    """The first words of an opinion that say something by themselves; empty when they do not fit a title."""
    told = ""
    for sentence in sentences_of(text):
        told = f"{told} {sentence}".strip()
        if len(told) >= 30:
            return told.rstrip(".") if len(told) <= MOST_TITLE_LENGTH else ""
    return ""


def _attribution(item: Statement, speaker: str) -> str:
    asked = f", asked: {clean_heading(item.heading)}" if item.heading.endswith("?") else ""
    return f"{sentence_case(speaker)} (opinion){asked}"[:300]


def by_heading(pool: Sequence[Statement]) -> list[tuple[str, list[Statement]]]:
    groups: dict[str, list[Statement]] = {}
    for item in pool:
        groups.setdefault(f"{item.document}|{item.heading}", []).append(item)
    return [(items[0].heading, items) for items in groups.values()]


def clean_heading(heading: str) -> str:
    return _HEADING_NUMBER.sub("", heading).replace("(opinion)", "").strip().rstrip(".:").strip()


def says_absent(text: str) -> bool:
    """Whether a sentence says that something is not published."""
    return bool(_ABSENT.search(text))


def notes_on(items: Sequence[Statement]) -> str:
    places: dict[str, list[str]] = {}
    for item in items:
        where = places.setdefault(item.document, [])
        if item.locator not in where:
            where.append(item.locator)
    told = "; ".join(f"{document}: {', '.join(locators)}" for document, locators in places.items())
    return f"Sources: {told}."


def _title(items: Sequence[Statement], heading: str) -> tuple[str, list[str]]:
    short = [
        item
        for item in items
        if len(item.text) <= MOST_TITLE_LENGTH
        and not item.opinion
        and not _LABELLED.match(item.text)
        and len(sentences_of(item.text)) == 1
    ]
    if short:
        best = max(short, key=lambda item: (_weight(item), -item.order))
        return best.text.rstrip("."), [best.ref]
    name = clean_heading(heading)
    first = next((item for item in items if not item.opinion), items[0])
    clause = re.split(r"[;,.:](?=\s|$)", first.text)[0]
    if len(clause) < 25 or len(clause) > MOST_TITLE_LENGTH:
        return (name or clause)[:300], []
    return f"{name}: {in_sentence(clause)}" if name and len(name) + len(clause) < 150 else clause, [first.ref]


def _risk_title(items: Sequence[Statement], heading: str) -> tuple[str, list[str]]:
    labels = [re.split(r"[:,.;](?=\s|$)", item.text)[0].strip() for item in items]
    named = [in_sentence(label) for label in labels if 4 < len(label) < 60][:3]
    lead = clean_heading(heading) or "Risks"
    return f"{lead}: {'; '.join(named)}" if named else lead, [item.ref for item in items[:3]]


def _weight(item: Statement) -> float:
    length = len(item.text)
    return (
        1.0
        + 0.5 * min(len(figures_in(item.text)), 2)
        + 0.8 * says_absent(item.text)
        - 0.4 * (length > 240)
        - 0.3 * (length < 45)
        - 0.6 * item.opinion
    )


def _speaker(item: Statement, brief: Brief) -> str:
    if not item.by:
        return f"the writer of {item.document}"
    named = re.compile(rf"(?P<name>[A-Za-z][\w ,'\u2019-]{{2,60}}?)\s*\({re.escape(item.by)}\)")
    for passage in brief.passages:
        found = named.search(passage.text)
        if found and passage.document == item.document:
            return found["name"].strip()
    return item.by
