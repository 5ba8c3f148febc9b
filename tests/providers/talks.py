"""A model for talks in a browser: its words follow from those of the person, so a call made again says the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from agents.turn.context import CLOSING, OPENING
from tests.providers.script import Asked, Reply, ToolUse

LONG = "First sentence of many.\n\n" + "".join(
    f"Sentence {number} tells a little more of the company.\n\n" for number in range(2, 121)
)
"""Some 900 pieces: with a pause of 20 ms, about 20 seconds."""
PERSONA = {
    "type": "Financial sponsor",
    "motivations": ["Cash generation", "A platform for acquisitions"],
    "concerns": ["Entry valuation", "Customer concentration"],
}


def _uses(tool: str, **arguments: Any) -> Reply:
    return Reply(text="", tool_uses=(ToolUse(tool, json.dumps(arguments)),))


def _asks(question: str, *options: str, multiple: bool = False, hint: str = "") -> Reply:
    return _uses("ask_question", question=question, options=list(options), multiple=multiple, hint=hint)


TALKS: Mapping[str, tuple[Reply, ...]] = {
    "at length": (Reply(text=LONG, pause=0.02),),
    "take your time": (Reply(text=LONG, pause=0.08),),
    "at once": (Reply(text="At once, then."),),
    "from hearsay": (Reply(text="Sales were $999.9 million, they say."),),
    "in a table": (Reply(text="| Year | Sales |\n|---|---|\n| FY2023 | up |\n| FY2024 | **down** |\n\n- One\n- Two"),),
    "who is the buyer": (
        _asks("Who is the buyer?", hint="The persona is written for them."),
        Reply(text="Noted."),
    ),
    "which buyer": (
        _asks("Which buyer?", "A strategic one", "A sponsor", "A family office", hint="It sets the tone of the book."),
        Reply(text="Then the book speaks to them."),
    ),
    "which markets": (
        _asks("Which markets?", "Benelux", "Nordics", "Iberia", multiple=True),
        Reply(text="Those markets it is."),
    ),
    "look at the persona": (_uses("save_buyer_persona", **PERSONA), Reply(text="That is how it stands.")),
    "where are the documents": (_uses("open_panel", panel="documents"), Reply(text="They are before you.")),
    "take me to the second": (_uses("focus_slide", slide_id="s1-2"), Reply(text="There it is.")),
    "draw the map": (_uses("show_graph"), Reply(text="That is how they hang together.")),
    "who is acme": (_uses("focus_entity", entity_id="acme"), Reply(text="A rival.")),
    "then add to it": (Reply(text="I begin.\n\n" + "I go on.\n\n" * 30, pause=0.08), Reply(text="In French, then.")),
    "go wrong": (Reply(status=400, error="The answer would be too long."),),
}
"""By words of the person; one reply for each call of the turn, the last from then on."""


POINTED = "what do i point at"


def talking(asked: Asked) -> Reply:
    messages = cast("list[dict[str, Any]]", asked.body.get("messages", []))
    opened = next((n for n, one in enumerate(messages) if _text(one).startswith(OPENING)), None)
    if opened is None:
        return Reply(text="Understood.")
    context = _context(_text(messages[opened]))
    said = str(context.get("said", "")).casefold()
    if POINTED in said:
        return Reply(text=f"You point at {_pointed_at(context)}.")
    step = sum(one.get("role") == "assistant" for one in messages[opened:])
    replies = next((found for words, found in TALKS.items() if words in said), (Reply(text="Understood."),))
    return replies[min(step, len(replies) - 1)]


def _context(opening: str) -> dict[str, Any]:
    block, _, _ = opening.removeprefix(OPENING).rpartition(CLOSING)
    return cast("dict[str, Any]", json.loads(block))


def _pointed_at(context: dict[str, Any]) -> str:
    """The slides that were named, with what stands on them, and every other id."""
    named: list[str] = context.get("named", [])
    slides: list[dict[str, Any]] = [slide for slide in context["book"]["slides"] if slide["id"] in named]
    words = [f"{slide['title']} ({json.dumps(slide.get('body'))})" for slide in slides]
    others = sorted(set(named) - {slide["id"] for slide in slides})
    return ", ".join([*words, *others])


def _text(message: Mapping[str, Any]) -> str:
    content: object = message.get("content")
    return content if isinstance(content, str) else ""
