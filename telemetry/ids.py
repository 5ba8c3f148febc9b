"""The ids that belong to what is being done: of the request, the tenant, the CIM, the run."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import cast

NAMES = ("org_id", "cim_id", "run_id", "agent_id", "person_id")
_PARTS = ("start", "run", "address")
"""What the arguments of activities have their ids in, besides themselves."""
_PEOPLE = ("requested_by", "chosen_by", "actor")
_IN_WORKFLOW_IDS = {
    "cim": ("org_id", "cim_id"),
    "run": ("cim_id", "run_id"),
    "agent": ("cim_id", "agent_id"),
    "thread": ("cim_id",),
    "ingest": ("cim_id",),
    "export": ("cim_id",),
    "tenant": ("org_id",),
    "application": ("org_id",),
    "deployment": ("org_id",),
}
"""By the kind that the id of a workflow begins with."""

_IDS: ContextVar[dict[str, str] | None] = ContextVar("ids", default=None)


@contextmanager
def identified(**ids: str) -> Generator[None]:
    """These ids, and those of `add_ids`, belong to everything that is done inside, tasks included."""
    token = _IDS.set(_given(ids))
    try:
        yield
    finally:
        _IDS.reset(token)


def identify(**ids: str) -> dict[str, str]:
    """The same for all that is left to do in this task, and in those that it begins. Changed later, they count so."""
    given = _given(ids)
    _IDS.set(given)
    return given


def add_ids(**ids: str) -> None:
    """What has been found out meanwhile. Outside of `identified` it is forgotten."""
    known = _IDS.get()
    if known is not None:
        known.update(_given(ids))


def current_ids() -> Mapping[str, str]:
    return _IDS.get() or {}


def ids_of_workflow(workflow_id: str) -> dict[str, str]:
    """Those that the id of a workflow tells."""
    kind, *parts = workflow_id.split("/")
    return _given(dict(zip(_IN_WORKFLOW_IDS.get(kind, ()), parts, strict=False)))


def ids_in(arguments: Sequence[object]) -> dict[str, str]:
    """Those in the first argument of an activity or a workflow; that of a graph's node has a state with a `scope`."""
    argument = _fields(next(iter(arguments), None))
    found: dict[str, str] = {}
    for holder in (_scope_in(argument), argument, *(_fields(argument.get(name)) for name in _PARTS)):
        people = (getattr(holder.get(name), "person_id", None) for name in _PEOPLE if name in holder)
        told = [*((name, holder.get(name)) for name in NAMES), *(("person_id", person) for person in people)]
        for name, value in told:
            if isinstance(value, str) and value:
                found.setdefault(name, value)
    return found


def _scope_in(argument: Mapping[str, object]) -> Mapping[str, object]:
    given = argument.get("args")
    state = cast("Sequence[object]", given)[0] if isinstance(given, list | tuple) and given else None
    return _fields(_fields(state).get("scope"))


def _fields(holder: object) -> Mapping[str, object]:
    """Read past Pydantic, whose models take their time to say that they lack a field."""
    if isinstance(holder, dict):
        return cast("Mapping[str, object]", holder)
    return getattr(holder, "__dict__", {})


def _given(ids: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in ids.items() if value}
