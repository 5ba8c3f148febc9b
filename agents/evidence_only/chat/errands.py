"""Messages that one tool serves: which tool, with which arguments, and how its result is told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import JsonValue

from agents.evidence_only.chat.reply import Call, Reply
from agents.evidence_only.chat.turn import Turn
from agents.evidence_only.directions import Instruction

MOST_ITEMS, MOST_DEPTH = 40, 2


@dataclass(frozen=True, slots=True)
class Errand:
    tool: str
    words: re.Pattern[str]
    arguments: Callable[[Turn, str], dict[str, JsonValue]]


def _nothing(turn: Turn, said: str) -> dict[str, JsonValue]:
    return {}


def _query(turn: Turn, said: str) -> dict[str, JsonValue]:
    found = re.search(r"\b(?:of|for|about|on|showing|with|to)\s+(?P<what>[^?.!]{3,200})", said)
    return {"query": (found["what"] if found else said).strip()[:300]}


def _slide(turn: Turn, said: str) -> dict[str, JsonValue]:
    spoken = said.casefold()
    named = next((one.id for one in turn.book.slides if one.named or one.title.casefold() in spoken), None)
    chosen = named or turn.book.current_slide_id
    return {"slide_id": chosen} if chosen else {}


_PANELS = (
    ("documents", r"documents|sources|files"),
    ("buyer_persona", r"persona"),
    ("hero_concept", r"hero"),
    ("outline", r"outline"),
    ("slides", r"slides"),
    ("graph", r"graph"),
    ("findings", r"findings|issues"),
    ("runs", r"runs"),
    ("history", r"history|versions"),
    ("exports", r"exports?"),
)


def _panel(turn: Turn, said: str) -> dict[str, JsonValue]:
    spoken = said.casefold()
    return {"panel": next((name for name, words in _PANELS if re.search(words, spoken)), "documents")}


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


ERRANDS: tuple[Errand, ...] = (
    Errand(
        "find_issues", _words(r"\b(?:find|list|show|any)\b[^.?!]{0,30}\b(?:issues?|problems?|gaps?|weak)\b"), _nothing
    ),
    Errand("clarity_check", _words(r"\bclarity\b|\breadab\w+\b|\bhow clear\b|\bplain language\b"), _nothing),
    Errand(
        "detect_entities",
        _words(
            r"\b(?:detect|find|list|who are|which)\b[^.?!]{0,40}"
            r"\b(?:entities|companies|competitors named|people named)\b"
        ),
        _nothing,
    ),
    Errand(
        "suggest_connections",
        _words(r"\b(?:suggest|find|missing)\b[^.?!]{0,30}\b(?:connections?|relationships?)\b"),
        _nothing,
    ),
    Errand("find_similar_slides", _words(r"\b(?:similar|duplicate)\b[^.?!]{0,30}\bslides?\b"), _slide),
    Errand(
        "search_images", _words(r"\b(?:find|search|show|any)\b[^.?!]{0,40}\b(?:pictures?|images?|photos?)\b"), _query
    ),
    Errand(
        "name_generator",
        _words(r"\b(?:suggest|generate|find|propose|give|need|think of)\b[^.?!]{0,30}\b(?:code|project) names?\b"),
        _nothing,
    ),
    Errand("show_graph", _words(r"\b(?:show|open)\b[^.?!]{0,30}\b(?:graph|entities and relationships)\b"), _nothing),
    Errand("focus_slide", _words(r"\b(?:show me|open|go to|focus|jump to)\b[^.?!]{0,60}\bslide\b"), _slide),
    Errand("open_panel", _words(r"\bopen\b[^.?!]{0,20}\b(?:panel|documents|history|exports?|findings|runs)\b"), _panel),
)


def errand_in(turn: Turn) -> Errand | None:
    """The errand that the message is, if its tool is at hand."""
    said = Instruction.of(turn.said).text
    return next((one for one in ERRANDS if turn.can(one.tool) and one.words.search(said)), None)


def run(turn: Turn, errand: Errand) -> Reply:
    done = turn.outcome(errand.tool)
    if done is None:
        return Reply(calls=(Call(errand.tool, errand.arguments(turn, Instruction.of(turn.said).text)),))
    if done.refusal:
        return Reply(f"That could not be done. {done.refusal}")
    lines = told(done.content)
    return Reply("\n".join(lines) if lines else "Nothing was found.")


def told(content: JsonValue, depth: int = 0) -> list[str]:
    """A result in lines: lists as items, records as their words."""
    if isinstance(content, list):
        return [f"- {' '.join(told(item, depth + 1))}" for item in content[:MOST_ITEMS]]
    if isinstance(content, dict):
        for key in ("message", "text", "sentence"):
            if content.get(key):
                return [str(content[key])]
        if depth >= MOST_DEPTH:
            return [json.dumps(content, ensure_ascii=False)]
        lines: list[str] = []
        for key, value in content.items():
            if value in (None, "", [], {}):
                continue
            name = key.replace("_", " ")
            if isinstance(value, (list, dict)):
                lines.extend([f"{name}:", *told(value, depth + 1)] if depth == 0 else told(value, depth + 1))
            else:
                lines.append(f"{name}: {value}" if depth == 0 else str(value))
        return lines
    return [str(content)] if content not in (None, "") else []
