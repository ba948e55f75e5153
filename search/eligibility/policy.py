"""What a silence means: explicit closed-world assumptions, one rule a topic, shown with `basis=assumed`.

A note that is written to refer a patient tells the deciding facts: cancer, stage, marker, treatment and lines,
performance, age, brain metastases, blood counts and the organ function that trials always ask for. It does not tell
consent, contraception, whether the patient can swallow, and the comorbidities that nobody has. `silence` says for each
unknown criterion which of the two it is.
"""

from __future__ import annotations

import re
from enum import StrEnum

from search.config import DEFAULT_CONFIG
from search.eligibility.assessment import Judgement, Truth
from search.eligibility.criterion import (
    Biomarker,
    Cns,
    Condition,
    Criterion,
    Extent,
    Lab,
    Opaque,
    PriorTherapy,
    Requirement,
    Section,
    Stage,
)
from search.eligibility.judge.biomarker import tested
from search.eligibility.known import Known
from search.eligibility.matters import is_told, matter_of
from search.eligibility.settings import Setting, settings_of
from search.terminology import oncotree
from search.terminology.analytes import analyte


class Silence(StrEnum):
    """What follows from an unknown criterion."""

    ASSUME = "assume"
    """Taken to be fulfilled; said so."""
    WAIVE = "waive"
    """Stays unknown and is shown, and does not keep a trial from being likely: the visit settles it."""
    ASK = "ask"
    """Decides: the trial is no more than possible until it is known."""


_ROUTINE = frozenset(
    {
        "AST", "ALT", "ALP", "GGT", "bilirubin", "direct bilirubin", "indirect bilirubin", "albumin", "calcium",
        "PT", "aPTT", "amylase", "lipase", "triglycerides", "cholesterol", "phosphate", "magnesium", "potassium",
        "sodium", "glucose", "LDH", "uric acid", "proteinuria", "lymphocytes", "SpO2", "TSH", "CK", "troponin",
        "fibrinogen", "urea", "INR", "intraocular pressure", "shortening fraction",
    }
)  # fmt: skip
"""Chemistry that is seldom written down while it is normal."""
_KIDNEY = ("creatinine", "creatinine clearance", "eGFR")
RISKY = frozenset(
    {
        "HBV",
        "HCV",
        "HIV",
        "interstitial lung disease",
        "pneumonitis",
        "organ transplant",
        "second malignancy",
        "anticoagulation",
        "active infection",
        "heart failure",
        "unable to swallow",
        "GI obstruction",
        "live vaccine",
    }
)
"""Conditions whose form decides once they are known to be there."""
_OUT_OF_NOTES = frozenset({"resectable", "unresectable", "measurable_residual", "advanced", "progressive"})
"""Extents that are a judgement of the trial's physician more than a finding of a note."""
_LISTED = frozenset(
    """consent|contraception|other|measurable disease|tissue available|life expectancy|surgery|toxicity not recovered|
    HBV|HCV|HIV|second malignancy|unable to swallow|pregnancy|breastfeeding|hypertension|diabetes|lung disease|allergy|
    cardiac disease|steroids|psychiatric|live vaccine|active infection|neuropathy|stroke|seizure|bleeding|
    thromboembolism|anticoagulation|immunosuppression|organ transplant|allogeneic transplant|liver disease|
    kidney disease|heart failure|interstitial lung disease|pneumonitis|autoimmune disease|GI obstruction|
    pleural effusion or ascites|hearing loss|QT drugs|CYP drugs|substance abuse""".replace("\n    ", "").split("|")
)
"""Topics that trials ask for and notes leave out."""


def silence(criterion: Criterion, judgement: Judgement, known: Known, clause: str = "") -> Silence:
    """What an unknown criterion means for the verdict.

    Args:
        criterion: what is asked or forbidden.
        judgement: its judge's answer.
        known: the patient.
        clause: the criterion's clause in the registry text.
    """
    if judgement.holds is not Truth.UNKNOWN:
        return Silence.WAIVE
    required = criterion.requirement is Requirement.REQUIRED
    match criterion.fact:
        case Opaque():
            return Silence.ASK if judgement.told or _turns_on(criterion, known) else Silence.WAIVE
        case Condition():
            return _condition(criterion.fact, required, judgement, known, clause)
        case Lab():
            return _lab(criterion.fact, known)
        case PriorTherapy():
            return _therapy(criterion.fact, required, judgement)
        case Biomarker():
            return _biomarker(criterion, required, known, clause)
        case Stage():
            # What a stated stage leaves open of a forbidden one is a matter of detail.
            return Silence.ASK if required or known.stages is None else Silence.WAIVE
        case Extent():
            if required and set(criterion.fact.values) <= _OUT_OF_NOTES:
                return Silence.WAIVE
            return _extent(criterion.fact, required, known)
        case Cns():
            return _cns(criterion.fact, required, known)
        case _:
            return Silence.ASK


def _turns_on(criterion: Criterion, known: Known) -> bool:
    """Whether words that no reader understood ask for a deciding matter that the patient's facts do not tell."""
    line = criterion.evidence.quote
    matter = matter_of(line) if criterion.requirement is Requirement.REQUIRED else None
    return matter is not None and not is_told(matter, line, known)


_FAILED_TREATMENT = frozenset({"relapsed", "recurrent", "refractory", "progressive", "metastatic", "advanced"})


def _extent(fact: Extent, required: bool, known: Known) -> Silence:
    if not required:
        return Silence.ASSUME
    progressed = known.extent.get("progressive")
    if (
        progressed is not None
        and progressed.true
        and set(fact.values) <= _FAILED_TREATMENT - {"metastatic", "advanced"}
    ):
        return Silence.WAIVE  # it progressed on treatment: which of these words fits is for the visit
    return Silence.ASK


def _biomarker(criterion: Criterion, required: bool, known: Known, clause: str) -> Silence:
    assert isinstance(criterion.fact, Biomarker)
    if tested(criterion.fact):
        return Silence.WAIVE  # a test that can be done
    if required:
        return Silence.ASK
    if criterion.fact.unknown_ok:
        return Silence.ASSUME
    if criterion.fact.marker in known.markers:
        return Silence.WAIVE
    # "Must be negative for" is to be shown; "no known mutation" among the exclusions is not.
    shown = criterion.section is Section.INCLUSION and _TO_BE_SHOWN.search(clause)
    return Silence.ASK if shown else Silence.ASSUME


def heeded(criterion: Criterion, clause: str) -> str:
    """What `silence` heeds of a criterion's clause: of a marker that must be absent, the word that asks for proof."""
    forbidden = criterion.requirement is Requirement.PROHIBITED and criterion.section is Section.INCLUSION
    found = _TO_BE_SHOWN.search(clause) if forbidden and isinstance(criterion.fact, Biomarker) else None
    return found.group() if found else ""


_TO_BE_SHOWN = re.compile(r"\bmust\b|confirmed|documented|negative|wild|determined", re.I)


_UNLESS = re.compile(r"\b(?:unless|except)\b", re.I)


def _condition(fact: Condition, required: bool, judgement: Judgement, known: Known, clause: str) -> Silence:
    if judgement.told:
        if not required and fact.topic in RISKY and _UNLESS.search(clause):
            return Silence.ASK  # forbidden in every form but those that are excepted
        detailed = any(one.detail and one.topic.lower() == fact.topic.lower() for one in known.patient.conditions)
        if detailed:
            return Silence.WAIVE  # its form was told, and it is not the one that is named
        risky = fact.topic in RISKY or (not required and known.condition(fact.topic) is None)
        return Silence.ASK if risky else Silence.WAIVE
    if required:
        if fact.topic not in _LISTED:
            return Silence.ASK  # asked for under a name of its own: what the trial is about
        return Silence.WAIVE if fact.topic == "other" else Silence.ASSUME
    return Silence.WAIVE if fact.topic == "other" else Silence.ASSUME


def _lab(fact: Lab, known: Known) -> Silence:
    row = analyte(fact.analyte)
    name = row.name if row is not None else fact.analyte
    if name in known.labs:
        return Silence.ASK  # it is there, and its unit or limit leaves it open
    if fact.condition is not None:
        return Silence.ASSUME
    if name in _ROUTINE or (name in _KIDNEY and any(one in known.labs for one in _KIDNEY)):
        return Silence.ASSUME
    return Silence.ASK


def _therapy(fact: PriorTherapy, required: bool, judgement: Judgement) -> Silence:
    limit = DEFAULT_CONFIG.eligibility.assumed_washout_days
    if not required and Setting.OTHER in settings_of(fact.setting):
        return Silence.WAIVE  # forbidden in a setting that was not understood
    if not required and judgement.recoverable and (fact.within_days or limit) <= limit:
        return Silence.ASSUME
    return Silence.ASK


_TO_THE_BRAIN = frozenset({"LUNG", "BREAST", "SKIN", "KIDNEY", "EYE"})
"""Tissues whose cancers spread to the brain so often that notes tell of it (Cagney et al., Neuro Oncol 2017)."""


def _cns(fact: Cns, required: bool, known: Known) -> Silence:
    if fact.state in {"leptomeningeal", "spinal cord compression"}:
        return Silence.ASSUME
    if known.patient.cns is not None:
        return Silence.WAIVE
    if required:
        return Silence.ASK
    spread = known.extent.get("metastatic")
    if spread is not None and not spread.true:
        return Silence.ASSUME
    codes = known.patient.cancer.codes if known.patient.cancer is not None else frozenset()
    prone = any(oncotree.node(code).tissue in _TO_THE_BRAIN for code in codes)
    return Silence.ASK if prone or not codes else Silence.ASSUME
