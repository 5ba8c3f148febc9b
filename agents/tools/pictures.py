"""Pictures taken from the documents: found by the words around them, and by how they look."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field, JsonValue

from agents.brief import without_commands
from agents.ports import SourcePicture
from agents.tools.tool import Tool, ToolDesk, ToolResult
from domain.values import Id, Paragraph, Value
from evidence.pictures import HASH_BITS, nearest
from evidence.similarity import WordSpace

MUCH_ALIKE = 10
MOST_TEXT = 240


class SearchImages(Value):
    query: Annotated[Paragraph, Field(max_length=400, description="Words to look for; empty lists the pictures")] = ""
    limit: Annotated[int, Field(ge=1, le=30)] = 8


class FindSimilarImages(Value):
    image_id: Id
    limit: Annotated[int, Field(ge=1, le=30)] = 8


async def _search(arguments: SearchImages, desk: ToolDesk) -> ToolResult:
    pictures = await desk.workspace.pictures(desk.scope.cim_id)
    if not pictures:
        return ToolResult(content={"images": []}, summary="The documents hold no pictures.")
    if not arguments.query.strip():
        return _listed(pictures[: arguments.limit], desk, f"The documents hold {len(pictures)} pictures.")
    words = [f"{one.text} {desk.evidence.document(one.source_id)} {one.locator}" for one in pictures]
    found = [pictures[index] for index, _ in WordSpace(words).like(arguments.query, arguments.limit)]
    return _listed(found, desk, f"{len(found)} of {len(pictures)} pictures stand beside such words.")


async def _similar(arguments: FindSimilarImages, desk: ToolDesk) -> ToolResult:
    pictures = await desk.workspace.pictures(desk.scope.cim_id)
    wanted = next((one for one in pictures if one.image_id == arguments.image_id), None)
    if wanted is None:
        return ToolResult(rejected=f"The documents hold no picture {arguments.image_id}.")
    others = [one for one in pictures if one.image_id != wanted.image_id]
    alike = list(nearest(wanted.fingerprint, [one.fingerprint for one in others], MUCH_ALIKE))[: arguments.limit]
    found: list[JsonValue] = [
        _told(others[index], desk) | {"likeness": round(1 - apart / HASH_BITS, 2)} for index, apart in alike
    ]
    return ToolResult(content={"images": found}, summary=f"{len(found)} pictures look much like it.")


def _listed(pictures: Iterable[SourcePicture], desk: ToolDesk, summary: str) -> ToolResult:
    return ToolResult(content={"images": [_told(one, desk) for one in pictures]}, summary=summary)


def _told(picture: SourcePicture, desk: ToolDesk) -> dict[str, JsonValue]:
    """`image_id` is what save_slide takes; `blob_id` what a command takes."""
    return {
        "image_id": picture.image_id,
        "blob_id": picture.blob_sha256,
        "document": desk.evidence.document(picture.source_id),
        "source_id": picture.source_id,
        "locator": picture.locator,
        "size": f"{picture.width} x {picture.height}",
        "text": without_commands(picture.text)[:MOST_TEXT],
    }


TOOLS: tuple[Tool[Any], ...] = (
    Tool(
        name="search_images",
        description="Finds pictures of the documents by the words around them. An image component of a slide takes the "
        "`image_id`.",
        arguments=SearchImages,
        permission="read",
        run=_search,
    ),
    Tool(
        name="find_similar_images",
        description="Finds pictures of the documents that look like one of them, whatever their size and format.",
        arguments=FindSimilarImages,
        permission="read",
        run=_similar,
    ),
)
