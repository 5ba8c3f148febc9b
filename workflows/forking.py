"""A run that goes on from a step of an earlier one, in a session of its own."""

from __future__ import annotations

from workflows.agent_calls import AgentCalls, PartsFailed
from workflows.contract import AgentInput, ForkPoint, RunInput


async def go_on_from_step(run: RunInput, point: ForkPoint, agents: AgentCalls) -> None:
    """Raises PartsFailed when the agent failed."""
    agent_id = f"{run.run_id}-fork"
    outcome = await agents.call(
        AgentInput(
            agent_id=agent_id,
            run_id=run.run_id,
            cim_id=run.cim_id,
            org_id=run.org_id,
            deal_id=run.deal_id,
            agent_type=point.agent_type,
            graph=point.graph,
            requested_by=run.requested_by,
            parent_id=point.agent_id,
            forks=point,
            state={"scope": {**run.scope, "agent_id": agent_id}},
        )
    )
    if outcome.error is not None:
        raise PartsFailed(outcome.error)
