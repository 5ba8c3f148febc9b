"""Problems as they are served (RFC 9457): a stable type, a sentence for people, and what to do next."""

from __future__ import annotations

from typing import Any, Literal

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from api.noting import note_problem
from domain.events import EventRecord
from domain.refusals import Problem, RefusalCode

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:bookrunner:problem:"

ApiCode = Literal[
    "unauthorized",
    "token_expired",
    "unknown_deal",
    "unknown_org",
    "unknown_person",
    "unknown_team",
    "unknown_project",
    "unknown_invitation",
    "unknown_key",
    "invitation_closed",
    "other_email",
    "last_owner",
    "not_a_member",
    "name_taken",
    "sign_in_refused",
    "account_refused",
    "trial_refused",
    "trial_limit",
    "deal_archived",
    "too_many_requests",
    "not_available_here",
    "unknown_source",
    "unknown_image",
    "unknown_comment",
    "unknown_run",
    "unknown_message",
    "unknown_step",
    "thread_busy",
    "unknown_export",
    "unknown_application",
    "unknown_version",
    "unknown_deployment",
    "unknown_flag",
    "unknown_ending",
    "not_confirmed",
    "not_possible",
    "deployment_under_way",
    "application_closed",
    "not_found",
    "method_not_allowed",
    "key_reused",
    "export_not_ready",
    "run_over",
    "run_not_over",
    "too_large",
    "unsupported_media_type",
    "unsupported_document",
    "unsupported_picture",
    "invalid_input",
    "store_unavailable",
    "workflow_unavailable",
    "draining",
    "not_carried_out",
    "internal",
]
ProblemCode = ApiCode | RefusalCode

KINDS: dict[ProblemCode, tuple[int, str]] = {
    "unauthorized": (401, "Sign in first"),
    "token_expired": (401, "Your sign-in has expired"),
    "forbidden": (403, "Not allowed"),
    "unproven": (403, "Not proved who asks"),
    "unknown_cim": (404, "No such book"),
    "unknown_deal": (404, "No such deal"),
    "unknown_org": (404, "No such organisation"),
    "unknown_person": (404, "No such person"),
    "unknown_team": (404, "No such team"),
    "unknown_project": (404, "No such project"),
    "unknown_invitation": (404, "No such invitation"),
    "unknown_key": (404, "No such key"),
    "invitation_closed": (409, "The invitation is closed"),
    "other_email": (403, "The invitation is for somebody else"),
    "last_owner": (409, "The last owner cannot go"),
    "not_a_member": (409, "Not a member"),
    "name_taken": (409, "The name is taken"),
    "sign_in_refused": (401, "Not signed in"),
    "account_refused": (409, "The account cannot be made"),
    "trial_refused": (403, "No trial here"),
    "trial_limit": (409, "The trial is used up"),
    "deal_archived": (409, "The deal is archived"),
    "too_many_requests": (429, "Too many requests"),
    "not_available_here": (501, "Not available here"),
    "unknown_source": (404, "No such document"),
    "unknown_image": (404, "No such picture"),
    "unknown_comment": (404, "No such comment"),
    "unknown_run": (404, "No such run"),
    "unknown_message": (404, "No such message"),
    "unknown_step": (404, "No such step"),
    "unknown_export": (404, "No such export"),
    "unknown_application": (404, "No such application"),
    "unknown_version": (404, "No such version"),
    "unknown_deployment": (404, "No such deployment"),
    "unknown_flag": (404, "No such flag"),
    "unknown_ending": (404, "It does not end"),
    "not_confirmed": (409, "Not confirmed"),
    "not_possible": (409, "Not possible now"),
    "deployment_under_way": (409, "A deployment is under way"),
    "application_closed": (409, "The application is closed"),
    "not_found": (404, "Nothing here"),
    "method_not_allowed": (405, "Method not allowed"),
    "old_rev": (409, "The book has moved on"),
    "already_exists": (409, "It exists already"),
    "unknown_section": (409, "No such section"),
    "unknown_slide": (409, "No such slide"),
    "unknown_seq": (409, "No such revision"),
    "missing_artifact": (409, "Nothing saved yet"),
    "cim_complete": (409, "The book is complete"),
    "cim_not_complete": (409, "The book is not complete"),
    "not_ready": (409, "Not ready yet"),
    "order_mismatch": (409, "The order does not fit"),
    "too_many_slides": (409, "Too many slides"),
    "duplicate_section": (409, "Two sections with one id"),
    "nothing_to_restore": (409, "Nothing to restore"),
    "duplicate_entity": (409, "It is known already"),
    "unknown_entity": (409, "No such entity"),
    "unknown_relationship": (409, "No such relationship"),
    "limit_reached": (409, "Too many"),
    "unknown_request": (404, "No such question"),
    "request_closed": (409, "It is settled already"),
    "wrong_answer": (422, "The answer does not fit"),
    "people_only": (403, "Only people may do this"),
    "agents_only": (403, "Only agents may do this"),
    "not_accepted": (409, "Not accepted"),
    "key_reused": (409, "Idempotency key used before"),
    "export_not_ready": (409, "The export is not ready"),
    "thread_busy": (409, "The thread is busy"),
    "run_over": (409, "The run is over"),
    "run_not_over": (409, "The run is not over"),
    "too_large": (413, "Too large"),
    "unsupported_media_type": (415, "Unsupported media type"),
    "unsupported_document": (415, "Unsupported kind of document"),
    "unsupported_picture": (415, "Unsupported kind of picture"),
    "invalid_input": (422, "Invalid input"),
    "internal": (500, "Something went wrong"),
    "not_carried_out": (500, "Not carried out"),
    "access_unavailable": (503, "Rights cannot be checked"),
    "evidence_unavailable": (503, "The figures cannot be checked"),
    "store_unavailable": (503, "The store does not answer"),
    "workflow_unavailable": (503, "The workflow service does not answer"),
    "draining": (503, "On its way out"),
}
RETRY_AFTER_SECONDS = 2


class InputError(BaseModel):
    """One thing that is wrong with the input: where (`body.slide.title`) and what."""

    where: str
    message: str


class ProblemDetails(BaseModel):
    """What went wrong, in a sentence, and what to do next."""

    model_config = ConfigDict(frozen=True)

    type: str = Field(description="Stable name of the problem, `urn:bookrunner:problem:<code>`.")
    code: ProblemCode
    title: str
    status: int
    detail: str
    next_step: str = ""
    rev: int | None = Field(default=None, description="The current revision of the book, where it matters.")
    events_since: list[EventRecord] | None = Field(
        default=None, description="With `old_rev`: what has happened since the expected revision (at most 200)."
    )
    errors: list[InputError] | None = Field(default=None, description="With `invalid_input`: each thing wrong.")


class ApiProblem(Exception):
    """The base of every error that is answered with a problem."""

    def __init__(
        self,
        code: ProblemCode,
        detail: str,
        next_step: str = "",
        *,
        status: int | None = None,
        headers: dict[str, str] | None = None,
        **fields: Any,
    ) -> None:
        super().__init__(detail)
        self.details = problem_details(code, detail, next_step, status=status, **fields)
        self.headers = headers or {}


def problem_details(
    code: ProblemCode, detail: str, next_step: str = "", *, status: int | None = None, **fields: Any
) -> ProblemDetails:
    usual_status, title = KINDS[code]
    return ProblemDetails(
        type=f"{TYPE_PREFIX}{code}",
        code=code,
        title=title,
        status=status or usual_status,
        detail=detail,
        next_step=next_step,
        **fields,
    )


def refused(problem: Problem, events_since: list[EventRecord] | None = None) -> ProblemDetails:
    """A refusal of the core as a problem."""
    return problem_details(problem.code, problem.message, problem.next_step, rev=problem.rev, events_since=events_since)


def problem_response(details: ProblemDetails, headers: dict[str, str] | None = None) -> JSONResponse:
    note_problem(details.code)
    given = dict(headers or {})
    if details.status == 503:
        given.setdefault("Retry-After", str(RETRY_AFTER_SECONDS))
    if details.status == 401:
        given.setdefault("WWW-Authenticate", "Bearer")
    return JSONResponse(
        details.model_dump(
            mode="json", exclude={name for name in ("rev", "events_since", "errors") if getattr(details, name) is None}
        ),
        status_code=details.status,
        media_type=MEDIA_TYPE,
        headers=given,
    )


_HEADERS: dict[int, dict[str, Any]] = {
    429: {"headers": {"Retry-After": {"description": "In seconds.", "schema": {"type": "integer"}}}}
}
_DESCRIPTIONS = {
    401: "No token, or one that is not valid or has expired.",
    403: "The book or deal is known to you, but you have no right to do this.",
    404: "There is no such thing, or it belongs to somebody else.",
    409: "The state does not allow it; nothing was changed.",
    413: "The body is larger than the limit.",
    415: "The media type or kind of document is not supported.",
    422: "The input is malformed; nothing was changed.",
    429: "Too many requests; try again after `Retry-After` seconds.",
    500: "Something went wrong on our side.",
    501: "What is asked for is not available in this installation.",
    503: "A part that is needed does not answer; try again after `Retry-After` seconds.",
}


def problems(*statuses: int, counted: bool = True) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route: these, and those that every route may answer; `counted`: among them 429."""
    reference = {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}
    usual = {401, 422, 429, 500, 503} if counted else {401, 422, 500, 503}
    return {
        status: {"description": _DESCRIPTIONS[status], "content": {MEDIA_TYPE: reference}, **_HEADERS.get(status, {})}
        for status in sorted({*statuses, *usual})
    }
