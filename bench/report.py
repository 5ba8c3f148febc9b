"""What the benchmarks found, and whether it is what was promised."""

from __future__ import annotations

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

from bench.measure import Latency, Spread

ROUNDS = 5
BOOKS_AT_ONCE = 50
CLIENTS_ON_ONE_BOOK = 60


class Verdict(BaseModel):
    """One promise: what was measured against what was promised."""

    name: str
    measured: float
    promised: str
    holds: bool


class Report(BaseModel):
    cores: int
    machine: str
    python: str
    versions: dict[str, str]
    bare_update_ms: Spread
    save_slide_ms: Spread
    rename_ms: Spread
    save_over_bare: Spread
    rename_over_bare: Spread
    head_ms: Latency
    slides_ms: Latency
    event_to_client_ms: Latency
    bare_per_second: float
    saves_per_second: float
    one_client_per_second: float
    sixty_clients_per_second: float
    many_saves: int
    many_saves_per_second: float
    longest_history_bytes: int
    history_runs: int
    state_bytes_before: int
    state_bytes_after: int
    verdicts: list[Verdict] = []


def judge(report: Report) -> list[Verdict]:
    """What the project promises of speed, and whether this run kept it."""

    def at_most(name: str, measured: float, limit: float, unit: str) -> Verdict:
        return Verdict(name=name, measured=measured, promised=f"at most {limit:g} {unit}", holds=measured <= limit)

    def at_least(name: str, measured: float, limit: float, unit: str) -> Verdict:
        return Verdict(name=name, measured=measured, promised=f"at least {limit:g} {unit}", holds=measured >= limit)

    share = round(100 * report.saves_per_second / report.bare_per_second, 1)
    growth = round(report.state_bytes_after / report.state_bytes_before, 3)
    gain = round(report.sixty_clients_per_second / report.one_client_per_second, 2)
    return [
        at_most("save of a 5 kB slide / bare update, p50", report.save_over_bare.median, 2.2, "x"),
        at_most("rename / bare update, p50", report.rename_over_bare.median, 2.2, "x"),
        at_most("read a head, p50", report.head_ms.p50, 10, "ms"),
        at_most("read 40 slides, p50", report.slides_ms.p50, 10, "ms"),
        at_most("save sent to event with an SSE client, p50", report.event_to_client_ms.p50, 100, "ms"),
        at_least(f"{BOOKS_AT_ONCE} books at once, of bare updates", share, 35, "%"),
        at_least(f"{CLIENTS_ON_ONE_BOOK} clients on one book / one client", gain, 1, "x"),
        at_most(f"longest history of {report.many_saves} saves", report.longest_history_bytes / 1e6, 10, "MB"),
        at_most("state after / before these saves", growth, 1.1, "x"),
    ]


def show(report: Report) -> None:
    table = Table("measured", "value", "promised", "", box=None, header_style="bold")
    for verdict in report.verdicts:
        table.add_row(verdict.name, f"{verdict.measured:g}", verdict.promised, "✓" if verdict.holds else "✗")
    console = Console()
    console.print(table)
    console.print(
        f"\nbare update p50 {report.bare_update_ms.median} ms, save {report.save_slide_ms.median} ms, "
        f"rename {report.rename_ms.median} ms (medians of {ROUNDS} alternating rounds)\n"
        f"at once: bare {report.bare_per_second}/s, saves {report.saves_per_second}/s; one book: "
        f"{report.one_client_per_second}/s with one client, {report.sixty_clients_per_second}/s with "
        f"{CLIENTS_ON_ONE_BOOK}\n{report.many_saves} saves: {report.many_saves_per_second}/s, "
        f"{report.history_runs} runs of the workflow\n{report.cores} cores, Python {report.python}, "
        + ", ".join(f"{name} {number}" for name, number in report.versions.items())
    )
