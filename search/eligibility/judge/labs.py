"""Laboratory values against thresholds: units, multiples of limits, the condition a threshold holds under."""

from __future__ import annotations

import re

from search.config import DEFAULT_CONFIG
from search.eligibility.assessment import Basis, Judgement, Truth
from search.eligibility.criterion import Lab
from search.eligibility.known import Known
from search.patient import LabFact
from search.terminology.analytes import Analyte, analyte, convert, read_quantity

_TESTS = {
    ">=": lambda value, bound: value >= bound,
    ">": lambda value, bound: value > bound,
    "<=": lambda value, bound: value <= bound,
    "<": lambda value, bound: value < bound,
    "=": lambda value, bound: value == bound,
}
_ROUNDING = 1e-9


def judge_lab(fact: Lab, known: Known) -> Judgement:
    """Met, failed by a margin, or unknown; not applicable where the threshold is for other patients."""
    applies = condition_holds(fact.condition, known)
    if applies is False:
        return Judgement(Truth.NOT_APPLICABLE, f"holds for: {fact.condition}")
    row = analyte(fact.analyte)
    name = row.name if row is not None else fact.analyte
    told = known.labs.get(name, ())
    words = f"{name} {fact.op} {fact.value:g} {fact.unit or ''}".strip()
    if not told:
        return Judgement(
            Truth.UNKNOWN, f"{name} is not stated ({words} is asked)", missing=(f"labs.{name}",), recoverable=True
        )
    answers = [_compare(fact, row, one) for one in _latest(told)]
    truths = {answer.holds for answer in answers}
    if len(truths) > 1:
        return Judgement(
            Truth.UNKNOWN,
            f"several values of {name} are given, and they do not agree",
            missing=(f"labs.{name}",),
            recoverable=True,
        )
    answer = min(answers, key=lambda one: (one.margin is None, one.margin or 0.0, one.reason))
    if answer.holds is Truth.NOT_MET and applies is None and fact.condition is not None:
        return Judgement(
            Truth.UNKNOWN,
            f"{answer.reason}, for: {fact.condition}; not stated whether that is so",
            answer.basis,
            True,
            answer.margin,
            (f"conditions.{fact.condition}",),
        )
    return answer


def _latest(told: tuple[LabFact, ...]) -> list[LabFact]:
    """The newest values where they are dated, all where they are not."""
    dated = [one.days_ago for one in told if one.days_ago is not None]
    if len(dated) != len(told):
        return list(told)
    return [one for one in told if one.days_ago == min(dated)]


def _compare(fact: Lab, row: Analyte | None, told: LabFact) -> Judgement:
    words = f"{told.analyte} {told.value:g} {told.unit or ''}".strip()
    asked = f"{fact.op} {fact.value:g} {fact.unit or ''}".strip()
    pair = _on_one_scale(fact, row, told)
    test = _TESTS.get(fact.op)
    if pair is None or test is None:
        return Judgement(
            Truth.UNKNOWN,
            f"{words} cannot be compared with {asked}",
            recoverable=True,
            missing=(f"labs.{fact.analyte}",),
        )
    value, bound, assumed = pair
    slack = abs(bound) * _ROUNDING
    inside = (
        test(value + slack if fact.op.startswith(">") else value - slack, bound)
        if "=" in fact.op
        else test(value, bound)
    )
    gap = value - bound if fact.op.startswith(">") else bound - value
    margin = gap / abs(bound) if bound else gap
    basis = Basis.ASSUMED if assumed else Basis.KNOWN
    note = f" ({assumed})" if assumed else ""
    if not inside and assumed and -margin <= DEFAULT_CONFIG.eligibility.assumed_limit_slack:
        return Judgement(
            Truth.UNKNOWN, f"{words}, {asked} is asked{note}", basis, True, margin, (f"labs.{fact.analyte}",)
        )
    truth = Truth.MET if inside else Truth.NOT_MET
    return Judgement(truth, f"{words}, {asked} is asked{note}", basis, truth is Truth.NOT_MET, margin)


def _on_one_scale(fact: Lab, row: Analyte | None, told: LabFact) -> tuple[float, float, str] | None:
    """Value and bound on one scale, and what had to be assumed; None where they cannot be compared."""
    if fact.unit is not None and _plain_unit(fact.unit) == _plain_unit(told.unit or ""):
        return told.value, fact.value, ""
    if row is None or row.name in _VOLUMES:
        volumes = [_LITRES.get(_plain_unit(unit or "")) for unit in (told.unit, fact.unit)]
        if volumes[0] is not None and volumes[1] is not None:
            return told.value * volumes[0], fact.value * volumes[1], ""
    if row is None:
        same = (fact.unit or "").lower() == (told.unit or "").lower()
        return (told.value, fact.value, "") if same else None
    relative = fact.unit if fact.unit in {"xULN", "xLLN"} else None
    own_relative = told.unit if told.unit in {"xULN", "xLLN"} else None
    if relative and own_relative:
        return (told.value, fact.value, "") if relative == own_relative else None
    if told.unit == _DIPSTICK and told.value == 0:
        return 0.0, fact.value, "a negative dipstick is taken to be none"
    measured, assumed = _measured(told, row) if not own_relative else ((told.value, told.unit or ""), "")
    asked = _canonical(fact, row) if not relative else (fact.value, relative)
    if measured is None or asked is None:
        return None
    if relative:
        limit, note = _limit(told, row, relative)
        return None if limit is None else (measured[0] / limit, fact.value, note or assumed)
    if own_relative:
        limit = row.uln if own_relative == "xULN" else row.lln
        if limit is None or asked[1] != row.unit:
            return None
        return told.value * limit, asked[0], f"a limit of {limit:g} {row.unit} is assumed"
    return (measured[0], asked[0], assumed) if measured[1] == asked[1] else None


_DIPSTICK = "+ (dipstick)"
_VOLUMES = frozenset({"FEV1", "FVC"})
_LITRES = {"l": 1.0, "ml": 0.001, "l/s": 1.0, "ml/min": 0.001, "l/min": 1.0, "cc": 0.001}
"""Volumes in litres; of what is breathed out in the first second many texts write a rate."""


def _plain_unit(text: str) -> str:
    """A unit without what stands in brackets ("+ (dipstick)")."""
    return re.sub(r"\s*\([^)]*\)\s*", "", text).strip().lower()


def _canonical(fact: Lab, row: Analyte) -> tuple[float, str] | None:
    if fact.unit is None:
        found = read_quantity(row.name, f"{fact.value:g}")
        return None if found is None else (found.value, found.unit)
    return convert(row.name, fact.value, fact.unit)


def _measured(told: LabFact, row: Analyte) -> tuple[tuple[float, str] | None, str]:
    if told.unit is not None:
        return convert(row.name, told.value, told.unit), ""
    found = read_quantity(row.name, repr(told.value))
    return (None if found is None else (found.value, found.unit)), "its unit is assumed"


def _limit(told: LabFact, row: Analyte, relative: str) -> tuple[float | None, str]:
    own = told.uln if relative == "xULN" else told.lln
    if own is not None and own > 0:
        found = convert(row.name, own, told.unit) if told.unit is not None else (own, row.unit)
        if found is not None and found[1] == row.unit:
            return found[0], ""
    usual = row.uln if relative == "xULN" else row.lln
    return usual, f"a limit of {usual:g} {row.unit} is assumed" if usual else ""


_NEGATION = re.compile(r"^(?:no|not|without) ")
_AGE = re.compile(r"age\s*(?P<op>>=|<=|>|<)?\s*(?P<low>\d+(?:\.\d+)?)(?:\s*-\s*(?P<high>\d+(?:\.\d+)?))?", re.I)
_TOPICS = {
    "on anticoagulants": "anticoagulation",
    "gilbert": "Gilbert",
    "liver or bone metastases": "liver metastases",
}


def condition_holds(condition: str | None, known: Known) -> bool | None:
    """Whether the condition of a threshold holds of the patient; True without one, None if not stated."""
    if condition is None:
        return True
    words = condition.lower().strip()
    if "male" in words.split() or "female" in words.split():
        sex = known.patient.sex
        wanted = "female" if "female" in words.split() else "male"
        if sex is not None and sex.value != wanted:
            return False
        if "age" not in words:
            return None if sex is None else True
    age = _AGE.search(words)
    if age:
        return _age_holds(age, known)
    negated = _NEGATION.match(words)
    core = _NEGATION.sub("", words)
    core = "on anticoagulants" if core == "on anticoagulants" or "anticoag" in core else core
    topic = _TOPICS.get(core, core)
    told = _told(topic, known)
    return None if told is None else told is not bool(negated)


def _age_holds(age: re.Match[str], known: Known) -> bool | None:
    if known.patient.age is None:
        return None
    years, low = known.patient.age.years, float(age["low"])
    if age["high"]:
        return low <= years <= float(age["high"])
    tests = {">=": years >= low, ">": years >= low, "<=": years <= low, "<": years < low}
    return tests.get(age["op"] or ">=")


def _told(topic: str, known: Known) -> bool | None:
    found = {
        fact.present
        for fact in known.patient.conditions
        if topic in fact.topic.lower() or topic.lower() == fact.topic.lower()
    }
    if len(found) == 1:
        return found.pop()
    if topic == "hepatocellular carcinoma" and known.cancers is not None:
        return known.cancers <= {"HCC", "FLC"}
    if topic.endswith("metastases"):
        spread = known.extent.get("metastatic")
        if spread is not None and not spread.true:
            return False
    return None
