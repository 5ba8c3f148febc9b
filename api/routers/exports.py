"""Exports: have a book made as a file, and fetch it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict

from api.dependencies import Caller, OpenCIM, OpenedNow, PartsOf, open_cim_behind, require
from api.headers import IdempotencyKey
from api.parts import Parts
from api.problems import ApiProblem, problems
from api.starting import id_of, start_or_problem
from domain.permissions import Action
from domain.values import Id
from store import Export
from workflows.contract import ExportInput

router = APIRouter(tags=["exports"])

MEDIA_TYPES = {
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "pdf": "application/pdf",
    "md": "text/markdown; charset=utf-8",
    "json": "application/json",
}


class NewExport(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: Literal["pptx", "pdf", "md", "json"]


class StartedExport(BaseModel):
    export_id: str


@router.post("/cims/{cim_id}/exports", operation_id="start_export", status_code=202, responses=problems(403, 404, 413))
async def start_export(
    parts: PartsOf, opened: OpenedNow, body: NewExport, response: Response, idempotency_key: IdempotencyKey = None
) -> StartedExport:
    """Have the book made as a file, as it is saved now."""
    require(opened, Action.BOOKS_EXPORT)
    export_id = id_of("export", opened.cim_id, opened.person.person_id, idempotency_key)
    export = Export(
        id=export_id,
        cim_id=opened.cim_id,
        org_id=opened.address.org_id,
        format=body.format,
        created_by=opened.actor,
        created_at=datetime.now(UTC),
    )
    if idempotency_key is None or await parts.store.exports.get(export_id) is None:
        await parts.store.exports.put(export)
    await start_or_problem(
        parts.gateway.start_export(
            ExportInput(
                export_id=export_id,
                cim_id=opened.cim_id,
                org_id=opened.address.org_id,
                deal_id=opened.address.deal_id,
                format=body.format,
                requested_by=opened.actor,
            )
        )
    )
    response.headers["Location"] = f"/exports/{export_id}"
    return StartedExport(export_id=export_id)


@router.get("/exports/{export_id}", operation_id="read_export", responses=problems(403, 404))
async def read_export(parts: PartsOf, person: Caller, export_id: Annotated[Id, Path()]) -> Export:
    """How far an export is; `ready` has a file."""
    export, _ = await _export(parts, person, export_id)
    return export


@router.get(
    "/exports/{export_id}/file",
    operation_id="download_export",
    response_class=Response,
    responses={
        200: {
            "description": "The file.",
            "content": {
                media_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
                for media_type in MEDIA_TYPES.values()
            },
        },
        **problems(403, 404, 409),
    },
)
async def download_export(parts: PartsOf, person: Caller, export_id: Annotated[Id, Path()]) -> Response:
    export, opened = await _export(parts, person, export_id)
    if export.status != "ready" or export.blob_sha256 is None:
        raise ApiProblem("export_not_ready", f"The export is {export.status}.", "Wait until it is ready.")
    data = await parts.store.contents.bytes(export.cim_id, export.blob_sha256)
    if data is None:
        raise _unknown()
    head = await parts.store.head(opened.cim_id)
    title = head.title if head is not None else "book"
    return Response(
        data,
        media_type=MEDIA_TYPES[export.format],
        headers={"Content-Disposition": _disposition(title, export.format), "X-Content-Type-Options": "nosniff"},
    )


async def _export(parts: Parts, person: Caller, export_id: str) -> tuple[Export, OpenCIM]:
    export = await parts.store.exports.get(export_id)
    if export is None:
        raise _unknown()
    opened = await open_cim_behind(export.cim_id, parts, person, _unknown())
    require(opened, Action.BOOKS_EXPORT)
    return export, opened


def _unknown() -> ApiProblem:
    return ApiProblem("unknown_export", "There is no such export.", "Make one from the book.")


def _disposition(title: str, extension: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9 ._-]", "", title).strip(" .") or "book"
    return f"attachment; filename=\"{plain}.{extension}\"; filename*=UTF-8''{quote(f'{title}.{extension}', safe='')}"
