"""Companies, people, products, markets and customers that documents name, found by rules and counted."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from domain.knowledge import EntityKind
from evidence.periods import MONTH, periods_in
from evidence.places import PLACES
from evidence.sentences import sentences_of

MOST_MENTIONS_KEPT = 20
_WORD = r"(?:[A-Z\u00c0-\u00dc][\w&'\u2019.-]*[\w]|[A-Z]|\d+-[A-Z][\w-]*)"
_NAME = re.compile(rf"(?<![\w-]){_WORD}(?:(?:\s+(?:&\s+)?|\s+(?:of|de|van|von|der|du)\s+){_WORD})*")
_COMPANY_ENDING = re.compile(
    r"\b(?:Inc|Incorporated|Corp|Corporation|Company|Co|Ltd|Limited|LLC|LLP|plc|PLC|GmbH|AG|SE|SA|S\.A|SAS|SpA|NV|BV|AB|ASA?"
    r"|Oy|KG|Holdings?|Group|Bank|Partners|Industries)\.?$"
)
_ROLE = re.compile(
    r"\b(?:chief (?:executive|financial|operating|technology|commercial)|ceo|cfo|coo|cto"
    r"|chair(?:man|woman|person)?|president|founders?|co-founder|managing director|directors?|head of|vice president"
    r"|officer|owner|partner|general manager|managers?)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"^(?:Dr\.? |Prof\.? )?[A-Z\u00c0-\u00dc][a-z\u00e0-\u00ff'\u2019]+(?: [A-Z]\.)?"
    r"(?: [A-Z\u00c0-\u00dc][a-z\u00e0-\u00ff'\u2019-]+){1,2}$"
)
_PRODUCT_HEADING = re.compile(r"\b(?:products?|brands?|portfolio|platform|offering|services?|range)\b", re.IGNORECASE)
_LED_ITEM = re.compile(rf"^(?P<name>{_WORD}(?:\s+[\w&'\u2019-]+){{0,4}}):\s+\S")
_PRODUCT_WORD = re.compile(r"\b(?:product|brand|range|model|platform|app|software|series|line)s?\b", re.IGNORECASE)
_CUSTOMER_LIST = re.compile(
    r"\b(?:customers?|clients?|accounts?)\s+(?:include|includes|including|such as|are|like|were)\s+(?P<names>[^.;]+)"
    r"|\b(?:sells?|supplies|delivers?|sold|supplied)\s+(?:\w+\s+){0,3}to\s+(?P<sold>[A-Z][^.;]+)",
)
_IN_BUSINESS = re.compile(
    rf"^(?P<name>{_WORD}(?:\s+(?:&\s+)?{_WORD})*)\s+(?:sells|develops|manufactures|makes|offers|operates|provides|supplies"
    r"|employs|distributes|serves|was (?:founded|established|incorporated)|is an? [^.;]{0,60}\b(?:company|business"
    r"|manufacturer|maker|provider|supplier|producer|retailer|distributor|developer|group|firm|bakery|agency|founded))\b"
)
_LEADING = re.compile(
    r"^(?:The|A|An|In|On|At|Of|For|By|From|To|With|Its|Our|Their|His|Her|We|It|They|This|That|These|Those|And|But|As|When"
    r"|While|Where|After|Before|Since|Until|During|All|Most|Some|Each|Every|Both|No|Not|If|So|Then|There|Here|One|Two|Three|Four"
    r"|What|Why|How|Who|Which|Also|Today)\s+"
)
_NO_NAME = frozenset(
    " ".join(
        (
            "the a an in on at of for by from to with its our their his her we it they this that these those and",
            "but as when while where after before since until during all most some each every both no not if so",
            "then there here one two three four five six seven eight nine ten what why how who which also today",
            "opinion note source sources section page table figure question answer interviewer interviewee total",
            "company group board management ebitda ebit arr kpi fy q1 q2 q3 q4 h1 h2 usd eur gbp chf nok sek dkk",
            "form annual report price prices sales net gross income profit revenue margin volume execution",
            "statements illustrative per are more did yes i you he she",
        )
    ).split()
)


@dataclass(slots=True)
class Mention:
    """Where a name stands: the index of the passage and the sentence."""

    passage: int
    sentence: str


@dataclass(slots=True)
class Found:
    """Something that the documents name, of the kind that most of its mentions speak for."""

    name: str
    kind: EntityKind
    count: int = 0
    mentions: list[Mention] = field(default_factory=list[Mention])
    aliases: list[str] = field(default_factory=list[str])


def detect(passages: Sequence[tuple[str, str]], known: Iterable[str] = ()) -> list[Found]:
    """Entities of passages (heading, text), most mentioned first. `known` names of products and regions, out of facts.

    A name needs a reason for its kind: the ending of a company, a role beside a person, a list of products.
    """
    votes: dict[str, dict[EntityKind, int]] = defaultdict(lambda: defaultdict(int))
    places: dict[str, list[Mention]] = defaultdict(list)
    counts: dict[str, int] = defaultdict(int)
    labels = {name.casefold(): name for name in known if _could_be_name(name)}
    for index, (heading, text) in enumerate(passages):
        for sentence in sentences_of(text):
            for name, kind in _named_in(sentence, heading):
                counts[name] += 1
                if kind is not None:
                    votes[name][kind] += 1
                if len(places[name]) < MOST_MENTIONS_KEPT:
                    places[name].append(Mention(index, sentence))
    for name in list(counts):
        if not votes[name] and name.casefold() in labels:
            votes[name]["product"] += 1
    found = [
        Found(name=name, kind=max(kinds, key=lambda kind: kinds[kind]), count=counts[name], mentions=places[name])
        for name, kinds in votes.items()
        if kinds
    ]
    return sorted(_joined(found), key=lambda one: (-one.count, one.name))


def mentions_of(name: str, aliases: Sequence[str], passages: Sequence[tuple[str, str]]) -> list[Mention]:
    """The sentences that name something, under any of its names."""
    names = [one for one in (name, *aliases) if one.strip()]
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in names), re.IGNORECASE)
    return [
        Mention(index, sentence)
        for index, (_, text) in enumerate(passages)
        if pattern.search(text)
        for sentence in sentences_of(text)
        if pattern.search(sentence)
    ]


def _could_be_name(text: str) -> bool:
    return bool(re.match(r"[A-Z0-9]", text)) and text.casefold() not in PLACES and not periods_in(text)


def _named_in(sentence: str, heading: str) -> Iterator[tuple[str, EntityKind | None]]:
    led = _LED_ITEM.match(sentence)
    if led and _PRODUCT_HEADING.search(heading) and _is_name(led["name"]):
        yield led["name"], "product"
    business = _IN_BUSINESS.match(sentence)
    if business and _is_name(_trimmed(business["name"])) and business["name"].casefold() not in PLACES:
        yield _trimmed(business["name"]), "company"
    customers = _CUSTOMER_LIST.search(sentence)
    customer_span = customers.span() if customers else (0, 0)
    role = bool(_ROLE.search(sentence))
    for match in _NAME.finditer(sentence):
        name = _trimmed(match[0])
        if not _is_name(name) or (led and name == led["name"]) or (business and match.start() == 0):
            continue
        at_start = match.start() == 0
        kind = _kind_of(name, role=role, in_customers=customer_span[0] < match.start() < customer_span[1])
        if kind is None and _beside_product_word(sentence, match):
            kind = "product"
        if kind is not None or not at_start:
            yield name, kind


def _trimmed(text: str) -> str:
    name = text
    while (shorter := _LEADING.sub("", name)) != name:
        name = shorter
    return re.sub(r"['\u2019]s$", "", name).strip(" .,'\u2019-")


def _is_name(text: str) -> bool:
    if len(text) < 2 or text.casefold() in _NO_NAME or re.fullmatch(rf"{MONTH}\.?(?: \d+)?|[A-Z]{{1,2}}\d?", text):
        return False
    return not periods_in(text) and not text.casefold().startswith(("fiscal", "form "))


def _kind_of(name: str, *, role: bool, in_customers: bool) -> EntityKind | None:
    if name.casefold() in PLACES:
        return "market"
    if _COMPANY_ENDING.search(name) and " " in name:
        return "customer" if in_customers else "company"
    if in_customers:
        return "customer"
    if role and _PERSON.match(name) and not _ROLE.search(name):
        return "person"
    return None


def _beside_product_word(sentence: str, match: re.Match[str]) -> bool:
    before, after = sentence[: match.start()].rsplit(" ", 4)[-4:], sentence[match.end() :].split(" ", 2)[:2]
    named = re.search(r"\d|[A-Z]{2}|[a-z][A-Z]", match[0]) is not None
    return named and bool(_PRODUCT_WORD.search(" ".join([*before, *after, match[0]])))


def _joined(found: Sequence[Found]) -> list[Found]:
    """A shorter form of the same name and kind is an alias: `Nordlys` of `Nordlys Cloud AS`."""
    whole: list[Found] = []
    for one in sorted(found, key=lambda each: -len(each.name)):
        longer = next(
            (
                other
                for other in whole
                if other.kind == one.kind and other.name.casefold().startswith(f"{one.name.casefold()} ")
            ),
            None,
        )
        if longer is None or one.kind in ("market", "product"):
            whole.append(one)
        else:
            longer.count += one.count
            longer.mentions = (longer.mentions + one.mentions)[:MOST_MENTIONS_KEPT]
            longer.aliases.append(one.name)
    return whole
