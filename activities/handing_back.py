"""What a worker that stops has not finished is done by another one at once, not after a timeout."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

HANDED_BACK = "HandedBack"
"""Type of the error that such a try of an activity ends with."""
AT_ONCE = timedelta(milliseconds=1)
"""No delay at all would count as not given."""


class HandingBack(Interceptor):
    """A try that ends because its worker stops has failed, and the next one follows without the usual pause.

    It counts among the tries that the activity may have. A cancellation that was asked for stays one.
    """

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _HandingBack(next)


class _HandingBack(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        try:
            return await self.next.execute_activity(input)
        except asyncio.CancelledError as stop:
            details = activity.cancellation_details()
            if details is None or details.cancel_requested or not details.worker_shutdown:
                raise
            raise ApplicationError(
                "The worker was stopped; another one goes on.", type=HANDED_BACK, next_retry_delay=AT_ONCE
            ) from stop
