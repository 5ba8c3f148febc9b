"""Texts as vectors: by a provider that langchain knows, by Voyage, or by the local model."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar, cast

from langchain_core.embeddings import Embeddings

from domain.spending import CallOutcome

NONE, LOCAL = "none", "local"
TEXTS_AT_ONCE = 64
CHARACTERS_AT_ONCE = 120_000
SECONDS_FOR_A_BATCH = 60.0
_FINAL = frozenset({400, 401, 403, 404, 413, 422})

Vector = list[float]
Answer = TypeVar("Answer")


class EmbeddingsNotConfigured(Exception):
    """The chosen embeddings cannot be made: the package, the key or the name is missing or wrong."""


class EmbeddingsUnavailable(Exception):
    """The embeddings did not answer. `is_final`: they refused for good, so that trying again is of no use."""

    def __init__(self, message: str, *, is_final: bool = False) -> None:
        super().__init__(message)
        self.is_final = is_final


class Account(Protocol):
    """Where it is recorded what embeddings take."""

    async def record(self, model: str, texts: Sequence[str], seconds: float, outcome: CallOutcome) -> None: ...


@dataclass(frozen=True)
class Embedder:
    """Embeddings with the name of their model: vectors of different models are kept apart by it."""

    name: str
    embeddings: Embeddings
    account: Account | None = None

    async def documents(self, texts: Sequence[str]) -> list[Vector]:
        """One vector for each text. Raises EmbeddingsUnavailable."""
        vectors: list[Vector] = []
        for batch in _batches(texts):
            vectors.extend(await self._answer(self.embeddings.aembed_documents(batch), batch, SECONDS_FOR_A_BATCH))
        if len(vectors) != len(texts):
            raise EmbeddingsUnavailable("The embeddings gave another number of vectors than texts were sent.")
        return vectors

    async def query(self, text: str, seconds: float) -> Vector:
        """Raises EmbeddingsUnavailable, also when it takes longer than `seconds`."""
        return await self._answer(self.embeddings.aembed_query(text), [text], seconds)

    async def _answer(self, asked: Awaitable[Answer], texts: Sequence[str], seconds: float) -> Answer:
        began, outcome = time.monotonic(), "failed"
        try:
            answer = await asyncio.wait_for(asked, seconds)
            outcome = "completed"
        except TimeoutError as error:
            raise EmbeddingsUnavailable(f"The embeddings did not answer within {seconds:g} seconds.") from error
        except (AttributeError, LookupError, AssertionError):
            raise
        except Exception as error:  # every provider has its own errors; what they share is an HTTP status
            raise _told_apart(error) from error
        finally:
            if self.account is not None:
                await self.account.record(self.name, texts, time.monotonic() - began, outcome)
        return answer


def embedder_of(setting: str, account: Account | None = None) -> Embedder | None:
    """`none`, `local`, `voyage:<model>`, or `provider:<model>` as langchain's init_embeddings knows it.

    Raises EmbeddingsNotConfigured.
    """
    if setting in ("", NONE):
        return None
    provider, _, model = setting.partition(":")
    try:
        if setting == LOCAL:
            from search.local import LocalEmbeddings

            return Embedder("all-minilm-l6-v2", LocalEmbeddings.load(), account)
        if provider == "voyage":
            from search.voyage import VoyageEmbeddings

            return Embedder(setting, VoyageEmbeddings.from_environment(model), account)
        from langchain.embeddings import init_embeddings

        make = cast("Callable[..., Embeddings]", init_embeddings)
        return Embedder(setting, make(setting, **_parameters(provider)), account)
    except ImportError as error:
        raise EmbeddingsNotConfigured(
            f"The embeddings {setting!r} need a package that is not installed. Install the extra of their provider "
            f"(for instance `uv sync --extra openai`, or `--extra local-embeddings`), or choose {NONE!r}. ({error})"
        ) from error
    except Exception as error:  # each provider has its own error for a missing key or a wrong name
        raise EmbeddingsNotConfigured(
            f"The embeddings {setting!r} could not be set up: {_first_line(error)} Check the name and that the key "
            "of the provider is in the environment."
        ) from error


def _parameters(provider: str) -> dict[str, object]:
    """Retries are up to Temporal, and batches to us."""
    if provider in ("openai", "azure_openai"):
        return {"max_retries": 0, "check_embedding_ctx_length": False}
    return {}


def _batches(texts: Sequence[str]) -> list[list[str]]:
    batches: list[list[str]] = []
    characters = 0
    for text in texts:
        if not batches or len(batches[-1]) == TEXTS_AT_ONCE or characters + len(text) > CHARACTERS_AT_ONCE:
            batches.append([])
            characters = 0
        batches[-1].append(text)
        characters += len(text)
    return batches


def _told_apart(error: Exception) -> EmbeddingsUnavailable:
    status = getattr(error, "status_code", None)
    if status is None:
        status = getattr(getattr(error, "response", None), "status_code", None)
    return EmbeddingsUnavailable(
        f"The embeddings failed{f' (HTTP {status})' if status else ''}: {_first_line(error)}", is_final=status in _FINAL
    )


def _first_line(error: Exception) -> str:
    line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return re.sub(r"\s+", " ", line)[:300]
