"""What each reading route is asked for. A route or a parameter that is not written down here fails the tests."""

from __future__ import annotations

NEXT = "the cursor of the page before"
DAY = {"since": "2026-01-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"}

Asked = tuple[dict[str, str], ...]
_PLAIN: Asked = ({},)
_RUNS: Asked = (
    {"limit": "5"},
    {"status": "failed", "limit": "5"},
    {"limit": "5", "cursor": NEXT},
    {"status": "completed", "limit": "5", "cursor": NEXT},
)
_BOOKS: Asked = (
    {"limit": "5"},
    {"limit": "5", "cursor": NEXT},
    {"deal_id": "{deal_id}", "limit": "5"},
    {"deal_id": "{deal_id}", "status": "complete", "limit": "5"},
    {"status": "complete", "stage": "outline", "limit": "5"},
    {"stage": "outline", "limit": "5", "cursor": NEXT},
    {"ids": "{cim_id}", "limit": "5"},
)

OF_THE_STORE: dict[str, Asked] = {
    "list_cims": _BOOKS,
    "list_books": (
        {"deal_id": "{deal_id}", "status": "complete", "stage": "outline", "limit": "5", "cursor": NEXT},
        {"ids": "{cim_id}"},
    ),
    "read_cim": _PLAIN,
    "read_retention": _PLAIN,
    "list_slides": _PLAIN,
    "read_slide": _PLAIN,
    "list_facts": _PLAIN,
    "list_messages": (
        {"limit": "5"},
        {"thread_id": "long", "limit": "5"},
        {"thread_id": "long", "branch": "long-0300", "limit": "5"},
        {"thread_id": "long", "before": "long-0300", "limit": "5"},
    ),
    "read_message": _PLAIN,
    "list_threads": _PLAIN,
    "list_branches": _PLAIN,
    "list_events": ({"limit": "5"}, {"after": "200", "limit": "5"}),
    "stream_events": ({}, {"after": "200", "talk_after": "1"}),
    "list_presence": _PLAIN,
    "read_cim_at": _PLAIN,
    "diff_cim": ({"from": "1", "to": "2"}, {"from": "100", "to": "250"}),
    "read_graph": _PLAIN,
    "suggest_graph": _PLAIN,
    "list_repetitions": _PLAIN,
    "list_findings": _PLAIN,
    "list_requests": ({"state": "open"}, {"state": "all"}),
    "list_tool_calls": ({"limit": "5"}, {"run_id": "{run_id}", "after": "10", "limit": "5"}),
    "list_sources": _PLAIN,
    "read_source": _PLAIN,
    "list_passages": _PLAIN,
    "list_images": ({}, {"source_id": "{source_id}"}),
    "download_image": _PLAIN,
    "list_runs": _RUNS,
    "list_all_runs": _RUNS,
    "read_run": _PLAIN,
    "list_agents": _RUNS,
    "list_agents_of_book": _RUNS,
    "list_steps": ({"agent_id": "{agent_id}"},),
    "read_step": _PLAIN,
    "list_comments": ({}, {"slide_id": "slide-7"}),
    "read_export": _PLAIN,
    "download_export": _PLAIN,
    "read_usage": (
        {"org_id": "{org_id}", **DAY},
        {"org_id": "{org_id}", **DAY, "group_by": "person"},
    ),
    "read_run_usage": _PLAIN,
    "read_budget": ({"org_id": "{org_id}"},),
}

ELSEWHERE = frozenset(
    {
        "health",
        "ready",
        "read_web_config",
        "read_me",
        "list_orgs",
        "read_org",
        "list_trials",
        "read_ending",
        "list_members",
        "list_teams",
        "list_team_members",
        "list_invitations",
        "list_projects",
        "read_project",
        "list_project_members",
        "list_deals",
        "list_keys",
        "list_audit",
        "export_audit",
        "verify_audit",
        "read_flags",
        "list_org_flags",
        "list_versions",
        "list_all_applications",
        "list_applications",
        "read_application",
        "list_deployments",
        "read_deployment",
    }
)
"""What they read is not kept in the store."""
