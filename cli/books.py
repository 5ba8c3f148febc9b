"""`python -m cli books`: a whole book with its log into a file, and back into this installation or another one."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import os
import sys
import zlib
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter
from pydantic import ValidationError

from audit import Target
from cli.keys import Deployment
from cli.recording import recorded
from deploy.embedded.steps import StackError, say
from domain.values import Value
from store import Store, StoreError, book_faults

books = App(name="books", help="Whole books into files, and back.")


class Heading(Value):
    """The first line of an archive."""

    format: Literal["bookrunner-book/1"] = "bookrunner-book/1"
    cim_id: str
    org_id: str
    deal_id: str
    title: str
    rev: int


class Ending(Value):
    """The last line: how many lines there are between, and their SHA-256."""

    lines: int
    sha256: str


@books.command(name="export")
def export_book(cim_id: str, into: Path) -> None:
    """Write everything that is kept of a book into a file: its log, slides, talk, documents, runs.

    What the file has is in clear, so keep it as you keep the book. The product may run meanwhile: what is written
    during the export may or may not be in it, but the log is whole.

    Parameters
    ----------
    cim_id
        The id of the book.
    into
        The file to make, such as bluecan.book.gz; only you may read it.
    """
    deployment = Deployment.found()
    asyncio.run(_exported(deployment, cim_id, into))


@books.command(name="import")
def import_book(archive: Path) -> None:
    """Take a book from a file. It must not be here yet, or be the same; broken off, it can be done again.

    Its organisation and its deal must be the same ids here, since rights come from them.
    """
    deployment = Deployment.found()
    asyncio.run(_imported(deployment, archive))


@books.command
def check(
    cim_id: str | None = None, *, as_json: Annotated[bool, Parameter(name="--json", negative="")] = False
) -> None:
    """Hold what is kept of books against their logs. Changes nothing; exit code 1 where something is wrong.

    Parameters
    ----------
    cim_id
        One book; without it all of this database (BOOKRUNNER_MONGODB_DATABASE for that of an application).
    """
    found = asyncio.run(_checked(Deployment.found(), cim_id))
    wrong = {book: faults for book, faults in found.items() if faults}
    if as_json:
        sys.stdout.write(json.dumps({"books": len(found), "wrong": wrong}, indent=2) + "\n")
    else:
        for book, faults in wrong.items():
            say(f"{book}: {'; '.join(faults)}")
        say(f"{len(found)} books were looked at, {len(wrong)} are not whole.")
    if wrong:
        sys.exit(1)


async def _checked(deployment: Deployment, cim_id: str | None) -> dict[str, list[str]]:
    async with deployment.store() as store:
        wanted = await store.all_cims() if cim_id is None else [cim_id]
        return {each: [fault async for fault in book_faults(store, each)] for each in wanted}


async def _exported(deployment: Deployment, cim_id: str, into: Path) -> None:
    async with deployment.store() as store:
        head = await store.head(cim_id)
        if head is None:
            raise StackError(f"There is no book {cim_id}.")
        async with recorded("cim.archive", Target(kind="cim", id=cim_id), head.org_id) as told:
            told["lines"] = await write_archive(store, cim_id, into)
    say(f"{head.title}, revision {head.rev} or later, is in {into}")


async def _imported(deployment: Deployment, archive: Path) -> None:
    async with deployment.store() as store:
        heading = heading_of(archive)
        async with recorded("cim.unarchive", Target(kind="cim", id=heading.cim_id), heading.org_id) as told:
            told["lines"] = await read_archive(store, archive)
    say(f"{heading.title}, revision {heading.rev}, is here")


async def write_archive(store: Store, cim_id: str, into: Path) -> int:
    """How many lines the archive has. Raises StackError for an unknown book, and StoreError."""
    state = await store.books.state(cim_id)
    if state is None:
        raise StackError(f"There is no book {cim_id}.")
    fresh = into.with_name(f"{into.name}.part")
    lines, digest = 0, hashlib.sha256()
    with (
        os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw,
        gzip.open(raw, "wt", encoding="utf-8") as file,
    ):
        rev = await _last_seq(store, cim_id, state.rev)
        heading = Heading(cim_id=cim_id, org_id=state.org_id, deal_id=state.deal_id, title=state.content.title, rev=rev)
        file.write(heading.model_dump_json() + "\n")
        async for line in store.archive.lines(cim_id, to_rev=rev):
            file.write(line + "\n")
            digest.update(line.encode())
            lines += 1
        file.write(Ending(lines=lines, sha256=digest.hexdigest()).model_dump_json() + "\n")
    fresh.replace(into)
    return lines


async def _last_seq(store: Store, cim_id: str, rev: int) -> int:
    while events := await store.events(cim_id, rev, 500):
        rev = events[-1].seq
    return rev


def heading_of(archive: Path) -> Heading:
    """Raises StackError where the file is no archive, or not whole."""
    heading: Heading | None = None
    held: bytes | None = None
    lines, digest = 0, hashlib.sha256()
    try:
        with gzip.open(archive, "rb") as file:
            for line in file:
                if heading is None:
                    heading = Heading.model_validate_json(line)
                    continue
                if held is not None:
                    lines += 1
                    digest.update(held.rstrip(b"\n"))
                held = line
        ending = Ending.model_validate_json(held or b"")
    except (OSError, EOFError, ValidationError, zlib.error) as error:
        raise StackError(f"{archive} is no whole archive of a book.") from error
    if heading is None or ending != Ending(lines=lines, sha256=digest.hexdigest()):
        raise StackError(f"{archive} is no whole archive of a book: it was changed or cut.")
    return heading


async def read_archive(store: Store, archive: Path) -> int:
    """How many lines were taken. Raises StackError."""
    heading = heading_of(archive)
    taken = 0
    try:
        await store.archive.begin(heading.cim_id, heading.org_id, heading.rev)
        with gzip.open(archive, "rt", encoding="utf-8") as file:
            next(file)
            held: str | None = None
            for line in file:
                if held is not None:
                    await store.archive.take(heading.cim_id, held)
                    taken += 1
                held = line.rstrip("\n")
        await store.archive.end(heading.cim_id, heading.rev)
    except StoreError as error:
        raise StackError(f"The book cannot be taken: {error}.") from error
    return taken
