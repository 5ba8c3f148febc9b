"""Rights asked of a real Supabase, over the seeded people."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator

import pytest

from access import AccessUnavailable, DealAccess, TokenVerifier
from deploy.embedded.people import Person
from deploy.embedded.sharing import shared_stack
from deploy.embedded.stack import Addresses
from domain.permissions import Role


@pytest.fixture(scope="module")
def addresses() -> Iterator[Addresses]:
    with shared_stack({"supabase"}) as found:
        yield found


@pytest.fixture(scope="module")
def people(addresses: Addresses) -> list[Person]:
    return addresses.people()


@pytest.fixture
async def access(addresses: Addresses) -> AsyncIterator[DealAccess]:
    assert addresses.supabase_url is not None
    assert addresses.service_role_key is not None
    opened = DealAccess.connect(addresses.supabase_url, addresses.service_role_key)
    yield opened
    await opened.close()


def team(people: list[Person], org_id: str) -> dict[str, Person]:
    return {person.role: person for person in people if person.org_id == org_id}


def orgs(people: list[Person]) -> list[str]:
    return list(dict.fromkeys(person.org_id for person in people if person.org_id is not None))


async def test_everybody_has_the_role_that_was_given(access: DealAccess, people: list[Person]) -> None:
    for person in people:
        if person.deal_id is None or person.org_id is None:
            continue
        role = await access.role(person.user_id, person.org_id, person.deal_id)
        assert role == (None if person.role in ("owner", "admin", "billing") else Role(person.role))


async def test_a_colleague_without_a_role_is_told_from_a_stranger(access: DealAccess, people: list[Person]) -> None:
    first, second = orgs(people)
    owner, stranger = team(people, first)["owner"], team(people, second)["lead"]
    outsider = next(person for person in people if person.role == "outsider")
    assert owner.deal_id is not None
    colleague = await access.standing(owner.user_id, owner.deal_id)
    assert colleague is not None
    assert (colleague.role, colleague.org_role) == (None, "owner")
    assert await access.standing(stranger.user_id, owner.deal_id) is None
    assert await access.standing(outsider.user_id, owner.deal_id) is None
    assert await access.standing(str(uuid.uuid4()), owner.deal_id) is None


async def test_a_role_counts_in_its_own_organisation_only(access: DealAccess, people: list[Person]) -> None:
    first, second = orgs(people)
    lead = team(people, first)["lead"]
    assert lead.deal_id is not None
    assert await access.role(lead.user_id, second, lead.deal_id) is None


async def test_unknown_and_odd_ids_are_nobody(access: DealAccess, people: list[Person]) -> None:
    lead = people[0]
    assert lead.deal_id is not None
    for odd in ("", "x", "' or 1=1 --", "*", "\x00", str(uuid.uuid4())):
        assert await access.standing(lead.user_id, odd) is None
        assert await access.standing(odd, lead.deal_id) is None
        assert list(await access.deals_of(odd)) == []


async def test_deals_of_a_person(access: DealAccess, people: list[Person]) -> None:
    for org_id in orgs(people):
        viewer = team(people, org_id)["viewer"]
        deals = await access.deals_of(viewer.user_id)
        assert [(deal.deal_id, deal.org_id, deal.role) for deal in deals] == [(viewer.deal_id, org_id, Role.VIEWER)]
        assert list(await access.deals_of(team(people, org_id)["owner"].user_id)) == []


async def test_a_real_token_is_verified(addresses: Addresses, people: list[Person]) -> None:
    verified = await TokenVerifier(addresses.jwt_secret).verify(people[0].access_token)
    assert verified.person_id == people[0].user_id
    assert verified.email == people[0].email


async def test_no_supabase_is_said_quickly() -> None:
    access = DealAccess.connect("http://127.0.0.1:9", "key")
    with pytest.raises(AccessUnavailable):
        await access.standing(str(uuid.uuid4()), str(uuid.uuid4()))
    await access.close()


async def test_a_wrong_key_is_no_answer(addresses: Addresses, people: list[Person]) -> None:
    assert addresses.supabase_url is not None
    access = DealAccess.connect(addresses.supabase_url, "sb_secret_wrong")
    with pytest.raises(AccessUnavailable):
        await access.standing(people[0].user_id, str(people[0].deal_id))
    await access.close()


async def test_ping(access: DealAccess) -> None:
    await access.ping()
