"""Counts and times of a process, as Prometheus reads them."""

from __future__ import annotations

import logging

from prometheus_client import Counter, Gauge, Histogram, start_http_server

logger = logging.getLogger(__name__)

REQUESTS = Counter("bookrunner_http_requests", "Requests by operation and status.", ["operation", "status"])
REQUEST_SECONDS = Histogram(
    "bookrunner_http_seconds",
    "From the request to the end of its answer, by operation; streams are left out.",
    ["operation"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
STREAMS = Gauge("bookrunner_streams_open", "Event streams that are open.")
COMMANDS = Counter("bookrunner_commands", "Commands of people by type and what became of them.", ["type", "status"])
MODEL_CALLS = Counter(
    "bookrunner_model_calls", "Calls of models by kind of work and outcome.", ["model", "work", "outcome"]
)
MODEL_SECONDS = Histogram(
    "bookrunner_model_seconds",
    "How long calls of models took.",
    ["model", "work"],
    buckets=(0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300),
)
MODEL_TOKENS = Counter("bookrunner_model_tokens", "Tokens by direction.", ["model", "direction"])
MODEL_COST = Counter("bookrunner_model_cost_usd", "What calls of models cost.", ["model"])
CHORES = Counter("bookrunner_chores", "Chores of housekeeping that were done.", ["chore"])
CHORE_CHANGES = Counter("bookrunner_chore_changes", "What chores of housekeeping changed.", ["chore"])
BOOK_FAULTS = Counter("bookrunner_book_faults", "Faults in what is kept of open books, each time a chore finds them.")


def serve_metrics(address: str | None) -> None:
    """At `host:port`, under /metrics; for whoever collects them, so not where people come. None: not at all."""
    if address is not None:
        host, _, port = address.rpartition(":")
        try:
            start_http_server(int(port), addr=host or "127.0.0.1")
        except OSError as error:
            logger.warning("metrics cannot be told at %s: %s", address, error)
