"""Keys of machines and people on trial at every route: within their scopes, their organisation, their project."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import httpx
import pytest

from api.actions import KEY_ACTIONS
from domain.permissions import MATRIX, OrgRole, Role
from tests.integration.api.conftest import Site

from .conftest import SECRET_WORDS, Everybody, Furnished
from .routes import ROUTES
from .test_routes import GUARDED, call_route, statuses_of

MAKERS: dict[str, OrgRole | Role] = {"lead": Role.LEAD, "owner": OrgRole.OWNER, "viewer": Role.VIEWER}
SCOPES = sorted(MATRIX)
REACHED = [one for one in GUARDED if one in KEY_ACTIONS and not ROUTES[one].with_book]
SENDS = "cim.rename"
"""What the command of the table takes besides the scope of the route."""


async def _key(site: Site, everybody: Everybody, who: str, scopes: Sequence[str], *, theirs: bool = False) -> str:
    organisation = everybody.theirs if theirs else everybody.ours
    async with site.api.client(organisation.people[MAKERS[who]].token) as maker:
        body = {"name": f"{who} {len(scopes)}", "scopes": list(scopes)}
        answer = await maker.post(f"/orgs/{organisation.id}/keys", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["key"]


@pytest.fixture(scope="module")
async def keys(site: Site, everybody: Everybody) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """For each maker: one key with everything; for each action one with it alone, and one with all but it."""
    actions = sorted({KEY_ACTIONS[one] for one in REACHED})
    wanted: dict[str, tuple[str, Sequence[str], bool]] = {}
    for who in MAKERS:
        wanted[f"{who} all"] = (who, SCOPES, False)
        for action in actions:
            wanted[f"{who} {action}"] = (who, (action, SENDS), False)
            wanted[f"{who} but {action}"] = (who, [one for one in SCOPES if one != action], False)
    wanted["other lead"] = ("lead", SCOPES, True)
    wanted["other owner"] = ("owner", SCOPES, True)
    room = asyncio.Semaphore(8)

    async def made(who: str, scopes: Sequence[str], theirs: bool) -> httpx.AsyncClient:
        async with room:
            return site.api.client(await _key(site, everybody, who, scopes, theirs=theirs))

    clients = await asyncio.gather(*(made(*each) for each in wanted.values()))
    yield dict(zip(wanted, clients, strict=True))
    await asyncio.gather(*(client.aclose() for client in clients))


async def test_a_key_never_reaches_past_its_scopes(furnished: Furnished, keys: dict[str, httpx.AsyncClient]) -> None:
    answers = await statuses_of(
        [
            (f"{one} / {who}", call_route(keys[f"{who} but {KEY_ACTIONS[one]}"], one, furnished.ids))
            for one in REACHED
            for who in MAKERS
        ]
    )
    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code != 403} == {}
    assert [name for name, answer in answers.items() if SECRET_WORDS in answer.text] == []


async def test_within_its_scope_a_key_may_what_its_maker_may(
    furnished: Furnished, keys: dict[str, httpx.AsyncClient]
) -> None:
    """And no more: a right that the maker has not is not there, whatever the scopes say."""
    answers = await statuses_of(
        [
            (f"{one} / {who}", call_route(keys[f"{who} {KEY_ACTIONS[one]}"], one, furnished.ids))
            for one in REACHED
            for who in MAKERS
        ]
    )
    wrong: dict[str, tuple[int, str]] = {}
    for name, answer in answers.items():
        operation_id, _, who = name.partition(" / ")
        access = ROUTES[operation_id]
        is_let_in = access.to_all or who in access.may
        if answer.status_code not in (access.status if is_let_in else {403}):
            wrong[name] = (answer.status_code, answer.text[:200])
    assert wrong == {}


async def test_what_is_for_people_is_shut_to_every_key(
    furnished: Furnished, keys: dict[str, httpx.AsyncClient]
) -> None:
    shut = [one for one in GUARDED if one not in KEY_ACTIONS and one != "read_me"]
    answers = await statuses_of(
        [(f"{one} / {who}", call_route(keys[f"{who} all"], one, furnished.ids)) for one in shut for who in MAKERS]
    )
    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code != 403} == {}
    assert {"create_key", "revoke_key", "transfer_ownership", "accept_invitation", "create_assertion"} <= set(shut)


async def test_keys_of_another_organisation_find_nothing(
    furnished: Furnished, keys: dict[str, httpx.AsyncClient]
) -> None:
    asked = [one for one in REACHED if not ROUTES[one].to_all]
    answers = await statuses_of(
        [
            (f"{one} / {who}", call_route(keys[who], one, furnished.ids))
            for one in asked
            for who in ("other lead", "other owner")
        ]
    )
    wrong = {
        name: (answer.status_code, answer.text[:200])
        for name, answer in answers.items()
        if answer.status_code not in ROUTES[name.partition(" / ")[0]].unknown
    }
    assert wrong == {}
    assert [name for name, answer in answers.items() if SECRET_WORDS in answer.text] == []


async def test_somebody_on_trial_finds_nothing_of_the_organisation_that_is_tried(
    site: Site, everybody: Everybody, furnished: Furnished
) -> None:
    """Nor may the person who tries do more in the project of the trial than its one book takes."""
    ours = everybody.ours
    async with site.api.client(everybody.account("owner").token) as owner, site.api.client() as anybody:
        allowed = {"trial_allowed": True}
        assert (await owner.patch(f"/orgs/{ours.id}", json=allowed)).status_code == 200
        begun = (await anybody.post("/auth/trial", json={"org_id": ours.id})).json()
    asked = [one for one in GUARDED if not ROUTES[one].to_all]
    own_alone = {"read_usage", "read_budget"}
    left_out = {"create_org", "upgrade_trial", "sign_out"}
    lists = [one for one in GUARDED if ROUTES[one].to_all and one not in left_out]
    async with site.api.client(begun["session"]["access_token"]) as trying:
        answers = await statuses_of([(one, call_route(trying, one, furnished.ids)) for one in (*asked, *lists)])
        wrong = {
            name: (answer.status_code, answer.text[:200])
            for name, answer in answers.items()
            if name in asked and name not in own_alone and answer.status_code not in ROUTES[name].unknown
        }
        assert answers["read_usage"].json()["whose"] == "own"
        assert answers["read_budget"].json()["spent_usd"] is None
        assert wrong == {}
        assert [name for name, answer in answers.items() if SECRET_WORDS in answer.text] == []
        assert [name for name, answer in answers.items() if furnished.book.id in answer.text] == []
        own = begun["project_id"]
        refused = [
            await trying.patch(f"/projects/{own}", json={"name": "Mine"}),
            await trying.post(
                f"/projects/{own}/members", json={"person": ours.people[Role.LEAD].user_id, "role": "viewer"}
            ),
            await trying.post("/deals", json={"project_id": own, "name": "Another"}),
            await trying.post("/projects", json={"org_id": ours.id, "name": "Another"}),
            await trying.post(f"/orgs/{ours.id}/keys", json={"name": "Mine", "scopes": ["books.read"]}),
        ]
        assert [answer.status_code for answer in refused] == [403, 403, 403, 404, 404]


@pytest.mark.parametrize("token", ["", "x" * 43, "../../x", "%00", "' or '1'='1", "eq.x", "x" * 201])
async def test_links_that_were_never_given_out_open_nothing(site: Site, everybody: Everybody, token: str) -> None:
    async with site.api.client(everybody.outsider.token) as outsider:
        answer = await outsider.post("/invitations/accept", json={"token": token})
    assert answer.status_code in (404, 422)
