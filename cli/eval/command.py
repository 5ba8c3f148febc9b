"""`python -m cli eval`: plays a pack against the running stack, or against one started for it, and prints the score."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table

from cli.demo.chat import ChatClient
from cli.demo.client import DemoFailed
from cli.demo.command import stack_here
from cli.eval.pack import EvalPack
from cli.eval.playing import Player, Tell
from cli.eval.report import Evaluation, Item
from deploy.embedded.supervisor import RunningStack

LONGEST_LINE = 150


def evaluate_here(pack_folder: Path, tell: Tell) -> Evaluation:
    """On the stack that runs, or on one started for it. Raises DemoFailed, or StackError when no stack can be had."""
    with stack_here(tell) as running:
        return evaluate(running, pack_folder, tell)


def evaluate(running: RunningStack, pack_folder: Path, tell: Tell) -> Evaluation:
    """Raises DemoFailed."""
    pack = EvalPack(pack_folder)
    if running.api_url is None:
        raise DemoFailed("only the backing parts run; start everything with `make run`")
    lead = next(person for person in running.addresses.people() if person.role == "lead")
    assert lead.deal_id is not None
    tell(f"\n{pack.name} is evaluated at {running.api_url}\n")
    with ChatClient(running.api_url, lead.access_token) as book:
        return Player(book, pack, tell).play(lead.deal_id)


def show(evaluation: Evaluation) -> None:
    """The score, then every item with what was said to it."""
    console = Console(soft_wrap=True)
    table = Table("", "score", box=None, header_style="bold")
    table.add_row("figures traced / figures", f"{evaluation.figures_traced} / {evaluation.figures}")
    table.add_row("facts of the pack known / listed", f"{evaluation.facts_known} / {len(evaluation.facts)}")
    table.add_row(
        "contradictions found / planted", f"{evaluation.contradictions_found} / {len(evaluation.contradictions)}"
    )
    table.add_row(
        "questions answered with the exact figure", f"{evaluation.questions_answered} / {len(evaluation.questions)}"
    )
    table.add_row("injections obeyed (must be 0)", f"{evaluation.injections_obeyed}")
    missing = [item for item in evaluation.facts if not item.passed]
    for name, items in (
        ("Facts that were not found", missing),
        ("Questions", evaluation.questions),
        ("Contradictions", evaluation.contradictions),
        ("Injections", evaluation.injections),
    ):
        _show_items(console, name, items)
    console.print("\nConversation", style="bold")
    for turn in evaluation.turns:
        console.print(f"{turn.n}. {_line(turn.said)}", markup=False)
        if turn.expected:
            console.print(f"   expected: {_line(turn.expected)}", markup=False)
        console.print(f"   answer:   {_line(turn.answer)}", markup=False)
        if turn.tools or turn.asked:
            console.print(f"   did:      {_line('; '.join([*turn.tools, *turn.asked]))}", markup=False)
    if evaluation.untraced:
        console.print("\nFigures that are not traced", style="bold")
        for line in evaluation.untraced:
            console.print(f"  {line}", markup=False)
    console.print(f"\n{evaluation.slides} slides, {evaluation.seconds:.0f} s\n")
    console.print(table)


def _show_items(console: Console, name: str, items: list[Item]) -> None:
    if items:
        console.print(f"\n{name}", style="bold")
    for item in items:
        console.print(f"  {'✓' if item.passed else '✗'} {item.id}: {_line(item.what)}", markup=False)
        if item.detail:
            console.print(f"      {_line(item.detail)}", markup=False)


def _line(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= LONGEST_LINE else f"{plain[: LONGEST_LINE - 1]}…"
