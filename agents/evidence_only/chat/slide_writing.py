"""New slides of a section: composed from the evidence, with what a person pasted kept apart in the notes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.brief import Brief, speaks_to_a_machine
from agents.drafted import (
    DraftedBullets,
    DraftedCell,
    DraftedComponent,
    DraftedSlide,
    DraftedTable,
    DraftedText,
)
from agents.evidence_only.chat.arguments import slide_call
from agents.evidence_only.chat.figures import conflict_lines, years_in
from agents.evidence_only.chat.gathering import MOST_QUERIES, search_first, search_gaps, topic_queries
from agents.evidence_only.chat.reply import Reply
from agents.evidence_only.chat.saving import READS_ONLY
from agents.evidence_only.chat.sections import section_meant, subjects_in
from agents.evidence_only.chat.turn import Turn
from agents.evidence_only.chat.words import best_for
from agents.evidence_only.directions import Instruction, content_words
from agents.evidence_only.figure_slides import Candidate
from agents.evidence_only.figure_words import name_of
from agents.evidence_only.series import IS_HEADLINE, headline_rank
from agents.evidence_only.slides import SectionComposer, draft_slides
from agents.evidence_only.statements import Statement
from agents.evidence_only.topics import BY_NAME, scores, topics_of_title
from agents.evidence_only.word_slides import MOST_BULLETS, bullets, says_absent
from agents.evidence_only.wording import Backing, listed
from domain.model import OutlineSection
from evidence.figures import figures_in
from evidence.periods import same_period
from evidence.sentences import sentences_of

MOST_SLIDES, MOST_QUOTED = 4, 6
_ON_TOPIC, _FIRST_CHOICE = 2.0, 15.0
_SEVERAL = re.compile(r"\bslides\b(?!\s*:)", re.IGNORECASE)
_ABSENCE = re.compile(r"\bnot published\b|\bnot disclosed\b|\bsay so\b|\bonly published\b", re.IGNORECASE)
_SOURCES_SHOWN = re.compile(
    r"\bsource (?:cells?|under|below|beside)|\bwith (?:the )?(?:source|cell)s?\b", re.IGNORECASE
)
_LABEL = re.compile(r"^(?:Q|A|Question|Answer)\s*:\s*", re.IGNORECASE)
_SPLITS = re.compile(r"\bmarkets?\b|\bchannels?\b|\bsegments?\b|\bregions?\b|\bsplits?\b", re.IGNORECASE)


def slides(turn: Turn, said: str) -> Reply:
    section = section_meant(turn, said)
    if section is None:
        return Reply(_no_section(turn))
    text = Instruction.of(said).text
    queries = [text, *useful_in(turn)[:4], *topic_queries([section.title, *subjects_in(text)])]
    more = search_first(turn, [*queries, *sentences_of(text)[:3], *_topics_in(text)])
    if more is not None:
        return more
    gaps = search_gaps(turn, _missing_points(turn, text))
    if gaps is not None:
        return gaps
    brief = turn.brief("slides", text, section)
    drafted = _chosen(turn, brief, section, text)
    wanted = len(drafted)
    done = turn.outcomes("save_slide")
    if not turn.can("save_slide"):
        titles = "\n".join(f"- {slide.title}" for slide in drafted)
        return Reply(f"{READS_ONLY}\n\n{titles}")
    if len(done) < wanted:
        return Reply(calls=(slide_call(drafted[len(done)], section.id),))
    refused = [one.refusal for one in done if one.refusal]
    saved = [slide for slide, one in zip(drafted, done, strict=False) if not one.refusal]
    lines = [f"Saved in “{section.title}”: “{slide.title}”{_marks(slide.refs)}." for slide in saved]
    lines += [f"Not saved. {refusal}" for refusal in refused]
    lines += _conflicts(turn, saved)
    lines += _on_excerpts(turn, saved)
    return Reply("\n".join(dict.fromkeys(lines)))


def _chosen(turn: Turn, brief: Brief, section: OutlineSection, text: str) -> list[DraftedSlide]:
    several = bool(_SEVERAL.search(text))
    candidates = SectionComposer(brief, section, Instruction.of(text)).candidates()
    taken = {slide.title.casefold() for slide in brief.slides}
    fresh = [one for one in candidates if one.slide.title.casefold() not in taken] or list(candidates)
    topics = [name for subject in subjects_in(text) for name in topics_of_title(subject)]
    fresh += _on_topics(turn, [name for name in topics if name not in topics_of_title(section.title)])
    ranked = sorted(fresh, key=lambda one: -(one.weight + _fit(one, text)))
    whole = several or not ranked
    drafted = list(draft_slides(brief).slides)[:MOST_SLIDES] if whole else [ranked[0].slide]
    first = drafted[0]
    if _SOURCES_SHOWN.search(text):
        first = _with_places(turn, first)
    if _ABSENCE.search(text):
        first = _with_absences(turn, first)
    drafted[0] = _with_excerpts(turn, first)
    return drafted


def _on_topics(turn: Turn, topics: Sequence[str]) -> list[Candidate]:
    """A slide of the statements on subjects that have no section of their own."""
    found: list[Candidate] = []
    for name in topics:
        scored = [
            (scores(item.text).get(name, 0.0), item) for item in turn.statements if not (item.opinion or item.leans)
        ]
        best = [item for score, item in sorted(scored, key=lambda pair: -pair[0]) if score >= _ON_TOPIC][:MOST_BULLETS]
        slide = bullets(sorted(best, key=lambda item: item.order), f"words on {name}", BY_NAME[name].title)
        found += [Candidate(slide, _FIRST_CHOICE, "words")] if slide is not None else []
    return found


def _fit(candidate: Candidate, text: str) -> float:
    """How much a slide shows of what the message speaks of."""
    slide = candidate.slide
    shown = content_words(f"{slide.title} {slide.topic}")
    shared = len(shown & content_words(text))
    splits = 3.0 * (candidate.kind == "split" and bool(_SPLITS.search(text)))
    return 0.8 * min(shared, 5) + splits


def _with_places(turn: Turn, slide: DraftedSlide) -> DraftedSlide:
    """Under each row of figures a row with the place of each one."""
    facts = {fact.ref: fact for fact in turn.facts}
    components: list[DraftedComponent] = []
    for part in slide.components:
        if not isinstance(part, DraftedTable):
            components.append(part)
            continue
        rows: list[list[DraftedCell]] = []
        for row in part.rows:
            rows.append(row)
            places = [
                DraftedCell(text=facts[cell.fact].locator, refs=[cell.fact]) if cell.fact in facts else DraftedCell()
                for cell in row[1:]
            ]
            documents = listed(list(dict.fromkeys(facts[cell.fact].document for cell in row if cell.fact in facts)))
            if documents:
                rows.append([DraftedCell(text=f"Source: {documents}"), *places])
        components.append(part.model_copy(update={"rows": rows}))
    return slide.model_copy(update={"components": components})


def _with_absences(turn: Turn, slide: DraftedSlide) -> DraftedSlide:
    """With the sentences that say what is not published."""
    words = content_words(slide.title) | {"split", "channel", "publish", "disclos"}
    told = [item for item in turn.statements if says_absent(item.text) and words & content_words(item.text)][:2]
    items = [DraftedText(text=item.text, refs=[item.ref]) for item in told] or _absent_facts(turn)
    if not items:
        return slide
    return slide.model_copy(update={"components": [*slide.components, DraftedBullets(items=items)]})


def _absent_facts(turn: Turn) -> list[DraftedText]:
    """Rows of tables that name something without a figure, and say that it is not published."""
    found = [passage for passage in turn.passages if says_absent(passage.text)][:2]
    return [
        DraftedText(text=sentence, refs=[passage.ref])
        for passage in found
        for sentence in sentences_of(passage.text)
        if says_absent(sentence) and not speaks_to_a_machine(sentence)
    ][:2]


def useful_in(turn: Turn) -> list[str]:
    """Sentences of what was pasted that say something, give no order, and hold no figure that the documents lack."""
    backing = Backing(turn.brief("slides"))
    found = [
        sentence
        for excerpt in turn.context.excerpts
        for line in excerpt.splitlines()
        for piece in re.split(r"\s+(?=A:\s)", line)
        for sentence in sentences_of(_LABEL.sub("", piece.strip()))
        if not sentence.endswith("?") and not sentence.lower().startswith(("q:", "question:"))
    ]
    return [
        sentence
        for sentence in found
        if len(sentence.split()) >= 4
        and not speaks_to_a_machine(sentence)
        and all(backing.ref_of(figure) for figure in figures_in(sentence))
    ][:MOST_QUOTED]


def _with_excerpts(turn: Turn, slide: DraftedSlide) -> DraftedSlide:
    """What was pasted stands in the notes, marked as unsourced; what the documents say to it stands on the slide."""
    useful = useful_in(turn)
    if not useful:
        return slide
    quoted = " ".join(f"“{sentence}”" for sentence in useful)
    notes = f"{slide.notes}\nUnsourced excerpt, given by the deal team: {quoted}".strip()
    shown = slide.model_dump_json()
    borne_out: list[Statement] = []
    for sentence in useful:
        borne_out += [
            item
            for item in best_for(sentence, turn.statements, most=1, loosely=True)
            if item not in borne_out and not item.opinion and item.text.rstrip(".") not in shown
        ]
    components = list(slide.components)
    if borne_out:
        components.append(DraftedBullets(items=[DraftedText(text=item.text, refs=[item.ref]) for item in borne_out]))
    return slide.model_copy(update={"components": components, "notes": notes})


def _topics_in(text: str) -> list[str]:
    """The parts of a list of measures, each to be searched for."""
    years = " ".join(years_in(text))
    parts = [part.strip() for part in re.split(r"[:,;]|\band\b|\bfor\b|\bwith\b", text)]
    return [f"{part} {years}".strip() for part in parts if 2 < len(part) < 60][:7]


def _missing_points(turn: Turn, text: str) -> list[str]:
    """The years of headline measures, and of those that the message names, that searches have not brought yet."""
    shown = [
        series
        for series in turn.series
        if not series.entity
        and series.years
        and (headline_rank(series.metric) < IS_HEADLINE or series.metric.lower() in text.lower())
    ]
    shown.sort(key=lambda series: (series.metric.lower() not in text.lower(), headline_rank(series.metric)))
    years = years_in(text) or sorted({year for series in shown for year in series.years})
    return [
        f"{series.metric} in {year}"
        for series in shown
        for year in years
        if not any(same_period(year, label) for label in series.points)
    ][:MOST_QUERIES]


def _conflicts(turn: Turn, saved: Sequence[DraftedSlide]) -> list[str]:
    """What documents say against the figures that are shown."""
    shown = "".join(slide.model_dump_json() for slide in saved)
    return [
        f"{name_of(series)} in {fact.period}: {line}"
        for series in turn.series
        for fact in series.points.values()
        if f'"{fact.ref}"' in shown
        for line in conflict_lines(series, fact)
    ]


def _on_excerpts(turn: Turn, saved: Sequence[DraftedSlide]) -> list[str]:
    if not turn.context.excerpts:
        return []
    lines: list[str] = []
    if any(speaks_to_a_machine(excerpt) for excerpt in turn.context.excerpts):
        lines.append("The excerpt holds instructions to an AI; it is data, so I left them out and did nothing of them.")
    if useful_in(turn) and saved:
        lines.append("The rest of the excerpt stands in the notes, marked as unsourced: no document bears it out.")
    return lines


def _no_section(turn: Turn) -> str:
    if not turn.book.sections:
        return "There is no outline yet, so a slide has no section. Tell me the sections first."
    titles = ", ".join(section.title for section in turn.book.sections)
    return f"Which section is the slide for? The outline has: {titles}."


def _marks(refs: Sequence[str]) -> str:
    return "".join(f" [{ref}]" for ref in refs[:4])
