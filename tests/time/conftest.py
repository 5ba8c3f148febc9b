"""The stack of the test run, and the site that others are made from."""

from __future__ import annotations

from tests.integration.api.conftest import addresses, site

__all__ = ["addresses", "site"]
