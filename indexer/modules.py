"""Parts of a study that have a shape of their own: arms, interventions, outcomes, eligibility, design, MeSH terms."""

from __future__ import annotations

from collections import defaultdict

from indexer.ages import age_text, maximum_days, minimum_days
from indexer.enums import code, member
from indexer.fields import Object, count, flag, line, lines, obj, objects, prose, raw
from indexer.roles import with_roles
from search.trial import (
    Arm,
    Design,
    Eligibility,
    Intervention,
    InterventionType,
    MeshTerm,
    Outcome,
    Sex,
    Sponsor,
    SponsorClass,
)

_ENROLLMENT_UNKNOWN = 99_999_999
"""What the registry writes where a count is not known."""


def sponsor(value: Object) -> Sponsor | None:
    """Lead sponsor or collaborator."""
    name = line(value.get("name"))
    return None if name is None else Sponsor(name, member(SponsorClass, value.get("class")))


def collaborators(module: Object) -> tuple[Sponsor, ...]:
    """Collaborators of a sponsor module."""
    return tuple(found for item in objects(module, "collaborators") if (found := sponsor(item)) is not None)


def design(module: Object) -> Design:
    """Design module."""
    info, enrollment = obj(module, "designInfo"), obj(module, "enrollmentInfo")
    kind = code(enrollment.get("type"))
    number = count(enrollment.get("count"), _ENROLLMENT_UNKNOWN)
    return Design(
        allocation=code(info.get("allocation")),
        intervention_model=code(info.get("interventionModel")),
        observational_model=code(info.get("observationalModel")),
        time_perspective=code(info.get("timePerspective")),
        primary_purpose=code(info.get("primaryPurpose")),
        masking=code(obj(info, "maskingInfo").get("masking")),
        enrollment=number,
        enrollment_actual=None if kind is None or number is None else kind == "ACTUAL",
    )


def arms(module: Object) -> tuple[Arm, ...]:
    """Arm groups; a group without a label is no arm that anything could refer to."""
    return tuple(
        Arm(label, code(group.get("type")), prose(group.get("description")), lines(group.get("interventionNames")))
        for group in objects(module, "armGroups")
        if (label := line(group.get("label"))) is not None
    )


def interventions(module: Object, groups: tuple[Arm, ...]) -> tuple[Intervention, ...]:
    """Interventions with their roles; arms are joined from both sides (`armGroupLabels`, `interventionNames`)."""
    named_by: defaultdict[str, list[str]] = defaultdict(list)
    for arm in groups:
        for named in arm.interventions:
            # "Drug: Osimertinib": the type stands before the name.
            named_by[named.partition(": ")[2].casefold() or named.casefold()].append(arm.label)
    found = []
    for item in objects(module, "interventions"):
        for name in lines(item.get("name")):
            labels = (*lines(item.get("armGroupLabels")), *named_by.get(name.casefold(), ()))
            found.append(
                Intervention(
                    name=name,
                    type=member(InterventionType, item.get("type")),
                    description=prose(item.get("description")),
                    other_names=lines(item.get("otherNames")),
                    arm_labels=tuple(dict.fromkeys(labels)),
                )
            )
    return with_roles(found, groups)


def outcomes(module: Object) -> tuple[Outcome, ...]:
    """Primary, then secondary, then other outcomes."""
    return tuple(
        Outcome(kind, measure, prose(item.get("description")), line(item.get("timeFrame")))
        for kind in ("primary", "secondary", "other")
        for item in objects(module, f"{kind}Outcomes")
        if (measure := line(item.get("measure"))) is not None
    )


def eligibility(module: Object) -> Eligibility:
    """Eligibility module; the criteria stay as they are, character for character."""
    minimum, maximum = age_text(line(module.get("minimumAge"))), age_text(line(module.get("maximumAge")))
    return Eligibility(
        criteria=raw(module.get("eligibilityCriteria")),
        minimum_age_days=minimum_days(minimum),
        maximum_age_days=maximum_days(maximum),
        minimum_age=minimum,
        maximum_age=maximum,
        sex=member(Sex, module.get("sex")),
        gender_based=flag(module.get("genderBased")),
        healthy_volunteers=_healthy(module.get("healthyVolunteers")),
        std_ages=tuple(name for text in lines(module.get("stdAges")) if (name := code(text)) is not None),
        study_population=prose(module.get("studyPopulation")),
    )


def _healthy(value: object) -> bool | None:
    if isinstance(value, str) and value.strip().lower() == "accepts healthy volunteers":
        return True
    return flag(value)


def mesh(module: Object) -> tuple[tuple[MeshTerm, ...], tuple[MeshTerm, ...]]:
    """Terms and ancestors of a browse module.

    Older snapshots carry `browseLeaves` and `browseBranches` instead: leaves of high relevance stand for terms,
    branches for ancestors. Their ids are not MeSH ids and are left out.
    """
    terms = _terms(module, "meshes", "term") or tuple(
        MeshTerm(name)
        for leaf in objects(module, "browseLeaves")
        if leaf.get("relevance") == "HIGH" and (name := line(leaf.get("name"))) is not None
    )
    ancestors = _terms(module, "ancestors", "term") or tuple(
        MeshTerm(name)
        for branch in objects(module, "browseBranches")
        if (name := line(branch.get("name"))) is not None and name != "All Conditions"
    )
    return tuple(dict.fromkeys(terms)), tuple(dict.fromkeys(ancestors))


def _terms(module: Object, key: str, name: str) -> tuple[MeshTerm, ...]:
    return tuple(
        MeshTerm(term, line(item.get("id")))
        for item in objects(module, key)
        if (term := line(item.get(name))) is not None
    )
