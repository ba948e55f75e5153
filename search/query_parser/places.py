"""Where a trial should be, and who runs it: "within 50 miles of Leeds", "in Texas", "sponsored by Roche"."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from search.gazetteer import Gazetteer
from search.query_parser.place_words import AMBIGUOUS, NEVER, NOT_PLACE
from search.query_parser.reading import Reading
from search.query_parser.spelling import ordinary_words
from search.terminology.spelling import fold_name
from search.terminology.tables import read_table

_MILE = 1.609344
_NUMBER = r"(?P<far>\d{1,4}(?:\.\d+)?)\s*-?\s*(?P<unit>miles?|mi|kms?|kilomet(?:er|re)s?|k)\b"
_WORD = r"[^\W\d_][\w'’.-]*"
_NAME = rf"(?P<name>\d{{5}}\b|(?:the )?{_WORD}(?:(?:,\s?|\s){_WORD}){{0,4}})"
_WITHIN = re.compile(
    rf"\b(?:with ?in|less than|up to|max(?:imum)?|under|<|inside)\s*(?:a )?{_NUMBER}(?: (?:radius|drive"
    rf"|distance))?(?:\s*(?:of|from|around|to|near))?\s+(?!me\b|here\b|my\b|home\b){_NAME}",
    re.IGNORECASE,
)
_FROM = re.compile(
    rf"{_NUMBER}\s*(?:of|from|around|radius (?:of|from|around)|radius)\s+(?!me\b|here\b|my\b"
    rf"|home\b){_NAME}",
    re.IGNORECASE,
)
_ALONE = re.compile(
    rf"\b(?:with ?in|less than|up to|max(?:imum)?)\s*(?:a )?{_NUMBER}(?: (?:radius|drive))?", re.IGNORECASE
)
_NEAR = re.compile(
    rf"\b(?P<cue>near(?:by)?(?: to)?|around|close(?:r|st)? to|nearest(?: to)?|next to|in or near"
    rf"|in and around|outside(?: of)?|in the vicinity of|vicinity of|in|at|from|located in|based in"
    rf"|lives? in|living in|sites? in|centers? in|anywhere in|across|only in|travel to|drive "
    rf"to)\s+{_NAME}",
    re.IGNORECASE,
)
_STRONG = frozenset(
    [
        "near",
        "nearby",
        "near to",
        "close to",
        "closest to",
        "nearest",
        "nearest to",
        "next to",
        "in or near",
        "in and around",
        "located in",
        "based in",
        "in the vicinity of",
        "vicinity of",
        "lives in",
        "live in",
        "living in",
        "sites in",
        "site in",
    ]
)
_ME = re.compile(
    r"\b(?:near|close to|around|by|closest to|nearest(?: to)?) (?:me|here|my (?:home|house|area"
    r"|location|town|city)|us|home)\b|\bnearby\b|\blocal(?: trials?)?$|\bin my area\b"
)
_BEHIND = re.compile(
    rf"[\s,(]*(?:within |up to |max |less than )?{_NUMBER}(?: (?:radius|away|max|or less|distance"
    rf"|drive))?\)?",
    re.IGNORECASE,
)
_AREA = re.compile(r"\s+(?:metro )?(?:area|region|metropolitan area|city)\b", re.IGNORECASE)
_MANY = 5
_SPONSOR = re.compile(
    r"\b(?:sponsored by|sponsors?(?=:| )|run by|funded by|by sponsor|conducted by|organi[sz]ed by"
    r"|led by)\s*:?\s*(?P<name>[^\W_][\w&'’.+/-]*(?:\s+(?:[A-Z&][\w&'’.+/-]*|of|and|for|de|the(?= "
    r"[A-Z])))*)"
)


def read_places(reading: Reading, gazetteer: Gazetteer) -> None:
    """Places; "near me" says nothing that can be used."""
    lower = reading.view.lower
    for match in _ME.finditer(lower):
        if reading.free(*match.span()):
            reading.take(*match.span())
    for pattern in (_WITHIN, _FROM):
        for match in pattern.finditer(reading.view.text):
            _measured(reading, match, gazetteer)
    for match in _cued(reading):
        _named(reading, match, gazetteer)
    _bare(reading, gazetteer)
    _distance_apart(reading)


_RIGHT_BEFORE = re.compile(rf"(?<![\w.]){_NUMBER}(?: radius)?\s+$", re.IGNORECASE)


def _distance_apart(reading: Reading) -> None:
    """A distance right before the one place ("60km Munich"), or apart ("San Diego sarcoma within 20 miles")."""
    places = reading.found("place")
    if len(places) == 1 and places[0].km is None:
        beside = _RIGHT_BEFORE.search(reading.view.typed, 0, places[0].start)
        if beside is not None:
            quote = reading.view.typed[beside.start() : places[0].end]
            reading.replace(places[0], replace(places[0], km=_km(beside), start=beside.start(), quote=quote))
            return
    match = _ALONE.search(reading.view.text)
    if match is not None and len(places) == 1 and places[0].km is None and reading.free(*match.span()):
        reading.replace(places[0], replace(places[0], km=_km(match)))
        reading.take(*match.span())


def _cued(reading: Reading) -> list[re.Match[str]]:
    """Every cue with the words behind it; one that stands inside another's words counts too."""
    text = reading.view.text
    found, at = [], 0
    while (match := _NEAR.search(text, at)) is not None:
        found.append(match)
        at = match.end("cue")
    return found


def _km(match: re.Match[str]) -> float:
    far = float(match["far"])
    return round(far * _MILE) if match["unit"].lower().startswith("mi") else round(far)


def _measured(reading: Reading, match: re.Match[str], gazetteer: Gazetteer) -> None:
    end = _end_of_name(reading, match, gazetteer, strong=True)
    if end is not None and reading.free(match.start(), end):
        name = _typed(reading, match.start("name"), end)
        reading.add("place", match.start(), end, name=name, km=_km(match))


_LIVER = re.compile(r"\bhcc\b|hepatocellular|\bliver transplant|\bmilan criteria")


def _named(reading: Reading, match: re.Match[str], gazetteer: Gazetteer) -> None:
    cue = " ".join(match["cue"].lower().split())
    if match["name"].lower().startswith("milan") and _LIVER.search(reading.view.lower):
        return  # its criteria for transplantation
    end = _end_of_name(reading, match, gazetteer, strong=cue in _STRONG)
    if end is None or not reading.free(match.start("name"), end):
        return
    name = _typed(reading, match.start("name"), end)
    area = _AREA.match(reading.view.text, end)
    if area is not None:
        end = area.end()
    km = None
    behind = _BEHIND.match(reading.view.text, end)
    if behind is not None:
        km, end = _km(behind), behind.end()
    denied = reading.denied(match.start())
    start = match.start() if denied is None else denied
    reading.add("place", start, end, name=name, km=km, negative=denied is not None)


def _end_of_name(reading: Reading, match: re.Match[str], gazetteer: Gazetteer, *, strong: bool) -> int | None:
    """Where the name of a place ends, the longest one that is known; behind a strong cue any name with a capital."""
    text = reading.view.text
    start = match.start("name")
    if match["name"].isdigit():
        return match.end("name") if strong or "within" in match.group().lower() else None
    words = list(re.finditer(rf"{_WORD}", match["name"]))
    for count in range(len(words), 0, -1):
        end = start + words[count - 1].end()
        name = text[start:end].rstrip(".,")
        if name.lower() in NOT_PLACE:
            continue
        city = gazetteer.city(name)
        known = gazetteer.knows(name) or city is not None or name in gazetteer.codes
        if city is not None and not (city.weight or strong or name[0].isupper()):
            continue  # "in remission": a village of that name is hardly meant
        if known and not (name.lower() in AMBIGUOUS and name.islower() and not strong):
            return start + len(name)
    if not strong:
        return None
    reached: int | None = None
    for word in words:
        if not word.group()[0].isupper() or not reading.free(start + word.start(), start + word.end()):
            break
        reached = start + word.end()
    if reached is None and len(words) == 1 and len(words[0].group()) > _SHORT_NAME:
        only = words[0].group().lower()
        unread = reading.free(start + words[0].start(), start + words[0].end())
        if unread and only not in NOT_PLACE and only not in ordinary_words():
            reached = start + words[0].end()
    return reached


def _typed(reading: Reading, start: int, end: int) -> str:
    first, last = reading.view.original(start, end)
    return re.sub(r"^the\s+", "", reading.view.typed[first:last], flags=re.IGNORECASE)


def _bare(reading: Reading, gazetteer: Gazetteer) -> None:
    """Names of countries, states and cities without a word for a place."""
    text = reading.view.text
    words = list(re.finditer(_WORD, text))
    at = 0
    while at < len(words):
        found = 0
        for count in range(min(_MANY, len(words) - at), 0, -1):
            start, end = words[at].start(), words[at + count - 1].end()
            name = text[start:end].rstrip(".,'")
            if "\n" in name or not reading.free(start, end) or not re.fullmatch(rf"{_WORD}(?:,? {_WORD})*", name):
                continue
            if _is_place(name, gazetteer):
                km, stop = None, start + len(name)
                behind = _BEHIND.match(text, stop)
                if behind is not None:
                    km, stop = _km(behind), behind.end()
                reading.add("place", start, stop, name=_typed(reading, start, start + len(name)), km=km)
                found = count
                break
        at += found or 1


def _is_place(name: str, gazetteer: Gazetteer) -> bool:
    lower = name.lower()
    if len(lower) < 2 or lower in NOT_PLACE or (lower in AMBIGUOUS and (name.islower() or lower in NEVER)):
        return False
    if gazetteer.knows(name):
        if lower in ("us", "uk", "usa", "uae", "nsw", "nrw", "eu"):
            return name.isupper() or lower in ("uk", "usa")
        city = gazetteer.city(name)
        if city is not None and " " not in name and fold_name(name) not in gazetteer.regions:
            return max(one.weight for one in gazetteer.cities.get(fold_name(name), (city,))) >= (
                _LARGE if name.islower() else _KNOWN
            )
        return not (name.islower() and len(name) < 4)
    several = "," in name or " " in name
    told = name[0].isupper() or fold_name(re.split(r"[\s,]+", name)[-1]) in gazetteer.regions
    return several and told and gazetteer.city(name) is not None


_SHORT_NAME = 3
_LARGE, _KNOWN = 350, 100
"""Thousands of inhabitants from which a city's bare name is taken for the city: in lower case, and with a capital."""


def read_sponsors(reading: Reading) -> None:
    """Sponsors behind a word for one, and well-known ones by name."""
    text = reading.view.text
    for match in _SPONSOR.finditer(text):
        if reading.free(*match.span("name")):
            reading.add("sponsor", *match.span(), name=_typed(reading, *match.span("name")))
    for match in _known_sponsors().finditer(text):
        if reading.free(*match.span()):
            reading.add("sponsor", *match.span(), name=_typed(reading, *match.span()))


@cache
def _known_sponsors() -> re.Pattern[str]:
    names: list[str] = []
    cased: list[str] = []
    for row in read_table("sponsors.tsv"):
        (cased if row["case"] == "s" else names).append(re.escape(row["name"]))
    names.sort(key=len, reverse=True)
    cased.sort(key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:(?i:{'|'.join(names)})|{'|'.join(cased)})(?![\w-])")
