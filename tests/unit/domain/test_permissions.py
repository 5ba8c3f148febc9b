"""The permission matrix: complete, without surprises, and the same as its printed page."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest

from access.described import described
from domain.commands import Command
from domain.permissions import COMMANDS_OF, MATRIX, Action, OrgRole, Role, action_of, may

PAGE = Path(__file__).resolve().parents[3] / "docs" / "permissions.md"
RANKED = (Role.VIEWER, Role.REVIEWER, Role.EDITOR, Role.LEAD)


def command_types() -> set[str]:
    union = get_args(Command)[0]
    return {get_args(model.model_fields["type"].annotation)[0] for model in get_args(union)}


def test_every_action_and_every_command_has_its_row() -> None:
    assert set(MATRIX) == set(Action) | {action_of(command) for command in command_types()}
    assert all(roles for roles in MATRIX.values())


def test_the_commands_of_a_role_are_those_of_the_matrix() -> None:
    for role in Role:
        assert COMMANDS_OF[role] == {command for command in command_types() if role in MATRIX[action_of(command)]}


def test_a_higher_role_in_a_project_may_all_that_a_lower_one_may() -> None:
    for lower, higher in pairwise(RANKED):
        assert all(higher in roles for roles in MATRIX.values() if lower in roles)


def test_owners_may_all_that_anybody_else_of_the_organisation_may() -> None:
    assert all(OrgRole.OWNER in roles for roles in MATRIX.values() if not roles.isdisjoint(OrgRole))


@pytest.mark.parametrize("role", OrgRole)
def test_a_role_in_the_organisation_alone_opens_no_book(role: OrgRole) -> None:
    assert [
        action for action in MATRIX if action.startswith(("cim.", "books.", "documents.")) and may([role], action)
    ] == []


def test_what_is_not_in_the_matrix_is_refused() -> None:
    assert not may([*OrgRole, *Role], "books.burn")
    assert not may([None], Action.ORG_READ)


def test_the_page_is_what_the_code_prints() -> None:
    assert PAGE.read_text() == described()
