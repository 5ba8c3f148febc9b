"""What docs/capacity.md tells in figures: what things cost, and what follows for so many books."""

from __future__ import annotations

import math
from collections.abc import Sequence

from bench.costs import ASSUMED, PRODUCT, Estimate, Measured

MOST_STREAMS = 2_000
"""Of one API process."""
ACTIONS_OF_A_NAMESPACE = 500
"""A second, as the floor of Temporal Cloud."""


def costs(measured: Measured) -> str:
    kinds = {
        "book that is made": measured.creation,
        "save of a 5 kB slide, one after the other": measured.command_alone,
        "save of a 5 kB slide, 20 books at once": measured.command_at_once,
        "turn with one call of a model": measured.turn,
        "read of a head": measured.read_head,
        "read of the slides": measured.read_slides,
        f"document of 40 pages with pictures, {measured.document_bytes / 1e6:.1f} MB": measured.document,
    }
    lines = [
        f"{measured.cores} cores, Python {measured.python}; load of the machine before it began: "
        f"{measured.load_before:.1f}.",
        "",
        "| | API | worker | Temporal | store | Supabase | documents in the store | events, actions in Temporal |",
        "|---|---|---|---|---|---|---|---|",
    ]
    idle = " | ".join(f"{measured.idle_ms_per_second[part]:.1f}" for part in PRODUCT)
    lines.append(f"| a second in which nobody does anything | {idle} | | |")
    for name, cost in kinds.items():
        cpu = " | ".join(f"{cost.cpu_ms[part]:.1f}" for part in PRODUCT)
        lines.append(
            f"| {name} | {cpu} | {cost.store_documents:g} / {cost.store_bytes / 1000:.1f} kB "
            f"| {cost.temporal_events:g} / {cost.temporal_bytes / 1000:.1f} kB, {cost.temporal_actions:g} |"
        )
    lines += [
        "",
        f"A book in the cache of a worker takes {measured.worker_bytes_per_open_book / 1000:.0f} kB, a stream "
        f"{measured.api_bytes_per_stream / 1000:.0f} kB of an API process.",
    ]
    return "\n".join(lines) + "\n"


def needs(measured: Measured, estimates: Sequence[Estimate]) -> str:
    rows: dict[str, list[str]] = {
        "commands a second": [_number(one.commands_per_second) for one in estimates],
        "turns, documents a second": [
            f"{_number(one.turns_per_second)}, {_number(one.documents_per_second)}" for one in estimates
        ],
        "open books, streams": [f"{one.open_books:,}, {one.streams:,}" for one in estimates],
        **{f"cores of {part}": [_number(one.cores[part]) for one in estimates] for part in PRODUCT},
        "API processes (a core or 2,000 streams each), workers (a core each)": [
            f"{_processes(one)}, {math.ceil(one.cores['worker']):,}" for one in estimates
        ],
        "memory of streams, of open books": [
            f"{_number(one.api_memory_gb)}, {_number(one.worker_memory_gb)} GB" for one in estimates
        ],
        "in the store": [f"{_number(one.store_tb)} TB, {one.store_documents:.1e} documents" for one in estimates],
        "events, actions of Temporal a second": [
            f"{_number(one.temporal_events_per_second)}, {_number(one.temporal_actions_per_second)}"
            for one in estimates
        ],
        "histories of a week": [f"{_number(one.temporal_history_gb)} GB" for one in estimates],
    }
    lines = [
        "| | " + " | ".join(f"{one.books:,}" for one in estimates) + " |",
        "|---|" + "---|" * len(estimates),
        *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items()),
        "",
        _bound(measured),
    ]
    return "\n".join(lines) + "\n"


def shown(measured: Measured, estimates: Sequence[Estimate]) -> str:
    return f"{costs(measured)}\n{needs(measured, estimates)}"


def _bound(measured: Measured) -> str:
    """At how many books the actions of a namespace are used up, and by what."""
    command, turn = measured.command_at_once.temporal_actions, measured.turn.temporal_actions
    of_turns = ASSUMED.turns_a_day * turn
    a_day = (
        of_turns
        + ASSUMED.commands_a_day * command
        + ASSUMED.documents_a_day * measured.document.temporal_actions
        + ASSUMED.books_made_a_day * measured.creation.temporal_actions
    )
    a_book = ASSUMED.worked_on_today * a_day / ASSUMED.working_seconds * ASSUMED.peak
    books = round(ACTIONS_OF_A_NAMESPACE / a_book, -3)
    return (
        f"{ACTIONS_OF_A_NAMESPACE} actions of Temporal a second are reached at {books:,.0f} books; "
        f"{100 * of_turns / a_day:.0f} % of them are of turns "
        f"({turn:g} each; a command takes {command:g})."
    )


def _processes(one: Estimate) -> str:
    return f"{max(math.ceil(one.cores['api']), math.ceil(one.streams / MOST_STREAMS)):,}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:g}"
