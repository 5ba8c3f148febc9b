"""Every open conflict: among documents, of slides with them, in what people said; and the slides that rest on it."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from agents.evidence_only.chat.figures import place
from agents.evidence_only.chat.gathering import search_first
from agents.evidence_only.chat.objections import objections, queries_for
from agents.evidence_only.chat.reply import Call, Reply
from agents.evidence_only.chat.turn import Turn
from agents.evidence_only.figure_words import name_of
from agents.evidence_only.wording import in_sentence, written

CHECK = "check_consistency"
MOST_LINES = 60


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Place(_Lenient):
    source_id: str = ""
    locator: str = ""


class _Finding(_Lenient):
    kind: str
    message: str
    slide_id: str = ""
    places: tuple[_Place, ...] = ()


class _Findings(_Lenient):
    findings: tuple[_Finding, ...]


def contradictions(turn: Turn) -> Reply:
    if turn.can(CHECK) and turn.outcome(CHECK) is None:
        more = search_first(turn, [query for text in _claims(turn) for query in queries_for(turn, text)])
        return Reply(calls=(Call(CHECK, {}), *(more.calls if more else ())))
    done = turn.outcome(CHECK)
    if done is not None and done.refusal:
        return Reply(f"The check could not be made. {done.refusal}")
    found = list(_told(turn, done.content)) if done is not None else list(_known(turn))
    lines = [f"{number}. {line}" for number, line in enumerate([*found, *_claimed(turn)][:MOST_LINES], 1)]
    if not lines:
        return Reply("The documents do not contradict each other, and no slide contradicts them.")
    return Reply("\n".join(lines))


def _told(turn: Turn, content: JsonValue) -> Iterator[str]:
    """Conflicts between documents with the slides that rest on them, then figures of slides."""
    findings = _read(content)
    on_slides = [one for one in findings if one.slide_id and one.kind in ("contradicted_figure", "unsupported_figure")]
    covered: set[int] = set()
    for one in findings:
        if one.kind != "source_conflict":
            continue
        depending = [
            at
            for at, other in enumerate(on_slides)
            if other.kind == "contradicted_figure" and set(other.places) & set(one.places)
        ]
        covered.update(depending)
        titles = list(dict.fromkeys(_title(turn, on_slides[at].slide_id) for at in depending))
        rests = f"Slides that depend on it: {', '.join(titles)}." if titles else "No slide depends on it."
        yield f"{one.message} {rests}"
    for at, one in enumerate(on_slides):
        if at not in covered:
            yield f"Slide {_title(turn, one.slide_id)}: {one.message}"


def _known(turn: Turn) -> Iterator[str]:
    """Conflicts among the facts at hand, where no check can be made."""
    for series in turn.series:
        for conflict in series.conflicts:
            kept, other = conflict.kept, conflict.other
            period = f" in {kept.period}" if kept.period not in ("", "-") else ""
            yield (
                f"The documents differ on {in_sentence(name_of(series))}{period}: "
                f"{written(kept.value or 0.0, kept.unit)} [{kept.ref}] in {place(kept)}, "
                f"{written(other.value or 0.0, other.unit)} [{other.ref}] in {place(other)}."
            )


def _claimed(turn: Turn) -> list[str]:
    """Figures that people put forward in this conversation against the documents."""
    found = [
        f"In the conversation: {one.in_words()} It rests on what was said, not on a document."
        for text in _claims(turn)
        for one in objections(turn, text)
        if one.stands is not None
    ]
    return list(dict.fromkeys(found))


def _claims(turn: Turn) -> list[str]:
    return [one.text for one in turn.context.messages if one.role == "user"]


def _title(turn: Turn, slide_id: str) -> str:
    return next((f"“{slide.title}”" for slide in turn.book.slides if slide.id == slide_id), slide_id)


def _read(content: JsonValue) -> tuple[_Finding, ...]:
    try:
        return _Findings.model_validate(content).findings
    except ValidationError:
        return ()
