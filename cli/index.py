"""`python -m cli index`: what is searched by meaning, made again from the store."""

from __future__ import annotations

import asyncio
from typing import Annotated

from cyclopts import App, Parameter

from activities.drafting import StoreWorkspace
from activities.talking import StoreConversation
from activities.usage import StoreUsageBook
from agents.usage import EmbeddingAccount, on_account_of, upkeep_of
from cli.keys import Deployment
from deploy.embedded.steps import StackError, say
from search.embedding import EmbeddingsNotConfigured, EmbeddingsUnavailable
from search.indexer import CaughtUp
from search.opening import open_search
from search.vectors import VectorsUnavailable
from settings import Settings
from store import Store

index = App(name="index", help="What is searched by meaning (BOOKRUNNER_EMBEDDINGS).")


@index.command
def rebuild(*cims: Annotated[str, Parameter(negative="")]) -> None:
    """Make the vectors of books again from the store: of every passage, and of the messages of every branch.

    With QDRANT_URL the product may run meanwhile. A folder of vectors (BOOKRUNNER_VECTORS_FOLDER) belongs to one
    process: stop the worker first.

    Parameters
    ----------
    cims
        Ids of the books.
    """
    deployment = Deployment.found()
    settings = deployment.settings
    if settings.embeddings == "none":
        raise StackError("No embeddings are set (BOOKRUNNER_EMBEDDINGS): words alone are searched.")
    if settings.qdrant_url is None and settings.vectors_folder is None:
        raise StackError("The vectors are in the memory of the worker, which makes them again by itself.")
    asyncio.run(_rebuilt(deployment, cims))


async def _rebuilt(deployment: Deployment, cims: tuple[str, ...]) -> None:
    async with deployment.store() as store:
        for cim_id in cims:
            done = await rebuilt(store, deployment.settings, cim_id)
            say(f"{cim_id}: {done.embedded} vectors")


async def rebuilt(store: Store, settings: Settings, cim_id: str) -> CaughtUp:
    """Raises StackError when the embeddings or the vectors cannot be had."""
    try:
        opened = open_search(
            StoreWorkspace(store),
            StoreConversation(store),
            settings.embeddings,
            settings.qdrant_url,
            settings.vectors_folder,
            EmbeddingAccount(StoreUsageBook(store), settings.prices),
        )
        try:
            leaves = [leaf for thread in await store.threads.of_cim(cim_id) for leaf in thread.leaves]
            with on_account_of(upkeep_of(await store.org_of(cim_id), cim_id)):
                return await opened.indexer.rebuild(cim_id, leaves)
        finally:
            await opened.close()
    except (EmbeddingsNotConfigured, EmbeddingsUnavailable, VectorsUnavailable) as error:
        raise StackError(str(error)) from error
