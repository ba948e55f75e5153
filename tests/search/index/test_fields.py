"""What of a trial becomes searchable: every part in its field, exclusion text in none."""

from __future__ import annotations

import numpy as np
import pytest

from search.index.document import TEXT_FIELDS, Passage
from search.index.fields import index_document, source_texts, text_fields
from search.index.values import filter_values
from search.trial import (
    Arm,
    DateStruct,
    Eligibility,
    Intervention,
    InterventionType,
    MeshTerm,
    OverallStatus,
    PartialDate,
    Phase,
    Sex,
    Site,
    Sponsor,
    SponsorClass,
    Trial,
)

TRIAL = Trial(
    nct_id="NCT99000001",
    brief_title="A made-up brief title",
    official_title="The made-up official title",
    acronym="MADEUP",
    overall_status=OverallStatus.RECRUITING,
    phases=(Phase.PHASE1, Phase.PHASE2, Phase.PHASE1),
    conditions=("Lung Cancer",),
    keywords=("immunotherapy",),
    condition_mesh=(MeshTerm("Lung Neoplasms"),),
    intervention_mesh=(MeshTerm("Aspirin"),),
    interventions=(
        Intervention("Glecirasib", InterventionType.DRUG, "given daily", ("JAB-21822",)),
        Intervention("Rest", None),
    ),
    arms=(Arm("Cohort A", description="the first arm"),),
    brief_summary="A summary with 10\\^9 and &lt;5.",
    detailed_description="A description.",
    eligibility=Eligibility(
        criteria="Inclusion Criteria:\n\n* EGFR mutation\n* ANC \\>= 1.5\n\nExclusion Criteria:\n\n* Pregnancy\n",
        sex=Sex.FEMALE,
        minimum_age_days=6570,
        study_population="a population",
    ),
    sites=(Site(city="Île", country="Korea, Republic of"),),
    lead_sponsor=Sponsor("Made-up Institute", SponsorClass.OTHER),
    start=DateStruct(PartialDate(2020, 5)),
    has_results=True,
)


@pytest.mark.parametrize(
    ("field", "present"),
    [
        ("title", {"brief", "offici"}),
        ("acronym", {"madeup"}),
        ("conditions", {"lung", "cancer"}),
        ("keywords", {"immunotherapi", "neoplasm", "aspirin"}),
        ("interventions", {"glecirasib", "jab21822", "rest"}),
        ("summary", {"summari", "10", "5"}),
        ("inclusion", {"egfr", "mutat", "anc", "1.5"}),
        ("description", {"descript", "daili", "first", "popul", "cohort"}),
    ],
)
def test_every_part_is_found_in_its_field(field: str, present: set[str]) -> None:
    assert present <= set(text_fields(TRIAL)[field])


def test_exclusion_text_is_nowhere() -> None:
    assert set(text_fields(TRIAL)) == set(TEXT_FIELDS) - {"concepts"}
    assert all("pregnanc" not in tokens for tokens in text_fields(TRIAL).values())
    assert all("Pregnancy" not in text for texts in source_texts(TRIAL).values() for text in texts)


def test_markup_is_read_not_indexed() -> None:
    assert "lt" not in text_fields(TRIAL)["summary"]


def test_a_trial_of_nothing_has_no_text() -> None:
    assert text_fields(Trial("NCT99000002")) == {}
    assert filter_values(Trial("NCT99000002")).sites == ()


def test_filter_values() -> None:
    values = filter_values(TRIAL, frozenset({"LUNG"}))
    assert values.phases == (Phase.PHASE1, Phase.PHASE2)
    assert values.intervention_types == {InterventionType.DRUG}
    assert values.sponsor_class is SponsorClass.OTHER
    assert (values.sex, values.minimum_age_days, values.maximum_age_days) == (Sex.FEMALE, 6570, None)
    assert [(site.country, site.city) for site in values.sites] == [("south korea", "ile")]
    assert (str(values.start), values.completion, values.has_results) == ("2020-05", None, True)
    assert values.cancer_types == {"LUNG"}


def test_passages_and_vectors_belong_together() -> None:
    passages = (Passage("overview", "a"), Passage("inclusion", "b"))
    document = index_document(TRIAL, passages, np.ones((2, 4), dtype=np.float32), frozenset({"LUNG"}))
    assert document.text == {**text_fields(TRIAL), "concepts": document.text["concepts"]}
    assert "cancer:LUNG" in document.text["concepts"]
    assert document.values == filter_values(TRIAL, frozenset({"LUNG"}))
    with pytest.raises(ValueError, match="2 passages but 1 vectors"):
        index_document(TRIAL, passages, np.ones((1, 4), dtype=np.float32))
