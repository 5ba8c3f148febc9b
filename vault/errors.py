"""What can go wrong with keys. No message carries anything of what was to be sealed or opened."""

from __future__ import annotations


class VaultError(Exception):
    """Something could not be sealed or opened."""


class KeysUnavailable(VaultError):
    """The keys cannot be had just now. The same call may succeed later."""


class KeysDestroyed(VaultError):
    """The tenant was deleted with its keys: what they sealed is lost for good."""


class UnknownKey(VaultError):
    """No key of this id is kept, or the master key that it is wrapped with is not given."""


class BrokenSeal(VaultError):
    """These bytes were not sealed with this key, or were changed since."""
