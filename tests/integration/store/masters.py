"""Master keys of the tests of the store: every store of a test must have the same."""

from __future__ import annotations

from pydantic import SecretStr

from vault import LocalMasterKeys, fresh_master_key

MASTERS = LocalMasterKeys.given({"test": SecretStr(fresh_master_key())})
