"""What every answer tells browsers, and who may call from elsewhere."""

from __future__ import annotations

import httpx

from tests.integration.api.conftest import Site

from .conftest import Everybody, Furnished

ELSEWHERE = "https://elsewhere.example"


def _is_locked_down(answer: httpx.Response) -> bool:
    return (
        answer.headers["x-content-type-options"] == "nosniff"
        and answer.headers["referrer-policy"] == "no-referrer"
        and "camera=()" in answer.headers["permissions-policy"]
        and "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        and "cache-control" in answer.headers
    )


async def test_answers_of_every_kind_are_locked_down(
    site: Site, furnished: Furnished, callers: dict[str, httpx.AsyncClient]
) -> None:
    lead = callers["lead"]
    book = furnished.book.url
    async with site.api.client() as anybody:
        answers = [
            await lead.get(book),
            await lead.get("/cims/nothing"),
            await lead.get("/nowhere"),
            await lead.put(book),
            await lead.post(f"{book}/commands", content=b"{"),
            await lead.get(f"{book}/images/{furnished.ids['image_id']}"),
            await lead.get(f"/exports/{furnished.ids['export_id']}/file"),
            await anybody.get(book),
            await anybody.get("/health"),
            await anybody.get("/app"),
            await anybody.get("/docs"),
        ]
    assert [answer.url.path for answer in answers if not _is_locked_down(answer)] == []
    assert [answer.url.path for answer in answers if "strict-transport-security" in answer.headers] == []
    assert answers[0].headers["cache-control"] == "no-store"
    assert answers[0].headers["content-security-policy"].startswith("default-src 'none'")
    assert "script-src" not in answers[0].headers["content-security-policy"]


async def test_the_page_runs_scripts_of_its_own_only(site: Site) -> None:
    async with site.api.client() as anybody:
        policy = (await anybody.get("/docs")).headers["content-security-policy"]
        page = await anybody.get("/app")
    assert "cdn.jsdelivr.net" in policy
    if page.headers["content-type"].startswith("text/html"):
        rules = dict(rule.strip().split(" ", 1) for rule in page.headers["content-security-policy"].split(";"))
        assert rules["script-src"] == "'self'"
        assert rules["connect-src"] == f"'self' {site.addresses.supabase_url}"
        assert "<script>" not in page.text


async def test_strict_transport_is_asked_for_behind_tls(site: Site) -> None:
    async with site.api.client() as anybody:
        answer = await anybody.get("/health", headers={"X-Forwarded-Proto": "https"})
    assert answer.headers["strict-transport-security"].startswith("max-age=")


async def test_pages_of_other_origins_are_told_nothing_unless_they_are_named(
    site: Site, everybody: Everybody, furnished: Furnished
) -> None:
    asking = {
        "Origin": ELSEWHERE,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
    }
    token = everybody.account("lead").token
    async with site.api.client(token) as client:
        for answer in (await client.options("/cims", headers=asking), await client.get("/cims", headers=asking)):
            assert not [name for name in answer.headers if name.startswith("access-control")]
    named = site.settings.model_copy(update={"cors_origins": (ELSEWHERE,)})
    async with site.running_api(settings=named) as api, api.client(token) as client:
        asked = await client.options("/cims", headers=asking)
        assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (200, ELSEWHERE)
        assert "access-control-allow-credentials" not in asked.headers
        other = await client.options("/cims", headers={**asking, "Origin": "https://other.example"})
        assert "access-control-allow-origin" not in other.headers


async def test_too_many_calls_are_answered_with_when_to_come_back(
    site: Site, everybody: Everybody, furnished: Furnished
) -> None:
    limits = {
        "read": {"person": "5/minute"},
        "write": {"tenant": "3/minute"},
        "sign_in": {"address": "2/minute"},
    }
    strict = type(site.settings).model_validate({**dict(site.settings), "rate_limits": limits})
    book = furnished.book.url
    rename = {"type": "go_to_slide", "slide_id": "slide-1"}
    async with (
        site.running_api(settings=strict) as api,
        api.client(everybody.account("lead").token) as lead,
        api.client(everybody.account("editor").token) as editor,
        api.client() as anybody,
    ):
        reads = [await lead.get(book) for _ in range(8)]
        assert [answer.status_code for answer in reads] == [200] * 5 + [429] * 3
        assert reads[-1].json()["code"] == "too_many_requests"
        assert reads[-1].headers["content-type"] == "application/problem+json"
        assert 1 <= int(reads[-1].headers["retry-after"]) <= 61
        assert (await editor.get(book)).status_code == 200
        writes = [await one.post(f"{book}/commands", json=rename) for one in (lead, editor, lead, editor, lead)]
        assert [answer.status_code == 429 for answer in writes] == [False] * 3 + [True] * 2
        signs = [await anybody.post("/auth/refresh", json={"refresh_token": "nothing"}) for _ in range(4)]
        assert [answer.status_code == 429 for answer in signs] == [False] * 2 + [True] * 2
        async with lead.stream("GET", f"{book}/stream") as stream:
            assert stream.status_code == 200
        assert {(await anybody.get("/health")).status_code for _ in range(10)} == {200}
