"""docs/permissions.md, printed from the matrix: `python -m access.described > docs/permissions.md`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from access.tables import TABLE_RIGHTS
from domain.permissions import MATRIX, OrgRole, Role

ROLES = (*OrgRole, *Role)

INTRODUCTION = """\
# Permissions

Printed from the code (`domain/permissions.py`, `access/tables.py`) by `python -m access.described`; a test compares.

Everybody has at most one role in an organisation and one in each of its projects. One role that allows an action is
enough. A role in a project counts only while its bearer is a member of the organisation, or is on trial there. What is
not in the matrix is refused. A key of a machine can do what its scopes name (actions of this page) and its maker may
do at that moment, within one organisation.

The books are secret: the organisation's owners and admins decide who belongs to a project, but see its books and
documents only with a role in it.
"""


def described() -> str:
    rows = [[f"`{action}`", *("yes" if role in roles else "" for role in ROLES)] for action, roles in MATRIX.items()]
    tables = [
        [f"`{table}`", *(_cell(right) for right in (rights.select, rights.insert, rights.update, rights.delete))]
        for table, rights in TABLE_RIGHTS.items()
    ]
    return "\n".join(
        [
            INTRODUCTION,
            "## Actions and roles",
            "",
            *_table(["action", *(role.value for role in ROLES)], rows),
            "",
            "`cim.*` are the commands of a book. Whoever may send one may send it through every way in.",
            "",
            "## Tables of Supabase, with a person's own token",
            "",
            "Row-level security gives the same rights; a test compares it with the matrix for each role, table and",
            "operation. Where no action is named, only the service writes, after the API has asked the matrix.",
            "",
            *_table(["table", "select", "insert", "update", "delete"], tables),
            "",
            "People also see their own memberships, keys and trial. Rows of owners are changed with `owners.manage`.",
            "The last owner of an organisation cannot leave, be removed or get another role: a trigger refuses it.",
            "",
        ]
    )


def _cell(right: str | None) -> str:
    return "whoever is signed in" if right == "anyone" else f"`{right}`" if right else ""


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [_line(titles), _line(["---"] * len(titles)), *(_line(row) for row in rows)]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.write(described())
