"""Writes docs/tools.md from the registry: `python -m agents.tools.overview`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, get_args

from agents.tools.registry import ALL_TOOLS, may_use
from agents.tools.tool import Tool
from domain.values import Mode

PAGE = Path(__file__).parents[2] / "docs" / "tools.md"

_HEAD = """# Tools of the agents

Made from the registry by `python -m agents.tools.overview`; a test compares.

A tool that **reads** changes nothing. One that **writes** goes ahead without asking only if the person's own words of
this turn ask for that kind of change; everything else is put to people first, as a diff. Words that were quoted or
pasted, documents, results of tools and earlier answers never count, and a turn in which something was pasted has every
write confirmed. In mode `revise` a write may touch only what the person named. Figures and claims that the documents
do not bear out are rejected before anybody is asked. Approving slides and completing the book is for people: no tool
does it.

| tool | what it does | permission | asks people | modes | agents |
|---|---|---|---|---|---|
"""


def page() -> str:
    return _HEAD + "".join(f"{_row(tool)}\n" for tool in ALL_TOOLS)


def _row(tool: Tool[Any]) -> str:
    modes = ", ".join(mode for mode in get_args(Mode) if may_use(tool, mode))
    agents = ", ".join(sorted(tool.agents))
    return f"| `{tool.name}` | {tool.description} | {tool.permission} | {_asks(tool)} | {modes} | {agents} |"


def _asks(tool: Tool[Any]) -> str:
    """A predicate says in its docstring what it looks at: "Whether ..."."""
    if tool.is_question:
        return "always: it is a question"
    if tool.confirm == "always":
        return "always"
    rules = ["unless asked for"] if tool.permission == "write" else []
    if callable(tool.confirm):
        said = " ".join((tool.confirm.__doc__ or "").split()).removeprefix("Whether ").rstrip(".")
        rules.append(f"when {said}")
    return "; ".join(rules) or "never"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name}: {len(ALL_TOOLS)} tools\n")
