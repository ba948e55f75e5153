"""Is the patient's stage one of those a trial names?"""

from __future__ import annotations

import re

from search.eligibility.assessment import Basis, Judgement, Truth, all_of, any_of
from search.eligibility.criterion import Requirement, Stage
from search.eligibility.known import Known
from search.terminology.stages import group_of_tnm, stage_leaves

_TOGETHER, _EITHER = "T N", "T or N"
"""Stand for quotes whose axes are a conjunction, and alternatives."""
_OR = re.compile(r"[TN]\d?[a-e]?[^TNM]{0,20}\b(?:and/)?or\b[^TNM]{0,12}[TN]", re.I)
_APART = re.compile(r"\b(?:or|and/or|with|and)\b|[/;&]", re.I)
_RANGED = re.compile(
    r"([TNM])\d[a-e]?(?:\s*(?:-|/|,|\bor\b|\band\b|\bto\b)\s*(?:(?:[cp]?\1)?\d[a-e]?|[a-e])(?![\w]))+", re.I
)
_NOTHING = re.compile(r"[NM]0\b|\b(?:any\s?[TNM]|[TNM](?:any|x))\b", re.I)


def heeded(fact: Stage, requirement: Requirement, quote: str) -> str:
    """What `judge_stage` heeds of a criterion's quote: judged alike with that alone."""
    if not quote or len({token[0] for token in fact.tnm}) <= 1:
        return ""
    if requirement is Requirement.REQUIRED:
        return _EITHER if _OR.search(_plain(quote)) else ""
    return _TOGETHER if _is_conjunction(quote) else ""


def _plain(quote: str) -> str:
    """The quote with the ranges and lists of one axis as one token."""
    return _RANGED.sub(lambda match: match.group()[:2], quote)


def _is_conjunction(quote: str) -> bool:
    """Whether axes stand side by side ("T1-2 N0", "T1, N0, M0"), and not as alternatives ("T4 or N2-3")."""
    gaps = _plain(quote)
    if _APART.search(gaps):
        return False
    # With commas a list might be either; nobody is ruled out for having no nodes or no metastases alone.
    return "," not in gaps or _NOTHING.search(gaps) is not None


def judge_stage(fact: Stage, requirement: Requirement, known: Known, quote: str = "") -> Judgement:
    """Groups as sets of leaves of one system, TNM axis by axis; either is enough where both are given.

    Args:
        fact: the groups and tokens.
        requirement: whether they are asked or forbidden.
        known: the patient.
        quote: the criterion's evidence; its words tell whether forbidden tokens are one combination or several.
    """
    answers = []
    if fact.values:
        answers.append(_groups(fact, known))
    if fact.tnm:
        answers.append(_tokens(fact, requirement, known, heeded(fact, requirement, quote)))
    if not answers:
        return Judgement(Truth.UNKNOWN, "the stage named in the text is not known", missing=("stage",))
    truth = any_of(answer.holds for answer in answers)
    return next(answer for answer in answers if answer.holds is truth)


def _groups(fact: Stage, known: Known) -> Judgement:
    system = fact.system
    asked: set[str] = set()
    for value in fact.values:
        own = stage_leaves(value, system, known.site, fact.edition)
        asked |= own or stage_leaves(value, system, None, None)
    names = ", ".join(fact.values)
    if not asked:
        return Judgement(Truth.UNKNOWN, f"stage {names} is of no system that is known", missing=("stage",))
    if known.stages is None:
        return _without_stage(fact, known, names)
    own_leaves, basis, words = known.stages
    if own_leaves <= asked or _is_named(fact, known):
        return Judgement(Truth.MET, f"{words}: within {names}", basis)
    if _family(own_leaves) != _family(frozenset(asked)):
        return Judgement(Truth.UNKNOWN, f"{words} is of another staging system than {names}", missing=("stage",))
    if own_leaves.isdisjoint(asked):
        late = basis is Basis.KNOWN and _came_back(known)
        if late:
            # The stage of the diagnosis does not say how far the disease has spread since.
            return Judgement(
                Truth.UNKNOWN, f"{words} at diagnosis, and the disease came back since", missing=("stage",)
            )
        return Judgement(Truth.NOT_MET, f"{words}: not within {names}", basis)
    return Judgement(Truth.UNKNOWN, f"{words} may or may not be within {names}", missing=("stage",))


def _is_named(fact: Stage, known: Known) -> bool:
    """Whether the stage is told in the very words of the text, whose edition the patient does not know."""
    told = known.patient.stage
    if told is None or told.edition is not None:
        return False
    same_system = told.system is None or fact.system is None or told.system == fact.system
    group = re.sub(r"^stage\s+", "", told.text.strip(), flags=re.I).upper()
    return same_system and group in {value.upper() for value in fact.values}


def _came_back(known: Known) -> bool:
    implied = known.extent.get("recurrent")
    return implied is not None and implied.true


def _without_stage(fact: Stage, known: Known, names: str) -> Judgement:
    tokens = list(known.patient.tnm.tokens) if known.patient.tnm is not None else []
    if tokens and known.site is not None:
        found = group_of_tnm(tokens, known.site, fact.edition or "8")
        if found:
            leaves = frozenset().union(*(stage_leaves(group, None, known.site) for group in found))
            asked = frozenset().union(*(stage_leaves(value, fact.system, known.site) for value in fact.values))
            words = "".join(tokens)
            if leaves and leaves <= asked:
                return Judgement(Truth.MET, f"{words} is stage {', '.join(sorted(found))}", Basis.DERIVED)
            if leaves.isdisjoint(asked):
                return Judgement(Truth.NOT_MET, f"{words} is stage {', '.join(sorted(found))}", Basis.DERIVED)
    return Judgement(Truth.UNKNOWN, f"the stage is not stated ({names} is asked)", missing=("stage",))


def _family(leaves: frozenset[str]) -> str:
    systems = {leaf.split(":")[0] if ":" in leaf else "" for leaf in leaves}
    return ",".join(sorted(systems))


def _tokens(fact: Stage, requirement: Requirement, known: Known, joint: str) -> Judgement:
    axes: dict[str, list[str]] = {}
    for token in fact.tnm:
        axes.setdefault(token[0], []).append(token)
    answers = {axis: _axis(tokens, known.tnm.get(axis)) for axis, tokens in axes.items()}
    # "T4 or N2-3" and "T1-2 N0" are how text forbids, "T2-T4c, any N, M0" how it asks.
    if joint == _EITHER:
        local = any_of(answer for axis, answer in answers.items() if axis != "M")
        truth = all_of((local, *(answer for axis, answer in answers.items() if axis == "M")))
    else:
        combine = all_of if joint or requirement is Requirement.REQUIRED else any_of
        truth = combine(answers.values())
    words = " ".join(sorted(token for tokens in known.tnm.values() for token in tokens)) or "TNM not stated"
    names = ", ".join(fact.tnm)
    missing = tuple(f"tnm.{axis}" for axis, answer in sorted(answers.items()) if answer is Truth.UNKNOWN)
    how = {Truth.MET: "is among", Truth.NOT_MET: "is not among"}.get(truth, "may or may not be among")
    return Judgement(truth, f"{words} {how} {names}", missing=missing if truth is Truth.UNKNOWN else ())


def _axis(asked: list[str], own: frozenset[str] | None) -> Truth:
    if any(token.endswith("any") for token in asked):
        return Truth.MET
    if not own:
        return Truth.UNKNOWN
    inside = [any(token.startswith(one) for one in asked) for token in own]
    if all(inside):
        return Truth.MET
    possible = any(one.startswith(token) for token in own for one in asked)
    return Truth.UNKNOWN if any(inside) or possible else Truth.NOT_MET
