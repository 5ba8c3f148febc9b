"""The master keys of one machine: made once, kept beside the data, readable by this account only.

Whoever loses the file loses all that is kept: it belongs into the backup, apart from that of the data.
"""

from __future__ import annotations

from pathlib import Path

from deploy.embedded.places import exclusive
from vault import MasterSet, write_master_set

NAME = "master_keys.json"


def kept_in(data: Path) -> Path:
    """The file in this data folder."""
    file = data / NAME
    with exclusive(data / f"{NAME}.lock"):
        if not file.exists():
            write_master_set(file, MasterSet(keys={}).with_one_more())
    return file
