"""The words that go to a model that plans, reviews or specifies: the rules of the task, and its brief as JSON."""

from __future__ import annotations

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from agents.compose.briefs import CodeBrief, PlanBrief, ReviewBrief
from agents.prompts import CLOSING, OPENING, RULES, as_data
from domain.values import Value
from evidence.formulas import FUNCTIONS

_PLAN = """Plan the slides of each section named in `to_plan`, for writers who will each write one section without
seeing the others. Two to four slides a section, none of them twice in the book. Each slide has a topic key, a title,
a kind (words, figures, table, chart, financial_model) and the references of the facts that it shows. Say `needs_coder`
where figures must be derived from facts by formulas, and kind financial_model for a model over several periods.
Where the documents have nothing for a section, plan one slide of words that says so. `denials` are reasons of the deal
team against earlier plans: follow them."""

_REVIEW = """Review the slides of one section as the partner who signs the book. Accept them unless something is wrong:
a figure that does not say what its fact says, a statement that no fact or passage bears out, a slide that the book has
elsewhere (see `elsewhere`), a planned slide that is missing, words that are unclear, boastful or too long. Name the
slide and say what would be right; a slide with the reason `duplication` is taken out. `found` is what was checked
already: do not repeat it."""

_CODE = f"""Specify each slide of `planned` as a chart or a financial model. You state formulas and others compute them:
this is the one exception to rule 2. Points and cells are formulas over
references of facts: a reference as it stands (F12), + - * / and brackets, and the functions {", ".join(FUNCTIONS)}.
growth and cagr take the earlier figure first; margin takes the part, then the whole. A formula holds no numbers of its
own. All points of a chart, and all cells of a row, have one unit. Keep the topic of the planned slide. `errors` are
what was wrong with your previous specifications: mend them and keep the rest."""


def plan_messages(brief: PlanBrief) -> list[BaseMessage]:
    return _messages(_PLAN, brief)


def review_messages(brief: ReviewBrief) -> list[BaseMessage]:
    return _messages(_REVIEW, brief)


def code_messages(brief: CodeBrief) -> list[BaseMessage]:
    return _messages(_CODE, brief)


def _messages(task: str, brief: Value) -> list[BaseMessage]:
    return [SystemMessage(RULES), HumanMessage(f"{task}\n{OPENING}\n{as_data(brief)}\n{CLOSING}")]
