"""A proof of who sends a command, for people who signal a workflow by hand."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from api.dependencies import Opened, PartsOf
from api.problems import problems
from domain.values import Actor, Instant
from workflows.contract import cim_workflow_id

router = APIRouter(tags=["commands"])


class HandAssertion(BaseModel):
    """`proof` goes into each entry of the signal, beside `actor`. Your rights are asked for at each command."""

    model_config = ConfigDict(frozen=True)

    workflow_id: str
    actor: Actor
    proof: str
    expires_at: Instant


@router.post(
    "/cims/{cim_id}/assertions", operation_id="create_assertion", status_code=201, responses=problems(403, 404)
)
async def create_assertion(parts: PartsOf, opened: Opened) -> HandAssertion:
    """Shows for five minutes that commands to this book come from you, also when they are signalled by hand."""
    proof, expires_at = parts.proofs.by_hand(opened.person.person_id, opened.cim_id)
    return HandAssertion(
        workflow_id=cim_workflow_id(opened.address.org_id, opened.cim_id),
        actor=opened.actor,
        proof=proof,
        expires_at=expires_at,
    )
