"""What the page has to know before anybody has signed in."""

from __future__ import annotations

from fastapi import APIRouter

from api.dependencies import PartsOf
from api.problems import problems
from api.web import WebConfig

router = APIRouter(tags=["web"])


@router.get("/web-config", operation_id="read_web_config", responses=problems())
async def read_web_config(parts: PartsOf) -> WebConfig:
    """What the page has to know before anybody has signed in; nothing of anybody's."""
    return parts.web
