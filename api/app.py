"""The API: HTTP to commands, read models out, and the event stream. Composition root of its process."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.middleware import Middleware

from api import errors, web
from api.auditing import Auditing
from api.codec_origins import CodecOrigins
from api.dependencies import count_address
from api.limits import BodyLimit
from api.observing import Observing
from api.parts import LifespanState, Parts, open_parts
from api.problems import ProblemDetails
from api.routers import (
    applications,
    assertions,
    audit,
    auth,
    books,
    cims,
    codec,
    commands,
    comments,
    deals,
    deployments,
    endings,
    events,
    exports,
    findings,
    flags,
    health,
    history,
    images,
    invitations,
    keys,
    knowledge,
    members,
    messages,
    orgs,
    presence,
    projects,
    requests,
    resuming,
    runs,
    slides,
    sources,
    stream,
    suggestions,
    talking,
    teams,
    tool_calls,
    usage,
    versions,
    web_config,
    webhooks,
)
from api.security import SecurityHeaders, other_origins, page_policy
from settings import Settings

BODY_BYTES = 1024 * 1024
ROUTES = (
    commands,
    cims,
    slides,
    health,
    web_config,
    auth,
    orgs,
    endings,
    members,
    teams,
    invitations,
    projects,
    deals,
    keys,
    audit,
    books,
    assertions,
    talking,
    messages,
    events,
    stream,
    presence,
    history,
    knowledge,
    suggestions,
    findings,
    requests,
    tool_calls,
    sources,
    images,
    runs,
    resuming,
    comments,
    exports,
    usage,
    flags,
    versions,
    applications,
    deployments,
    codec,
    webhooks,
)

OpenParts = Callable[[], AbstractAsyncContextManager[Parts]]

DESCRIPTION = """
A durable workspace for Confidential Information Memoranda. Every change is a command with an id of your making,
carried out exactly once; every change is an event of the log, which `/stream` brings as it happens. Errors are
RFC 9457 problems with a stable `type`, a sentence, and what to do next.
"""


def create_app(settings: Settings | None = None, opening: OpenParts | None = None) -> FastAPI:
    """`opening` gives the parts for the time of the app; by default they are made from the settings."""
    given = settings or Settings()
    open_them = opening or (lambda: open_parts(given))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[LifespanState]:
        async with open_them() as parts:
            yield {"parts": parts}

    app = FastAPI(
        title="Bookrunner",
        version="0.4.0",
        description=DESCRIPTION,
        lifespan=lifespan,
        middleware=[
            Middleware(Observing),
            Middleware(SecurityHeaders, page=page_policy(given.supabase_url)),
            *other_origins(given.cors_origins),
            Middleware(CodecOrigins, origins=given.payload_readers),
            Middleware(Auditing),
            Middleware(BodyLimit, body_bytes=BODY_BYTES, upload_bytes=given.max_upload_mb * 1024 * 1024),
        ],
        redirect_slashes=False,
    )
    errors.install(app)
    for module in ROUTES:
        counted = [Depends(count_address)] if module in (auth, webhooks, web_config) else []
        app.include_router(module.router, dependencies=counted)
    web.install(app, given.web_folder)
    app.openapi = lambda: _openapi(app)
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        definitions = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas = schema.setdefault("components", {}).setdefault("schemas", {})
        for name, definition in definitions.pop("$defs", {}).items():
            schemas.setdefault(name, definition)
        schemas["ProblemDetails"] = definitions
        for operations in schema["paths"].values():
            for operation in operations.values():
                for parameter in operation.get("parameters", []):
                    parameter["schema"] = _without_null(parameter["schema"])
        app.openapi_schema = schema
    return app.openapi_schema


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter is left out, never null: a URL or header has no word for that."""
    given = [choice for choice in schema.get("anyOf", []) if choice != {"type": "null"}]
    if len(given) != 1:
        return schema
    return {**{name: value for name, value in schema.items() if name != "anyOf"}, **given[0]}
