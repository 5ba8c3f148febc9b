"""A turn of a conversation: each agent that was called answers with a message of its own, one after the other."""

from __future__ import annotations

from domain.values import AgentType
from workflows.agent_calls import AgentCalls, PartsFailed
from workflows.contract import AgentInput, RunInput, answer_ids

TURN_GRAPH = "turn"


async def answer_in_turn(run: RunInput, agents: AgentCalls) -> None:
    """Raises PartsFailed when an agent failed; the others have answered nevertheless."""
    called: tuple[AgentType, ...] = run.agents or ("assistant",)
    failures: list[str] = []
    for number, (agent_type, answer_id) in enumerate(zip(called, answer_ids(run), strict=True)):
        outcome = await agents.call(_session(run, number, agent_type, answer_id))
        if outcome.error is not None:
            failures.append(outcome.error)
    if failures:
        raise PartsFailed(" ".join(failures))


def _session(run: RunInput, number: int, agent_type: AgentType, answer_id: str) -> AgentInput:
    agent_id = f"{run.run_id}-{number}"
    return AgentInput(
        agent_id=agent_id,
        run_id=run.run_id,
        cim_id=run.cim_id,
        org_id=run.org_id,
        deal_id=run.deal_id,
        agent_type=agent_type,
        graph=TURN_GRAPH,
        requested_by=run.requested_by,
        thread_id=run.thread_id,
        answer_id=answer_id,
        forks=run.forks,
        state={
            "scope": {
                **run.scope,
                "agent_id": agent_id,
                "agent_type": agent_type,
                "mode": run.mode,
                "thread_id": run.thread_id,
                "message_id": run.message_id,
                "answer_id": answer_id,
                "named": list(run.named),
            }
        },
    )
