"""The search of a process, as its settings want it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from agents.ports import Conversation, Workspace
from search.embedding import Account, embedder_of
from search.indexer import Indexer
from search.turns import BookSearch
from search.vectors import Vectors


@dataclass(frozen=True)
class OpenSearch:
    search: BookSearch
    indexer: Indexer
    vectors: Vectors | None = None

    async def forget(self, cim_id: str) -> None:
        """Takes away what belongs to an erased CIM. Raises VectorsUnavailable."""
        self.search.forget(cim_id)
        await self.indexer.forget(cim_id)

    async def close(self) -> None:
        if self.vectors is not None:
            await self.vectors.close()


def open_search(
    workspace: Workspace,
    conversation: Conversation,
    embeddings: str = "none",
    qdrant_url: str | None = None,
    folder: Path | None = None,
    account: Account | None = None,
) -> OpenSearch:
    """By words only where `embeddings` is `none`. Vectors are at `qdrant_url`, else in the folder, else in memory.
    What embeddings take is recorded on the account.

    Raises EmbeddingsNotConfigured and VectorsUnavailable.
    """
    embedder = embedder_of(embeddings, account)
    vectors = None if embedder is None else Vectors.open(embedder.name, qdrant_url, folder)
    search = BookSearch(embedder, vectors)
    return OpenSearch(
        search=search, indexer=Indexer(workspace, conversation, search, embedder, vectors), vectors=vectors
    )
