"""How the commands of the platform ask: over the HTTP API in a person's name, or with the keys of this machine."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import httpx
from pydantic import BaseModel, JsonValue, TypeAdapter

from access.features import FlagBook
from access.person import AccessUnavailable
from access.registry import Registry
from audit import Target
from cli.environment import settings_here
from cli.recording import recorded
from cli.runs import TOKEN_VARIABLE
from deploy.embedded.places import data_dir
from deploy.embedded.steps import StackError
from deploy.embedded.supervisor import RunningStack

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)


class PlatformCaller:
    """One person at the API. Raises StackError with a sentence when it refuses or does not answer."""

    def __init__(self, api_url: str, token: str, org_id: str | None) -> None:
        self._http = httpx.Client(base_url=api_url, headers={"Authorization": f"Bearer {token}"}, timeout=30)
        self._org_id = org_id

    @classmethod
    def here(cls, api: str | None) -> PlatformCaller:
        """Who has the token in BOOKRUNNER_TOKEN; without one, the demonstration owner of the stack on this machine."""
        token = os.environ.get(TOKEN_VARIABLE, "")
        if api is not None and token:
            return cls(api, token, None)
        stack = RunningStack.found_in(data_dir())
        if stack.api_url is None:
            raise StackError("Only the backing parts run; start everything with `make run`.")
        if token:
            return cls(api or stack.api_url, token, None)
        owner = next(person for person in stack.addresses.people() if person.role == "owner")
        return cls(api or stack.api_url, owner.access_token, owner.org_id)

    def org(self, given: str | None) -> str:
        """The organisation that is meant: the one given, or the only one of the person."""
        if given or self._org_id:
            return str(given or self._org_id)
        found = TypeAdapter(list[dict[str, JsonValue]]).validate_python(self._answer("GET", "/orgs").json()["items"])
        if len(found) != 1:
            raise StackError("You belong to several organisations or none; name one with --org.")
        return str(found[0]["org_id"])

    def get(self, path: str, model: type[M]) -> M:
        return model.model_validate_json(self._answer("GET", path).content)

    def get_if_any(self, path: str, model: type[M]) -> M | None:
        content = self._answer("GET", path).content
        return None if content == b"null" else model.model_validate_json(content)

    def send(self, method: str, path: str, model: type[M], body: BaseModel | None = None) -> M:
        return model.model_validate_json(self._answer(method, path, body).content)

    def remove(self, path: str) -> None:
        self._answer("DELETE", path)

    def _answer(self, method: str, path: str, body: BaseModel | None = None) -> httpx.Response:
        given = None if body is None else body.model_dump(mode="json")
        try:
            answer = self._http.request(method, path, json=given)
        except httpx.HTTPError as error:
            raise StackError(f"The API does not answer ({type(error).__name__}). Is it running?") from error
        if answer.status_code == 401:
            raise StackError(f"The token is not valid (any more). Put a fresh one into {TOKEN_VARIABLE}.")
        if answer.is_error:
            problem = answer.json()
            raise StackError(f"{problem.get('detail', answer.text)} {problem.get('next_step', '')}".strip())
        return answer


@dataclass(frozen=True)
class Recording:
    """How a change for all organisations is called in the audit log."""

    action: str
    id: str

    @property
    def target(self) -> Target:
        return Target(kind=self.action.partition(".")[0], id=self.id)


def with_registry(work: Callable[[Registry], Awaitable[T]], recording: Recording | None = None) -> T:
    """For whoever has the keys of the deployment, which is more than any role."""
    return asyncio.run(_with(Registry.connect, work, recording))


def with_flags(work: Callable[[FlagBook], Awaitable[T]], recording: Recording | None = None) -> T:
    return asyncio.run(_with(FlagBook.connect, work, recording))


R = TypeVar("R", Registry, FlagBook)


async def _with(connect: Callable[[str, str], R], work: Callable[[R], Awaitable[T]], recording: Recording | None) -> T:
    async with _opened(connect) as opened:
        try:
            if recording is None:
                return await work(opened)
            async with recorded(recording.action, recording.target):
                return await work(opened)
        except AccessUnavailable as error:
            raise StackError(f"Supabase does not answer: {error}.") from error


@asynccontextmanager
async def _opened(connect: Callable[[str, str], R]) -> AsyncGenerator[R]:
    settings = settings_here()
    key = settings.supabase_service_role_key
    opened = connect(settings.supabase_url, key.get_secret_value() if key else "")
    try:
        yield opened
    finally:
        await opened.close()
