"""The sections of the book, as the instruction lists or changes them, else those for which there is evidence."""

from __future__ import annotations

import re

from agents.brief import Brief
from agents.drafted import DraftedOutline, DraftedSection
from agents.evidence_only.directions import Instruction, content_words, items_of, sentence_case
from agents.evidence_only.persona import PASTED
from agents.evidence_only.series import IS_HEADLINE, headline_rank, series_of
from agents.evidence_only.statements import statements
from agents.evidence_only.topics import BY_NAME, FINANCIALS, RISKS, STANDARD_ORDER, SUMMARY, scores, topics_of_title
from agents.evidence_only.word_slides import clean_heading
from agents.evidence_only.wording import NOT_IN_DOCUMENTS, in_sentence

_LISTED = re.compile(
    r"\b(?:outline|sections?|chapters?)\b[^.:\n]{0,40}:\s*(?P<list>[^.\n]+(?:,[^.\n]+)+)", re.IGNORECASE
)
_SECTION = r"(?:the\s+)?(?:section\s+(?:on\s+|about\s+)?)?(?P<{name}>[\w &'-]+?)(?:\s+section)?"
_END = r"(?=[,.;]|\s+and\s+(?:move|merge|add|remove|drop|rename)\b|$)"
_MOVE = re.compile(
    rf"\b(?:move|put|place|bring|make)\s+{_SECTION.format(name='what')}\s+(?:come\s+|go\s+)?"
    rf"(?P<side>in front of|before|ahead of|after|behind|below)\s+"
    rf"{_SECTION.format(name='where')}{_END}",
    re.IGNORECASE,
)
_MERGE = re.compile(
    rf"\b(?:merge|fold|put)\s+{_SECTION.format(name='what')}\s+(?:into|with)\s+{_SECTION.format(name='where')}{_END}",
    re.IGNORECASE,
)
_ADD = re.compile(
    rf"\badd\s+(?:an?\s+)?(?:new\s+)?(?:section|chapter)\s+(?:on|about|for|called|named|:)?\s*(?P<what>[\w &'-]+?)"
    rf"(?:\s+(?:(?P<between>between)\s+(?P<first>[\w &'-]+?)\s+and\s+(?P<second>[\w &'-]+?)"
    rf"|(?P<side>after|before|in front of|behind)\s+(?P<where>[\w &'-]+?)|at the end))?{_END}",
    re.IGNORECASE,
)
_REMOVE = re.compile(rf"\b(?:remove|drop|delete|take out)\s+{_SECTION.format(name='what')}{_END}", re.IGNORECASE)
_RENAME = re.compile(
    rf"\brename\s+{_SECTION.format(name='what')}\s+(?:to|as)\s+(?P<to>[\w &'-]+?){_END}", re.IGNORECASE
)
_LONGEST_DESCRIPTION = 160
_THE_CASE, _THE_QUESTIONS = "The case on a few pages", "What the reader will ask about"


def draft_outline(brief: Brief) -> DraftedOutline:
    instruction = Instruction.of(brief.instruction)
    notes = [PASTED] if instruction.has_excerpt else []
    listed = _LISTED.search(instruction.text)
    if listed:
        sections = [_known(brief, sentence_case(title)) for title in items_of(listed["list"])]
    elif brief.sections:
        sections = [DraftedSection(id=one.id, title=one.title, description=one.description) for one in brief.sections]
    else:
        sections = [DraftedSection(title=BY_NAME[name].title, description="") for name in _told_of(brief)]
        if not sections:
            notes.append("The documents hold nothing to build an outline on; this is the usual one.")
            sections = [DraftedSection(title=BY_NAME[name].title, description="") for name in STANDARD_ORDER]
    sections = _changed(sections, instruction.text, notes)
    described = [
        one
        if one.description and not _follows_upstream(one)
        else one.model_copy(update={"description": _description(brief, one.title)})
        for one in sections
    ]
    return DraftedOutline(sections=described, notes=notes)


def _known(brief: Brief, title: str) -> DraftedSection:
    """A listed section, with the id of the one that has that title already."""
    same = next((one for one in brief.sections if one.title.casefold() == title.casefold()), None)
    return DraftedSection(id=same.id if same else "", title=title, description=same.description if same else "")


def _told_of(brief: Brief) -> list[str]:
    """The usual sections for which the documents have something."""
    weight: dict[str, float] = {}
    for item in statements(brief.passages):
        for name, score in scores(item.text, item.heading).items():
            weight[name] = weight.get(name, 0.0) + score
    if any(fact.value is not None and fact.period for fact in brief.facts):
        weight[FINANCIALS] = weight.get(FINANCIALS, 0.0) + 5.0
    if not weight:
        return []
    return [name for name in STANDARD_ORDER if name == SUMMARY or weight.get(name, 0.0) >= 3.0]


def _changed(sections: list[DraftedSection], text: str, notes: list[str]) -> list[DraftedSection]:
    done = list(sections)
    for match in _MERGE.finditer(text):
        done = _merge(done, match["what"], match["where"], notes)
    for match in _REMOVE.finditer(text):
        gone = _find(done, match["what"])
        done = [one for index, one in enumerate(done) if index != gone]
    for match in _RENAME.finditer(text):
        index = _find(done, match["what"])
        if index is not None:
            done[index] = done[index].model_copy(update={"title": sentence_case(match["to"]), "description": ""})
    for match in _ADD.finditer(text):
        done = _add(done, match)
    for match in _MOVE.finditer(text):
        done = _move(done, match["what"], match["where"], match["side"].lower() in ("after", "behind", "below"), notes)
    return done


def _merge(done: list[DraftedSection], what: str, where: str, notes: list[str]) -> list[DraftedSection]:
    source, target = _find(done, what), _find(done, where)
    if source is None or target is None or source == target:
        notes.append(f"There is no section to merge for “{what.strip()}” and “{where.strip()}”.")
        return done
    gone, kept = done[source], done[target]
    description = f"{(kept.description or kept.title).rstrip('.')}; with {gone.title[:1].lower()}{gone.title[1:]}."
    merged = kept.model_copy(update={"description": description})
    return [merged if index == target else one for index, one in enumerate(done) if index != source]


def _add(done: list[DraftedSection], match: re.Match[str]) -> list[DraftedSection]:
    title = sentence_case(match["what"].strip())
    if any(one.title.casefold() == title.casefold() for one in done):
        return done
    place = len(done)
    if match["between"]:
        first, second = _find(done, match["first"]), _find(done, match["second"])
        place = second if second is not None else first + 1 if first is not None else place
    elif match["side"]:
        where = _find(done, match["where"])
        if where is not None:
            place = where + (match["side"].lower() in ("after", "behind"))
    return [*done[:place], DraftedSection(title=title, description=""), *done[place:]]


def _move(done: list[DraftedSection], what: str, where: str, after: bool, notes: list[str]) -> list[DraftedSection]:
    source = _find(done, what)
    if source is None or _find(done, where) is None:
        notes.append(f"There is no section to move for “{what.strip()}” and “{where.strip()}”.")
        return done
    moved = done[source]
    rest = [one for index, one in enumerate(done) if index != source]
    target = _find(rest, where)
    place = (target if target is not None else len(rest)) + after
    return [*rest[:place], moved, *rest[place:]]


def _find(sections: list[DraftedSection], name: str) -> int | None:
    wanted = content_words(name)
    best: tuple[float, int] | None = None
    for index, one in enumerate(sections):
        shared = len(wanted & content_words(one.title))
        score = shared / max(len(wanted | content_words(one.title)), 1)
        if shared and (best is None or score > best[0]):
            best = (score, index)
    return best[1] if best else None


def _follows_upstream(section: DraftedSection) -> bool:
    """Whether the description was made out of the hero concept or the persona, which may have changed."""
    return section.description.startswith((_THE_CASE, _THE_QUESTIONS))


def _description(brief: Brief, title: str) -> str:
    """One line: what the documents have for the section."""
    named = topics_of_title(title)
    if SUMMARY in named[:1]:
        hero = brief.hero_context.selected_hero if brief.hero_context else ""
        return f"{_THE_CASE}: {hero.rstrip('.')}." if hero else f"{_THE_CASE}."
    if FINANCIALS in named[:1]:
        return _financial_description(brief)
    headings = [one for one in _headings(brief, title, named) if one.casefold() != title.casefold()]
    if RISKS in named[:1] and brief.buyer_persona and brief.buyer_persona.concerns:
        concerns = "; ".join(in_sentence(text.rstrip(".")) for text in brief.buyer_persona.concerns[:4])
        return f"{_THE_QUESTIONS}: {concerns}."
    if not headings:
        return _first_words(brief, title) or f"{sentence_case(NOT_IN_DOCUMENTS)}."
    return f"{sentence_case('; '.join(headings[:4]))}."


def _first_words(brief: Brief, title: str) -> str:
    """The first short sentence under a heading of the same name; empty when there is none."""
    told = (
        item
        for item in statements(brief.passages)
        if clean_heading(item.heading).casefold() == title.casefold() and not (item.opinion or item.leans or item.by)
    )
    return next((item.text for item in told if len(item.text) <= _LONGEST_DESCRIPTION), "")


def _headings(brief: Brief, title: str, named: list[str]) -> list[str]:
    found: dict[str, float] = {}
    for item in statements(brief.passages):
        if item.by or item.heading.endswith("?"):
            continue
        told = scores(item.text, item.heading)
        score = max((told.get(name, 0.0) for name in named), default=0.0)
        score += 2.0 * len(content_words(title) & content_words(f"{item.heading} {item.text}")) * (not named)
        heading = clean_heading(item.heading)
        best = max(told.values(), default=0.0)
        if heading and score >= 2.0 and score >= best - 0.5 and len(heading) < 70:
            found[heading] = found.get(heading, 0.0) + score
    ranked = sorted(found, key=lambda heading: -found[heading])
    return [text[:1].lower() + text[1:] if not text[:2].isupper() else text for text in ranked]


def _financial_description(brief: Brief) -> str:
    headlines = [
        series
        for series in series_of(brief.facts)
        if not series.entity and series.years and headline_rank(series.metric) < IS_HEADLINE
    ]
    headlines.sort(key=lambda series: headline_rank(series.metric))
    names = list(dict.fromkeys(series.metric for series in headlines))
    metrics = [name if not at else in_sentence(name) for at, name in enumerate(names)]
    years = sorted({year for series in headlines for year in series.years})
    if not metrics or not years:
        return f"{sentence_case(NOT_IN_DOCUMENTS)}."
    span = f"{years[0]} to {years[-1]}" if len(years) > 1 else years[0]
    return f"{', '.join(metrics[:4])}: {span}."
