"""Holds the figures of a text against the evidence, and names the sources that bear them out."""

from __future__ import annotations

from dataclasses import dataclass, field

from agents.brief import Evidence
from agents.ports import SourcePassage
from domain.model import Fact, SourceReference
from evidence.figures import Figure, figures_in, supports
from evidence.periods import same_period
from evidence.sentences import sentences_of

MOST_QUOTE = 600


@dataclass(frozen=True, slots=True)
class Linked:
    """The text that is left, and its sources."""

    text: str
    sources: tuple[SourceReference, ...]


@dataclass
class Linker:
    """Collects in `faults` what the evidence does not bear out; such sentences are left out."""

    evidence: Evidence
    faults: list[str] = field(default_factory=list[str])

    def link(
        self, text: str, refs: list[str], where: str, *, needs_source: bool = False, anchor: str | None = None
    ) -> Linked:
        """The sentences of the text whose figures are in the evidence, with the sources of each."""
        kept: list[str] = []
        sources: list[SourceReference] = []
        cited = self._known(refs, where)
        for sentence in sentences_of(text):
            found = self._sources_of(sentence, cited, where)
            if found is not None:
                kept.append(sentence)
                sources.extend(found)
        whole = " ".join(kept)
        if kept:
            sources.extend(self._reference(ref, whole) for ref in cited if whole)
        if needs_source and kept and not sources and not _says_nothing_is_there(whole):
            self.faults.append(f"{where}: no source bears out “{_short(whole)}”.")
            return Linked("", ())
        unique = {(source.source_id, source.locator, source.passage_id): source for source in reversed(sources)}
        placed = tuple(reversed([source.model_copy(update={"anchor": anchor}) for source in unique.values()]))
        return Linked(whole, placed)

    def fact(self, ref: str, where: str) -> Fact | None:
        fact = self.evidence.fact(ref.strip())
        if fact is None or fact.value is None:
            if ref.strip():
                self.faults.append(f"{where}: there is no figure {ref}.")
            return None
        return fact

    def fact_source(self, fact: Fact, anchor: str | None = None) -> SourceReference:
        return fact.source.model_copy(update={"anchor": anchor, "quote": fact.source.quote or fact.statement})

    def _known(self, refs: list[str], where: str) -> list[str]:
        known = [ref for ref in dict.fromkeys(ref.strip() for ref in refs) if self._piece(ref) is not None]
        unknown = [ref for ref in refs if ref.strip() and ref.strip() not in known]
        if unknown:
            self.faults.append(f"{where}: there is no evidence {', '.join(unknown)}.")
        return known

    def _piece(self, ref: str) -> Fact | SourcePassage | None:
        return self.evidence.fact(ref) or self.evidence.passage(ref)

    def _sources_of(self, sentence: str, cited: list[str], where: str) -> list[SourceReference] | None:
        """The facts behind the figures of the sentence; None when one of them has none."""
        sources: list[SourceReference] = []
        for figure in figures_in(sentence):
            source = self._source_of(figure, cited)
            if source is None:
                self.faults.append(
                    f"{where}: the figure {figure.text} is not in the documents (“{_short(sentence)}”)."
                    f"{self._told_instead(figure, sentence)}"
                )
                return None
            sources.append(source)
        return sources

    def _source_of(self, figure: Figure, cited: list[str]) -> SourceReference | None:
        facts = [fact for ref in cited if (fact := self.evidence.fact(ref))]
        passages = [passage for ref in cited if (passage := self.evidence.passage(ref))]
        for fact in facts:
            if supports(figure, fact, match_period=True):
                return self.fact_source(fact)
        for passage in passages:
            near = [fact for fact in self.evidence.facts if fact.source.passage_id == passage.passage_id]
            for fact in near:
                if supports(figure, fact, match_period=True):
                    return self.fact_source(fact)
        for fact in self.evidence.facts:
            if supports(figure, fact, match_period=True):
                return self.fact_source(fact)
        return None

    def _told_instead(self, figure: Figure, sentence: str) -> str:
        """What the documents have for the same period and the same kind of figure, if anything."""
        words = sentence.lower()
        for fact in self.evidence.facts:
            if not figure.period or not same_period(figure.period, fact.period) or fact.entity:
                continue
            named = any(word in words for word in fact.metric.lower().split() if len(word) > 4)
            if named and fact.unit == figure.unit:
                place = f"{self.evidence.document(fact.source.source_id)}, {fact.source.locator}"
                return f" The documents say: {fact.statement.rstrip('.')} ({place})."
        return ""

    def _reference(self, ref: str, text: str) -> SourceReference:
        fact = self.evidence.fact(ref)
        if fact is not None:
            return self.fact_source(fact)
        passage = self.evidence.passage(ref)
        assert passage is not None
        return self._passage_source(passage, text)

    def _passage_source(self, passage: SourcePassage, text: str) -> SourceReference:
        return SourceReference(
            source_id=passage.source_id,
            locator=passage.locator,
            passage_id=passage.passage_id,
            quote=_quote(passage.text, text),
        )


def _quote(passage: str, text: str) -> str:
    """The sentence of the passage that the text comes from, else its beginning."""
    for sentence in sentences_of(passage):
        if text in sentence or (len(sentence) > 20 and sentence in text):
            return sentence[:MOST_QUOTE]
    return passage[:MOST_QUOTE]


def _says_nothing_is_there(text: str) -> bool:
    return "not in the documents" in text.lower() or "not published" in text.lower()


def _short(text: str) -> str:
    return text if len(text) <= 90 else text[:89].rstrip() + "…"
