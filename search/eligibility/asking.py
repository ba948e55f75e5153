"""What can be asked of a person: topics that answer several facts at once, their wording, and the forms of an answer.

A topic is what one look into one document, or one question at one visit, brings to light: the blood counts come on one
sheet, the genes in one report. It holds facts, as fields of the profile (`labs.platelets`, `biomarkers.EGFR`).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from search.terminology.analytes import analyte
from search.terminology.markers import genes


class Effort(StrEnum):
    """What an answer takes; prices are in `search.config.QuestionConfig`."""

    TOLD = "told"
    """The person knows it, or the chart's first page does."""
    LOOKED_UP = "looked_up"
    """It stands in a report that every patient has."""
    MEASURED = "measured"
    """It takes a measurement that not every patient has had."""
    TESTED = "tested"
    """It takes a test of tumour tissue."""


class Form(StrEnum):
    """How an answer is given."""

    CHOICE = "choice"
    CHOICES = "choices"
    """Several may hold, or none."""
    NUMBERS = "numbers"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Option:
    """A possible answer: its words, and what it adds to a profile.

    Of the form `numbers`, the entry lacks its `value`, which the person fills in.
    """

    label: str
    profile: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that can be asked."""

    name: str
    effort: Effort
    form: Form
    text: str
    """The question, with `{named}` where the facts that are asked for are named."""
    options: tuple[Option, ...] = field(default=())


def _choices(key: str, *values: tuple[str, object]) -> tuple[Option, ...]:
    return tuple(Option(label, {key: value}) for label, value in values)


_ECOG = ("fully active", "light work only", "up more than half the day", "in bed more than half the day", "bedridden")
_PERFORMANCE = tuple(
    Option(f"ECOG {value}: {words}", {"performance": [{"scale": "ECOG", "value": value}]})
    for value, words in enumerate(_ECOG)
)
_CNS = _choices(
    "cns",
    ("None found", "none"),
    ("Treated and stable", "treated_stable"),
    ("Growing or new", "active"),
    ("Not treated", "untreated"),
    ("With symptoms", "symptomatic"),
    ("In the meninges", "leptomeningeal"),
)
_SEX = _choices("sex", ("Female", "female"), ("Male", "male"))
_EXTENT = tuple(
    Option(value.replace("_", " ").capitalize(), {"extent": [value]})
    for value in (
        "metastatic",
        "locally_advanced",
        "unresectable",
        "localized",
        "newly_diagnosed",
        "recurrent",
        "refractory",
    )
)

_FIXED: Mapping[str, Topic] = {
    topic.name: topic
    for topic in (
        Topic("age", Effort.TOLD, Form.NUMBERS, "How old is the patient, in years?", (Option("years", {}),)),
        Topic("sex", Effort.TOLD, Form.CHOICE, "What is the patient's sex?", _SEX),
        Topic("cancer", Effort.TOLD, Form.TEXT, "What is the exact diagnosis, with its histology?"),
        Topic(
            "stage",
            Effort.TOLD,
            Form.CHOICES,
            "What is the stage, and how far has the disease spread: {named}?",
            _EXTENT,
        ),
        Topic(
            "performance",
            Effort.TOLD,
            Form.CHOICE,
            "How active is the patient (ECOG performance status)?",
            _PERFORMANCE,
        ),
        Topic(
            "treatments",
            Effort.TOLD,
            Form.TEXT,
            "Which treatments were given, in order, with the last dose and how each ended?",
        ),
        Topic("cns", Effort.TOLD, Form.CHOICE, "Are there metastases in the brain, and in what state?", _CNS),
        Topic("blood counts", Effort.LOOKED_UP, Form.NUMBERS, "What are the latest blood counts ({named})?"),
        Topic("kidney", Effort.LOOKED_UP, Form.NUMBERS, "What are the latest kidney values ({named})?"),
        Topic("liver", Effort.LOOKED_UP, Form.NUMBERS, "What are the latest liver values ({named})?"),
        Topic("heart", Effort.MEASURED, Form.NUMBERS, "What did the heart tests show ({named})?"),
        Topic("receptors", Effort.LOOKED_UP, Form.CHOICES, "What are the tumour's receptors ({named})?"),
        Topic("mismatch repair", Effort.TESTED, Form.CHOICES, "Is the tumour mismatch repair deficient ({named})?"),
        Topic("gene report", Effort.TESTED, Form.CHOICES, "What did the tumour's gene test show ({named})?"),
    )
}
_OF_FACT: Mapping[str, str] = {
    "age": "age",
    "sex": "sex",
    "cancer": "cancer",
    "stage": "stage",
    "extent": "stage",
    "performance": "performance",
    "prior_therapies": "treatments",
    "prior_lines": "treatments",
    "cns": "cns",
}
_PANELS: Mapping[str, str] = {
    name: panel
    for panel, names in {
        "blood counts": ("ANC", "WBC", "platelets", "hemoglobin", "lymphocytes", "blasts", "hematocrit"),
        "kidney": ("creatinine", "creatinine clearance", "BUN", "urea", "proteinuria"),
        "liver": (
            "bilirubin",
            "direct bilirubin",
            "AST",
            "ALT",
            "ALP",
            "GGT",
            "albumin",
            "INR",
            "PT",
            "aPTT",
            "transaminases",
        ),
        "heart": ("LVEF", "QTc", "shortening fraction", "heart rate"),
    }.items()
    for name in names
}
_REPORTS: Mapping[str, str] = {"ER": "receptors", "PR": "receptors", "HER2": "receptors"} | {
    "MSI": "mismatch repair",
    "MMR": "mismatch repair",
}


_APPLIES = "Does any of these apply: {named}?"
_CHECKLISTS: Mapping[str, tuple[str, ...]] = {
    "infections": ("HIV", "HBV", "HCV", "active infection", "live vaccine"),
    "heart and vessels": (
        "cardiac disease",
        "heart failure",
        "hypertension",
        "thromboembolism",
        "stroke",
        "bleeding",
        "anticoagulation",
    ),
    "lungs": ("interstitial lung disease", "pneumonitis", "lung disease", "pleural effusion or ascites"),
    "immune system": (
        "autoimmune disease",
        "immunosuppression",
        "steroids",
        "organ transplant",
        "allogeneic transplant",
    ),
    "pregnancy": ("pregnancy", "breastfeeding", "contraception"),
    "other illnesses": (
        "diabetes",
        "liver disease",
        "kidney disease",
        "GI obstruction",
        "unable to swallow",
        "neuropathy",
        "hearing loss",
        "seizure",
        "psychiatric",
        "substance abuse",
    ),
    "present treatment": ("toxicity not recovered", "surgery", "allergy", "QT drugs", "CYP drugs"),
    "taking part": ("measurable disease", "life expectancy", "tissue available", "consent"),
    "where it has spread": ("liver metastases", "bone metastases", "lung metastases", "spinal cord compression"),
}
"""Conditions that are asked about together, as on a page of a questionnaire."""
_CHECKLIST_OF: Mapping[str, str] = {topic: name for name, topics in _CHECKLISTS.items() for topic in topics}


@functools.lru_cache(maxsize=4096)
def topic_of(fact: str) -> Topic:
    """The topic that answers a fact.

    Args:
        fact: a field of the profile, as `Judgement.missing` names it.
    """
    kind, _, name = fact.partition(".")
    if kind == "tnm":
        return _FIXED["stage"]
    if kind in _OF_FACT:
        return _FIXED[_OF_FACT[kind]]
    if kind == "labs":
        row = analyte(name)
        name = row.name if row is not None else name
        if name in _PANELS:
            return _FIXED[_PANELS[name]]
        return Topic(f"labs.{name}", Effort.MEASURED, Form.NUMBERS, "What is the latest value of {named}?")
    if kind == "biomarkers":
        if name in _REPORTS:
            return _FIXED[_REPORTS[name]]
        if name in _gene_markers():
            return _FIXED["gene report"]
        return Topic(f"biomarkers.{name}", Effort.TESTED, Form.CHOICES, "What did the test for {named} show?")
    if name in _CHECKLIST_OF:
        return Topic(_CHECKLIST_OF[name], Effort.TOLD, Form.CHOICES, _APPLIES)
    return Topic(f"conditions.{name}", Effort.TOLD, Form.CHOICES, _APPLIES)


@functools.cache
def _gene_markers() -> frozenset[str]:
    """Markers that one sequencing report holds: what is reported under the gene's own symbol, no surface antigens."""
    return frozenset(
        gene.marker for gene in genes().values() if gene.marker == gene.symbol and not _ANTIGEN.match(gene.symbol)
    ) - frozenset(_REPORTS)


_ANTIGEN = re.compile(r"CD\d|HLA")


def shown(fact: str) -> str:
    """A fact in the words of a question: its own name, without the field."""
    kind, _, name = fact.partition(".")
    words = {
        "extent": "extent of disease",
        "stage": "stage",
        "prior_therapies": "treatments",
        "prior_lines": "number of lines",
    }
    return name or words.get(kind, kind)


def options_of(topic: Topic, facts: Sequence[str], states: Mapping[str, Sequence[str]]) -> tuple[Option, ...]:
    """The answers to offer.

    Args:
        topic: what is asked.
        facts: the facts that the trials wait for, most asked for first.
        states: by marker, the states that the trials name, most asked for first.
    """
    if topic.options:
        return topic.options
    names = [fact.partition(".")[2] for fact in facts]
    if topic.form is Form.NUMBERS:
        found = []
        for name in names:
            row = analyte(name)
            unit = row.unit if row is not None else None
            entry = {"analyte": name, "unit": unit} if unit else {"analyte": name}
            found.append(Option(f"{name}, {unit}" if unit else name, {"labs": [entry]}))
        return tuple(found)
    if facts and facts[0].startswith("conditions."):
        none: dict[str, object] = {"conditions": dict.fromkeys(names, False)}
        each = [Option(name, {"conditions": {name: True}}) for name in names]
        return (*each, Option("None of these", none))
    if topic.form is Form.CHOICES:
        each = [
            Option(f"{name} {state}", {"biomarkers": [{"marker": name, "state": state}]})
            for name in names
            for state in states.get(name, ())
        ]
        negative: dict[str, object] = {"biomarkers": [{"marker": name, "state": "negative"} for name in names]}
        return (*each, Option("Negative", negative))
    return ()
