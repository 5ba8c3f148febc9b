"""`python -m cli orgs`: the organisations of a person, and their end."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from cyclopts import App, Parameter
from pydantic import BaseModel, ConfigDict

from cli.platform import Json, show
from cli.platform_calls import PlatformCaller
from domain.retention import KeptAfter
from store.models import Page

orgs = App(name="orgs", help="Organisations, and their end.")


class Organisation(BaseModel):
    model_config = ConfigDict(extra="ignore")

    org_id: str
    name: str
    role: str
    retention_days: int
    books_kept_days: int | None = None
    books_kept_after: KeptAfter = "completion"


class BooksKept(BaseModel):
    books_kept_days: int | None
    books_kept_after: KeptAfter


class NewEnding(BaseModel):
    confirm: str
    after_days: int


class Ending(BaseModel):
    model_config = ConfigDict(extra="ignore")

    org_id: str
    ends_at: datetime
    requested_by: str


@orgs.command(name="list")
def list_orgs(*, api: str | None = None, as_json: Json = False) -> None:
    """Show the organisations that you belong to."""
    found = PlatformCaller.here(api).get("/orgs", Page[Organisation]).items
    show(found, ("org_id", "name", "role", "retention_days", "books_kept_days"), as_json)


@orgs.command
def keep_books(
    org: str,
    days: Annotated[int | None, Parameter(help="Without a number: for ever.")] = None,
    *,
    after: Annotated[KeptAfter, Parameter(help="From when the days count.")] = "completion",
    api: str | None = None,
    as_json: Json = False,
) -> None:
    """Say how long an organisation keeps its books. A book is announced for seven days before it is deleted."""
    wanted = BooksKept(books_kept_days=days, books_kept_after=after)
    changed = PlatformCaller.here(api).send("PATCH", f"/orgs/{org}", Organisation, wanted)
    show((changed,), ("org_id", "name", "books_kept_days", "books_kept_after"), as_json)


@orgs.command
def end(
    org: str,
    *,
    confirm: str,
    after_days: Annotated[int, Parameter(help="Until then it goes on as ever, and can be kept.")] = 7,
    api: str | None = None,
    as_json: Json = False,
) -> None:
    """End an organisation of yours: nothing of it can be read any more after its day, by anybody.

    Parameters
    ----------
    confirm
        The name of the organisation, as it is written.
    """
    wanted = NewEnding(confirm=confirm, after_days=after_days)
    ending = PlatformCaller.here(api).send("PUT", f"/orgs/{org}/ending", Ending, wanted)
    show((ending,), ("org_id", "ends_at", "requested_by"), as_json)


@orgs.command
def ending(org: str, *, api: str | None = None, as_json: Json = False) -> None:
    """Tell when an organisation ends."""
    found = PlatformCaller.here(api).get_if_any(f"/orgs/{org}/ending", Ending)
    show(() if found is None else (found,), ("org_id", "ends_at", "requested_by"), as_json)


@orgs.command
def keep(org: str, *, api: str | None = None) -> None:
    """Take the end of an organisation back, before its day."""
    PlatformCaller.here(api).remove(f"/orgs/{org}/ending")
