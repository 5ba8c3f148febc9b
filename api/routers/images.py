"""Pictures for the slides of a book: taken from its documents, with where they stand, or uploaded."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response, UploadFile
from pydantic import BaseModel

from api.dependencies import Opened, OpenedNow, PartsOf, require
from api.problems import ApiProblem, problems
from api.uploading import content_of, name_of
from domain.permissions import Action
from domain.values import Id
from evidence.model import stable_id
from evidence.pictures import uploaded_picture
from store import SourceImage, TooMany

router = APIRouter(tags=["images"])

IMAGE_BYTES = 20 * 1024 * 1024
_NEVER_CHANGES = "private, max-age=31536000, immutable"


class Images(BaseModel):
    items: list[SourceImage]


@router.post(
    "/cims/{cim_id}/images",
    operation_id="upload_image",
    status_code=201,
    responses={
        200: {"model": SourceImage, "description": "The book has this picture already; here it is."},
        **problems(403, 404, 409, 413, 415),
    },
)
async def upload_image(parts: PartsOf, opened: OpenedNow, file: UploadFile, response: Response) -> SourceImage:
    """Upload a picture (PNG, JPEG, GIF, BMP, TIFF, WebP) of at most 20 MB and 50 million pixels for a slide.

    It is written anew from its pixels; `blob_sha256` is what an image component takes.
    """
    require(opened, Action.DOCUMENTS_MANAGE)
    async with parts.uploads:
        data = await content_of(file, min(IMAGE_BYTES, parts.upload_bytes), "picture")
        picture = await asyncio.to_thread(uploaded_picture, data, name_of(file.filename))
        if picture is None:
            raise ApiProblem(
                "unsupported_picture",
                "This is no picture that a slide can show.",
                "Choose a PNG, JPEG, GIF or WebP of at least 16 pixels a side that is not all of one colour.",
            )
        sha256 = await parts.store.contents.put_bytes(opened.cim_id, picture.data)
    response.headers["Location"] = f"/cims/{opened.cim_id}/images"
    known = next((one for one in await parts.store.images.of_cim(opened.cim_id) if one.blob_sha256 == sha256), None)
    if known is not None:
        response.status_code = 200
        return known
    image = SourceImage(
        id=stable_id("i", opened.cim_id, sha256),
        cim_id=opened.cim_id,
        source_id="",
        blob_sha256=sha256,
        **picture.model_dump(exclude={"data"}),
    )
    try:
        await parts.store.images.add(image)
    except TooMany as full:
        raise ApiProblem(
            "limit_reached", "The book has no room for more pictures.", "Use one of those that it has."
        ) from full
    return image


@router.get("/cims/{cim_id}/images", operation_id="list_images", responses=problems(403, 404))
async def list_images(parts: PartsOf, opened: Opened, source_id: Annotated[Id | None, Query()] = None) -> Images:
    """Those of all documents, with place and the words around each, and the uploaded ones; or those of one document."""
    images = await parts.store.images.of_cim(opened.cim_id)
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
    image = next((one for one in await parts.store.images.of_cim(opened.cim_id) if one.id == image_id), None)
    if image is None:
        raise _unknown()
    etag = f'"{image.blob_sha256}"'
    headers = {"ETag": etag, "Cache-Control": _NEVER_CHANGES, "X-Content-Type-Options": "nosniff"}
    if if_none_match is not None and etag in if_none_match:
        return Response(status_code=304, headers=headers)
    data = await parts.store.contents.bytes(opened.cim_id, image.blob_sha256)
    if data is None:
        raise _unknown()
    return Response(data, media_type=image.media_type, headers=headers)


def _unknown() -> ApiProblem:
    return ApiProblem("unknown_image", "There is no such picture.", "Look at the pictures of the book.")
