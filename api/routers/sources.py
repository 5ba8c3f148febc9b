"""Documents of a book: upload, see how far their reading is, read their passages."""

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response, UploadFile
from pydantic import BaseModel

from access.documents import Document
from api.dependencies import Caller, OpenCIM, Opened, OpenedNow, PartsOf, open_cim_behind, require
from api.parts import Parts
from api.problems import ApiProblem, problems
from api.starting import start_or_problem
from api.uploading import content_of, name_of
from domain.permissions import Action
from domain.values import Id
from store import Source, SourcePassage
from workflows.contract import IngestInput

router = APIRouter(tags=["sources"])

KINDS = ("docx", "pdf", "xlsx", "csv", "md", "txt", "pptx")
LONGEST_NAME = 200


class Sources(BaseModel):
    items: list[Source]


class Passages(BaseModel):
    items: list[SourcePassage]


@router.post(
    "/cims/{cim_id}/sources",
    operation_id="upload_source",
    status_code=202,
    responses={
        200: {"model": Source, "description": "The same file was uploaded before; here it is."},
        **problems(403, 404, 413, 415),
    },
)
async def upload_source(parts: PartsOf, opened: OpenedNow, file: UploadFile, response: Response) -> Source:
    """Upload a document (docx, pdf, xlsx, csv, md, txt, pptx); it is read in the background.

    `ready` or `refused` (with the reason in `problem`) comes on the stream as a `source` notice.
    """
    require(opened, Action.DOCUMENTS_MANAGE)
    name, kind = _named(file.filename)
    async with parts.uploads:
        data = await content_of(file, parts.upload_bytes, "document")
        known = await parts.store.sources.by_hash(opened.cim_id, hashlib.sha256(data).hexdigest())
        if known is not None and known.status != "refused":
            response.status_code = 200
            response.headers["Location"] = f"/sources/{known.id}"
            if known.status != "ready":
                await _start(parts, opened, known)
            await _list(parts, opened, known)
            return known
        sha256 = await parts.store.contents.put_bytes(opened.cim_id, data)
    source = Source(
        id=uuid.uuid4().hex,
        cim_id=opened.cim_id,
        org_id=opened.address.org_id,
        name=name,
        kind=kind,
        sha256=sha256,
        size=len(data),
        created_at=datetime.now(UTC),
        created_by=opened.actor,
    )
    await parts.store.sources.put(source)
    await _start(parts, opened, source)
    await _list(parts, opened, source)
    response.headers["Location"] = f"/sources/{source.id}"
    return source


@router.get("/cims/{cim_id}/sources", operation_id="list_sources", responses=problems(403, 404))
async def list_sources(parts: PartsOf, opened: Opened) -> Sources:
    require(opened, Action.DOCUMENTS_READ)
    return Sources(items=await parts.store.sources.of_cim(opened.cim_id))


@router.get("/sources/{source_id}", operation_id="read_source", responses=problems(403, 404))
async def read_source(parts: PartsOf, person: Caller, source_id: Annotated[Id, Path()]) -> Source:
    """A document and how far its reading is."""
    return await _source(parts, person, source_id)


@router.get("/sources/{source_id}/passages", operation_id="list_passages", responses=problems(403, 404))
async def list_passages(parts: PartsOf, person: Caller, source_id: Annotated[Id, Path()]) -> Passages:
    """The searchable parts of a document, each with its place in it."""
    source = await _source(parts, person, source_id)
    return Passages(items=await parts.store.passages.of_source(source.cim_id, source.id))


async def _source(parts: Parts, person: Caller, source_id: str) -> Source:
    source = await parts.store.sources.get(source_id)
    if source is None:
        raise _unknown()
    opened = await open_cim_behind(source.cim_id, parts, person, _unknown())
    require(opened, Action.DOCUMENTS_READ)
    return source


def _unknown() -> ApiProblem:
    return ApiProblem("unknown_source", "There is no such document.", "Look at the documents of the book.")


async def _list(parts: Parts, opened: OpenCIM, source: Source) -> None:
    """Listing again what is listed changes nothing. Names of documents are secret: they stay in the store, sealed."""
    await parts.directory.documents.put(
        Document(
            id=source.id,
            deal_id=opened.address.deal_id,
            cim_id=source.cim_id,
            name=source.id,
            media_type=source.kind,
            bytes=source.size,
            sha256=source.sha256,
            uploaded_by=source.created_by.person_id,
        )
    )


async def _start(parts: Parts, opened: OpenCIM, source: Source) -> None:
    """Starting again what was started is no second start."""
    await start_or_problem(
        parts.gateway.start_ingest(
            IngestInput(
                source_id=source.id,
                cim_id=source.cim_id,
                org_id=source.org_id,
                deal_id=opened.address.deal_id,
                name=source.name,
                sha256=source.sha256,
                requested_by=opened.actor,
            )
        )
    )


def _named(given: str | None) -> tuple[str, str]:
    """The name without folders and control characters, and its kind."""
    name = name_of(given)
    kind = name.rpartition(".")[2].lower() if "." in name else ""
    if kind not in KINDS:
        raise ApiProblem(
            "unsupported_document",
            "This kind of document cannot be read.",
            f"Upload one of these kinds, named so: {', '.join(KINDS)}.",
        )
    stem = name[: -len(kind) - 1].strip(" .")[: LONGEST_NAME - len(kind) - 1] or "document"
    return f"{stem}.{kind}", kind
