"""Drafts a whole book in memory, through the nodes that the workflow runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args
from uuid import uuid4

from langchain_core.language_models import BaseChatModel

from agents.graphs import draft_graphs
from agents.models import chat_model
from agents.nodes import DraftNodes
from agents.state import DraftState, StepReport
from agents.steps import FinishedStep, StepKeeper
from tests.unit.agents.metering import models_of
from tests.unit.agents.packs import MemoryBook
from workflows.contract import DraftKind

assert set(get_args(DraftKind)) == {"draft_buyer_persona", "draft_hero_context", "draft_outline", "draft_slides"}


class _NoLedger:
    """Steps of these drafts are of no interest."""

    async def keep_step(self, step: FinishedStep) -> None:
        return


async def draft(
    book: MemoryBook,
    kind: DraftKind,
    instruction: str = "",
    section_ids: tuple[str, ...] = (),
    model: Callable[[], BaseChatModel] = chat_model,
    run_id: str | None = None,
    slide_id: str = "",
) -> list[StepReport]:
    """Runs the graph of the kind, outside Temporal. The reports of its steps."""
    nodes = DraftNodes(book, book, models_of(model))
    graph: Any = draft_graphs(nodes, StepKeeper(_NoLedger()))[kind].compile()  # pyright: ignore[reportUnknownMemberType]
    state: DraftState = {
        "scope": {
            "run_id": run_id or uuid4().hex,
            "cim_id": book.address.cim_id,
            "org_id": "org1",
            "deal_id": "deal1",
            "kind": kind,
            "person_id": "lea",
            "slide_id": slide_id,
        },
        "instruction_hash": book.keep_instruction(instruction),
        "section_ids": list(section_ids),
    }
    end = await graph.ainvoke(state, {"recursion_limit": 500})
    return [StepReport.model_validate_json(book.texts[hash_]) for hash_ in end["report_hashes"]]


def notes_of(reports: list[StepReport]) -> str:
    return "\n".join(note for report in reports for note in report.notes)
