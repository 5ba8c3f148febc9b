"""Commands: the way in which a book changes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Response

from api.commands import CommandsBody, to_command
from api.dependencies import Opened, PartsOf
from api.problems import ApiProblem, ProblemDetails, problems
from api.submitting import CommandAnswer, CommandAnswers, Submitter

router = APIRouter(tags=["commands"])

ETAG = r'^(\*|(W/)?"?[0-9]{1,10}"?)$'


@router.post(
    "/cims/{cim_id}/commands",
    operation_id="send_commands",
    responses={
        202: {
            "model": CommandAnswers,
            "description": "Durable and on its way: handed over without waiting, or not answered in time.",
        },
        **problems(403, 404, 409, 413),
    },
)
async def send_commands(
    parts: PartsOf,
    opened: Opened,
    body: CommandsBody,
    response: Response,
    if_match: Annotated[
        str | None,
        Header(pattern=ETAG, description="The revision that you had, as in ETag; the same as `expected_rev`."),
    ] = None,
    prefer: Annotated[str | None, Header(description="`respond-async` does not wait for the answers.")] = None,
) -> CommandAnswers:
    """Send one command, or a list that is handled in its order.

    A single command that is refused answers with its problem and status; in a list each result carries its own.
    Commands are carried out exactly once per `command_id`, however often they are sent. A command that was refused is
    tried again when its list is sent again, unless what followed it in the list was carried out: then it is `old_rev`.
    """
    requests = body if isinstance(body, list) else [body]
    expected_rev = _expected_rev(if_match)
    commands = [to_command(request, expected_rev) for request in requests]
    submitter = Submitter(parts, opened)
    is_async = prefer is not None and "respond-async" in prefer.replace(" ", "").split(",")
    answers = await (submitter.submit(commands) if is_async else submitter.execute(commands))
    raise_where_all_failed(answers, single=not isinstance(body, list))
    if any(answer.status == "accepted" for answer in answers):
        response.status_code = 202
    return CommandAnswers(results=answers)


def raise_where_all_failed(answers: list[CommandAnswer], *, single: bool) -> None:
    """The problem becomes the answer of the whole call for a single command, and when nothing could be sent."""
    problems_found = [answer.problem for answer in answers if answer.problem is not None]
    if len(problems_found) < len(answers):
        return
    if single or all(problem.code == "workflow_unavailable" for problem in problems_found):
        raise CommandRefused(problems_found[0])


class CommandRefused(ApiProblem):
    def __init__(self, details: ProblemDetails) -> None:
        super().__init__(details.code, details.detail, details.next_step, status=details.status)
        self.details = details


def _expected_rev(if_match: str | None) -> int | None:
    return None if if_match is None or if_match == "*" else int(if_match.removeprefix("W/").strip('"'))
