"""What a person sees in the terminal while the story is played: steps, and each turn of the conversation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel
from rich.console import Console, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from cli.demo.chat import Answered, Reply
from cli.demo.check import Finding
from cli.demo.pack import Turn

WIDEST = 116
MOST_LINES_SAID, MOST_LINES_ANSWERED, MOST_SOURCES = 6, 8, 4
LABEL_WIDTH = 8

_STYLES = {"done": "green", "failed": "red", "denied": "yellow", "refused": "yellow"}


class Step(BaseModel):
    """What was done, how long it took, what came of it."""

    name: str
    seconds: float
    outcome: str


class Screen:
    """Writes to standard error, so that standard output stays free for results."""

    def __init__(self, console: Console | None = None) -> None:
        found = console or Console(stderr=True, highlight=False)
        found.width = min(found.width, WIDEST)
        self._console = found

    def line(self, text: str) -> None:
        self._console.print(text, markup=False)

    def begin(self, step: str) -> None:
        self._console.print(Rule(Text(step, style="bold"), align="left", style="dim"))

    def end(self, step: Step) -> None:
        took = Text(f"{step.seconds:.1f} s", style="dim")
        self._console.print(_rows(("", Text.assemble(("✓ ", "green"), step.outcome, "  ", took))), Text(""))

    def happened(self, text: str) -> None:
        """Something that was done to the product."""
        self._console.print(_rows(("", Text(f"⚡ {text}", style="bold red"))))

    def turn(self, turn: Turn, answered: Answered) -> None:
        """Question and answer, what the AI did and asked meanwhile, and what the answer rests on."""
        rows: list[tuple[str, RenderableType]] = [(f"{turn.n}  team", _cut(turn.content, MOST_LINES_SAID, "bold"))]
        rows += _of_replies(answered.replies)
        if answered.calls:
            rows.append(("tools", _tools(answered)))
        rows.append(("AI", _cut(answered.text, MOST_LINES_ANSWERED, "cyan")))
        if answered.citations:
            rows.append(("sources", _sources(answered)))
        rows.append(("", Text(f"{answered.seconds:.1f} s", style="dim")))
        self._console.print(_rows(*rows), Text(""))

    def reply(self, reply: Reply) -> None:
        """What was asked and answered outside of a turn."""
        self._console.print(_rows(*_of_replies([reply])))


def summary(
    console: Console,
    steps: Sequence[Step],
    slides: int,
    references: int,
    found: Sequence[Finding],
    files: Sequence[Path],
) -> None:
    """The steps as a table, what is wrong with the book, and where it lies."""
    table = Table("step", "seconds", "outcome", box=None, header_style="bold", pad_edge=False)
    table.columns[1].justify = "right"
    for step in steps:
        table.add_row(step.name, f"{step.seconds:.1f}", Text(step.outcome))
    console.print(table)
    console.print(f"\n{slides} slides, {references} references to sources.")
    for finding in found:
        console.print(f"  ! slide {finding.slide_id}: {finding.message}", markup=False)
    if not found:
        console.print("Every figure stands in a source and names it; no section is empty, no slide is left for review.")
    for file in files:
        console.print(f"  {file}", markup=False)


def _of_replies(replies: Sequence[Reply]) -> list[tuple[str, RenderableType]]:
    rows: list[tuple[str, RenderableType]] = []
    for reply in replies:
        rows.append(("AI asks", Text(reply.asked.body.text, style="magenta")))
        rows.append(("answer", Text(_said(reply), style="bold")))
    return rows


def _said(reply: Reply) -> str:
    answer = reply.answer
    if "approved" in answer:
        return "Yes." if answer["approved"] else f"No. {answer.get('reason', '')}".strip()
    choices = answer.get("choices")
    chosen = [str(one) for one in choices] if isinstance(choices, list) else []
    return "; ".join([*chosen, *([str(answer["text"])] if answer.get("text") else [])])


def _tools(answered: Answered) -> Text:
    counts = Counter((call.tool, call.status) for call in answered.calls)
    text = Text()
    for (tool, status), number in counts.items():
        text.append(", " if text else "")
        text.append(f"{tool}{f' x{number}' if number > 1 else ''} ")
        text.append(status, style=_STYLES[status])
    return text


def _sources(answered: Answered) -> Text:
    places = list(dict.fromkeys(f"{one.ref} {one.document}, {one.source.locator}" for one in answered.citations))
    more = len(places) - MOST_SOURCES
    return Text("\n".join([*places[:MOST_SOURCES], *([f"and {more} more"] if more > 0 else [])]), style="dim")


def _cut(text: str, most: int, style: str) -> Text:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    cut = Text("\n".join(lines[:most]), style=style)
    if len(lines) > most:
        cut.append(f"\n… and {len(lines) - most} more", style="dim")
    return cut


def _rows(*rows: tuple[str, RenderableType]) -> RenderableType:
    grid = Table.grid(padding=(0, 2), expand=True)
    grid.add_column(justify="right", style="dim", width=LABEL_WIDTH, no_wrap=True)
    grid.add_column(ratio=1)
    for label, content in rows:
        grid.add_row(label, content)
    return grid
