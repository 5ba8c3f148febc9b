"""Whether a call can be carried out at all: its arguments are typed, and the mode allows it."""

from __future__ import annotations

import json
from typing import Any, cast

from pydantic import JsonValue, ValidationError

from agents.tools.permission import revisable_at
from agents.tools.registry import may_use
from agents.tools.tool import Tool, ToolDesk
from domain.values import Value

MOST_ARGUMENT_CHARACTERS = 200_000
MOST_PROBLEMS_SHOWN = 6


def typed_arguments(tool: Tool[Any], arguments: JsonValue) -> Value | str:
    """The typed arguments, or what is wrong with them."""
    if len(json.dumps(arguments)) > MOST_ARGUMENT_CHARACTERS:
        return f"The arguments are longer than {MOST_ARGUMENT_CHARACTERS:,} characters. Split the call."
    try:
        return cast("Value", tool.arguments.model_validate(arguments))
    except ValidationError as error:
        problems = [
            f"{'.'.join(str(part) for part in problem['loc']) or 'arguments'}: {problem['msg']}"
            for problem in error.errors(include_url=False)[:MOST_PROBLEMS_SHOWN]
        ]
        return f"The arguments do not fit {tool.name}. {'; '.join(problems)}."


def refusal_by_mode(tool: Tool[Any], arguments: Value, desk: ToolDesk) -> str:
    """Why the mode does not allow the call; empty when it does."""
    mode = desk.scope.mode
    if not may_use(tool, mode):
        what = "only reads" if mode == "ask" else "only changes what the person named"
        return f"The mode {mode} {what}; {tool.name} is not part of it."
    if mode == "revise" and tool.permission == "write" and tool.changes is not None:
        changed = tool.changes(arguments, desk)
        outside = changed - revisable_at(desk)
        if not changed:
            return "The mode revise writes nothing new; it only changes what the person named."
        if outside:
            return f"The mode revise only changes what the person named; {', '.join(sorted(outside))} is not named."
    return ""
