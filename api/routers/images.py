"""Pictures taken from the documents of a book, with where they stand."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response
from pydantic import BaseModel

from api.dependencies import Opened, PartsOf
from api.problems import ApiProblem, problems
from domain.values import Id
from store import SourceImage

router = APIRouter(tags=["images"])

_NEVER_CHANGES = "private, max-age=31536000, immutable"


class Images(BaseModel):
    items: list[SourceImage]


@router.get("/cims/{cim_id}/images", operation_id="list_images", responses=problems(403, 404))
async def list_images(parts: PartsOf, opened: Opened, source_id: Annotated[Id | None, Query()] = None) -> Images:
    """The pictures of all documents, or of one, with the place and the words around each."""
    images = await parts.store.images(opened.cim_id)
    return Images(items=[image for image in images if source_id in (None, image.source_id)])


@router.get(
    "/cims/{cim_id}/images/{image_id}",
    operation_id="download_image",
    response_class=Response,
    responses={
        200: {"content": {"image/png": {}, "image/jpeg": {}}, "description": "The picture, as PNG or JPEG."},
        304: {"description": "It has not changed: a picture never does."},
        **problems(403, 404),
    },
)
async def download_image(
    parts: PartsOf,
    opened: Opened,
    image_id: Annotated[Id, Path()],
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    image = next((one for one in await parts.store.images(opened.cim_id) if one.id == image_id), None)
    if image is None:
        raise _unknown()
    etag = f'"{image.blob_sha256}"'
    headers = {"ETag": etag, "Cache-Control": _NEVER_CHANGES, "X-Content-Type-Options": "nosniff"}
    if if_none_match is not None and etag in if_none_match:
        return Response(status_code=304, headers=headers)
    data = await parts.store.get_blob(opened.cim_id, image.blob_sha256)
    if data is None:
        raise _unknown()
    return Response(data, media_type=image.media_type, headers=headers)


def _unknown() -> ApiProblem:
    return ApiProblem("unknown_image", "There is no such picture.", "Look at the pictures of the documents.")
