"""What follows from a patient's facts, worked out once a patient: sets of leaves, implied extent, treatment classes.

Every derived fact keeps its basis: M1 means metastatic, osimertinib is an EGFR TKI and systemic therapy, adjuvant
therapy is no line of therapy for metastatic disease.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace

from search.eligibility.assessment import Basis
from search.eligibility.settings import Setting, read_setting
from search.patient import ConditionFact, LabFact, MarkerFact, Patient, Source, Treatment, Treatments
from search.terminology import oncotree
from search.terminology.analytes import analyte
from search.terminology.stages import implies_metastatic, rows_for, stage_leaves
from search.terminology.therapies import classes_of, is_a

_MORE_BASIS = {False: Basis.KNOWN, True: Basis.DERIVED}


@dataclass(frozen=True, slots=True)
class Implied:
    """A value that is true or false of a patient, and what says so."""

    true: bool
    basis: Basis
    because: str


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A patient, seen as the judges need it."""

    patient: Patient
    cancers: frozenset[str] | None
    """Leaves the disease may be; None if not stated."""
    site: str | None
    """The OncoTree code whose stage tables apply."""
    stages: tuple[frozenset[str], Basis, str] | None
    """Leaves of the stage, what they rest on, and the words for it."""
    tnm: Mapping[str, frozenset[str]]
    """By axis, the tokens that may be."""
    extent: Mapping[str, Implied]
    markers: Mapping[str, tuple[MarkerFact, ...]]
    labs: Mapping[str, tuple[LabFact, ...]]

    def condition(self, topic: str) -> bool | None:
        """Whether a condition with exactly this topic was said to be present; None if not stated."""
        found = {fact.present for fact in self.patient.conditions if fact.topic.lower() == topic.lower()}
        return found.pop() if len(found) == 1 else None

    @property
    def systemic(self) -> tuple[Treatment, ...]:
        """Treatments that are systemic anticancer therapy, as far as they are known."""
        return tuple(item for item in self.treatments if given(item, "systemic therapy"))

    @property
    def treatments(self) -> tuple[Treatment, ...]:
        """Treatments that are told of."""
        return self.patient.treatments.items if self.patient.treatments is not None else ()


def given(item: Treatment, name: str) -> bool:
    """Whether a treatment certainly held a therapy or a member of a class."""
    return any(is_a(part, name) for part in item.parts)


@functools.lru_cache(maxsize=256)
def known(patient: Patient) -> Known:
    """Work out what follows from a patient's facts."""
    patient = replace(patient, conditions=_with_details(patient))
    cancers = oncotree.leaves_of(patient.cancer.codes) if patient.cancer is not None else None
    site = _site(patient)
    extent = _extent(patient, site)
    markers: dict[str, list[MarkerFact]] = {}
    for fact in sorted(patient.markers, key=lambda fact: (fact.marker, fact.states, fact.value or "")):
        markers.setdefault(fact.marker, []).append(fact)
    for lab in sorted(patient.labs, key=lambda lab: (lab.analyte, lab.value, lab.unit or "")):
        if lab.analyte in _MEASURED_MARKERS and lab.analyte not in {fact.marker for fact in patient.markers}:
            result = MarkerFact(lab.analyte, (), f"{lab.value:g} {lab.unit or ''}".strip(), None, lab.source)
            markers.setdefault(lab.analyte, []).append(result)
    labs: dict[str, list[LabFact]] = {}
    for lab in sorted(patient.labs, key=lambda lab: (lab.analyte, lab.value, lab.unit or "")):
        row = analyte(lab.analyte)
        labs.setdefault(row.name if row is not None else lab.analyte, []).append(lab)
    return Known(
        patient=patient,
        cancers=cancers,
        site=site,
        stages=_stages(patient, site, extent),
        tnm=_tnm(patient, extent),
        extent=extent,
        markers={name: tuple(facts) for name, facts in markers.items()},
        labs={name: tuple(facts) for name, facts in labs.items()},
    )


@functools.lru_cache(maxsize=1024)
def only(known_: Known, item: Treatment) -> Known:
    """The same patient, had one treatment been the only one."""
    source = known_.patient.treatments.source if known_.patient.treatments is not None else Source()
    return known(replace(known_.patient, treatments=Treatments((item,), source)))


_MEASURED_MARKERS = frozenset({"AFP", "PSA", "CEA", "CA-125", "CA 19-9", "beta-hCG", "LDH"})
"""Markers that a laboratory measures: a trial may ask for them as either."""
_TOLD_BY: Mapping[str, tuple[str, ...]] = {"hiv": ("cd4", "hiv"), "hbv": ("hbv",), "hcv": ("hcv",)}
"""Laboratory values that tell in which form an infection is there, by how their names begin."""


def _with_details(patient: Patient) -> tuple[ConditionFact, ...]:
    """Conditions, those that are present with what is told of them elsewhere.

    "HIV" and "HIV viral load undetectable", "HCV" and no "HCV RNA", HIV and a CD4 count are one condition in a form.
    """
    found = []
    for fact in patient.conditions:
        name = fact.topic.lower()
        if not fact.present:
            found.append(fact)
            continue
        details = [fact.detail] if fact.detail else []
        details += [
            other.topic[len(name) + 1 :] + ("" if other.present else " negative")
            for other in sorted(patient.conditions, key=lambda one: one.topic)
            if other.topic.lower().startswith(f"{name} ") and other.detail is None
        ]
        details += [
            f"{lab.analyte} {lab.value:g} {lab.unit or ''}".strip()
            for lab in sorted(patient.labs, key=lambda one: (one.analyte, one.value))
            if lab.analyte.lower().startswith(_TOLD_BY.get(name, ("\0",)))
        ]
        found.append(replace(fact, detail=", ".join(details) or None))
    return tuple(found)


def _site(patient: Patient) -> str | None:
    if patient.cancer is None or len(patient.cancer.codes) != 1:
        return None
    return next(iter(patient.cancer.codes))


def _stages(
    patient: Patient, site: str | None, extent: Mapping[str, Implied]
) -> tuple[frozenset[str], Basis, str] | None:
    if patient.stage is not None:
        text, system, edition = patient.stage.text, patient.stage.system, patient.stage.edition
        leaves = stage_leaves(text, system, site, edition) or stage_leaves(text, system, None, edition)
        if leaves:
            return leaves, Basis.KNOWN, f"stage {text}"
    spread = extent.get("metastatic")
    rows = rows_for(site) if site is not None else ()
    if spread is None or not rows:
        return None
    distant = frozenset().union(*(row.metastatic for row in rows))
    if spread.true:
        return (distant, Basis.DERIVED, "metastatic disease") if distant else None
    excluded = frozenset().union(*(set(row.groups) - row.metastatic for row in rows))
    return (excluded, Basis.DERIVED, "no distant metastases") if excluded else None


def _tnm(patient: Patient, extent: Mapping[str, Implied]) -> Mapping[str, frozenset[str]]:
    axes: dict[str, set[str]] = {}
    for token in patient.tnm.tokens if patient.tnm is not None else ():
        if not token.endswith(("any", "X")):
            axes.setdefault(token[0], set()).add(token)
    spread = extent.get("metastatic")
    if "M" not in axes and spread is not None:
        axes["M"] = {"M1" if spread.true else "M0"}
    return {axis: frozenset(tokens) for axis, tokens in axes.items()}


_TRUE: Mapping[str, tuple[str, ...]] = {
    "metastatic": ("advanced",),
    "oligometastatic": ("metastatic", "advanced"),
    "unresectable": (),
    "locally_advanced": (),
    "relapsed": ("recurrent",),
    "recurrent": ("relapsed",),
    "refractory": (),
}
"""What an extent implies to be true."""
_FALSE: Mapping[str, tuple[str, ...]] = {
    "metastatic": ("localized",),
    "oligometastatic": ("localized",),
    "localized": ("metastatic", "oligometastatic", "advanced"),
    "locally_advanced": ("localized",),
    "unresectable": ("resectable",),
    "resectable": ("unresectable",),
    "newly_diagnosed": ("recurrent", "relapsed", "refractory"),
    "recurrent": ("newly_diagnosed",),
    "relapsed": ("newly_diagnosed",),
    "refractory": ("newly_diagnosed",),
    "progressive": (),
    "castration_resistant": ("newly_diagnosed",),
}
"""What an extent implies to be false."""


_AT_DIAGNOSIS = "newly_diagnosed"


def _extent(patient: Patient, site: str | None) -> Mapping[str, Implied]:
    """Values of the kind `extent` that are true or false. What is stated twice over, both ways, is neither."""
    stated: dict[str, Implied] = {}
    for fact in sorted(patient.extents, key=lambda fact: (fact.value, fact.present)):
        words = fact.value.replace("_", " ")
        if fact.value in stated and stated[fact.value].true is not fact.present:
            stated.pop(fact.value)
            continue
        stated[fact.value] = Implied(fact.present, Basis.KNOWN, words if fact.present else f"not {words}")
    derived: dict[str, list[Implied]] = {}

    def imply(value: str, true: bool, because: str) -> None:
        derived.setdefault(value, []).append(Implied(true, Basis.DERIVED, because))

    present = [value for value, implied in stated.items() if implied.true]
    for value in present:
        for other in _TRUE.get(value, ()):
            imply(other, True, value.replace("_", " "))
        for other in _FALSE.get(value, ()):
            imply(other, False, value.replace("_", " "))
    _from_stage(patient, site, present, imply)
    _from_history(patient, present, imply)
    found = dict(stated)
    for value, implied in derived.items():
        says = {one.true for one in implied}
        if value in found:
            against = says == {not found[value].true}
            if against and (any(one.because in present for one in implied) or value == _AT_DIAGNOSIS):
                del found[value]  # localized and metastatic, newly diagnosed and treated: neither decides
            continue
        if len(says) == 1:
            found[value] = implied[0]
    return found


def _from_stage(patient: Patient, site: str | None, present: list[str], imply: object) -> None:
    assert callable(imply)
    later = {"recurrent", "relapsed", "progressive", "refractory"} & set(present)
    told = []
    if patient.stage is not None:
        told.append((patient.stage.text, implies_metastatic(patient.stage.text, site)))
    if patient.tnm is not None:
        told.append((" ".join(patient.tnm.tokens), implies_metastatic(" ".join(patient.tnm.tokens))))
    answers = {answer for _, answer in told if answer is not None}
    if len(answers) != 1:
        return
    words = next(text for text, answer in told if answer is not None)
    if answers == {True}:
        for value in ("metastatic", "advanced"):
            imply(value, True, words)
        imply("localized", False, words)
    elif not later and "metastatic" not in present:
        # A stage is that of the diagnosis: what came back later may have spread.
        for value in ("metastatic", "oligometastatic"):
            imply(value, False, words)


def _from_history(patient: Patient, present: list[str], imply: object) -> None:
    assert callable(imply)
    if patient.treatments is None:
        return
    items = patient.treatments.items
    for item in items:
        outcome = (item.outcome or "").lower()
        early = read_setting(item.setting) in {Setting.ADJUVANT, Setting.NEOADJUVANT, Setting.EARLY}
        anticancer = given(item, "anticancer therapy")
        if not anticancer:
            continue
        if "relaps" in outcome or "recur" in outcome:
            imply("relapsed", True, f"{outcome} after treatment")
            imply("recurrent", True, f"{outcome} after treatment")
        if "refractory" in outcome or (outcome.startswith("progress") and not early):
            imply("progressive", True, f"{outcome} on treatment")
            if "refractory" in outcome:
                imply("refractory", True, f"{outcome} to treatment")
        if (item.line or 0) >= 1 and outcome:
            imply("newly_diagnosed", False, "treated before")
    if not items and not {"recurrent", "relapsed", "refractory", "progressive"} & set(present):
        for value in ("relapsed", "refractory"):
            imply(value, False, "no prior treatment")
        imply("newly_diagnosed", True, "no prior treatment")


def classes(item: Treatment) -> frozenset[str]:
    """All classes of a treatment's parts."""
    return frozenset().union(*(classes_of(part) for part in item.parts))
