"""The commands that make a book out of an old one. Their ids follow from the row, so each is carried out once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from api.addresses import CIMAddress
from cli.import_supabase.book import NAMESPACE, OldBook
from domain.commands import (
    ApproveSlide,
    Command,
    Create,
    Navigate,
    SaveBuyerPersona,
    SaveHeroContext,
    SaveOutline,
    SaveSlide,
)
from domain.values import Stage


def cim_id_of(org_id: str, row_id: str) -> str:
    return uuid.uuid5(NAMESPACE, f"{org_id}/{row_id}").hex


def commands_of(book: OldBook, address: CIMAddress) -> Sequence[Command]:
    """In the order of the stages; then to the stage in which the book was; then what had been approved.

    Going back to an earlier stage marks what rests on it for review, as it does for people.
    """

    def id_of(step: str) -> uuid.UUID:
        return uuid.uuid5(NAMESPACE, f"{address.cim_id}/{step}")

    commands: list[Command] = [
        Create(
            type="create",
            command_id=id_of("create"),
            cim_id=address.cim_id,
            org_id=address.org_id,
            deal_id=address.deal_id,
            project_id=address.project_id,
            title=book.title,
        )
    ]
    stage = Stage.WELCOME
    if book.persona is not None:
        commands.append(SaveBuyerPersona(type="save_buyer_persona", command_id=id_of("persona"), persona=book.persona))
        stage = Stage.HERO_CONCEPT
    if book.hero is not None:
        commands.append(SaveHeroContext(type="save_hero_context", command_id=id_of("hero"), hero=book.hero))
        stage = Stage.OUTLINE
    if book.sections:
        commands.append(SaveOutline(type="save_outline", command_id=id_of("outline"), sections=book.sections))
        stage = Stage.BUILDING_SECTIONS
    commands += [
        SaveSlide(type="save_slide", command_id=id_of(f"slide/{slide.id}"), slide=slide) for slide in book.slides
    ]
    if book.stage is not None and book.stage is not stage:
        commands.append(
            Navigate(
                type="navigate",
                command_id=id_of("navigate"),
                target_stage=book.stage,
                reason="Where the book was when it was imported.",
            )
        )
    commands += [
        ApproveSlide(type="approve_slide", command_id=id_of(f"approve/{slide.id}"), slide_id=slide.id)
        for slide in book.slides
        if slide.id is not None and slide.id in book.approved
    ]
    return commands
