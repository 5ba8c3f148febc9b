"""AES-256-GCM with a random nonce. What is sealed names its key, and is bound to that name and to what it is about.

mark (1 byte) · flags (1) · length of the key id (1) · key id · nonce (12) · ciphertext and tag
"""

from __future__ import annotations

import os
import zlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault.errors import BrokenSeal
from vault.masters import NONCE_BYTES

MARK = 0x01
COMPRESSED = 0x01
COMPRESSED_FROM = 512
FASTEST = 1
HEADER_BYTES = 3


class TenantKey:
    """A data key of one tenant. `id` is `{tenant}/{version}`."""

    def __init__(self, key_id: str, key: bytes) -> None:
        self.id = key_id
        self._cipher = AESGCM(key)
        name = key_id.encode()
        self._name = bytes((len(name),)) + name

    @property
    def tenant(self) -> str:
        return tenant_of(self.id)

    def seal(self, plain: bytes, about: bytes = b"", *, compress: bool = True) -> bytes:
        """What is sealed about one thing cannot be passed off as about another."""
        flags = 0
        if compress and len(plain) >= COMPRESSED_FROM:
            squeezed = zlib.compress(plain, FASTEST)
            if len(squeezed) < len(plain):
                plain, flags = squeezed, COMPRESSED
        header = bytes((MARK, flags)) + self._name
        nonce = os.urandom(NONCE_BYTES)
        return header + nonce + self._cipher.encrypt(nonce, plain, header + about)

    def open(self, sealed: bytes, about: bytes = b"") -> bytes:
        """Raises BrokenSeal."""
        header, rest = _split(sealed)
        try:
            plain = self._cipher.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], header + about)
        except (InvalidTag, ValueError) as error:
            raise BrokenSeal(f"something is not what was sealed with {self.id}") from error
        return zlib.decompress(plain) if header[1] & COMPRESSED else plain


def is_sealed(kept: bytes) -> bool:
    return len(kept) > HEADER_BYTES + NONCE_BYTES and kept[0] == MARK


def key_id_of(sealed: bytes) -> str:
    """Id of the key that sealed this. Raises BrokenSeal."""
    header, _ = _split(sealed)
    try:
        return header[HEADER_BYTES:].decode()
    except UnicodeDecodeError as error:
        raise BrokenSeal("these bytes name no key") from error


def tenant_of(key_id: str) -> str:
    return key_id.rpartition("/")[0]


def _split(sealed: bytes) -> tuple[bytes, bytes]:
    if not is_sealed(sealed):
        raise BrokenSeal("these bytes were not sealed")
    end = HEADER_BYTES + sealed[2]
    return sealed[:end], sealed[end:]
