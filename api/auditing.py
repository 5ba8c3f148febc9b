"""Every request that changes, shows or is refused something leaves its entry in the audit log before its answer goes.

Recorded are all calls that change something, reads of what a book holds, and refusals; what is not recorded, and why,
is said here and in docs/audit.md.
"""

from __future__ import annotations

import logging
import re
from typing import Protocol, cast
from uuid import uuid4

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.noting import Note, NotedCommand, open_note
from audit import NO_ORGANIZATION, AuditActor, AuditEntry, Result, Target, Trail

logger = logging.getLogger(__name__)

RECORDED_READS = frozenset(
    {
        "read_cim",
        "read_cim_at",
        "diff_cim",
        "list_slides",
        "read_slide",
        "list_facts",
        "read_graph",
        "list_findings",
        "suggest_graph",
        "list_repetitions",
        "list_messages",
        "list_comments",
        "read_message",
        "list_events",
        "stream_events",
        "list_passages",
        "download_image",
        "download_export",
        "export_audit",
        "list_audit",
        "verify_audit",
    }
)
"""They show what a book or a document holds, or who did what."""

UNRECORDED_READS: dict[str, str] = {
    "health": "says nothing of anybody",
    "ready": "says nothing of anybody",
    "read_web_config": "says nothing of anybody",
    "read_flags": "which features are on",
    "list_org_flags": "how features are set; setting them is recorded",
    "list_versions": "builds of the product",
    "list_all_applications": "settings of applications; what is done to them is recorded",
    "list_applications": "settings of applications; what is done to them is recorded",
    "read_application": "settings of applications; what is done to them is recorded",
    "list_deployments": "progress; every step is recorded",
    "read_deployment": "progress, asked for again and again; every step is recorded",
    "list_presence": "who has the book open just now, asked again and again; kept nowhere",
    "list_cims": "titles and progress only; opening a book is recorded",
    "list_books": "titles and progress only; opening a book is recorded",
    "list_threads": "numbers of messages, no texts",
    "list_branches": "numbers of messages, no texts",
    "read_retention": "when a book ends by rule; what is done by the rule is recorded",
    "list_requests": "open questions, asked for again and again; answers are recorded",
    "list_tool_calls": "names and outcomes; what they changed is in the log of the book",
    "list_sources": "names of documents; reading one is recorded",
    "read_source": "how far the reading of a document is, asked for again and again",
    "list_images": "names and sizes; opening one is recorded",
    "list_runs": "progress, asked for again and again",
    "list_all_runs": "progress, asked for again and again",
    "read_run": "progress, asked for again and again",
    "list_agents": "progress, asked for again and again",
    "list_agents_of_book": "progress, asked for again and again",
    "list_steps": "progress of an agent",
    "read_step": "progress of an agent",
    "read_export": "progress, asked for again and again; fetching the file is recorded",
    "read_usage": "sums",
    "read_run_usage": "sums",
    "read_budget": "sums",
    "read_me": "says to you who you are",
    "list_orgs": "your own organisations",
    "read_ending": "when it ends; asking for that is recorded",
    "read_org": "name and settings; changes are recorded",
    "list_members": "names and roles, no contents; changes are recorded",
    "list_trials": "who tries; beginnings and upgrades are recorded",
    "list_teams": "names; changes are recorded",
    "list_team_members": "who is in a team; changes are recorded",
    "list_invitations": "never shows a link; making and taking one up are recorded",
    "list_projects": "names and your roles; changes are recorded",
    "read_project": "name and your roles; changes are recorded",
    "list_project_members": "names and roles; changes are recorded",
    "list_deals": "names; changes are recorded",
    "list_keys": "never shows a key; making and revoking one are recorded",
}
"""Their refusals are recorded all the same."""

UNRECORDED_CALLS: dict[str, str] = {
    "tell_presence": "changes nothing and is kept nowhere; told again every minute by every open page",
}
"""They are no reads, but leave nothing behind. Their refusals are recorded all the same."""

_ACTIONS: dict[str, str] = {
    "send_commands": "cim.command",
    "stream_events": "stream.open",
    "list_audit": "audit.read",
    "diff_cim": "cim.compare",
    "sign_up": "account.create",
    "sign_in": "session.begin",
    "sign_out": "session.end",
    "transfer_ownership": "ownership.transfer",
    "set_project_member": "project_member.set",
    "call_off_deployment": "deployment.call_off",
}
"""Where `<verb>_<noun>` of an operation does not make a good `<noun>.<verb>`."""

SIGNING_IN = frozenset({"sign_in", "refresh_session", "confirm_password_reset"})
"""They answer 401 to a wrong password or code, without any token having been sent."""

_READING = frozenset({"GET", "HEAD"})
_UNTOLD = frozenset({405, 413, 415, 422, 429})
"""Malformed or too much: nothing was reached, so there is nothing to hold against anybody."""
_NAME = re.compile(r"^([a-z]+)_([a-z_]+)$")


class _Route(Protocol):
    operation_id: str | None
    path: str


class _Parts(Protocol):
    @property
    def trail(self) -> Trail: ...


class Auditing:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        note = open_note()
        is_told = False

        async def telling_send(message: Message) -> None:
            nonlocal is_told
            if message["type"] == "http.response.start" and not is_told:
                is_told = True
                _record_surely(scope, note, message["status"], _location(message))
            await send(message)

        try:
            await self._app(scope, receive, telling_send)
        except Exception:
            if not is_told:
                _record_surely(scope, note, 500, None)
            raise


def _record_surely(scope: Scope, note: Note, status: int, location: str | None) -> None:
    try:
        record(scope, note, status, location)
    except Exception:
        logger.critical("a request to %s left no audit entry", scope["path"], exc_info=True)


def record(scope: Scope, note: Note, status: int, location: str | None) -> None:
    """Leave the entries of one request, one for each command where there are any."""
    trail = cast(_Parts, scope["state"]["parts"]).trail
    operation = _operation(scope)
    if note.commands:
        for command in note.commands:
            trail.record(_entry(scope, note, f"cim.{command.type}", command.result, location, command))
    elif _is_recorded(scope, note, operation, status):
        is_token = status == 401 and operation not in SIGNING_IN
        action = "token.refuse" if is_token else action_of(operation or "unknown_route")
        entry = _entry(scope, note, action, result_of(status), location)
        for org_id in note.org_ids or (entry.org_id,):
            trail.record(entry.model_copy(update={"org_id": org_id, "entry_id": uuid4()}))


def action_of(operation: str) -> str:
    if given := _ACTIONS.get(operation):
        return given
    match = _NAME.match(operation)
    return f"{match[2]}.{match[1]}" if match else f"{operation}.call"


def result_of(status: int) -> Result:
    if status == 202:
        return "accepted"
    return "done" if status < 400 else "refused" if status < 500 else "failed"


def _is_recorded(scope: Scope, note: Note, operation: str | None, status: int) -> bool:
    if operation is None or status in _UNTOLD:
        return False
    if status == 401:
        return operation in SIGNING_IN or any(name == b"authorization" for name, _ in scope["headers"])
    if status >= 500:
        return note.actor is not None
    if status >= 400:
        return True
    if operation in UNRECORDED_CALLS:
        return False
    return scope["method"] not in _READING or (operation in RECORDED_READS and status != 304)


def _entry(
    scope: Scope, note: Note, action: str, result: Result, location: str | None, command: NotedCommand | None = None
) -> AuditEntry:
    client = scope.get("client")
    agent = next((value for name, value in scope["headers"] if name == b"user-agent"), None)
    path = {name: str(value) for name, value in cast("dict[str, object]", scope.get("path_params", {})).items()}
    target = note.target or _target(scope, path, location)
    details: dict[str, bool | int | str | tuple[str, ...]] = {
        name: value for name, value in path.items() if name != f"{target.kind}_id"
    }
    details |= note.details
    code = command.code if command is not None else note.code if result in ("refused", "failed") else None
    if code is not None:
        details["code"] = code
    if command is not None:
        details["command_id"] = command.command_id
        if command.rev is not None:
            details["rev"] = command.rev
    return AuditEntry(
        org_id=note.org_id or _org_of(path, result),
        actor=note.actor or _signed_in(target, result) or AuditActor(kind="nobody", id="unknown"),
        action=action,
        target=target,
        result=result,
        from_ip=client[0] if client else None,
        user_agent=agent.decode("latin-1") if agent else None,
        details=details,
    )


def _target(scope: Scope, path: dict[str, str], location: str | None) -> Target:
    """What the address names last; of something new, where it is found from now on."""
    if location is not None and location.count("/") >= 2:
        kind, id_ = location.split("?")[0].rsplit("/", 2)[1:]
        if re.fullmatch(r"[a-z][a-z-]{0,48}", kind):
            return Target(kind=kind.replace("-", "_").removesuffix("s"), id=id_)
    named = [name for name in path if name.endswith("_id")]
    if named:
        return Target(kind=named[-1].removesuffix("_id"), id=path[named[-1]])
    return Target(kind="route", id=cast(_Route, scope["route"]).path)


def _signed_in(target: Target, result: Result) -> AuditActor | None:
    """Before a sign-in nobody is known; after it, the person is whom it was for."""
    return AuditActor(kind="user", id=target.id) if target.kind == "person" and result == "done" else None


def _org_of(path: dict[str, str], result: Result) -> str:
    """An answer shows that the organisation in the address is real; a refusal does not."""
    org_id = path.get("org_id", "").lower()
    is_known = result in ("done", "accepted") and re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", org_id)
    return org_id if is_known else NO_ORGANIZATION


def _operation(scope: Scope) -> str | None:
    route = cast("_Route | None", scope.get("route"))
    return getattr(route, "operation_id", None)


def _location(message: Message) -> str | None:
    for name, value in message["headers"]:
        if name == b"location":
            return value.decode("latin-1")
    return None
