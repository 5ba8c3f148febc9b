"""Who may call which route. A route that is not written down here fails the tests."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.unit.evidence import pictured

LEAD = frozenset({"lead"})
EDITORS = LEAD | {"editor"}
REVIEWERS = EDITORS | {"reviewer"}
PROJECT = REVIEWERS | {"viewer"}
OWNERS = frozenset({"owner"})
ADMINS = OWNERS | {"admin"}
ORG_ONLY = ADMINS | {"member", "billing"}
"""Roles of the organisation, without one in the project."""
ORGANISATION = ORG_ONLY | PROJECT
NO_ONE = frozenset[str]()
"""Only those who run the platform, and they are not in this test."""
NOBODY = "00000000-0000-4000-8000-000000000000"

Ids = dict[str, str]
Making = Callable[[Ids], dict[str, Any]]


def nothing(_: Ids) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Access:
    """`may`: who is let in, and with which status. Colleagues are told 403, strangers 404.

    `to_all`: anybody who is signed in is answered, each with what is theirs. `open_to_the_world`: needs no token.
    `signs_out`: it ends the token, so that it is not tried with a good one.
    `with_book`: it changes so much that everybody gets a book of their own to try it on.
    """

    may: frozenset[str] = PROJECT
    status: frozenset[int] = frozenset({200})
    request: Making = nothing
    to_all: bool = False
    open_to_the_world: bool = False
    with_book: bool = False
    signs_out: bool = False
    unknown: frozenset[int] = frozenset({404})
    colleagues: int = 403
    ids: dict[str, str] = field(default_factory=dict[str, str])


def _command(type_: str, **fields: Any) -> Making:
    return lambda ids: {"json": {"type": type_, "command_id": str(uuid.uuid4()), **fields}}


def _json(**fields: Any) -> Making:
    return lambda ids: {"json": fields}


def _file(ids: Ids) -> dict[str, Any]:
    content = io.BytesIO(f"# Notes\n\n{uuid.uuid4()}\n".encode())
    return {"files": {"file": ("notes.md", content, "text/markdown")}}


def _picture(_: Ids) -> dict[str, Any]:
    return {"files": {"file": ("logo.png", io.BytesIO(pictured.drawing()), "image/png")}}


ACCEPTED = frozenset({202})
MADE = frozenset({201})
GONE = frozenset({404, 409})
"""Let in, and then told that there is no such member, team or key."""

ROUTES: dict[str, Access] = {
    "health": Access(open_to_the_world=True),
    "ready": Access(open_to_the_world=True),
    "read_web_config": Access(open_to_the_world=True),
    "sign_up": Access(open_to_the_world=True),
    "sign_in": Access(open_to_the_world=True),
    "refresh_session": Access(open_to_the_world=True),
    "request_password_reset": Access(open_to_the_world=True),
    "confirm_password_reset": Access(open_to_the_world=True),
    "begin_trial": Access(open_to_the_world=True),
    "upgrade_trial": Access(
        to_all=True, status=frozenset({403}), request=_json(email="a@b.example", password="long enough to be one")
    ),
    "sign_out": Access(to_all=True, status=frozenset({204}), signs_out=True),
    "read_me": Access(to_all=True),
    "list_orgs": Access(to_all=True),
    "create_org": Access(to_all=True, status=frozenset({201}), request=_json(name="Another & Co")),
    "accept_invitation": Access(to_all=True, status=frozenset({404}), request=_json(token="x" * 43)),
    "list_projects": Access(to_all=True),
    "list_deals": Access(may=ADMINS | PROJECT, request=lambda ids: {"params": {"project_id": ids["project_id"]}}),
    "read_org": Access(may=ORGANISATION),
    "update_org": Access(may=ADMINS, request=_json(name="Zinnober & Co")),
    "read_ending": Access(may=ORGANISATION),
    "end_org": Access(may=OWNERS, status=frozenset({409}), request=_json(confirm="Another name")),
    "keep_org": Access(may=OWNERS, status=frozenset({404})),
    "list_trials": Access(may=ADMINS),
    "list_members": Access(may=ADMINS),
    "change_member": Access(may=ADMINS, status=GONE, request=_json(role="member")),
    "remove_member": Access(may=ADMINS, status=GONE),
    "transfer_ownership": Access(may=OWNERS, status=GONE, request=_json(to=NOBODY)),
    "list_teams": Access(may=ORGANISATION),
    "create_team": Access(may=ADMINS, status=MADE, request=lambda ids: {"json": {"name": uuid.uuid4().hex}}),
    "rename_team": Access(may=ADMINS, status=GONE, request=_json(name="Renamed")),
    "remove_team": Access(may=ADMINS, status=GONE),
    "list_team_members": Access(may=ORGANISATION, status=GONE),
    "join_team": Access(may=ADMINS, status=GONE),
    "leave_team": Access(may=ADMINS, status=GONE),
    "list_invitations": Access(may=ADMINS),
    "create_invitation": Access(may=ADMINS, status=MADE, request=_json(email="invited@people.example")),
    "revoke_invitation": Access(may=ADMINS, status=GONE),
    "create_project": Access(
        may=ADMINS, status=MADE, request=lambda ids: {"json": {"org_id": ids["org_id"], "name": "Another"}}
    ),
    "read_project": Access(may=ADMINS | PROJECT),
    "rename_project": Access(may=ADMINS, request=_json(name="Project Zinnober")),
    "list_project_members": Access(may=ADMINS | PROJECT),
    "set_project_member": Access(may=ADMINS | LEAD, status=GONE, request=_json(person=NOBODY, role="viewer")),
    "remove_project_member": Access(may=ADMINS | LEAD, status=GONE),
    "create_deal": Access(
        may=ADMINS | LEAD,
        status=MADE,
        request=lambda ids: {"json": {"project_id": ids["project_id"], "name": "Another"}},
    ),
    "change_deal": Access(may=ADMINS | LEAD, request=_json(name="Zinnober")),
    "list_keys": Access(may=ORGANISATION),
    "create_key": Access(
        may=ORGANISATION - {"billing"}, status=frozenset({201, 403}), request=_json(name="A key", scopes=["books.read"])
    ),
    "revoke_key": Access(may=ADMINS, status=GONE),
    "list_audit": Access(may=ADMINS),
    "export_audit": Access(may=ADMINS, request=lambda ids: {"params": {"format": "csv"}}),
    "verify_audit": Access(may=ADMINS),
    "take_supabase_webhook": Access(open_to_the_world=True),
    "read_flags": Access(to_all=True),
    "list_versions": Access(to_all=True),
    "create_version": Access(may=NO_ONE, unknown=frozenset({403}), request=_json(build_id="b1")),
    "retire_version": Access(may=NO_ONE, unknown=frozenset({403})),
    "list_all_applications": Access(may=NO_ONE, unknown=frozenset({403})),
    "set_flag": Access(may=NO_ONE, unknown=frozenset({403}), request=_json(enabled=True)),
    "unset_flag": Access(may=NO_ONE, unknown=frozenset({403})),
    "list_org_flags": Access(may=ADMINS),
    "set_org_flag": Access(may=ADMINS, request=_json(enabled=True)),
    "unset_org_flag": Access(may=ADMINS, status=frozenset({204, 404})),
    "list_applications": Access(may=ADMINS),
    "create_application": Access(may=ADMINS, status=frozenset({409}), request=_json(name="A second one")),
    "read_application": Access(may=ADMINS),
    "update_application": Access(may=ADMINS, request=_json(name="Renamed")),
    "list_deployments": Access(may=ADMINS),
    "start_deployment": Access(may=ADMINS, status=frozenset({404, 409}), request=_json(action="roll_back")),
    "read_deployment": Access(may=ORGANISATION, status=GONE),
    "call_off_deployment": Access(may=ORGANISATION, status=GONE),
    "tell_presence": Access(
        status=frozenset({204}), request=_json(page_id="page1", place={"view": "slides"}, what="here")
    ),
    "list_presence": Access(),
    "list_comments": Access(),
    "add_comment": Access(may=REVIEWERS, status=MADE, request=_json(text="Zinnober-Marker-4711", slide_id="slide-1")),
    "resolve_comment": Access(may=REVIEWERS, status=GONE, request=_json(resolved=True)),
    "list_cims": Access(to_all=True),
    "list_books": Access(to_all=True),
    "list_all_runs": Access(to_all=True),
    "decode_payloads": Access(request=_json(payloads=[]), to_all=True),
    "open_codec_session": Access(status=frozenset({204}), to_all=True),
    "close_codec_session": Access(status=frozenset({204}), to_all=True),
    "create_cim": Access(
        may=EDITORS,
        status=frozenset({201}),
        request=lambda ids: {"json": {"deal_id": ids["deal_id"], "title": "Another"}},
    ),
    "read_cim": Access(),
    "delete_cim": Access(may=LEAD, status=frozenset({204}), with_book=True),
    "send_commands": Access(may=EDITORS, request=_command("rename", title="Zinnober-Marker-4711")),
    "create_assertion": Access(status=frozenset({201})),
    "list_slides": Access(),
    "read_slide": Access(),
    "list_facts": Access(),
    "send_message": Access(
        may=REVIEWERS, status=ACCEPTED, request=_json(text="What is known?", mode="ask", thread_id="talk")
    ),
    "list_messages": Access(),
    "read_message": Access(),
    "list_threads": Access(),
    "list_branches": Access(),
    "switch_branch": Access(may=REVIEWERS, request=lambda ids: {"json": {"leaf_id": ids["message_id"]}}),
    "steer_run": Access(may=REVIEWERS, status=ACCEPTED, request=_json(text="Be brief.")),
    "list_events": Access(),
    "stream_events": Access(),
    "read_cim_at": Access(),
    "diff_cim": Access(request=lambda ids: {"params": {"from": 1, "to": 2}}),
    "read_graph": Access(),
    "list_findings": Access(),
    "read_retention": Access(),
    "suggest_graph": Access(),
    "list_repetitions": Access(),
    "list_requests": Access(),
    "answer_request": Access(may=REVIEWERS, status=frozenset({200, 409}), request=_json(choices=["Asia"])),
    "list_tool_calls": Access(),
    "upload_source": Access(may=EDITORS, status=ACCEPTED, request=_file),
    "list_sources": Access(),
    "read_source": Access(),
    "list_passages": Access(),
    "upload_image": Access(may=EDITORS, status=frozenset({200, 201}), request=_picture),
    "list_images": Access(),
    "download_image": Access(),
    "start_run": Access(may=EDITORS, status=ACCEPTED, request=_json(kind="draft_outline")),
    "list_runs": Access(),
    "read_run": Access(),
    "read_run_usage": Access(),
    "list_agents": Access(),
    "list_agents_of_book": Access(),
    "list_steps": Access(request=lambda ids: {"params": {"agent_id": ids["agent_id"]}}),
    "read_step": Access(),
    "cancel_run": Access(may=EDITORS, status=frozenset({202, 409})),
    "resume_run": Access(may=EDITORS, status=ACCEPTED, ids={"run_id": "over_id"}),
    "fork_run": Access(
        may=EDITORS,
        status=ACCEPTED,
        request=lambda ids: {"json": {"agent_id": ids["agent_id"], "step": 0}},
    ),
    "start_export": Access(status=ACCEPTED, request=_json(format="md")),
    "read_export": Access(),
    "download_export": Access(),
    "read_usage": Access(may=ORGANISATION, request=lambda ids: {"params": {"org_id": ids["org_id"]}}),
    "read_budget": Access(may=ORGANISATION, request=lambda ids: {"params": {"org_id": ids["org_id"]}}),
}
