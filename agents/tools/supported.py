"""Holds what is to be written against the documents. An opinion of management may stand without them, if it says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import JsonValue

from agents.brief import Evidence
from agents.linking import Linked, Linker
from domain.model import SourceReference
from evidence.claims import OPINION
from evidence.sentences import sentences_of


@dataclass
class OpinionLinker(Linker):
    """Keeps sentences that say that they are an opinion. `opinions` are those whose figures no document bears out."""

    opinions: list[str] = field(default_factory=list[str])

    def link(
        self, text: str, refs: list[str], where: str, *, needs_source: bool = False, anchor: str | None = None
    ) -> Linked:
        sentences = sentences_of(text)
        if not any(OPINION.search(sentence) for sentence in sentences):
            return super().link(text, refs, where, needs_source=needs_source, anchor=anchor)
        kept: list[str] = []
        sources: list[SourceReference] = []
        for sentence in sentences:
            if OPINION.search(sentence):
                apart = Linker(self.evidence)
                linked = apart.link(sentence, refs, where, anchor=anchor)
                kept.append(sentence)
                if apart.faults:
                    self.opinions.append(sentence)
            else:
                linked = super().link(sentence, refs, where, needs_source=needs_source, anchor=anchor)
                kept.extend([linked.text] if linked.text else [])
            sources.extend(linked.sources)
        unique = {(one.source_id, one.locator, one.passage_id): one for one in sources}
        return Linked(" ".join(kept), tuple(unique.values()))


def faults_of(evidence: Evidence, texts: Iterable[tuple[str, str]]) -> list[str]:
    """What the documents do not bear out in texts, each with the place where it stands."""
    linker = OpinionLinker(evidence)
    for where, text in texts:
        linker.link(text, [], where)
    return list(dict.fromkeys(linker.faults))


def opinions_of(evidence: Evidence, texts: Iterable[str]) -> list[str]:
    """Sentences that call themselves an opinion and hold figures that no document bears out."""
    linker = OpinionLinker(evidence)
    for text in texts:
        if OPINION.search(text):
            linker.link(text, [], "")
    return linker.opinions


def texts_in(value: JsonValue) -> list[str]:
    """Every text of a JSON value, in order."""
    match value:
        case str():
            return [value] if value.strip() else []
        case list():
            return [text for item in value for text in texts_in(item)]
        case dict():
            return [text for item in value.values() for text in texts_in(item)]
        case _:
            return []


def sources_of(evidence: Evidence, text: str, refs: Iterable[str], where: str) -> tuple[Linked, list[str]]:
    """The text with its sources, and what is wrong with them."""
    linker = OpinionLinker(evidence)
    return linker.link(text, list(refs), where), linker.faults
