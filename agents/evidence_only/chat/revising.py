"""Slides that are there already: shorter, with titles that say what they show, with the figures of the documents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from agents.drafted import (
    DraftedBullets,
    DraftedCell,
    DraftedChart,
    DraftedMetric,
    DraftedParagraph,
    DraftedTable,
    DraftedText,
)
from agents.evidence_only.chat.gathering import search_first
from agents.evidence_only.chat.reply import Call, Reply
from agents.evidence_only.chat.saving import READS_ONLY
from agents.evidence_only.chat.sections import section_meant
from agents.evidence_only.chat.slide_parts import ReadPart, ReadSlide, Redrafted, slide_in
from agents.evidence_only.chat.turn import Turn
from agents.evidence_only.directions import Instruction
from agents.evidence_only.figure_words import change_in_words, dated
from agents.evidence_only.series import series_of
from agents.turn.context import ContextSlide
from evidence.figures import figures_in
from evidence.sentences import sentences_of

MOST_AT_ONCE, MOST_BULLETS, LONG_BULLET, LONG_TITLE = 6, 4, 160, 110
_SHORTEN = re.compile(r"\b(?:short\w*|tighten|trim|cut|clean up|less text|condense)\b", re.IGNORECASE)
_TITLES = re.compile(r"\b(?:titles?|headlines?|sharp\w*)\b", re.IGNORECASE)
_FIGURES = re.compile(r"\b(?:figures?|numbers?|values?|correct)\b", re.IGNORECASE)
_ALL = re.compile(r"\b(?:all|every|each)\b[^.?!]{0,20}\bslides?\b|\bthe slides\b", re.IGNORECASE)
_THIS = re.compile(r"\b(?:this|the current|that) slide\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Change:
    slide: ReadSlide
    arguments: dict[str, JsonValue]
    told: tuple[str, ...]


def revise(turn: Turn, said: str) -> Reply:
    text = Instruction.of(said).text
    targets = _targets(turn, text)
    if not targets:
        return Reply(_which(turn))
    if not turn.can("save_slide"):
        return Reply(f"{READS_ONLY} {', '.join(f'“{slide.title}”' for slide in targets)}.")
    read = turn.outcomes("read_slide")
    if not read:
        return Reply(calls=tuple(Call("read_slide", {"slide_id": slide.id}) for slide in targets))
    slides = [slide for one in read if (slide := slide_in(one.content)) is not None]
    more = search_first(turn, [query for slide in slides for query in _queries(slide)])
    if more is not None:
        return more
    changes = [change for slide in slides if (change := _change(turn, slide, text)) is not None]
    done = turn.outcomes("save_slide")
    if len(done) < len(changes):
        return Reply(calls=(Call("save_slide", changes[len(done)].arguments),))
    lines = [
        f"“{change.slide.title}”: not changed. {one.refusal}"
        if one.refusal
        else f"“{change.slide.title}”: {'; '.join(change.told)}."
        for change, one in zip(changes, done, strict=False)
    ]
    touched = {change.slide.id for change in changes}
    lines += [f"“{slide.title}”: there was nothing to change." for slide in slides if slide.id not in touched]
    lines += [f"Could not be read. {one.refusal}" for one in read if one.refusal]
    return Reply("\n".join(lines))


def remove(turn: Turn) -> Reply:
    targets = _targets(turn, Instruction.of(turn.said).text)
    if not targets:
        return Reply(_which(turn))
    if not turn.can("remove_slide"):
        return Reply("I cannot remove slides here; nothing was removed.")
    done = turn.outcomes("remove_slide")
    if len(done) < len(targets):
        return Reply(calls=(Call("remove_slide", {"slide_id": targets[len(done)].id}),))
    lines = [
        f"“{slide.title}” stays. {one.refusal}" if one.refusal else f"“{slide.title}” is removed."
        for slide, one in zip(targets, done, strict=False)
    ]
    return Reply("\n".join(lines))


def _targets(turn: Turn, text: str) -> list[ContextSlide]:
    """The slides that the person named: with the message, by title, as this one, or by section."""
    slides, spoken = turn.book.slides, text.casefold()
    ids = {*turn.context.named, *(slide.id for slide in slides if slide.named)}
    named = [slide for slide in slides if slide.id in ids or slide.title.casefold() in spoken]
    if not named and _THIS.search(text):
        named = [slide for slide in slides if slide.id == turn.book.current_slide_id]
    if not named and re.search(r"\bslides?\b", spoken):
        section = section_meant(turn, text)
        named = [slide for slide in slides if section is not None and slide.section_id == section.id]
        if section is None and _ALL.search(text):
            named = list(slides)
    return named[:MOST_AT_ONCE]


def _which(turn: Turn) -> str:
    if not turn.book.slides:
        return "The book has no slides yet."
    titles = "\n".join(f"- “{slide.title}”" for slide in turn.book.slides[:30])
    return f"Which slide do you mean? The book has:\n{titles}"


def _change(turn: Turn, slide: ReadSlide, text: str) -> _Change | None:
    """What is to be changed on the slide; None when nothing is."""
    shorten, titles, figures = (bool(pattern.search(text)) for pattern in (_SHORTEN, _TITLES, _FIGURES))
    everything = not (shorten or titles or figures)
    told: list[str] = []
    arguments: dict[str, JsonValue] = {"slide_id": slide.id}
    parts: list[JsonValue] = []
    for part in slide.components:
        drafted = part.redrafted()
        changed = drafted
        if changed is not None and (figures or everything):
            changed = _with_right_figures(turn, changed)
        if changed is not None and (shorten or everything):
            changed = _shorter(changed)
        if changed is None or changed == drafted:
            parts.append({"type": "keep", "component_id": part.id})
            continue
        parts.append(changed.model_dump(mode="json"))
        told.append(f"{part.type} {'set right' if _figures_of(changed) != _figures_of(drafted) else 'shortened'}")
    if told:
        arguments["components"] = parts
    title = _title(turn, slide) if titles or everything or len(slide.title) > LONG_TITLE else None
    if title is not None and title[0] != slide.title:
        arguments["title"] = title[0]
        arguments["refs"] = list(title[1])
        told.append(f"now titled “{title[0]}”{''.join(f' [{ref}]' for ref in title[1])}")
    return _Change(slide, arguments, tuple(told)) if told else None


def _shorter(part: Redrafted) -> Redrafted:
    match part:
        case DraftedBullets():
            items = [
                item if len(item.text) <= LONG_BULLET else DraftedText(text=sentences_of(item.text)[0], refs=item.refs)
                for item in part.items
            ]
            return DraftedBullets(items=items[:MOST_BULLETS])
        case DraftedParagraph() if len(part.text) > LONG_BULLET:
            return DraftedParagraph(text=" ".join(sentences_of(part.text)[:2]), refs=part.refs)
        case _:
            return part


def _with_right_figures(turn: Turn, part: Redrafted) -> Redrafted:
    """Figures that a more authoritative document contradicts, replaced by those of that document."""
    right = {conflict.other.ref: conflict.kept.ref for series in turn.series for conflict in series.conflicts}
    match part:
        case DraftedMetric():
            return part.model_copy(update={"fact": right.get(part.fact, part.fact)})
        case DraftedTable():
            rows = [
                [DraftedCell(text=one.text, fact=right.get(one.fact, one.fact), refs=one.refs) for one in row]
                for row in part.rows
            ]
            return part.model_copy(update={"rows": rows})
        case DraftedChart():
            series = [
                one.model_copy(update={"facts": [right.get(ref, ref) for ref in one.facts]}) for one in part.series
            ]
            return part.model_copy(update={"series": series})
        case _:
            return part


def _figures_of(part: Redrafted | None) -> list[str]:
    match part:
        case DraftedMetric():
            return [part.fact]
        case DraftedTable():
            return [cell.fact for row in part.rows for cell in row]
        case DraftedChart():
            return [ref for one in part.series for ref in one.facts]
        case _:
            return []


def _title(turn: Turn, slide: ReadSlide) -> tuple[str, tuple[str, ...]] | None:
    """A sentence that says what the slide shows, out of its own figures or words."""
    if figures_in(slide.title) and len(slide.title) <= LONG_TITLE:
        return None
    known = {fact.ref: fact for fact in turn.facts}
    for part in slide.components:
        refs = list(dict.fromkeys(one.ref for one in part.refs if one.ref in known))
        shown = series_of([known[ref] for ref in refs])
        over_time = next((series for series in shown if len(series.timeline) > 1), None)
        if over_time is not None:
            ends = (over_time.timeline[0], over_time.timeline[-1])
            return change_in_words(over_time), tuple(over_time.points[at].ref for at in ends)
        if shown and part.type in ("metric", "table", "chart"):
            return dated(shown[0])[:1].upper() + dated(shown[0])[1:], (shown[0].latest.ref,)
        found = _telling(part)
        if found is not None:
            return found
    return None


def _telling(part: ReadPart) -> tuple[str, tuple[str, ...]] | None:
    """The sentence of bullets or a paragraph that says most in a line."""
    texts: Sequence[tuple[str, str]] = (
        [(text, f"i{at}") for at, text in enumerate(part.items)] if part.type == "bullets" else [(part.text, "")]
    )
    fitting = [
        (text.rstrip("."), anchor)
        for text, anchor in texts
        if 20 <= len(text) <= LONG_TITLE and len(sentences_of(text)) == 1
    ]
    if not fitting or part.type not in ("bullets", "text"):
        return None
    text, anchor = max(fitting, key=lambda pair: len(figures_in(pair[0])))
    return text, tuple(part.refs_at(anchor))


def _queries(slide: ReadSlide) -> list[str]:
    labels = [str(row[0]) for part in slide.components for row in part.rows[:6] if row and isinstance(row[0], str)]
    return [slide.title, *[part.label for part in slide.components if part.label], *labels[:4]]
