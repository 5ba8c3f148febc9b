"""Holds a book against its sources, and the sources against each other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.book import Book, BookSlide
from domain.findings import BLOCKING, Finding, FindingKind
from domain.model import Fact, SourceReference
from evidence.claims import Claim, Statement, claims_of, statements_of
from evidence.conflicts import Conflict, authority, conflicts_in
from evidence.derived import follows
from evidence.drafts import amount
from evidence.fact_index import FactIndex
from evidence.figures import Figure, figures_in, said_alike, supports
from evidence.labels import KNOWN_METRIC, metric_key
from evidence.model import one_line, stable_id
from evidence.periods import same_period
from evidence.scopes import scoped
from evidence.units import understood

MOST_FINDINGS = 2_000
MOST_PLACES = 12
_MOST_PASSAGES_READ = 40


class PassageLike(Protocol):
    @property
    def source_id(self) -> str: ...
    @property
    def passage_id(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def locator(self) -> str: ...
    @property
    def heading(self) -> str: ...


def check_book(book: Book, passages: Sequence[PassageLike]) -> list[Finding]:
    """What people should look at: figures that block first, slide by slide, then unlinked claims, then the sources.

    Ids depend on figure, slide and sources alone. A figure that stands several times on a slide is found once.
    """
    check = _Check(book, passages)
    found: dict[str, Finding] = {}
    for slide in book.slides:
        for finding in check.of_slide(slide):
            found.setdefault(finding.id, finding)
    for finding in check.of_sources():
        found.setdefault(finding.id, finding)
    ranked = sorted(found.values(), key=lambda finding: (not finding.blocks, finding.kind == "source_conflict"))
    return ranked[:MOST_FINDINGS]


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.kind in BLOCKING]


@dataclass(frozen=True, slots=True)
class _Clash:
    """Facts that a figure cannot stand beside; `rests_on` is what it was taken from, where that is known."""

    rests_on: tuple[Fact, ...]
    against: tuple[Fact, ...]


class _Check:
    def __init__(self, book: Book, passages: Sequence[PassageLike]) -> None:
        self._names = {source.id: source.name for source in book.sources}
        headings = {passage.passage_id: passage.heading for passage in passages if passage.heading}
        facts = scoped(book.facts, headings)
        self._facts = FactIndex(facts)
        self._passages = {(passage.source_id, passage.passage_id): passage for passage in passages}
        self._texts: list[tuple[PassageLike, str]] | None = None
        self._figures: dict[tuple[str, str], list[Figure]] = {}
        self._conflicts = conflicts_in(facts)
        self._against: Mapping[str, dict[str, Fact]] = _pairs(self._conflicts)

    def of_slide(self, slide: BookSlide) -> Iterable[Finding]:
        words = _words_of(slide)
        for claim in claims_of(slide.body):
            resting = self._resting_on(claim)
            clash = self._clash(claim, resting, words)
            if clash is not None:
                yield self._contradicted(slide, claim, clash)
            elif not resting and not claim.is_opinion and not self._borne_out(claim):
                yield self._unsupported(slide, claim)
        if slide.body.layout_type not in ("title", "section"):
            for statement in statements_of(slide.body):
                yield _unlinked(slide, statement)

    def of_sources(self) -> Iterable[Finding]:
        """One finding for each thing that the documents differ on, with every place of every value."""
        for facts in _topics(self._conflicts):
            ranked = sorted(facts, key=self._rank)
            topic = Conflict(one=ranked[0], other=ranked[-1]).topic
            yield Finding(
                id=_id("source_conflict", "", topic.casefold(), ranked),
                kind="source_conflict",
                figure=one_line(" / ".join(dict.fromkeys(_amount(fact) for fact in ranked)), 300),
                message=_paragraph(f"The documents differ on {topic}: {self._listed(ranked)}."),
                places=_places(ranked),
            )

    # what a figure stands on

    def _clash(self, claim: Claim, resting: Sequence[Fact], words: str) -> _Clash | None:
        """What contradicts the figure, if anything does."""
        figure = claim.figure
        if resting:
            against = {fact.id: fact for one in resting for fact in self._against.get(one.id, {}).values()}
            others = tuple(fact for fact in against.values() if not supports(figure, fact))
            return _Clash(tuple(resting), others) if others else None
        if follows(figure, claim.sources, self._facts.cited(claim.sources)):
            return None
        told = self._told_of_it(claim)
        if told and not any(supports(figure, fact) for fact in told) and not self._is_about_another(claim, words):
            return _Clash((), tuple(sorted(told, key=self._rank)))
        pointed = self._pointed_at(claim)
        if pointed is not None:
            return _Clash((), (pointed,))
        return None

    def _resting_on(self, claim: Claim) -> list[Fact]:
        """The facts that a figure was taken from: those at its sources, else those about the same thing."""
        bearing = [
            fact
            for fact in self._facts.cited(claim.sources)
            if supports(claim.figure, fact, match_period=True) and not _another_time(claim, fact)
        ]
        if bearing:
            alike = [fact for fact in bearing if _same_thing(claim, fact)]
            topics = {(metric_key(fact.metric), fact.entity, fact.period) for fact in bearing}
            return alike or (bearing if len(topics) == 1 else [self._best(bearing)])
        if not claim.metric:
            return []
        same = (fact for fact in self._facts.supporting(claim.figure) if _same_thing(claim, fact))
        return [fact for fact in same if not _another_time(claim, fact)]

    def _told_of_it(self, claim: Claim) -> list[Fact]:
        """Facts about the very thing that the figure is said to be, in the same period."""
        if not claim.metric or claim.period in ("", "-") or not self._facts.knows_measure(metric_key(claim.metric)):
            return []
        family = understood(claim.figure.unit).family
        return self._facts.about(metric_key(claim.metric), claim.entity, family, claim.period)

    def _is_about_another(self, claim: Claim, words: str) -> bool:
        """Whether a figure of a sentence has no known measure, or is that of somebody else whom the slide names."""
        if claim.exact:
            return False
        if not KNOWN_METRIC.search(claim.metric):
            return True
        named = metric_key(claim.metric)
        return any(
            metric_key(fact.metric) == named and bool(fact.entity) and fact.entity.casefold() in words
            for fact in self._facts.supporting(claim.figure)
        )

    def _pointed_at(self, claim: Claim) -> Fact | None:
        """The one fact at the place that is given for a cell or point, where it is of the same kind."""
        if not claim.exact:
            return None
        facts = self._facts.at(claim.sources[0]) if len(claim.sources) == 1 else []
        if len(facts) != 1 or (claim.anchor and not claim.sources[0].anchor):
            return None
        unit = claim.figure.unit
        return facts[0] if not unit or understood(unit).family == understood(facts[0].unit).family else None

    def _borne_out(self, claim: Claim) -> bool:
        """Whether any fact, formula or passage gives the figure; where a cell has its own source, whether that does."""
        figure = claim.figure
        elsewhere = not _has_own_source(claim)
        if elsewhere and any(not _another_time(claim, fact) for fact in self._facts.supporting(figure)):
            return True
        if follows(figure, claim.sources, self._facts.cited(claim.sources)):
            return True
        cited = {(source.source_id, source.passage_id or "") for source in claim.sources}
        if any(self._says(self._passages[key], figure) for key in cited if key in self._passages):
            return True
        if not elsewhere:
            return False
        likely = (passage for passage, text in self._searchable() if _digits(figure) in text)
        return any(
            self._says(passage, figure, same_unit=True)
            for passage, _ in zip(likely, range(_MOST_PASSAGES_READ), strict=False)
        )

    def _says(self, passage: PassageLike, figure: Figure, *, same_unit: bool = False) -> bool:
        key = (passage.source_id, passage.passage_id)
        if key not in self._figures:
            self._figures[key] = figures_in(passage.text)
        family = understood(figure.unit).family
        return any(
            said_alike(figure, other) and (not same_unit or understood(other.unit).family == family)
            for other in self._figures[key]
        )

    def _searchable(self) -> list[tuple[PassageLike, str]]:
        if self._texts is None:
            self._texts = [(passage, passage.text.replace(",", "")) for passage in self._passages.values()]
        return self._texts

    def _best(self, facts: Sequence[Fact]) -> Fact:
        return min(facts, key=self._rank)

    def _rank(self, fact: Fact) -> float:
        return authority(self._names.get(fact.source.source_id, ""), fact.source.locator, fact.basis)

    # how it is told

    def _contradicted(self, slide: BookSlide, claim: Claim, clash: _Clash) -> Finding:
        topic = Conflict(one=clash.against[0], other=clash.against[-1]).topic
        if clash.rests_on:
            shown = _amount(clash.rests_on[0])
            message = (
                f"{shown} ({topic}) stands in {self._where(clash.rests_on[0])}, but {self._listed(clash.against)}."
            )
        else:
            shown = amount(claim.figure.value, claim.figure.unit)
            message = f"The slide says {claim.figure.text} for {topic}, but {self._listed(clash.against)}."
        facts = (*clash.rests_on, *clash.against)
        return Finding(
            id=_id("contradicted_figure", slide.id, shown, facts),
            kind="contradicted_figure",
            slide_id=slide.id,
            component_id=claim.component_id,
            anchor=claim.anchor,
            figure=one_line(claim.figure.text, 300),
            message=_paragraph(message),
            places=_places(facts),
        )

    def _unsupported(self, slide: BookSlide, claim: Claim) -> Finding:
        label = ", ".join(part for part in (claim.metric, claim.entity, claim.period) if part not in ("", "-"))
        about = f" ({label})" if label else ""
        said = f" in “{one_line(claim.said, 160)}”" if claim.said and not claim.exact else ""
        if _has_own_source(claim):
            places = " and ".join(dict.fromkeys(self._named(source) for source in claim.sources[:3]))
            message = f"{claim.figure.text}{about} is not what its source gives: {places}."
        else:
            message = f"No document gives {claim.figure.text}{about}{said}, and no formula is stated for it."
        elsewhere = [fact for fact in self._facts.supporting(claim.figure, match_period=False) if fact.metric]
        if claim.period and elsewhere:
            near = elsewhere[0]
            message += (
                f" {_amount(near)} is {near.metric} in {near.period or 'an unnamed period'} ({self._where(near)})."
            )
        value = f"{claim.figure.value:.10g} {understood(claim.figure.unit).family} {claim.period}"
        return Finding(
            id=_id("unsupported_figure", slide.id, value, ()),
            kind="unsupported_figure",
            slide_id=slide.id,
            component_id=claim.component_id,
            anchor=claim.anchor,
            figure=one_line(claim.figure.text, 300),
            message=_paragraph(message),
            places=tuple(claim.sources[:MOST_PLACES]),
        )

    def _listed(self, facts: Sequence[Fact]) -> str:
        """Each value with its places: `51.4% in market_note.pdf (p. 1, section 3)`."""
        by_value: dict[str, list[str]] = defaultdict(list)
        for fact in facts:
            by_value[_amount(fact)].append(self._where(fact))
        return "; ".join(f"{value} in {' and '.join(dict.fromkeys(places))}" for value, places in by_value.items())

    def _where(self, fact: Fact) -> str:
        return self._named(fact.source)

    def _named(self, source: SourceReference) -> str:
        return f"{self._names.get(source.source_id, source.source_id)} ({source.locator})"


def _unlinked(slide: BookSlide, statement: Statement) -> Finding:
    said = one_line(statement.text, 160)
    if statement.without_source and statement.sources:
        message = f"{statement.without_source} figures of “{said}” name no source."
    else:
        message = f"“{said}” names no source. Link it to a passage, or mark it as an opinion of management."
    return Finding(
        id=_id("unlinked_claim", slide.id, f"{statement.component_id} {statement.anchor} {statement.text}", ()),
        kind="unlinked_claim",
        slide_id=slide.id,
        component_id=statement.component_id,
        anchor=statement.anchor,
        message=_paragraph(message),
    )


def _has_own_source(claim: Claim) -> bool:
    return claim.exact and any(source.anchor for source in claim.sources)


def _same_thing(claim: Claim, fact: Fact) -> bool:
    return metric_key(claim.metric) == metric_key(fact.metric) and claim.entity.casefold() == fact.entity.casefold()


def _another_time(claim: Claim, fact: Fact) -> bool:
    """Whether the column or axis of a figure names another period than the fact has."""
    if not claim.exact or claim.period in ("", "-") or fact.period in ("", "-"):
        return False
    return bool(re.search(r"\d", claim.period)) and not same_period(claim.period, fact.period)


def _pairs(conflicts: Sequence[Conflict]) -> dict[str, dict[str, Fact]]:
    against: dict[str, dict[str, Fact]] = defaultdict(dict)
    for conflict in conflicts:
        against[conflict.one.id][conflict.other.id] = conflict.other
        against[conflict.other.id][conflict.one.id] = conflict.one
    return against


def _topics(conflicts: Sequence[Conflict]) -> list[list[Fact]]:
    """The facts of conflicts that hang together, in the order in which they were found."""
    groups: list[dict[str, Fact]] = []
    of_fact: dict[str, dict[str, Fact]] = {}
    for conflict in conflicts:
        pair = (conflict.one, conflict.other)
        group = of_fact.get(conflict.one.id) or of_fact.get(conflict.other.id)
        if not group:
            group = dict[str, Fact]()
            groups.append(group)
        for fact in pair:
            group[fact.id] = fact
            of_fact[fact.id] = group
    return [list(group.values()) for group in groups]


def _words_of(slide: BookSlide) -> str:
    parts = [slide.body.title]
    for component in slide.body.components:
        parts.append(component.model_dump_json(exclude={"sources"}))
    return " ".join(parts).casefold()


def _amount(fact: Fact) -> str:
    return amount(fact.value or 0.0, fact.unit)


def _digits(figure: Figure) -> str:
    return f"{abs(figure.value):.{figure.decimals}f}" if figure.decimals else f"{abs(figure.value):.0f}"


def _places(facts: Iterable[Fact]) -> tuple[SourceReference, ...]:
    unique = {(fact.source.source_id, fact.source.locator): fact.source for fact in facts}
    return tuple(unique.values())[:MOST_PLACES]


def _id(kind: FindingKind, slide_id: str, figure: str, facts: Iterable[Fact]) -> str:
    rests = sorted(f"{fact.id} {fact.value!r} {fact.unit}" for fact in facts)
    return stable_id("x", kind, slide_id, figure, *rests)


def _paragraph(text: str) -> str:
    return text if len(text) <= 3_900 else text[:3_899].rstrip() + "…"
