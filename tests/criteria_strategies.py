"""Made-up criteria, drawn by Hypothesis or from a seed: facts that filters ask about, in small vocabularies."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from search.eligibility.criterion import (
    Age,
    Biomarker,
    Cancer,
    Cns,
    Condition,
    Criteria,
    Criterion,
    Evidence,
    Extent,
    Fact,
    Lab,
    LineCount,
    LineSpan,
    Opaque,
    Performance,
    PriorTherapy,
    Requirement,
    Section,
    SexIs,
    Stage,
)

TEXT = (
    "Inclusion Criteria:\n\n* Made-up criterion \\>= one\n* Ärzte: 2–3 «lines» 𝔘\n\n"
    "Exclusion Criteria:\n\n* A third one"
)
"""The text that made-up criteria quote."""
COHORTS = (None, None, "Cohort A", "Part 2")
ASKED: Mapping[str, Sequence[str]] = {
    "stage": ("I", "III", "IIIA", "IVA", "limited", "ISS II", "BCLC C", "Rai III"),
    "extent": ("metastatic", "oligometastatic", "advanced", "localized", "resectable", "recurrent", "newly_diagnosed"),
    "biomarker": ("EGFR", "EGFR:mutation", "EGFR:L858R", "EGFR:wild type", "HER2", "HER2:positive", "HER2:low", "ALK"),
    "cns": ("required", "allowed", "treated_stable", "excluded"),
}
"""Values to ask for; what criteria hold is narrower, wider, the same or something else."""

FACTS: tuple[Fact, ...] = (
    Stage(("III",)),
    Stage(("IIIA", "IIIB")),
    Stage(("IV",), system="AJCC", edition="8"),
    Stage(("I", "II")),
    Stage(("IE",)),
    Stage((), ("T3", "N1")),
    Stage(("limited",)),
    Stage(("II", "III"), system="ISS"),
    Stage(("C",), system="BCLC"),
    Stage(("C",)),
    Extent(("metastatic",)),
    Extent(("locally_advanced", "metastatic")),
    Extent(("unresectable", "metastatic")),
    Extent(("localized",)),
    Extent(("resectable",)),
    Extent(("relapsed", "refractory")),
    Extent(("newly_diagnosed",)),
    Biomarker("EGFR", ("mutation",)),
    Biomarker("EGFR", ("L858R", "exon 19 deletion")),
    Biomarker("EGFR", ("wild type",)),
    Biomarker("HER2", ("positive",), "IHC 3+"),
    Biomarker("HER2", ("negative",)),
    Biomarker("HER2", ("known",)),
    Biomarker("ALK", unknown_ok=True),
    LineCount(min=1),
    LineCount(max=2, setting="metastatic", counting=("maintenance does not count",)),
    LineCount(min=1, max=3),
    LineCount(max=0, setting="adjuvant"),
    Performance("ECOG", 0, 1),
    Performance("ECOG", 1, 2),
    Performance("Karnofsky", 70, 100),
    Cns("any brain metastases"),
    Cns("active"),
    Cns("treated_stable"),
    Cns("leptomeningeal"),
    Cancer(frozenset({"LUNG", "NSCLC"}), "adenocarcinoma"),
    PriorTherapy(("cisplatin", "carboplatin"), half_lives=0.5, shorter=False),
    Age(min=18.0),
    SexIs("female"),
    Lab("ANC", ">=", 1.5, "10^9/L"),
    Condition("HIV"),
    Condition("life expectancy", 3),
    Condition("other", "a value"),
    Opaque(),
)
_PARTS = TEXT.split("\n")
_AT = {part: TEXT.index(part) for part in _PARTS if part}
LINES = tuple(
    LineSpan(
        _AT[part],
        _AT[part] + len(part),
        Section.EXCLUSION if _AT[part] >= TEXT.index("Exclusion") else Section.INCLUSION,
        part.endswith(":"),
        "Cohort A" if "2–3" in part else None,
    )
    for part in _PARTS
    if part
)


def evidence() -> st.SearchStrategy[Evidence]:
    """Any span of the text."""
    ends = st.lists(st.integers(0, len(TEXT)), min_size=2, max_size=2, unique=True).map(sorted)
    return ends.map(lambda pair: Evidence(pair[0], pair[1], TEXT[pair[0] : pair[1]]))


def criterions() -> st.SearchStrategy[Criterion]:
    """Any criterion, with all that can be said of one."""
    return st.builds(
        Criterion,
        fact=st.sampled_from(FACTS),
        requirement=st.sampled_from(Requirement),
        section=st.sampled_from(Section),
        evidence=evidence(),
        line=st.sampled_from((1, 2, 4)),
        cohort=st.sampled_from(COHORTS),
        confidence=st.sampled_from((0.5, 0.69, 0.7, 0.93, 1.0)) | st.floats(0, 1),
        exception=st.none() | evidence(),
        or_group=st.sampled_from((None, None, "2:a", "4:b")),
    )


def criteria(most: int = 6) -> st.SearchStrategy[Criteria]:
    """Criteria of one trial, perhaps none."""
    return st.builds(
        lambda items, cohorts: Criteria(LINES if items else (), tuple(items), cohorts if items else ()),
        st.lists(criterions(), max_size=most),
        st.sampled_from(((), ("Cohort A",), ("Cohort A", "Part 2", "Part 3"))),
    )


def made_up_criteria(pick: random.Random) -> Criteria:
    """Criteria of one trial, from a seed; most are certain and of the whole trial."""
    items = []
    for _ in range(pick.randrange(9)):
        start = pick.randrange(len(TEXT) - 1)
        end = pick.randrange(start + 1, len(TEXT))
        items.append(
            Criterion(
                fact=pick.choice(FACTS),
                requirement=pick.choice((Requirement.REQUIRED, Requirement.REQUIRED, *Requirement)),
                section=pick.choice(tuple(Section)),
                evidence=Evidence(start, end, TEXT[start:end]),
                line=pick.choice((1, 2, 4)),
                cohort=pick.choice((None, *COHORTS)),
                confidence=pick.choice((0.6, 0.9, 0.95)),
                exception=Evidence(0, 9, TEXT[:9]) if pick.random() < 0.1 else None,
                or_group="1:a" if pick.random() < 0.1 else None,
            )
        )
    return Criteria(LINES, tuple(items), ("Cohort A", "Part 2") if pick.random() < 0.2 else ())
