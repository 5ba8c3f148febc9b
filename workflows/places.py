"""Whose a workflow is, from its id."""

from __future__ import annotations

from typing import Protocol

from vault.payloads import DEPLOYMENT, Place

BY_TENANT = frozenset({"tenant", "application", "deployment"})
"""Kinds of workflows whose ids go on with an organisation's id."""
BY_CIM = frozenset({"run", "thread", "agent", "ingest", "export"})
"""Kinds whose ids go on with a CIM's id."""


class FindsOrgs(Protocol):
    async def org_of(self, cim_id: str) -> str:
        """The organisation of a CIM. Raises for an unknown one, and while nobody can tell."""
        ...


class WorkflowPlaces:
    def __init__(self, orgs: FindsOrgs) -> None:
        self._orgs = orgs

    async def place_of(self, workflow_id: str) -> Place:
        match workflow_id.split("/"):
            case ["cim", org_id, cim_id]:
                return Place(tenant=org_id, cim_id=cim_id)
            case [kind, cim_id, *_] if kind in BY_CIM:
                return Place(tenant=await self._orgs.org_of(cim_id), cim_id=cim_id)
            case [kind, org_id, *_] if kind in BY_TENANT and org_id:
                return Place(tenant=org_id)
            case _:
                return Place(tenant=DEPLOYMENT)
