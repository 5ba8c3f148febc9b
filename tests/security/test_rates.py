"""How often a tenant may call, whatever the route; strangers use up nothing of it."""

from __future__ import annotations

import contextlib

import httpx

from api.app import create_app
from tests.integration.api.conftest import Site

from .conftest import Everybody, Furnished

NOT_COUNTED = {"health", "ready", "stream_events"}


def test_every_route_that_is_counted_tells_of_it() -> None:
    paths = create_app().openapi()["paths"].values()
    operations = [operation for path in paths for operation in path.values()]
    told = {one["operationId"]: one["responses"].get("429") for one in operations}
    assert {name for name, response in told.items() if response is None} == NOT_COUNTED
    assert all("Retry-After" in response["headers"] for response in told.values() if response is not None)
    assert all("application/problem+json" in response["content"] for response in told.values() if response is not None)


async def test_all_routes_of_a_tenant_count_together(site: Site, everybody: Everybody, furnished: Furnished) -> None:
    ours, ids = everybody.ours, furnished.ids
    limits = {"read": {"tenant": "12/hour"}}
    strict = type(site.settings).model_validate({**dict(site.settings), "rate_limits": limits})
    book = furnished.book.url
    by_lead = (
        book,
        f"{book}/slides",
        f"/runs/{ids['run_id']}",
        f"/sources/{ids['source_id']}",
        f"/exports/{ids['export_id']}",
        f"/projects/{ours.project_id}",
        f"/orgs/{ours.id}/teams",
    )
    by_owner = (f"/orgs/{ours.id}", f"/orgs/{ours.id}/members", f"/applications/{ids['application_id']}")
    both = (("/usage", {"org_id": ours.id}), ("/deals", {"project_id": ours.project_id}))
    async with contextlib.AsyncExitStack() as stack:
        api = await stack.enter_async_context(site.running_api(settings=strict))

        async def client(who: str) -> httpx.AsyncClient:
            return await stack.enter_async_context(api.client(everybody.account(who).token))

        lead, owner, stranger = await client("lead"), await client("owner"), await client("other lead")
        for _ in range(3):
            assert {(await stranger.get(path)).status_code for path in by_lead} == {404}
        answers = [await lead.get(path) for path in by_lead]
        answers += [await owner.get(path) for path in by_owner]
        answers += [await lead.get(path, params=params) for path, params in both]
        assert [answer.status_code for answer in answers] == [200] * 12
        late = [await lead.get(path) for path in by_lead]
        late += [await owner.get(path) for path in by_owner]
        late += [await lead.get(path, params=params) for path, params in both]
        assert [answer.status_code for answer in late] == [429] * 12
        assert {answer.json()["code"] for answer in late} == {"too_many_requests"}
        assert all(int(answer.headers["retry-after"]) >= 1 for answer in late)
        assert (await stranger.get(f"/orgs/{everybody.theirs.id}")).status_code == 200
