"""Every error becomes a problem, here and nowhere else."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from access.person import AccessUnavailable, TokenRefused
from api.problems import ApiProblem, InputError, ProblemCode, ProblemDetails, problem_details, problem_response
from domain.events import NewerEvent
from store import StoreUnavailable

logger = logging.getLogger(__name__)

MOST_INPUT_ERRORS = 20

_HTTP_CODES: dict[int, ProblemCode] = {
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
}


def install(app: FastAPI) -> None:
    app.add_exception_handler(ApiProblem, _api_problem)
    app.add_exception_handler(TokenRefused, _token_refused)
    app.add_exception_handler(AccessUnavailable, _access_unavailable)
    app.add_exception_handler(StoreUnavailable, _store_unavailable)
    app.add_exception_handler(NewerEvent, _newer_event)
    app.add_exception_handler(RequestValidationError, _invalid_input)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(Exception, _unexpected)


async def _api_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, ApiProblem)
    return problem_response(error.details, error.headers)


async def _token_refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, TokenRefused)
    return problem_response(token_problem(error))


def token_problem(error: TokenRefused) -> ProblemDetails:
    if error.reason == "expired":
        return problem_details("token_expired", "Your sign-in has expired.", "Sign in again, then repeat the request.")
    if error.reason == "missing":
        return problem_details("unauthorized", "This needs a sign-in.", "Send your access token as a Bearer token.")
    return problem_details("unauthorized", "The access token is not valid.", "Sign in again, then repeat the request.")


async def _access_unavailable(_: Request, error: Exception) -> Response:
    logger.warning("access is unavailable: %s", error)
    return problem_response(
        problem_details("access_unavailable", "Your rights could not be checked just now.", "Try again in a moment.")
    )


async def _store_unavailable(_: Request, error: Exception) -> Response:
    logger.warning("the store is unavailable: %s", error)
    return problem_response(
        problem_details("store_unavailable", "The store does not answer just now.", "Try again in a moment.")
    )


async def _newer_event(_: Request, error: Exception) -> Response:
    logger.warning("something is of a later version: %s", error)
    return problem_response(
        problem_details(
            "store_unavailable",
            "A later version has changed this book, and this part of the service is not up to date yet.",
            "Try again in a moment.",
        )
    )


async def _invalid_input(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return problem_response(invalid_input(error.errors()))


def invalid_input(errors: Sequence[Any]) -> ProblemDetails:
    listed = [
        InputError(where=".".join(_printable(part) for part in item["loc"]), message=_printable(item["msg"]))
        for item in errors[:MOST_INPUT_ERRORS]
    ]
    return problem_details(
        "invalid_input",
        "The input is not valid: " + (f"{listed[0].where}: {listed[0].message}" if listed else "it cannot be read"),
        "Correct it and send it again; nothing was changed.",
        errors=listed,
    )


async def _http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 400:
        return problem_response(
            problem_details("invalid_input", "The body cannot be read.", "Send what the API description says.")
        )
    code = _HTTP_CODES.get(error.status_code, "internal")
    details = problem_details(
        code, _printable(error.detail), "See the API description at /docs.", status=error.status_code
    )
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(sorted(_methods_of(request.app, request.url.path)))
    return problem_response(details, headers)


def _methods_of(app: FastAPI, path: str) -> set[str]:
    """Every method of a path, over all of its routes."""
    paths: dict[str, dict[str, object]] = app.openapi()["paths"]
    return {
        method.upper()
        for template, operations in paths.items()
        if compile_path(template)[0].match(path)
        for method in operations
    }


async def _unexpected(_: Request, __: Exception) -> Response:
    """The server logs the error itself, since it is raised again."""
    return problem_response(
        problem_details("internal", "Something went wrong on our side.", "Try again; if it stays, tell the operators.")
    )


def _printable(text: object) -> str:
    return str(text).encode("utf-8", "replace").decode()[:300]
