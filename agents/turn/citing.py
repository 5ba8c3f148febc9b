"""What an answer rests on: its markers with their sources, and its figures that no document bears out."""

from __future__ import annotations

import re

from agents.brief import Evidence
from agents.ports import AnswerCitation
from domain.model import SourceReference
from evidence.figures import unsupported_figures

MARKER = re.compile(r"\[([FP][1-9]\d{0,5})\]")
MOST_QUOTE = 600


def citations_of(text: str, evidence: Evidence) -> tuple[AnswerCitation, ...]:
    """Each marker once, in the order of the text; markers of nothing are left out."""
    cited: list[AnswerCitation] = []
    for ref in dict.fromkeys(MARKER.findall(text)):
        source = _source_of(ref, evidence)
        if source is not None:
            cited.append(AnswerCitation(ref=ref, document=evidence.document(source.source_id), source=source))
    return tuple(cited)


def unsupported_in(text: str, evidence: Evidence, said: str) -> tuple[str, ...]:
    """Figures of the answer that neither a document nor the person's own words have."""
    found = unsupported_figures(MARKER.sub("", text), evidence.facts)
    documents = " ".join(passage.text for passage in evidence.passages)
    return tuple(
        dict.fromkeys(figure.text for figure in found if figure.text not in said and figure.text not in documents)
    )


def _source_of(ref: str, evidence: Evidence) -> SourceReference | None:
    fact = evidence.fact(ref)
    if fact is not None:
        return fact.source.model_copy(update={"quote": fact.source.quote or fact.statement})
    passage = evidence.passage(ref)
    if passage is None:
        return None
    return SourceReference(
        source_id=passage.source_id,
        locator=passage.locator,
        passage_id=passage.passage_id,
        quote=passage.text[:MOST_QUOTE],
    )
