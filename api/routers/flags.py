"""Feature flags: which are on for whoever asks, and how an organisation and the operators set them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from access.person import Person
from api.dependencies import Caller, PartsOf
from api.noting import note_details, note_target
from api.organisations import OpenedOrg
from api.parts import Parts
from api.platform import operating
from api.problems import ApiProblem, problems
from domain.flags import KNOWN_FLAGS, MOST_RULES, FlagKey, FlagRule, FlagSetting, KnownFlag, Percent, Unit, evaluate_all
from domain.permissions import Action
from domain.values import OptionalLine
from store import Page

router = APIRouter(tags=["flags"])

Key = Annotated[FlagKey, Path(description="A flag.")]


class NewSetting(BaseModel):
    """How a flag is set. `enabled` false switches it off for everybody; else `percent` of the units have it.

    The first rule that names a person or one of their teams comes before the percentage.
    """

    model_config = ConfigDict(extra="forbid")

    enabled: StrictBool = True
    percent: Percent = 0
    unit: Unit = "person"
    rules: Annotated[tuple[FlagRule, ...], Field(max_length=MOST_RULES)] = ()
    description: OptionalLine = ""


class MyFlags(BaseModel):
    """What is on for you in an organisation, by flag."""

    org_id: str
    flags: dict[str, bool]


class OrgFlags(BaseModel):
    """The flags that the product knows, and how they are set: by the organisation, and (without `org_id`) for all."""

    known: tuple[KnownFlag, ...]
    settings: tuple[FlagSetting, ...]


@router.get("/flags", operation_id="read_flags", responses=problems())
async def read_flags(parts: PartsOf, person: Caller) -> Page[MyFlags]:
    """Which features are on for you, in each organisation that you work in."""
    who = person.acts_for or person.person_id
    return Page[MyFlags](items=tuple([await _flags_of(parts, org_id, who) for org_id in await _orgs(parts, person)]))


@router.get("/orgs/{org_id}/flags", operation_id="list_org_flags", responses=problems(403, 404))
async def list_org_flags(parts: PartsOf, opened: OpenedOrg) -> OrgFlags:
    """How flags are set for an organisation."""
    opened.require(Action.FLAGS_READ)
    settings = await parts.flags.settings_of(opened.org_id)
    return OrgFlags(known=tuple(KNOWN_FLAGS.values()), settings=tuple(settings))


@router.put("/orgs/{org_id}/flags/{key}", operation_id="set_org_flag", responses=problems(403, 404))
async def set_org_flag(parts: PartsOf, opened: OpenedOrg, key: Key, body: NewSetting) -> FlagSetting:
    """Set a flag for an organisation; it counts before the setting for all, unless that is a kill switch."""
    opened.require(Action.FLAGS_MANAGE)
    note_target("flag", key)
    note_details(enabled=body.enabled, percent=body.percent)
    return await parts.flags.set(
        FlagSetting(key=key, org_id=opened.org_id, updated_by=opened.person.person_id, **body.model_dump())
    )


@router.delete(
    "/orgs/{org_id}/flags/{key}", operation_id="unset_org_flag", status_code=204, responses=problems(403, 404)
)
async def unset_org_flag(parts: PartsOf, opened: OpenedOrg, key: Key) -> Response:
    """Go by the setting for all again."""
    opened.require(Action.FLAGS_MANAGE)
    note_target("flag", key)
    return await _unset(parts, key, opened.org_id)


@router.put("/flags/{key}", operation_id="set_flag", responses=problems(403))
async def set_flag(parts: PartsOf, person: Caller, key: Key, body: NewSetting) -> FlagSetting:
    """Set a flag for all organisations that set nothing themselves; for the operators of the platform."""
    operating(parts, person)
    note_target("flag", key)
    note_details(enabled=body.enabled, percent=body.percent)
    return await parts.flags.set(FlagSetting(key=key, updated_by=person.person_id, **body.model_dump()))


@router.delete("/flags/{key}", operation_id="unset_flag", status_code=204, responses=problems(403, 404))
async def unset_flag(parts: PartsOf, person: Caller, key: Key) -> Response:
    """Go by what the product says again; for the operators of the platform."""
    operating(parts, person)
    note_target("flag", key)
    return await _unset(parts, key, None)


async def _flags_of(parts: Parts, org_id: str, person_id: str) -> MyFlags:
    settings = await parts.flags.settings_of(org_id)
    subject = await parts.flags.subject(org_id, person_id)
    return MyFlags(org_id=org_id, flags=evaluate_all(settings, subject))


async def _orgs(parts: Parts, person: Person) -> list[str]:
    """Also the organisation in which somebody is on trial."""
    members = {str(each.org_id) for each in await parts.directory.organisations.of(person.person_id)}
    return sorted(members | {deal.org_id for deal in await parts.grants.deals_of(person.person_id)})


async def _unset(parts: Parts, key: str, org_id: str | None) -> Response:
    if not await parts.flags.unset(key, org_id):
        raise ApiProblem("unknown_flag", "This flag is not set here.", "Look at the settings.")
    return Response(status_code=204)
