"""A clinical note as a query: what it states as concepts, and what it is about as weighted words.

Facts are those of `search.extraction.note`. What the note is about is found without a vocabulary, so that it works for
any disease: the words behind a verb of diagnosis or presentation, behind "history of", behind what an examination
showed. Relatives, denied and normal findings do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from search.extraction.note import NoteFact, NoteReading
from search.extraction.notes.assertion import is_negated, is_relative
from search.extraction.notes.text import Json, NoteText, note_text
from search.query import Concept, Salient
from search.terminology.stages import tnm_tokens

_FEWEST_WORDS, _FEW_WORDS = 40, 22
"""Words from which a text is a note; from the second number on if it has several sentences."""
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|\n\s*\S")
_PERSON = (
    r"(?:man|woman|male|female|boy|girl|gentleman|lady|patient|pt|infant|child|adult|m|f|teenager"
    r"|adolescent|newborn|neonate)"
)
_CUES: tuple[tuple[float, re.Pattern[str]], ...] = (
    (
        1.0,
        re.compile(
            r"\b(?:(?:re)?diagnos(?:ed|is|es)\b(?: \w+){0,4}? (?:with|of|as|is|was|includes?|:)"
            r"|diagnos(?:is|es):|(?:impression|assessment|final diagnosis|principal diagnosis"
            r"|primary diagnosis|chief complaint|cc|reason for (?:visit|admission|referral"
            r"|consult\w*)):"
            r"|found to have|consistent with|compatible with|confirm(?:ed|s|ing)|known (?:to have"
            r"|case of|for)|suffer(?:s|ed|ing) from|affected by|carries a diagnosis of|was "
            r"positive for|(?:secondary|due) to|suspected of having|suspicious for|concerning "
            r"for)\s+(?:an? |the )?"
        ),
    ),
    (0.9, re.compile(rf"\b{_PERSON}\s+(?:who is )?(?:with|having|has|had)\s+(?:an? |the )?(?!history|h/o|hx|past)")),
    (
        0.8,
        re.compile(
            r"\b(?:present(?:s|ed|ing|ation)?\b(?: \w+){0,6}? (?:with|for|of|complaining of)"
            r"|admitted(?: \w+){0,4}? (?:for|with|because of|due to)|complain(?:s|ed|ing) of|c/o"
            r"|complaints? of|referred(?: \w+){0,3}? (?:for|with|because of)"
            r"|(?:evaluated|seen|hospitali[sz]ed|being treated|under treatment|followed|treated) "
            r"for|brought in (?:for|with|because of)|came (?:in )?with|(?:comes?|came|brought"
            r"|presents?|presented|taken) (?:in )?to (?:the |his |her |our |an? )?(?:\w+ "
            r"){1,3}?(?:with|for|due to|because of|complaining of|following|after|to evaluate)"
            r"|present(?:s|ed|ing) (?:following|after)|develop(?:s|ed|ing)|experienc(?:es|ed"
            r"|ing))\s+(?:an? |the )?"
        ),
    ),
    (
        0.6,
        re.compile(
            r"\b(?:(?:past |previous |prior )?(?:medical |surgical )?(?:history|hx|pmhx?)(?: "
            r"\w+){0,2}? (?:of|for|includes?|significant for|notable for|remarkable for)|h/o"
            r"|pmhx?:|history:|comorbidit\w+(?: \w+)?:?|problem list:|problems:|history "
            r"of)\s+(?:an? |the )?"
        ),
    ),
    (
        0.5,
        re.compile(
            r"\b(?:mri|ct|cect|echo\w*|imaging|x-?rays?|radiographs?|ultraso\w+|exam\w*|labs?"
            r"|laborator\w+|work-?up|biops\w+|patholog\w+|endoscop\w+|colonoscop\w+|ecg|ekg"
            r"|electrocardiogram|scan|pet\S*|tests?|studies|histolog\w+|culture\w*|angiogra\w+"
            r"|spirometry|mammogra\w+)\b(?: \w+){0,6}? (?:show(?:s|ed|ing)?|reveal(?:s|ed|ing)?"
            r"|demonstrat(?:es|ed|ing)|(?:is|was|are|were) (?:notable|significant|remarkable"
            r"|positive) for|suggest\w*|indicat(?:es|ed|ing)|found)\s+(?:an? |the )?"
        ),
    ),
)
_CLAUSE_END = re.compile(
    r"[.;:\n](?=\s|$|\w)|,?\s(?:who|which|for which|where|and (?:was|is|has|he|she|had|were|the"
    r"|currently|received|denies|presents|presented)|but|he|she|status post|s/p|presented|presents"
    r"|presenting|with no|without|denies|denied|no|not|negative for|since|because|after|following"
    r"|despite|until|when|while|treated|for (?:the past|\d+|several|many|two|three|four|five)|in "
    r"(?:19|20)\d\d|on (?:19|20)\d\d|\d+ (?:years?|months?|weeks?|days?) ago)\b"
)
_LONGEST_SPAN, _SHORTEST_SPAN = 110, 3
_MOST_SPANS = 24
_LEAST_SHARE = 0.12
"""Share of a note that must be found salient; below it the first sentences count too."""
_FACT_WEIGHTS = {"cancer": 1.0, "biomarkers": 0.8, "stage": 0.6, "extent": 0.6, "cns": 0.5, "prior_therapies": 0.4}
_NORMAL = re.compile(r"\b(?:normal|unremarkable|within normal limits|wnl|afebrile|stable vitals|intact|clear)\b")
_ASKED = re.compile(
    r"\b(?:looking for|find|search(?:ing)? for|interested in|seeking|need|want|wants|show|any"
    r"|recruiting|eligible for|enroll in|suitable)\b[^.\n]{0,80}\b(?:trials?|stud(?:y|ies))\b"
    r"|\b(?:trials?|stud(?:y|ies))\b[^.\n]{0,30}\b(?:near|within|located in|recruiting|please)\b"
)


def is_note(text: str) -> bool:
    """Whether a text reads as a clinical note: long, or several sentences."""
    words = len(text.split())
    if words >= _FEWEST_WORDS:
        return True
    return words >= _FEW_WORDS and len(_SENTENCE_END.findall(text.strip())) >= 2


def asked_part(text: str) -> tuple[int, int] | None:
    """The sentence of a note that asks for trials ("Looking for phase 2 trials near Leeds."), if there is one."""
    match = _ASKED.search(text.lower())
    if match is None:
        return None
    start = max(text.rfind(end, 0, match.start()) + 1 for end in (".", "\n", "?", "!"))
    stops = [at for at in (text.find(end, match.end()) for end in (".", "\n", "?", "!")) if at >= 0]
    return start, min(stops, default=len(text))


def concepts_of_note(note: NoteReading, text: str) -> Iterator[Concept]:
    """The facts of a note as concepts, in the order of the note."""
    found = [one for fact in note.facts if (one := _concept(fact, text)) is not None]
    yield from sorted(found, key=lambda one: (one.start, one.end, one.kind))


def _concept(fact: NoteFact, text: str) -> Concept | None:
    value = fact.value
    base = (text[fact.start : fact.end], fact.start, fact.end)
    if not base[0].strip():
        return None
    if isinstance(value, dict):
        return _of_object(fact.key, value, base)
    if fact.key == "age" and isinstance(value, int | float):
        return Concept("age", *base, years=float(value))
    if fact.key == "sex":
        return Concept("sex", *base, value=str(value))
    if fact.key == "cancer":
        return Concept("cancer", *base, codes=frozenset({str(value)}))
    if fact.key == "stage":
        return Concept("stage", *base, values=(str(value),))
    if fact.key == "tnm" and isinstance(value, list):
        return Concept("stage", *base, tnm=tuple(tnm_tokens(" ".join(map(str, value)))))
    if fact.key == "extent":
        return Concept("extent", *base, values=(str(value),))
    if fact.key == "cns":
        return Concept("cns", *base, value=str(value))
    if fact.key == "prior_lines" and isinstance(value, int):
        return Concept("line_count", *base, least=value, most=value)
    return None


def _of_object(key: str, value: dict[str, Json], base: tuple[str, int, int]) -> Concept | None:
    if key == "biomarkers":
        return Concept(
            "biomarker",
            *base,
            marker=str(value["marker"]),
            states=(str(value["state"]),),
            threshold=str(value["value"]) if value.get("value") else None,
        )
    if key == "performance":
        score = int(str(value["value"]))
        return Concept("performance", *base, scale=str(value["scale"]), least=score, most=score)
    if key == "prior_therapies":
        outcome, setting = value.get("outcome"), value.get("setting")
        return Concept(
            "prior_therapy",
            *base,
            therapies=tuple(str(value["therapy"]).split(" + ")),
            outcome=str(outcome) if outcome else None,
            setting=str(setting) if setting else None,
        )
    if key == "conditions" and len(value) == 1:
        topic, present = next(iter(value.items()))
        return Concept("condition", *base, topic=topic, negative=present is False)
    return None


def salient_spans(text: str, facts: tuple[NoteFact, ...]) -> tuple[Salient, ...]:
    """What a note is about: spans in order, without overlap, each with its weight."""
    note = note_text(text)
    found = [(weight, *note.original(start, end)) for weight, start, end in _behind_cues(note)]
    found += [(_FACT_WEIGHTS[fact.key], fact.start, fact.end) for fact in facts if fact.key in _FACT_WEIGHTS]
    if sum(end - start for _, start, end in found) < _LEAST_SHARE * len(text.strip()):
        found += [(0.4, *note.original(start, end)) for start, end in _first_sentences(note)]
    return _apart(found, text)


def _first_sentences(note: NoteText) -> list[tuple[int, int]]:
    """The sentences that a note opens with: who the person is, and why they came."""
    first = note.sentence(len(note.text) - len(note.text.lstrip()))
    second = note.sentence(min(first[1], max(len(note.text) - 1, 0)))
    return [first] if first == second else [first, second]


def _behind_cues(note: NoteText) -> Iterator[tuple[float, int, int]]:
    first_end = note.sentence(0)[1]
    for weight, pattern in _CUES:
        for match in pattern.finditer(note.lower):
            start = match.end()
            sentence_end = note.sentence(max(match.start(), 0))[1]
            stop = min(len(note.lower), start + _LONGEST_SPAN, max(sentence_end, start))
            cut = _CLAUSE_END.search(note.lower, start, stop)
            end = cut.start() if cut is not None else stop
            if end - start < _SHORTEST_SPAN or is_relative(note, start, end):
                continue
            if is_negated(note, start, min(end, start + 20)) or _NORMAL.search(note.lower, start, end):
                continue
            yield min(1.0, weight + (0.1 if match.start() < first_end else 0.0)), start, end


def _apart(found: list[tuple[float, int, int]], text: str) -> tuple[Salient, ...]:
    """Spans without overlap: where several say something of the same words, the highest weight counts."""
    edges = sorted({at for _, start, end in found for at in (start, end)})
    merged: list[tuple[float, int, int]] = []
    for start, end in pairwise(edges):
        weight = max((w for w, first, last in found if first <= start and end <= last), default=0.0)
        if not weight:
            continue
        if merged and merged[-1][0] == weight and merged[-1][2] == start:
            merged[-1] = (weight, merged[-1][1], end)
        else:
            merged.append((weight, start, end))
    kept = [one for one in merged if any(map(str.isalnum, text[one[1] : one[2]]))]
    best = sorted(sorted(kept, key=lambda one: (-one[0], one[1]))[:_MOST_SPANS], key=lambda one: one[1])
    return tuple(Salient(start, end, weight) for weight, start, end in best)
