"""A turn as the rules see it: what was said, what is known, and what the tools brought so far."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from pydantic import JsonValue, ValidationError

from agents.brief import Brief, EvidenceFact, EvidencePassage, KnownSlide, Task
from agents.evidence_only.series import Series, series_of
from agents.evidence_only.statements import Statement, statements
from agents.turn.context import TurnContext
from domain.model import OutlineSection

_CALLED = re.compile(r"(?<![\w@])@\w+\b[,:]?[ \t]*")
_Item = TypeVar("_Item", EvidenceFact, EvidencePassage)
_EVIDENCE_TOOLS = frozenset({"search_documents"})
_ASKING_TOOLS = frozenset({"ask_question"})
_NOT_DONE = "not_done"
_LEFT_OUT: dict[str, JsonValue] = {
    "metric": "",
    "entity": "",
    "value": None,
    "unit": "",
    "period": "",
    "basis": "",
    "quote": "",
    "heading": "",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call. `refusal` says why nothing was done; empty when it was done."""

    tool: str
    arguments: dict[str, JsonValue]
    content: JsonValue
    refusal: str = ""


class Turn:
    """`said` is what the person asks, with what was added while the turn ran."""

    def __init__(self, context: TurnContext, transcript: Sequence[BaseMessage], tools: Collection[str]) -> None:
        self.context = context
        self.book = context.book
        self._transcript = transcript
        self._tools = tools
        added = [message.text for message in transcript if isinstance(message, HumanMessage)]
        self.said = _CALLED.sub("", "\n".join([context.said, *added])).strip()
        last = max((at for at, one in enumerate(transcript) if isinstance(one, HumanMessage)), default=-1)
        self._done = _outcomes(transcript[: last + 1], transcript[last + 1 :])

    def asking(self, said: str) -> Turn:
        """The same turn, as if this had been said."""
        other = Turn(self.context, self._transcript, self._tools)
        other.said = said
        return other

    def can(self, tool: str) -> bool:
        return tool in self._tools

    def outcome(self, tool: str) -> Outcome | None:
        """Of the last call of the tool since the person last spoke; of a search or a question, in this turn."""
        return next((one for one in reversed(self._done) if one.tool == tool), None)

    def outcomes(self, tool: str) -> list[Outcome]:
        return [one for one in self._done if one.tool == tool]

    @cached_property
    def facts(self) -> tuple[EvidenceFact, ...]:
        """Of the context and of searches, each once, in document order."""
        known = {fact.ref: fact for fact in self.context.facts}
        for found in self._found("facts"):
            known.update({fact.ref: fact for fact in _read(EvidenceFact, found)})
        return tuple(sorted(known.values(), key=lambda fact: _number(fact.ref)))

    @cached_property
    def passages(self) -> tuple[EvidencePassage, ...]:
        known = {passage.ref: passage for passage in self.context.passages}
        for found in self._found("passages"):
            known.update({passage.ref: passage for passage in _read(EvidencePassage, found)})
        return tuple(sorted(known.values(), key=lambda passage: _number(passage.ref)))

    @cached_property
    def series(self) -> list[Series]:
        return series_of(self.facts)

    @cached_property
    def statements(self) -> list[Statement]:
        return statements(self.passages)

    def brief(self, task: Task, instruction: str = "", section: OutlineSection | None = None) -> Brief:
        """What the composers of drafts read."""
        book = self.book
        return Brief(
            task=task,
            book_title=book.title,
            instruction=instruction,
            buyer_persona=book.buyer_persona,
            hero_context=book.hero_context,
            sections=book.sections,
            section=section,
            slides=tuple(
                KnownSlide(
                    id=slide.id,
                    section_id=slide.section_id,
                    title=slide.title,
                    layout_type=slide.layout_type,
                    status=slide.status,
                )
                for slide in book.slides
            ),
            facts=self.facts,
            passages=self.passages,
        )

    def _found(self, key: str) -> list[JsonValue]:
        contents = [one.content for one in self._done if one.tool in _EVIDENCE_TOOLS]
        return [content[key] for content in contents if isinstance(content, dict) and key in content]


def _read(kind: type[_Item], found: JsonValue) -> list[_Item]:
    """Items of a result; what is empty may have been left out of them."""
    items: list[_Item] = []
    for item in found if isinstance(found, list) else ():
        try:
            items.append(kind.model_validate(_given(kind, item)))
        except ValidationError:
            continue
    return items


def _given(kind: type[EvidenceFact] | type[EvidencePassage], item: JsonValue) -> JsonValue:
    if not isinstance(item, dict):
        return item
    return {**{name: value for name, value in _LEFT_OUT.items() if name in kind.model_fields}, **item}


def _outcomes(before: Sequence[BaseMessage], since: Sequence[BaseMessage]) -> list[Outcome]:
    lasting = _EVIDENCE_TOOLS | _ASKING_TOOLS
    return [*(one for one in _settled(before) if one.tool in lasting), *_settled(since)]


def _settled(messages: Sequence[BaseMessage]) -> list[Outcome]:
    calls = {
        call["id"]: (call["name"], dict(call["args"]))
        for message in messages
        if isinstance(message, AIMessage)
        for call in message.tool_calls
    }
    found: list[Outcome] = []
    for message in messages:
        if isinstance(message, ToolMessage) and message.tool_call_id in calls:
            tool, arguments = calls[message.tool_call_id]
            content = _parsed(message.text)
            found.append(Outcome(tool, arguments, content, _refusal(content, failed=message.status == "error")))
    return found


def _parsed(text: str) -> JsonValue:
    try:
        content: JsonValue = json.loads(text)
    except ValueError:
        return text
    return content


def _refusal(content: JsonValue, *, failed: bool) -> str:
    if isinstance(content, dict) and content.get(_NOT_DONE):
        return str(content[_NOT_DONE])
    return (content if isinstance(content, str) else json.dumps(content)) if failed else ""


def _number(ref: str) -> int:
    return int(ref[1:]) if ref[1:].isdigit() else 0
