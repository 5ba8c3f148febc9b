"""What a figure in running text is about: its measure and whose it is."""

from __future__ import annotations

import re

from evidence.figures import Figure
from evidence.labels import KNOWN_METRIC, Label, capitalised, tidy, whole
from evidence.periods import MONTH, periods_in
from evidence.units import understood

_UP = r"rose|risen|rises|grew|grown|grows|increase[ds]?|went up|gained|improved|climbed|expanded|up|growth"
_DOWN = r"fell|fallen|declined?|decreased?|dropped|went down|shrank|shrunk|down|decline|decrease|drop"
_CHANGE_BEFORE = re.compile(
    rf"\b(?:(?P<up>{_UP})|(?P<down>{_DOWN}))(?:\s+(?:again|further|sharply|slightly|only|in total))?(?:\s+(?:by|of))?"
    r"(?:\s+(?:about|around|approximately|some|nearly|almost|over|more than|roughly|a further|another))?\s*\(?$",
    re.IGNORECASE,
)
_CHANGE_AFTER = re.compile(
    r"^\s*(?:(?P<up>more|higher|above|growth|increase|up)|(?P<down>less|lower|below|decline|decrease|down))\b",
    re.IGNORECASE,
)
ASIDE = re.compile(r"^[^.;]{0,30}?(?:\(|,? or\s|,? which is\s|,? equal to\s|,? that is\s)(?:about\s|some\s)?\(?$")
_OF_THE = re.compile(
    r"\b[Oo]f (?:the|its|our|all) (?P<what>[a-z]+(?: [a-z]+)?), (?:[^;.]*,\s|[^;.]*\band\s)?(?:about\s)?$"
)
_OF_AND_IN = re.compile(
    r"^(?:\s+(?:of|from|for)\s+(?:the\s+|our\s+|its\s+)?(?P<of>(?!(?:which|between|about|approximately|around|more|less|over|up|some|nearly|almost|at)\b)[A-Za-z][\w-]*(?:\s(?:segment"
    r"|division|business|range))?))?"
    r"(?:\s+(?:in|of the|from)\s+(?:the\s+)?(?P<place>(?!FY|Q\d|H\d|LTM)[A-Z][\w-]+(?:\s[A-Z][\w-]+)*))?"
)
_NO_MODIFIERS = frozenset(
    " ".join(
        (
            "with that which from have been were than their about this these those reached after before while",
            "when where since then also said says and our its the of in at by to for on strong record higher",
            "lower rising falling solid total year last",
        )
    ).split()
)
_LEADING_WORDS = re.compile(
    r"^(?:(?:and|or|but|in|for|by|of|at|on|with|the|a|an|we|our|its|it|they|also|then|constant currency|that"
    r"|which|where|when|while|as|about|since|during)\s+)+",
    re.IGNORECASE,
)
_COMPARED = re.compile(r"\b(?:compared (?:with|to)|versus|vs\.?|against|up from|down from|after)\s+\(?$")
_SHARE_VERB = re.compile(
    r"\s+(?:accounts?(?:ed)? for|represent(?:s|ed)?|made up|makes? up|contributed|was|were|is|are)\b"
)
_A_RATIO = re.compile(
    r"margin|rate\b|share|retention|churn|utili|occupancy|return|roce|roic|concentration|growth|increase|cagr|workforce",
    re.IGNORECASE,
)
_LEADING_PLACE = re.compile(
    rf"^(?:[A-Z]{{1,4}}:\s*)?In\s+(?:the\s+)?(?P<place>(?!{MONTH}|Q\d|FY|H\d)[A-Z][\w-]+(?:\s[A-Z][\w-]+)*),?\s"
)
_MOST_WORDS_BETWEEN = 25
_IN_PLACE = re.compile(
    r"^\s*(?:(?:of net sales |of sales |of revenues? )?(?:came from|in|from|were in|was in|are in|is in|to)"
    r"|came from|for)\s+(?:the\s+)?"
    r"(?P<entity>(?:outside\s+(?:the\s+)?)?[A-Z][\w&-]*(?:[ -][A-Z][\w&-]*)*|volumes?|prices?|acquisitions?"
    r"|exchange rates?|currency|corporate roles)\b"
)
_NAMED_BEFORE = re.compile(
    r"(?:\band\s+|^|,\s*)(?P<entity>[A-Z][\w&-]*(?:[ -][A-Z0-9][\w&-]*)*)\s+(?:by\s+|at\s+|with\s+)?$"
)
_SHARE = re.compile(
    r"^\s*of\s+(?:the\s+|its\s+|our\s+|all\s+)?(?P<what>[a-z][a-z&-]*(?:\s+[a-z&-]+){0,2})", re.IGNORECASE
)
_TAIL_VERBS = re.compile(
    r"(?:\s|^)(?:is|are|was|were|be|been|has|have|had|we|of|to|at|by|in|about|around|approximately|some"
    r"|nearly|almost|over|under|more|than|less|up|down|from|between|"
    r"reached|reaches|totall?ed|totals|amounted|amounts|stood|stands|came|put|puts|employs?|employed|sells?"
    r"|serves?|operates?|owns?|runs?|roughly|the|a|an|and|or|its|our|"
    r"went|gone|go|with|for|per|only|just|still|now|today|nearly|across|worth|includes?|including|on|that"
    r"|which|rose|grew|fell|increased|decreased|declined)$",
    re.IGNORECASE,
)


def named(sentence: str, figures: list[Figure], index: int, heading: str) -> Label:
    """The measure and entity of a figure of a sentence; an empty measure where the sentence does not say."""
    figure = figures[index]
    before, after = sentence[: figure.start], sentence[figure.end :]
    family = understood(figure.unit).family
    entity = _entity(sentence, figures, index)
    if figure.unit == "people" and not re.search(r"cost|expense", before[-40:]):
        return Label("Employees", entity)
    if family == "country":
        return Label("Countries", entity)
    if not _measured(family):
        return Label(capitalised(figure.unit), entity)
    share = _share(before, after) if family == "percent" else ""
    if share:
        return Label(f"Share of {share}", entity or _share_subject(before))
    if re.search(r"per (?:diluted )?share$", figure.text):
        return Label("Diluted earnings per share" if "diluted" in figure.text else "Earnings per share", entity)
    if index and family == "percent" and ASIDE.match(sentence[figures[index - 1].end : figure.start]):
        said = named(sentence, figures, index - 1, heading)
        turned = re.sub(r" increase$", " growth", re.sub(r" decrease$", " decline", said.metric))
        return Label(turned if turned != said.metric else _changed(turned, sentence, figures, index), said.entity)
    if (
        index
        and _COMPARED.search(sentence[figures[index - 1].end : figure.start])
        and family == understood(figures[index - 1].unit).family
    ):
        return named(sentence, figures, index - 1, heading)
    base = _base(sentence, figure.start, heading)
    if family == "percent" and base.metric and not _A_RATIO.search(base.metric):
        return _percentage(base, sentence, figures, index, entity)
    metric = base.metric or ("" if _own_subject(sentence, figures, index) else _phrase(before))
    if not metric and entity:
        metric = "Sales" if figure.unit != "percent" and _shared_change(sentence, figure.start) else ""
    return Label(_changed(metric, sentence, figures, index), entity or base.entity)


def _measured(family: str) -> bool:
    return family.isupper() or family in {"percent", "multiple", "points"}


def _share(before: str, after: str) -> str:
    """`66% of net sales`, `of the workforce, 36% are in`: what the percentage is a part of."""
    found = _SHARE.match(after)
    if found:
        known = KNOWN_METRIC.search(found["what"])
        return (known[0] if known else found["what"].split(" ")[0]).lower()
    leading = _OF_THE.search(before)
    return leading["what"].lower() if leading else ""


def _share_subject(before: str) -> str:
    """`Top ten customers` in `the top ten customers account for 42% of revenue`, `Capex` in `capex was 4.1% of`."""
    subject = _SHARE_VERB.split(re.split(r"[,;:]\s|\.\s", before)[-1])
    return _phrase(subject[0]) if len(subject) > 1 else ""


def _percentage(base: Label, sentence: str, figures: list[Figure], index: int, entity: str) -> Label:
    """A percentage at an amount such as revenue: its growth, its margin or a part of it; without a name else."""
    figure = figures[index]
    between = sentence[: figure.start].rpartition(base.metric[1:])[2]
    margin = re.match(r"^\s+(margin)\b", sentence[figure.end :])
    if margin:
        return Label(f"{base.metric} margin", entity or base.entity)
    if re.match(r"^\s+(?:CAGR|growth)\b", between):
        return Label(f"{base.metric} {between.split()[0]}", entity or base.entity)
    changed = _changed(base.metric, sentence, figures, index)
    if changed != base.metric:
        return Label(changed, entity or base.entity)
    if _SHARE_VERB.search(between):
        return Label(f"Share of {base.metric.lower()}", entity or _share_subject(sentence[: figure.start]))
    return Label("")


def _own_subject(sentence: str, figures: list[Figure], index: int) -> bool:
    start = figures[index - 1].end if index else 0
    return index > 0 and bool(_NAMED_BEFORE.search(sentence[start : figures[index].start]))


def _base(sentence: str, position: int, heading: str) -> Label:
    known = [
        match
        for match in KNOWN_METRIC.finditer(sentence[:position])
        if not re.search(r"\b(?:from|than)\s+(?:the\s+)?$", sentence[: match.start()])
    ]
    if known and len(sentence[known[-1].end() : position].split()) <= _MOST_WORDS_BETWEEN:
        over = known[-2][0] if len(known) > 1 and sentence[known[-2].end() : known[-1].start()] == "/" else ""
        if over:
            return Label(capitalised(f"{over}/{known[-1][0]}"))
        return Label(capitalised(known[-1][0]), _entity_near(sentence, known[-1]))
    following = KNOWN_METRIC.search(sentence[position : position + 60])
    if following and re.match(
        r"^[^,;]{0,8}(?:growth|increase|rise|decline|decrease|of|in)\b[^,;]*$",
        sentence[position : position + following.start()].split(" ", 1)[-1],
    ):
        return Label(capitalised(following[0]))
    if re.match(r"^(?:[A-Z]{1,4}:\s*)?(?:\[\w+\]\s*)?(?:It|This|That|They)\b", sentence):
        named = KNOWN_METRIC.search(heading)
        if named:
            return Label(capitalised(named[0]))
    return Label("")


def _entity_near(sentence: str, metric: re.Match[str]) -> str:
    """What stands right at a measure: `flagship sales in Latin America`, `sales of the flagship in Latin America`."""
    after = _OF_AND_IN.match(sentence[metric.end() :])
    parts = [after["of"], after["place"]] if after else []
    modifier = re.search(
        r"(?:^|\s)(?P<word>[a-z][a-z-]{3,}|(?:[A-Z][\w&-]+\s)*[A-Z][\w&-]+)\s$", sentence[: metric.start()]
    )
    if (
        modifier
        and modifier["word"].split(" ")[0].lower() not in _NO_MODIFIERS
        and not re.search(r"^[a-z].*(?:s|ed|ing|ly)$", modifier["word"])
        and not whole(modifier["word"])
        and not periods_in(modifier["word"])
    ):
        parts.insert(0, modifier["word"])
    if not any(parts):
        led = _LEADING_PLACE.match(sentence)
        parts = [led["place"]] if led and not periods_in(led["place"]) else []
    return ", ".join(part for part in parts if part)


def _phrase(before: str) -> str:
    """A short label out of the words before a figure, where no known measure is named."""
    clause = re.split(r"[,;:()]|\.\s", before)[-1].strip()
    for period in reversed(periods_in(clause)):
        clause = clause[: period.start] + clause[period.end :]
    clause = _LEADING_WORDS.sub("", " ".join(clause.split()))
    while _TAIL_VERBS.search(clause):
        clause = _TAIL_VERBS.sub("", clause).strip()
    clause = _LEADING_WORDS.sub("", clause)
    words = clause.split()
    if not words or len(words) > 8 or re.search(r"\d", clause):
        return ""
    return capitalised(tidy(clause))


def _changed(metric: str, sentence: str, figures: list[Figure], index: int) -> str:
    figure = figures[index]
    before, after = sentence[: figure.start], sentence[figure.end :]
    change = _CHANGE_BEFORE.search(before) or _CHANGE_AFTER.match(after)
    if not change and (
        re.search(r"\bby\s+$", before)
        or re.match(r"\s*(?:came\s+)?from\b", after)
        or _parts_of_change(sentence, figures, index)
    ):
        change = _shared_change(sentence, figure.start)
    if not change or not metric or re.search(r"growth|increase|decrease|decline", metric, re.IGNORECASE):
        return metric
    if figure.unit == "percent":
        return f"{metric} {'decline' if change['down'] else 'growth'}"
    return f"{metric} {'decrease' if change['down'] else 'increase'}"


def _parts_of_change(sentence: str, figures: list[Figure], index: int) -> bool:
    """`rose by $53.3 million: $41.3 million came from volume, $4.2 million from price`"""
    return any(re.match(r"\s*(?:came\s+)?from\b", sentence[figure.end :]) for figure in figures[1 : index + 1])


def _shared_change(sentence: str, position: int) -> re.Match[str] | None:
    """A change word earlier in the clause that several figures share: `grew by $45.3 million and X by $7.2 million`."""
    found = list(re.finditer(rf"\b(?:(?P<up>{_UP})|(?P<down>{_DOWN}))\s+by\b", sentence[:position], re.IGNORECASE))
    return found[-1] if found else None


def _entity(sentence: str, figures: list[Figure], index: int) -> str:
    figure = figures[index]
    stop = figures[index + 1].start if index + 1 < len(figures) else len(sentence)
    after = sentence[figure.end : stop]
    place = _IN_PLACE.match(after)
    if place and not periods_in(after[: place.end()]) and not re.match(rf"(?:{MONTH}|Q\d|FY)", place["entity"]):
        return place["entity"]
    start = figures[index - 1].end if index else 0
    named = _NAMED_BEFORE.search(sentence[start : figure.start])
    if named and not KNOWN_METRIC.search(named["entity"]) and index and not periods_in(named["entity"]):
        return named["entity"]
    return ""
