"""Does a marker have one of the states a trial names?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from search.eligibility.assessment import Basis, Judgement, Truth
from search.eligibility.criterion import Biomarker
from search.eligibility.judge.levels import compare_levels, read_levels
from search.eligibility.known import Known
from search.patient import MarkerFact
from search.terminology.variants import canonical_state, equivalents, satisfies

_ABSENT = re.compile(
    r"^(?:negative|wild[- ]?type|wt|normal|not detected|none|absent|unmutated|retained|intact|proficient|stable|mss"
    r"|not amplified|non-amplified|germline wild type)$",
    re.I,
)
_DENIED = re.compile(
    r"^(?P<what>.+?)[\s-]+(?:negative|not detected|absent|wild[- ]?type)(?:\s*\((?P<how>[^)]*)\))?$", re.I
)
_NUMERIC = re.compile(r"[<>=~\s]*\d+(?:\.\d+)?\s*(?:%|ng/mL|U/mL)?")
_GENOMIC = re.compile(
    r"mutation|mutant|fusion|rearrang|transloc|alteration|insertion|deletion|skipping|[A-Z]\d+[A-Z]?|amplif", re.I
)
_LEVELS = frozenset({"HER2", "ER", "PR", "PD-L1", "MSI", "MMR", "TMB", "HRD", "CLDN18.2", "TROP2", "FRα", "c-MET"})
"""Markers whose plain "negative" speaks of protein or signature, not of the gene's mutations."""
_RESISTANCE = frozenset({"T790M", "C797S", "resistance mutation"})


def judge_biomarker(fact: Biomarker, known: Known) -> Judgement:
    """Each result against each state; a positive one is enough, a no needs every result to say no."""
    answers = list(_answers(fact, known))
    what = " ".join(filter(None, (fact.marker, " or ".join(fact.states), fact.threshold)))
    if not answers:
        if fact.marker in known.patient.panels:
            absent = [bool(_ABSENT.match(state)) for state in fact.states]
            if absent and len(set(absent)) == 1:
                truth = Truth.MET if absent[0] else Truth.NOT_MET
                return Judgement(truth, f"{fact.marker} was tested without a finding", Basis.DERIVED)
        return Judgement(
            Truth.UNKNOWN,
            f"{fact.marker} is not stated ({what} is asked)",
            missing=(f"biomarkers.{fact.marker}",),
            recoverable=True,
        )
    told = next((words for truth, words in answers if truth is True), answers[0][1])
    if tested(fact):
        return Judgement(Truth.MET, f"{told}: tested")
    if any(truth is True for truth, _ in answers):
        return Judgement(Truth.MET, f"{told}: {what}")
    if all(truth is False for truth, _ in answers):
        return Judgement(Truth.NOT_MET, f"{told}: not {what}")
    told = next(words for truth, words in answers if truth is None)
    return Judgement(
        Truth.UNKNOWN, f"{told} does not tell whether {what}", missing=(f"biomarkers.{fact.marker}",), recoverable=True
    )


def tested(fact: Biomarker) -> bool:
    """Whether a result is asked for, whatever it is."""
    states = {state.lower() for state in fact.states}
    return (
        bool(states & {"known", "tested", "known value", "available", "documented"})
        or {"positive", "negative"} <= states
    )


def _answers(fact: Biomarker, known: Known) -> Iterator[tuple[bool | None, str]]:
    for result in _results(fact, known):
        words = " ".join(filter(None, (result.marker, "/".join(result.states), result.value)))
        yield _one(fact, result), words


def _results(fact: Biomarker, known: Known) -> list[MarkerFact]:
    found = list(known.markers.get(fact.marker, ()))
    if not found and "*" in fact.marker:  # HLA-A*02:01 and HLA-A
        found = list(known.markers.get(fact.marker.split("*")[0], ()))
    if not found:
        prefix = [name for name in known.markers if name.startswith(f"{fact.marker}*")]
        found = [result for name in prefix for result in known.markers[name]]
    if found:
        return found
    for state in fact.states or ("positive",):
        for marker, _ in equivalents(fact.marker, state):
            found += known.markers.get(marker, ())
    return found


def heeded_markers(fact: Biomarker) -> frozenset[str]:
    """Markers whose results a question looks at; of an allele such as HLA-A*02:01 also the gene before the star."""
    others = {marker for state in fact.states or ("positive",) for marker, _ in equivalents(fact.marker, state)}
    return frozenset({fact.marker, fact.marker.split("*")[0], *others})


def _one(fact: Biomarker, result: MarkerFact) -> bool | None:
    by_level = _by_level(fact, result)
    if by_level is None and fact.marker in _GRADUAL:
        by_level = _by_absence(fact, result)
    by_state = _by_state(fact, result)
    if by_level and by_state is None and fact.marker == "HER2" and fact.states:
        return None  # IHC 2+ is settled by in situ hybridisation
    if by_level is not None:
        # A level that is reported beside the state is the finer word of the two.
        return by_level
    if by_state is True and fact.marker in _GRADUAL and read_levels(fact.threshold or ""):
        return None
    return by_state


_GRADUAL = frozenset({"PD-L1", "TMB", "Ki-67", "NY-ESO-1"})
"""Markers of which "positive" says nothing against a threshold (TPS of at least 50 %)."""


def _by_absence(fact: Biomarker, result: MarkerFact) -> bool | None:
    """A plain "negative" against bounds: it lies under any that is one percent or more, and reaches none."""
    levels = read_levels(fact.threshold or "")
    if not levels or result.value or not all(_ABSENT.match(state) for state in result.states):
        return None
    if not result.states or any(level.low < 1 for level in levels):
        return None
    under = {level.op.startswith("<") for level in levels}
    return under.pop() if len(under) == 1 else None


def _by_level(fact: Biomarker, result: MarkerFact) -> bool | None:
    asked = fact.threshold or " ".join(state for state in fact.states if re.search(r"\d", state))
    told = " ".join(filter(None, (result.value, *[state for state in result.states if re.search(r"\d", state)])))
    if not asked or not told:
        return None
    return compare_levels(asked, told)


def _by_state(fact: Biomarker, result: MarkerFact) -> bool | None:
    wanted = fact.states or ("positive",)
    answers = [_state(fact.marker, result, state) for state in wanted]
    if any(answer is True for answer in answers):
        return True
    return False if answers and all(answer is False for answer in answers) else None


def _state(asked_marker: str, result: MarkerFact, wanted: str) -> bool | None:
    if result.marker != asked_marker:
        return _allele_or_equivalent(asked_marker, result, wanted)
    answers = [_pair(result.marker, state, wanted) for state in result.states]
    if any(answer is True for answer in answers):
        return True
    return False if answers and all(answer is False for answer in answers) else None


def _allele_or_equivalent(asked: str, result: MarkerFact, wanted: str) -> bool | None:
    if "*" in asked and "*" not in result.marker:
        allele = asked.rsplit("-", maxsplit=1)[-1]  # A*02:01
        same = any(allele in state for state in result.states)
        positive = not _ABSENT.match(wanted)
        return same if positive else not same
    if "*" in result.marker and "*" not in asked:
        allele = result.marker.split("-")[-1]
        if any(allele in word for word in wanted.split()) or wanted.endswith(allele):
            return not any(_ABSENT.match(state) for state in result.states)
        return None
    for marker, state in equivalents(asked, wanted):
        if marker == result.marker:
            answers = [_pair(marker, one, state) for one in result.states]
            if True in answers:
                return True
            if answers and set(answers) == {False}:
                return False
    return None


def _by_number(told: str, wanted: str) -> bool | None:
    """A share of cells against a word: from one percent on positive (ASCO/CAP 2020 for ER, PD-L1 as labelled)."""
    share = float(re.sub(r"[^\d.]", "", told)) if told.strip().endswith("%") else None
    if share is None or wanted not in {"positive", "negative", "expression"}:
        return None
    return (share >= 1) is (wanted != "negative")


def _pair(marker: str, told: str, wanted: str) -> bool | None:
    """Whether a told state is the wanted one."""
    if _NUMERIC.fullmatch(told) and not any(letter.isdigit() for letter in wanted):
        return _by_number(told, wanted)
    denied = _DENIED.match(told)
    if denied and not _ABSENT.match(told):
        what = denied["what"]
        if _ABSENT.match(wanted):
            return None  # one change was looked for; others may be there
        inside = satisfies(marker, wanted, what)
        return False if inside is True else None
    wanted_denied = _DENIED.match(wanted)
    if wanted_denied and not _ABSENT.match(wanted):
        if _ABSENT.match(told):
            return True
        answer = satisfies(marker, told, wanted_denied["what"])
        return None if answer is None else not answer
    absent, asks_absent = bool(_ABSENT.match(told)), bool(_ABSENT.match(wanted))
    if absent and asks_absent:
        return True
    if absent and marker in _LEVELS and _GENOMIC.search(wanted) and wanted not in {"amplification"}:
        return None
    if absent and canonical_state(marker, wanted) in {"low", "expression", "ultralow", "zero", "IHC 0"}:
        return satisfies(marker, told, wanted)
    if absent:
        return satisfies(marker, told, wanted) or False
    if asks_absent:
        answer = satisfies(marker, told, wanted)
        return False if answer is None and _GENOMIC.search(told) else answer
    if wanted in _RESISTANCE and satisfies(marker, told, wanted) is False:
        return None  # it may be there beside the mutation that was told
    if {told, wanted} == {"positive", "expression"}:
        return True
    if wanted == "alteration" or (wanted == "positive" and _GENOMIC.search(told)):
        return True
    return satisfies(marker, told, wanted)
