"""Is the patient's disease one of those a trial names?"""

from __future__ import annotations

import re

from search.eligibility.assessment import Basis, Judgement, StructuredAssessment, Truth
from search.eligibility.criterion import Cancer, Requirement
from search.eligibility.known import Known
from search.terminology import oncotree
from search.terminology.cancers import cancer_types_of, display_name
from search.trial import Trial


def judge_cancer(fact: Cancer, requirement: Requirement, known: Known) -> Judgement:
    """P within C: it is; P and C apart: it is not; else not known precisely enough."""
    if known.cancers is None or known.patient.cancer is None:
        return Judgement(Truth.UNKNOWN, "the diagnosis is not stated", missing=("cancer",))
    codes = frozenset(code for code in fact.codes if code in oncotree.nodes())
    if not codes:
        return Judgement(Truth.UNKNOWN, "the disease named in the text is not known", missing=("cancer",))
    wanted = oncotree.leaves_of(codes)
    own = known.patient.cancer.codes
    name = " or ".join(sorted(display_name(code) for code in own))
    names = ", ".join(sorted(display_name(code) for code in codes))
    if known.cancers <= wanted:
        basis = Basis.KNOWN if own & codes else Basis.DERIVED
        return Judgement(Truth.MET, f"{name}: one of {names}", basis)
    if known.cancers.isdisjoint(wanted):
        if requirement is Requirement.REQUIRED and (_unspecific(own, codes) or _namesake(own, codes)):
            return Judgement(Truth.UNKNOWN, f"{name} may be among {names}", missing=("cancer",), tentative=True)
        return Judgement(Truth.NOT_MET, f"{name}: none of {names}")
    return Judgement(Truth.UNKNOWN, f"{name} may or may not be among {names}", missing=("cancer",))


_UNSPECIFIC = ("NOS", "Unknown", "Not Otherwise", "Other")


def _unspecific(own: frozenset[str], codes: frozenset[str]) -> bool:
    """Whether one side is a "not otherwise specified" node of the other's kind: old and new names overlap.

    "Sarcoma, NOS" may be any sarcoma; "diffuse large B-cell lymphoma, NOS" is no other lymphoma.
    """
    pairs = [
        (oncotree.node(one), oncotree.node(other))
        for one in own
        for other in codes
        if oncotree.node(one).tissue == oncotree.node(other).tissue
    ]
    return any(_covers(a.name, b.name) or _covers(b.name, a.name) for a, b in pairs)


def _covers(vague: str, name: str) -> bool:
    """Whether a vague name leaves open that it is the other: its own words all stand in that."""
    if not any(word in vague for word in _UNSPECIFIC):
        return False
    own = frozenset(re.findall(r"[a-z-]+", vague.lower())) - _FILLERS
    return own <= frozenset(re.findall(r"[a-z-]+", name.lower()))


_FILLERS = frozenset(
    ["nos", "unknown", "not", "otherwise", "specified", "other", "of", "primary", "type", "cancer", "tumor", "tumour"]
)


_SHORTEST_NAME = 6


def _namesake(own: frozenset[str], codes: frozenset[str]) -> bool:
    """Whether a disease is named like the one that is asked, at another site: uveal melanoma and melanoma."""
    names = [oncotree.node(code).name.lower() for code in codes if code not in oncotree.PSEUDO]
    return any(
        len(name) >= _SHORTEST_NAME and oncotree.node(code).name.lower().endswith(f" {name}")
        for name in names
        for code in own
    )


def judge_conditions(trial: Trial, known: Known) -> StructuredAssessment | None:
    """The diseases of a record whose text names none, by its conditions, keywords and titles.

    None where the record names none either, or the diagnosis is not stated.
    """
    return judge_codes(cancer_types_of(trial), known)


def judge_codes(codes: frozenset[str], known: Known) -> StructuredAssessment | None:
    """The same, of diseases by their OncoTree codes."""
    if not codes or known.cancers is None or known.patient.cancer is None:
        return None
    wanted = oncotree.leaves_of(codes)
    own = known.patient.cancer.codes
    names = ", ".join(sorted(display_name(code) for code in codes))
    apart = known.cancers.isdisjoint(wanted) and not _unspecific(own, codes) and not _namesake(own, codes)
    truth = Truth.MET if known.cancers <= wanted else Truth.NOT_MET if apart else Truth.UNKNOWN
    told = " or ".join(sorted(display_name(code) for code in own))
    return StructuredAssessment("conditions", names, truth, f"{told}; the record's conditions are {names}")
