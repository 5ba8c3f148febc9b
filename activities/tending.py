"""What is done once an answer is complete: the running summary and the indexes are brought up to date."""

from __future__ import annotations

import logging

from temporalio import activity
from temporalio.exceptions import ApplicationError

from agents.turn.state import TurnScope
from agents.turn.summarising import Summariser
from search.embedding import EmbeddingsUnavailable
from search.indexer import Indexer
from search.vectors import VectorsUnavailable

MOST_TRIES = 3
TRY_AGAIN = "AfterTurnUnfinished"

logger = logging.getLogger(__name__)


class Tending:
    """Tried a few times, then left to the next turn: no answer depends on it."""

    def __init__(self, summariser: Summariser, indexer: Indexer) -> None:
        self._summariser = summariser
        self._indexer = indexer

    async def tend(self, scope: TurnScope) -> None:
        """Raises ApplicationError while another try may do better."""
        attempt = activity.info().attempt if activity.in_activity() else MOST_TRIES
        failed: list[Exception] = []
        for work in (
            lambda: self._summariser.after(scope, attempt),
            lambda: self._indexer.catch_up(scope.cim_id, [scope.answer_id]),
        ):
            try:
                await work()
            except (EmbeddingsUnavailable, VectorsUnavailable, ApplicationError) as error:
                failed.append(error)
                logger.warning("after the answer %s: %s", scope.answer_id, error)
        if attempt < MOST_TRIES and any(not _is_final(error) for error in failed):
            raise ApplicationError("; ".join(str(error) for error in failed), type=TRY_AGAIN)


def _is_final(error: Exception) -> bool:
    if isinstance(error, EmbeddingsUnavailable):
        return error.is_final
    return isinstance(error, ApplicationError) and error.non_retryable
