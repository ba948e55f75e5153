"""What was read from a text, in words: for the `understood` part of an answer and for the page."""

from __future__ import annotations

from dataclasses import dataclass

from api import labels
from api.cancer_names import cancer_name
from search.query import Concept, Query
from search.query_parser import Choice, concept_key, flat_concept

_KINDS = {
    "cancer": "Cancer",
    "stage": "Stage",
    "extent": "Extent",
    "biomarker": "Biomarker",
    "performance": "Performance status",
    "cns": "Brain metastases",
    "condition": "Condition",
    "prior_therapy": "Therapy had",
    "intervention": "Treatment wanted",
    "line_count": "Prior lines",
    "age": "Age",
    "sex": "Sex",
    "place": "Place",
    "status": "Status",
    "phase": "Phase",
    "study_type": "Kind of study",
    "nct_id": "Trial",
    "sponsor": "Sponsor",
}
_CNS = {"none": "none", "any brain metastases": "present", "treated_stable": "treated or stable"}


@dataclass(frozen=True, slots=True)
class ConceptChip:
    """A concept on the page, and what can be chosen for it."""

    key: str
    title: str
    label: str
    quote: str
    state: str
    """`include`, `exclude` or `unknown`."""
    note: str
    """Why it does not act, where it does not."""
    choices: tuple[tuple[str, str], ...]
    """The value of each button (`key:choice`) with its words."""


def understood_answer(query: Query) -> dict[str, object]:
    """The member `understood` of an answer; spans are offsets into the text as it was given."""
    return {
        "concepts": [
            {**flat_concept(one), "key": concept_key(one), "label": concept_label(one), "used": _idle(one) == ""}
            for one in query.concepts
        ],
        "text": query.rest,
        "corrections": [
            {"quote": one.quote, "start": one.start, "end": one.end, "word": one.word} for one in query.corrections
        ],
        "note": query.note,
    }


def concept_chips(read: Query, chosen: Query) -> list[ConceptChip]:
    """A chip for every concept that was read and not removed, with the choices that would change it."""
    now = {(one.kind, one.start, one.marker, one.codes): one for one in chosen.concepts}
    found = []
    for one in read.concepts:
        shown = now.get((one.kind, one.start, one.marker, one.codes))
        if shown is None:
            continue
        key = concept_key(one)
        state = "unknown" if shown.aside else "exclude" if shown.negative else "include"
        buttons = [(choice, words) for choice, words in _BUTTONS if choice != state and _makes_sense(one, choice)]
        found.append(
            ConceptChip(
                key,
                _KINDS[one.kind],
                concept_label(shown),
                one.quote,
                state,
                _idle(shown),
                tuple((f"{key}:{choice}", words) for choice, words in buttons),
            )
        )
    return found


_BUTTONS = (
    (Choice.INCLUDE, "Include"),
    (Choice.EXCLUDE, "Exclude"),
    (Choice.UNKNOWN, "Not known"),
    (Choice.REMOVE, "Remove"),
)
_NEVER_EXCLUDED = frozenset({"age", "sex", "place", "nct_id", "line_count", "performance", "stage"})


def _makes_sense(one: Concept, choice: Choice) -> bool:
    return choice is not Choice.EXCLUDE or one.kind not in _NEVER_EXCLUDED


def _idle(one: Concept) -> str:
    """Why a concept does not act; empty where it does."""
    if one.aside:
        return "set aside"
    if one.ambiguous:
        return "not sure"
    if one.kind == "place" and one.place is None:
        return "place not known"
    return ""


def concept_label(one: Concept) -> str:
    """A concept in a few words, without its kind."""
    words = _words(one)
    return f"not {words}" if one.negative else words


def _words(one: Concept) -> str:
    if one.kind == "cancer":
        return " or ".join(sorted(map(cancer_name, one.codes)))
    if one.kind == "stage":
        return ", ".join(one.values or one.tnm)
    if one.kind == "extent":
        return ", ".join(labels.EXTENT.get(value, value.replace("_", " ")).lower() for value in one.values)
    if one.kind == "biomarker":
        return f"{one.marker} {one.threshold or one.states[0]}"
    if one.kind in ("performance", "line_count"):
        return f"{one.scale or ''} {_span(one)}".strip()
    if one.kind == "cns":
        return _CNS.get(one.value or "", (one.value or "").replace("_", " "))
    if one.kind in ("prior_therapy", "intervention"):
        return " + ".join(one.therapies)
    if one.kind == "place":
        return f"{one.name} within {one.km:g} km" if one.km is not None else str(one.name)
    return _plain(one)


def _plain(one: Concept) -> str:
    if one.kind == "status":
        return ", ".join(labels.STATUS[value].lower() for value in one.values)
    if one.kind == "phase":
        return ", ".join(labels.PHASE[value] for value in one.values)
    if one.kind == "study_type":
        return labels.STUDY_TYPE[str(one.value)].lower()
    if one.kind == "age":
        return f"{one.years:g}"
    if one.kind == "condition":
        return one.value or str(one.topic)
    return str(one.name or one.value)


def _span(one: Concept) -> str:
    if one.least == one.most:
        return str(one.least)
    if one.most is None:
        return f"{one.least} or more"
    return f"up to {one.most}" if not one.least else f"{one.least} to {one.most}"
