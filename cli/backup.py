"""`python -m cli backup` and `restore`: the whole installation of this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from deploy.embedded import backup as embedded
from deploy.embedded.given import given_addresses
from deploy.embedded.places import data_dir
from deploy.embedded.stack import Addresses
from deploy.embedded.steps import StackError, say
from settings import Settings


def backup(into: Path, *, keys: Path) -> None:
    """Write all data of the stopped stack of this machine into a file, and its keys into another one.

    Parts that the environment gives are not in it: they have tools of their own (docs/operations.md).

    Parameters
    ----------
    into
        The file to make, such as bookrunner.tar.gz. Without the keys nobody can read what tenants keep in it.
    keys
        The file for the keys. Keep it apart from the other one; whoever has both has everything.
    """
    _only_embedded()
    contents = embedded.back_up(data_dir(), into, keys)
    say(f"{len(contents.files)} files of {data_dir()} are in {into}; the keys are in {keys}: keep them apart.")


def restore(archive: Path, *, keys: Path, without_temporal: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Take an installation from a backup into an empty data folder (BOOKRUNNER_DATA_DIR).

    Parameters
    ----------
    archive
        What `backup` made.
    keys
        The file with its keys.
    without_temporal
        Leave the workflows behind: books open from their logs, and what was under way is told as lost.
    """
    contents = embedded.restore(archive, keys, data_dir(), without_temporal=without_temporal)
    say(f"The installation of {contents.made_at:%Y-%m-%d %H:%M} UTC, release {contents.release}, is in {data_dir()}.")
    say("Start it with `make run`; `python -m cli doctor` and `python -m cli books check` tell whether all is well.")


def _only_embedded() -> None:
    given = given_addresses(Settings())
    if given != Addresses(master_keys_file=given.master_keys_file):
        raise StackError(
            "Some parts of this installation are not those of this machine: back them up with their own tools "
            "(docs/operations.md, Backup and restore)."
        )
