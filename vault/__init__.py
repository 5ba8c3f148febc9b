"""Keys and ciphers: a data key for each tenant, wrapped by a master key. Nothing else encrypts."""

from vault.errors import BrokenSeal, KeysDestroyed, KeysUnavailable, UnknownKey, VaultError
from vault.keyring import KeyRing, KeyShelf, WrappedKey
from vault.masters import (
    LocalMasterKeys,
    MasterKeys,
    MasterSet,
    NoMasterKeys,
    fresh_master_key,
    master_set_in,
    write_master_set,
)
from vault.sealing import TenantKey, is_sealed, key_id_of, tenant_of

__all__ = [
    "BrokenSeal",
    "KeyRing",
    "KeyShelf",
    "KeysDestroyed",
    "KeysUnavailable",
    "LocalMasterKeys",
    "MasterKeys",
    "MasterSet",
    "NoMasterKeys",
    "TenantKey",
    "UnknownKey",
    "VaultError",
    "WrappedKey",
    "fresh_master_key",
    "is_sealed",
    "key_id_of",
    "master_set_in",
    "tenant_of",
    "write_master_set",
]
