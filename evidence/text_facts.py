"""Figures out of running text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evidence.drafts import FactDraft
from evidence.figures import Figure, figures_in
from evidence.labels import KNOWN_METRIC, capitalised, tidy
from evidence.model import Block, Document, one_line
from evidence.periods import period_of_phrase, periods_in, speaks_of_guidance
from evidence.sentences import sentences_of
from evidence.units import understood

_DURATIONS = frozenset({"hour", "week", "month", "year", "quarter"})
_OPINION = re.compile(r"\[\s*(?:opinion|view|estimate)\s*\]", re.IGNORECASE)
_FOUNDED = re.compile(r"\b(?:founded|established|incorporated|started)\s+(?:in|since)\s+(?P<year>(?:1[5-9]|20)\d{2})\b", re.IGNORECASE)
_UP = r"rose|risen|rises|grew|grown|grows|increased?|increases|went up|gained|climbed|expanded|up|growth|increase"
_DOWN = r"fell|fallen|declined?|decreased?|dropped|went down|shrank|shrunk|down|decline|decrease|drop"
_CHANGE_BEFORE = re.compile(
    rf"\b(?:(?P<up>{_UP})|(?P<down>{_DOWN}))(?:\s+(?:again|further|sharply|slightly|only|in total))?(?:\s+(?:by|of))?"
    r"(?:\s+(?:about|around|approximately|some|nearly|almost|over|more than|roughly|a further|another))?\s*\(?$",
    re.IGNORECASE,
)
_CHANGE_AFTER = re.compile(
    r"^\s*(?:(?P<up>more|higher|above|growth|increase|up)|(?P<down>less|lower|below|decline|decrease|down))\b", re.IGNORECASE
)
_ASIDE = re.compile(r"^[,\s]*(?:\(|or\s|which is\s|equal to\s|that is\s)(?:about\s|some\s)?\(?$")
_IN_PLACE = re.compile(
    r"^\s*(?:(?:of net sales |of sales |of revenues? )?(?:came from|in|from|were in|was in|are in|is in|to)|came from|for)\s+(?:the\s+)?"
    r"(?P<entity>(?:outside\s+(?:the\s+)?)?[A-Z][\w&-]*(?:[ -][A-Z][\w&-]*)*|volumes?|prices?|acquisitions?|exchange rates?|currency|corporate roles)\b"
)
_NAMED_BEFORE = re.compile(r"(?:\band\s+|^|,\s*)(?P<entity>[A-Z][\w&-]*(?:[ -][A-Z0-9][\w&-]*)*)\s+(?:by\s+|at\s+|with\s+)?$")
_SHARE = re.compile(r"^\s*of\s+(?:the\s+|its\s+|our\s+|all\s+)?(?P<what>[a-z][a-z&-]*(?:\s+[a-z&-]+){0,2})", re.IGNORECASE)
_TAIL_VERBS = re.compile(
    r"(?:\s|^)(?:is|are|was|were|be|been|has|have|had|we|of|to|at|by|in|about|around|approximately|some|nearly|almost|over|under|more|than|less|up|down|from|between|"
    r"reached|reaches|totall?ed|totals|amounted|amounts|stood|stands|came|put|puts|employs?|employed|sells?|serves?|operates?|owns?|runs?|roughly|the|a|an|and|or|its|our|"
    r"with|for|per|only|just|still|now|today|nearly|across|worth|includes?|including|on|that|which|rose|grew|fell|increased|decreased|declined)$",
    re.IGNORECASE,
)


def text_drafts(document: Document) -> Iterator[FactDraft]:
    """Figures with a unit out of paragraphs and bullets; each quotes its sentence."""
    for block in document.blocks:
        opinion = False
        lead = _single_period(block.heading)
        for sentence in sentences_of(block.text):
            opinion = opinion or bool(_OPINION.search(sentence))
            figures = figures_in(sentence)
            yield from _founded(sentence, block)
            for index, figure in enumerate(figures):
                draft = _draft(sentence, figures, index, block, lead)
                if draft is not None:
                    yield _as_opinion(draft) if opinion else draft
            if not figures:
                lead = _single_period(sentence) or lead


def _single_period(text: str) -> str:
    labels = {period.label for period in periods_in(text)}
    return labels.pop() if len(labels) == 1 else ""


def _as_opinion(draft: FactDraft) -> FactDraft:
    return FactDraft(
        metric=draft.metric, value=draft.value, unit=draft.unit, period=draft.period, locator=draft.locator,
        passage_id=draft.passage_id, quote=draft.quote, entity=draft.entity, basis="stated as opinion", statement=draft.statement,
    )  # fmt: skip


def _founded(sentence: str, block: Block) -> Iterator[FactDraft]:
    found = _FOUNDED.search(sentence)
    if found:
        yield FactDraft(
            metric="Founded", value=float(found["year"]), unit="year", period="-", locator=block.locator,
            passage_id=block.passage_id, quote=sentence, statement=_statement(sentence),
        )  # fmt: skip


def _statement(sentence: str) -> str:
    return one_line(_OPINION.sub("", re.sub(r"^[A-Z]{1,4}:\s*", "", sentence)), 600)


def _draft(sentence: str, figures: list[Figure], index: int, block: Block, lead: str) -> FactDraft | None:
    figure = figures[index]
    family = understood(figure.unit).family
    if not family or family in _DURATIONS:
        return None
    metric, entity = _named(sentence, figures, index, block.heading)
    if not metric:
        return None
    if figure.high_of is not None:
        metric = f"{metric} (low end)"
    elif figure.low_of is not None:
        metric = f"{metric} (high end)"
    period = figure.period
    if not period and not re.search(r"\b(?:since|today|now|currently|last fiscal|last year)\b", sentence[: figure.end], re.IGNORECASE):
        period = lead or ("long term" if period_of_phrase(sentence) == "long term" else "")
    guided = speaks_of_guidance(sentence[_clause_start(sentence, figure.start) : figure.start])
    if period and guided and "guidance" not in period:
        period = f"{period} guidance"
    return FactDraft(
        metric=metric,
        value=figure.value,
        unit=figure.unit,
        period=period,
        locator=block.locator,
        passage_id=block.passage_id,
        quote=sentence,
        entity=entity,
        statement=_statement(sentence),
    )


def _clause_start(sentence: str, position: int) -> int:
    stops = [match.end() for match in re.finditer(r"[;:]\s", sentence[:position])]
    return stops[-1] if stops else 0


def _named(sentence: str, figures: list[Figure], index: int, heading: str) -> tuple[str, str]:
    figure = figures[index]
    before, after = sentence[: figure.start], sentence[figure.end :]
    entity = _entity(sentence, figures, index)
    if figure.unit == "people" and not re.search(r"cost|expense", before[-40:]):
        return "Employees", entity
    if "country" in understood(figure.unit).family:
        return "Countries", entity
    share = _SHARE.match(after) if figure.unit == "percent" else None
    if share and KNOWN_METRIC.search(share["what"]):
        found = KNOWN_METRIC.search(share["what"])
        assert found is not None
        return f"Share of {found[0].lower()}", entity
    if re.search(r"per (?:diluted )?share$", figure.text):
        return "Diluted earnings per share" if "diluted" in figure.text else "Earnings per share", entity
    base, where = _base_metric(sentence, figure.start, heading)
    if base and where >= 0 and len(sentence[where : figure.start].split()) > 25:
        base = ""
    metric = base or _phrase(before, after, figure)
    return _changed(metric, sentence, figures, index), entity


def _base_metric(sentence: str, position: int, heading: str) -> tuple[str, int]:
    known = [match for match in KNOWN_METRIC.finditer(sentence[:position])]
    if known:
        return capitalised(known[-1][0]), known[-1].end()
    following = KNOWN_METRIC.search(sentence[position : position + 60])
    if following and "," not in sentence[position : position + following.start()]:
        return capitalised(following[0]), -1
    if re.match(r"^(?:[A-Z]{1,4}:\s*)?(?:\[\w+\]\s*)?(?:It|This|That|They)\b", sentence):
        named = KNOWN_METRIC.search(heading)
        if named:
            return capitalised(named[0]), -1
    return "", -1


def _phrase(before: str, after: str, figure: Figure) -> str:
    """A short label out of the words before a figure, where no known measure is named."""
    family = understood(figure.unit).family
    clause = re.split(r"[,;:()]|\.\s", before)[-1].strip()
    while _TAIL_VERBS.search(clause):
        clause = _TAIL_VERBS.sub("", clause).strip()
    words = clause.split()
    if words and len(words) <= 10:
        return capitalised(tidy(" ".join(words[-7:])))
    if not family.isupper() and family not in {"percent", "multiple", "points"}:
        return capitalised(figure.unit)
    following = re.match(r"\s*(?:of|in|for)?\s*((?:[a-zA-Z-]+\s?){1,4})", after)
    return capitalised(tidy(following[1])) if following else ""


def _changed(metric: str, sentence: str, figures: list[Figure], index: int) -> str:
    figure = figures[index]
    before, after = sentence[: figure.start], sentence[figure.end :]
    change = _CHANGE_BEFORE.search(before) or _CHANGE_AFTER.match(after)
    aside = index > 0 and _ASIDE.match(sentence[figures[index - 1].end : figure.start])
    if not change and aside and figure.unit == "percent" and figures[index - 1].unit != "percent":
        change = _CHANGE_BEFORE.search(sentence[: figures[index - 1].start]) or _shared_change(sentence, figures[index - 1].start)
    if not change:
        change = _shared_change(sentence, figure.start) if "by " in before[-16:] or "came from" in after[:12] else None
    if not change or not metric or re.search(r"growth|increase|decrease|decline", metric, re.IGNORECASE):
        return metric
    if figure.unit == "percent":
        return f"{metric} {'decline' if change['down'] else 'growth'}"
    return f"{metric} {'decrease' if change['down'] else 'increase'}"


def _shared_change(sentence: str, position: int) -> re.Match[str] | None:
    """A change word earlier in the clause that several figures share: `grew by $45.3 million and X by $7.2 million`."""
    found = list(re.finditer(rf"\b(?:(?P<up>{_UP})|(?P<down>{_DOWN}))\s+by\b", sentence[:position], re.IGNORECASE))
    return found[-1] if found else None


def _entity(sentence: str, figures: list[Figure], index: int) -> str:
    figure = figures[index]
    stop = figures[index + 1].start if index + 1 < len(figures) else len(sentence)
    after = sentence[figure.end : stop]
    place = _IN_PLACE.match(after)
    if place and not periods_in(after[: place.end() + 8]) and not re.match(r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Q\d|FY)", place["entity"]):
        return place["entity"]
    start = figures[index - 1].end if index else 0
    named = _NAMED_BEFORE.search(sentence[start : figure.start])
    if named and not KNOWN_METRIC.search(named["entity"]) and index and not periods_in(named["entity"]):
        return named["entity"]
    return ""
