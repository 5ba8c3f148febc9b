"""Versions of the product that workers run."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict

from access.rows import Taken
from api.dependencies import Caller, PartsOf
from api.noting import note_details, note_target
from api.platform import operating, version_of
from api.problems import ApiProblem, problems
from domain.applications import BuildId, Version
from domain.values import OptionalLine, Paragraph
from store import Page

router = APIRouter(tags=["platform"])


class NewVersion(BaseModel):
    model_config = ConfigDict(extra="forbid")

    build_id: BuildId
    name: OptionalLine = ""
    notes: Paragraph = ""


@router.get("/versions", operation_id="list_versions", responses=problems())
async def list_versions(parts: PartsOf, person: Caller) -> Page[Version]:
    """What can be deployed, the newest first."""
    return Page[Version](items=tuple(await parts.registry.versions()))


@router.post("/versions", operation_id="create_version", status_code=201, responses=problems(403, 409))
async def create_version(parts: PartsOf, person: Caller, body: NewVersion, response: Response) -> Version:
    """Make a build known; for the operators of the platform."""
    operating(parts, person)
    version = Version(
        id=str(uuid.uuid4()), created_by=person.person_id, created_at=datetime.now(UTC), **body.model_dump()
    )
    note_target("version", version.id)
    note_details(build_id=version.build_id)
    try:
        await parts.registry.add_version(version)
    except Taken:
        raise ApiProblem("name_taken", f"Build {body.build_id} is known already.", "Choose another build_id.") from None
    response.headers["Location"] = f"/versions/{version.id}"
    return version


@router.post("/versions/{version_id}/retire", operation_id="retire_version", responses=problems(403, 404))
async def retire_version(
    parts: PartsOf, person: Caller, version_id: Annotated[UUID, Path(description="A version.")]
) -> Version:
    """It cannot be deployed any more; what runs on it goes on. For the operators of the platform."""
    operating(parts, person)
    note_target("version", str(version_id))
    await version_of(parts, version_id)
    await parts.registry.retire_version(str(version_id))
    return await version_of(parts, version_id)
