"""Master keys wrap the data keys of tenants. They never leave their keeper; here, the settings of the deployment.

A cloud key service (AWS KMS, Google Cloud KMS, Vault's transit engine) is another class with the two methods of
`MasterKeys`: `wrap` is its encrypt call and `unwrap` its decrypt call, with the id of the data key as the encryption
context. It is called once for each data key and process, so its price and delay count for nothing.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr, ValidationError, field_serializer

from domain.values import Value
from vault.errors import BrokenSeal, UnknownKey

KEY_BYTES = 32
NONCE_BYTES = 12


class MasterKeys(Protocol):
    @property
    def current(self) -> str:
        """Id of the master key that new data keys are wrapped with."""
        ...

    async def wrap(self, key: bytes, key_id: str) -> bytes:
        """A data key, wrapped with the current master key, for this id only."""
        ...

    async def unwrap(self, wrapped: bytes, key_id: str, master: str) -> bytes:
        """Raises UnknownKey where there is no such master key, BrokenSeal, KeysUnavailable."""
        ...


class NoMasterKeys(ValueError):
    """The settings give no usable master keys; the message says what to do."""


class MasterSet(Value):
    """Master keys by id, each 32 random bytes in base64, and which of them wraps what is new."""

    keys: dict[str, SecretStr]
    current: str = ""

    @field_serializer("keys", when_used="json")
    def _in_clear(self, keys: dict[str, SecretStr]) -> dict[str, str]:
        """Only for the file that holds them."""
        return {kid: key.get_secret_value() for kid, key in keys.items()}

    def checked(self) -> Self:
        """Raises NoMasterKeys."""
        current = self.current or (next(iter(self.keys)) if len(self.keys) == 1 else "")
        if not self.keys:
            raise NoMasterKeys(
                "BOOKRUNNER_MASTER_KEYS is not set, and nothing is kept without encryption: "
                "`python -m cli keys new-master` prints a fresh one."
            )
        if current not in self.keys:
            raise NoMasterKeys(f"BOOKRUNNER_MASTER_KEY is {current!r}; it names one of BOOKRUNNER_MASTER_KEYS.")
        return self.model_copy(update={"current": current})

    def with_one_more(self) -> Self:
        """With a fresh key as the current one."""
        kid = f"m{len(self.keys) + 1}-{os.urandom(3).hex()}"
        return self.model_copy(update={"keys": {**self.keys, kid: SecretStr(fresh_master_key())}, "current": kid})


class LocalMasterKeys:
    """Master keys from the settings, or from a file, which is read again when a key is not among those known."""

    def __init__(self, load: Callable[[], MasterSet]) -> None:
        """Raises NoMasterKeys."""
        self._load = load
        self._take(load())

    @classmethod
    def given(cls, keys: Mapping[str, SecretStr], current: str = "", file: Path | None = None) -> Self:
        """The keys, or those of the file where there are none. Raises NoMasterKeys."""
        if keys or file is None:
            return cls(lambda: MasterSet(keys=dict(keys), current=current))
        return cls(lambda: master_set_in(file))

    @property
    def current(self) -> str:
        return self._current

    async def wrap(self, key: bytes, key_id: str) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._ciphers[self._current].encrypt(nonce, key, key_id.encode())

    async def unwrap(self, wrapped: bytes, key_id: str, master: str) -> bytes:
        if master not in self._ciphers:
            self._take(self._load())
        cipher = self._ciphers.get(master)
        if cipher is None:
            raise UnknownKey(f"the master key {master!r}, which wraps {key_id}, is not among those given")
        try:
            return cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], key_id.encode())
        except InvalidTag as error:
            raise BrokenSeal(f"the master key {master!r} does not open {key_id}") from error

    def _take(self, given: MasterSet) -> None:
        checked = given.checked()
        self._ciphers = {kid: AESGCM(_decoded(kid, key)) for kid, key in checked.keys.items()}
        self._current = checked.current


def master_set_in(file: Path) -> MasterSet:
    """Raises NoMasterKeys."""
    try:
        return MasterSet.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise NoMasterKeys(f"The master keys cannot be read from {file}: {type(error).__name__}.") from None


def write_master_set(file: Path, masters: MasterSet) -> None:
    """In place of what is there, readable by this account only."""
    fresh = file.with_name(f"{file.name}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        handle.write(masters.model_dump_json())
        handle.flush()
        os.fsync(handle.fileno())
    fresh.replace(file)


def fresh_master_key() -> str:
    """32 random bytes in base64."""
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


def _decoded(kid: str, key: SecretStr) -> bytes:
    try:
        decoded = base64.b64decode(key.get_secret_value(), validate=True)
    except binascii.Error as error:
        raise NoMasterKeys(f"The master key {kid!r} is not base64.") from error
    if len(decoded) != KEY_BYTES:
        raise NoMasterKeys(f"The master key {kid!r} has {len(decoded)} bytes; it needs {KEY_BYTES}.")
    return decoded
