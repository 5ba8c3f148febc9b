"""Whether a webhook comes from our Supabase (Standard Webhooks: HMAC-SHA256 over id, time and body)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Callable, Sequence

TOLERANCE_SECONDS = 300
PREFIX = "whsec_"
MOST_SIGNATURES = 10


class WebhookVerifier:
    """Takes any of the secrets, so that they can be changed. Without one nothing is proved."""

    def __init__(self, secrets: Sequence[str], clock: Callable[[], float] = time.time) -> None:
        self._keys = [_key(secret) for secret in secrets if secret]
        self._clock = clock

    def proves(self, webhook_id: str, timestamp: str, signatures: str, body: bytes) -> bool:
        """False for what is older or newer than five minutes; within them the same call may come again."""
        if not webhook_id or not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
            return False
        if abs(self._clock() - int(timestamp)) > TOLERANCE_SECONDS:
            return False
        given = [one.removeprefix("v1,") for one in signatures.split()[:MOST_SIGNATURES] if one.startswith("v1,")]
        message = f"{webhook_id}.{timestamp}.".encode() + body
        expected = [hmac.digest(key, message, hashlib.sha256) for key in self._keys]
        matches = [hmac.compare_digest(_decoded(one), right) for one in given for right in expected]
        return any(matches)


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(PREFIX)) if secret.startswith(PREFIX) else secret.encode()


def _decoded(signature: str) -> bytes:
    try:
        return base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return b""
