"""Each quirk of registry records that the parser must survive, on fictitious twins."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from indexer.study import RecordError, is_fictitious, nct_id_of, parse_study
from search.trial import (
    DateStruct,
    InterventionRole,
    InterventionType,
    MeshTerm,
    OverallStatus,
    PartialDate,
    Phase,
    Sex,
    Sponsor,
    SponsorClass,
    StudyType,
    Trial,
)


def study(**modules: Any) -> dict[str, Any]:
    return {"protocolSection": {"identificationModule": {"nctId": "NCT99000100", "briefTitle": "T"}, **modules}}


def test_a_complete_study_is_read_completely(full_study: dict[str, Any]) -> None:
    before = deepcopy(full_study)
    trial = parse_study(full_study)
    assert full_study == before
    assert (trial.nct_id, trial.aliases, trial.fictitious) == ("NCT99012345", ("NCT99012344",), True)
    assert trial.secondary_ids == ("FICT-01", "2031-000001-11")
    assert trial.brief_title == "Imaginib & Standard Care in Lung Cancer"
    assert (trial.official_title, trial.acronym) == ("A Phase I/II Trial of Imaginib", "IMAGINE")
    assert trial.why_stopped == "Nothing stopped"
    assert trial.lead_sponsor == Sponsor("Fictitious Cooperative Group", SponsorClass.NETWORK)
    assert trial.collaborators == (Sponsor("Imaginary Pharma", SponsorClass.INDUSTRY),)
    assert trial.brief_summary == "First line\nage > 18 and [here]"
    assert trial.detailed_description == "Long < short"
    assert (trial.conditions, trial.keywords) == (("NSCLC", "KRAS P.G12C"), ("KRAS",))
    assert trial.study_type is StudyType.INTERVENTIONAL
    assert trial.phases == (Phase.PHASE1, Phase.PHASE2)
    assert (trial.design.masking, trial.design.enrollment, trial.design.enrollment_actual) == ("DOUBLE", 120, False)
    assert [arm.label for arm in trial.arms] == ["Arm A", "Arm B"]
    assert trial.arms[0].interventions == ("Drug: Imaginib", "Drug: Carboplatin")
    imaginib = trial.interventions[0]
    assert (imaginib.type, imaginib.other_names) == (InterventionType.DRUG, ("FCT-816",))
    assert [item.role for item in trial.interventions] == [
        InterventionRole.EXPERIMENTAL,
        InterventionRole.BACKGROUND,
        InterventionRole.COMPARATOR,
    ]
    assert [(o.kind, o.measure, o.time_frame) for o in trial.outcomes] == [
        ("primary", "PFS", "2 years"),
        ("secondary", "OS", None),
        ("other", "ctDNA", None),
    ]
    assert trial.eligibility.sex is Sex.ALL
    assert trial.eligibility.std_ages == ("ADULT", "OLDER_ADULT")
    assert trial.eligibility.study_population == "Adults"
    assert trial.condition_mesh == (MeshTerm("Carcinoma, Non-Small-Cell Lung", "D002289"),)
    assert trial.condition_ancestors == (MeshTerm("Lung Neoplasms", "D008175"),)
    assert (trial.has_results, trial.version_holder) == (False, PartialDate(2031, 6, 1))


def test_the_criteria_stay_as_they_are_character_for_character(full_study: dict[str, Any]) -> None:
    raw = full_study["protocolSection"]["eligibilityModule"]["eligibilityCriteria"]
    assert parse_study(full_study).eligibility.criteria == raw


def test_no_contact_person_reaches_the_trial(full_study: dict[str, Any]) -> None:
    assert "Nobody" not in repr(parse_study(full_study))


def test_dates_keep_their_own_precision_and_type(full_study: dict[str, Any]) -> None:
    trial = parse_study(full_study)
    assert trial.status_verified == PartialDate(2031, 5)
    assert trial.start == DateStruct(PartialDate(2030, 1, 15), actual=True)
    assert trial.primary_completion == DateStruct(PartialDate(2032, 12), actual=False)
    assert trial.completion == DateStruct(PartialDate(2033), actual=None)
    assert trial.results_first_posted == DateStruct(PartialDate(2034, 2, 1), actual=True)


@pytest.mark.parametrize("status", list(OverallStatus))
def test_all_fourteen_statuses(status: OverallStatus) -> None:
    assert len(OverallStatus) == 14
    assert parse_study(study(statusModule={"overallStatus": status.value})).overall_status is status


@pytest.mark.parametrize(
    ("legacy", "expected"),
    [
        ("Active, not recruiting", OverallStatus.ACTIVE_NOT_RECRUITING),
        ("Not yet recruiting", OverallStatus.NOT_YET_RECRUITING),
        ("Unknown status", OverallStatus.UNKNOWN),
        ("Approved for marketing", OverallStatus.APPROVED_FOR_MARKETING),
        ("No longer available", OverallStatus.NO_LONGER_AVAILABLE),
        ("Somewhere in between", None),
    ],
)
def test_legacy_statuses(legacy: str, expected: OverallStatus | None) -> None:
    assert parse_study(study(statusModule={"overallStatus": legacy})).overall_status is expected


def test_the_last_known_status_is_not_the_status() -> None:
    trial = parse_study(study(statusModule={"overallStatus": "UNKNOWN", "lastKnownStatus": "RECRUITING"}))
    assert trial.overall_status is OverallStatus.UNKNOWN
    assert trial.last_known_status is OverallStatus.RECRUITING
    assert parse_study(study(statusModule={"lastKnownStatus": "RECRUITING"})).overall_status is None


def test_a_withheld_study_has_a_status_and_nothing_else() -> None:
    record = {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT99000101"},
            "statusModule": {"overallStatus": "WITHHELD"},
        }
    }
    assert parse_study(record) == Trial("NCT99000101", overall_status=OverallStatus.WITHHELD, fictitious=True)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["PHASE1", "PHASE2"], (Phase.PHASE1, Phase.PHASE2)),
        (["NA"], (Phase.NA,)),
        (["EARLY_PHASE1"], (Phase.EARLY_PHASE1,)),
        (None, ()),
        ([], ()),
        (["Phase 1/Phase 2"], (Phase.PHASE1, Phase.PHASE2)),
        ("Phase 2/Phase 3", (Phase.PHASE2, Phase.PHASE3)),
        ("Phase 1|Phase 2", (Phase.PHASE1, Phase.PHASE2)),
        ("Early Phase 1", (Phase.EARLY_PHASE1,)),
        ("Phase 0", (Phase.EARLY_PHASE1,)),
        ("Phase III", (Phase.PHASE3,)),
        ("N/A", (Phase.NA,)),
        (["PHASE2", 7, None, "PHASE9", "PHASE2"], (Phase.PHASE2,)),
    ],
)
def test_phases(given: object, expected: tuple[Phase, ...]) -> None:
    assert parse_study(study(designModule={"phases": given})).phases == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("EXPANDED_ACCESS", StudyType.EXPANDED_ACCESS),
        ("Expanded Access", StudyType.EXPANDED_ACCESS),
        ("OBSERVATIONAL", StudyType.OBSERVATIONAL),
        ("Observational [Patient Registry]", StudyType.OBSERVATIONAL),
        ("OBSERVATIONAL_[PATIENT_REGISTRY]", StudyType.OBSERVATIONAL),
        ("N/A", None),
    ],
)
def test_study_types(given: str, expected: StudyType | None) -> None:
    assert parse_study(study(designModule={"studyType": given})).study_type is expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (99_999_999, None),
        (0, 0),
        (40, 40),
        ("40", 40),
        (40.0, 40),
        (-1, None),
        (True, None),
        (10**30, None),
        ("x", None),
    ],
)
def test_enrollment_counts_and_the_sentinel(given: object, expected: int | None) -> None:
    design = parse_study(study(designModule={"enrollmentInfo": {"count": given, "type": "ACTUAL"}})).design
    assert design.enrollment == expected
    assert design.enrollment_actual is (None if expected is None else True)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (True, True),
        (False, False),
        ("Yes", True),
        ("No", False),
        ("Accepts Healthy Volunteers", True),
        (None, None),
        ("perhaps", None),
        (1, None),
    ],
)
def test_healthy_volunteers(given: object, expected: bool | None) -> None:
    assert parse_study(study(eligibilityModule={"healthyVolunteers": given})).eligibility.healthy_volunteers is expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [("ALL", Sex.ALL), ("BOTH", Sex.ALL), ("Both", Sex.ALL), ("Female", Sex.FEMALE), ("N/A", None), (3, None)],
)
def test_sex(given: object, expected: Sex | None) -> None:
    assert parse_study(study(eligibilityModule={"sex": given})).eligibility.sex is expected


def test_intervention_types_in_all_spellings_and_code_names_in_other_names() -> None:
    items = [
        {"name": "a", "type": "DIETARY SUPPLEMENT"},
        {"name": "b", "type": "Combination Product"},
        {"name": "c", "type": "nonsense"},
        {"name": "d", "otherNames": ["FCT-21822", 5, " ", "glecifictib"]},
        {"type": "DRUG"},
    ]
    found = parse_study(study(armsInterventionsModule={"interventions": items})).interventions
    assert [item.type for item in found] == [
        InterventionType.DIETARY_SUPPLEMENT,
        InterventionType.COMBINATION_PRODUCT,
        None,
        None,
    ]
    assert found[3].other_names == ("FCT-21822", "glecifictib")


def test_lists_that_were_written_out_as_texts_are_lists_again() -> None:
    trial = parse_study(
        study(
            conditionsModule={
                "conditions": ["['Breast Cancer', \"Paget's Disease\"]", "[Pain]"],
                "keywords": ["['one'", "['a', 2]", "[]"],
            },
            armsInterventionsModule={"interventions": [{"name": "['cisplatin', 'surgery']"}, {"name": "[A] + [B]"}]},
        )
    )
    assert trial.conditions == ("Breast Cancer", "Paget's Disease", "[Pain]")
    assert trial.keywords == ("['one'", "['a', 2]", "[]")
    assert [i.name for i in trial.interventions] == ["cisplatin", "surgery", "[A] + [B]"]


def test_browse_terms_in_the_old_and_the_new_form_and_in_neither() -> None:
    old = study() | {
        "derivedSection": {
            "conditionBrowseModule": {
                "browseLeaves": [
                    {"id": "M1", "name": "Lung Neoplasms", "relevance": "HIGH", "asFound": "Lung Cancer"},
                    {"id": "M2", "name": "Respiratory Tract Neoplasms", "relevance": "LOW"},
                ],
                "browseBranches": [
                    {"abbrev": "BC04", "name": "Neoplasms"},
                    {"abbrev": "All", "name": "All Conditions"},
                ],
            },
            "interventionBrowseModule": {
                "meshes": [{"term": "Carboplatin"}],
                "ancestors": [{"id": "D1", "term": "Drugs"}],
            },
        }
    }
    trial = parse_study(old)
    assert trial.condition_mesh == (MeshTerm("Lung Neoplasms"),)
    assert trial.condition_ancestors == (MeshTerm("Neoplasms"),)
    assert trial.intervention_mesh == (MeshTerm("Carboplatin"),)
    assert trial.intervention_ancestors == (MeshTerm("Drugs", "D1"),)
    assert parse_study(study()).condition_mesh == ()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("A &gt; B", "A > B"),
        ("A &amp;amp;lt; B", "A < B"),
        ("R&Amp;D", "R&D"),
        ("Long\r\n  title\u00a0here", "Long title here"),
        ("bell\x07", "bell"),
        ("<Midofictin> stays", "<Midofictin> stays"),
        (r"back\slash & co", r"back\slash & co"),
    ],
)
def test_titles_are_cleaned(given: str, expected: str) -> None:
    record = {"protocolSection": {"identificationModule": {"nctId": "NCT99000100", "briefTitle": given}}}
    assert parse_study(record).brief_title == expected


def test_results_are_a_flag_only() -> None:
    assert parse_study(study()).has_results is None
    assert parse_study(study() | {"hasResults": True}).has_results is True
    assert parse_study(study() | {"resultsSection": {"participantFlowModule": {"x": 1}}}).has_results is True
    assert parse_study(study() | {"hasResults": False, "resultsSection": {"a": {}}}).has_results is False


@pytest.mark.parametrize(
    "module",
    [
        {"protocolSection": {"statusModule": {"overallStatus": "RECRUITING"}}},
        {"protocolSection": {"eligibilityModule": {"eligibilityCriteria": "Inclusion"}}},
        {"protocolSection": {"ipdSharingStatementModule": {"ipdSharing": "NO"}}},
        {"derivedSection": {"miscInfoModule": {"versionHolder": "2031-01-01"}}},
    ],
)
def test_an_id_and_any_one_module_are_enough(module: dict[str, Any]) -> None:
    record = deepcopy(module)
    record.setdefault("protocolSection", {})["identificationModule"] = {"nctId": "nct99000102 "}
    assert parse_study(record).nct_id == "NCT99000102"


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({}, "no protocolSection.identificationModule.nctId"),
        ({"protocolSection": []}, "no protocolSection.identificationModule.nctId"),
        (study() | {"protocolSection": {"identificationModule": {"nctId": "NCT1234"}}}, "not an NCT id: 'NCT1234'"),
        ({"protocolSection": {"identificationModule": {"nctId": 99000103}}}, "not an NCT id"),
        ({"protocolSection": {"identificationModule": {"nctId": "NCT99000103"}}}, "nothing but its id"),
        ({"protocolSection": {"identificationModule": {"nctId": "NCT99000103"}, "statusModule": {}}}, "nothing but"),
        ([], "not a JSON object"),
        (None, "not a JSON object"),
    ],
)
def test_what_no_trial_can_be_read_from(record: Any, reason: str) -> None:
    with pytest.raises(RecordError, match=reason):
        parse_study(record)


def test_an_error_says_place_id_and_reason() -> None:
    assert str(RecordError("It is broken.", "NCT99000103", "a.jsonl:7")) == "a.jsonl:7: NCT99000103: It is broken."


@pytest.mark.parametrize("text", ["nct99000104", " NCT 9900 0104 ", "NCT99000104\n"])
def test_ids_in_other_spellings(text: str) -> None:
    assert nct_id_of(text) == "NCT99000104"


@pytest.mark.parametrize("value", ["NCT9900010", "NCT990001041", "XCT99000104", "NCT9900010４", "", None, 5])
def test_what_is_no_id(value: object) -> None:
    assert nct_id_of(value) is None


def test_only_the_reserved_block_is_fictitious() -> None:
    assert [is_fictitious(f"NCT{n:08d}") for n in (99000001, 99099999, 99000000, 99100000, 7188584)] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_aliases_are_other_ids_each_once() -> None:
    ids = {"nctId": "NCT99000105", "nctIdAliases": ["NCT99000105", "nct99000106", "NCT99000106", "rubbish", 3]}
    assert parse_study({"protocolSection": {"identificationModule": ids}}).aliases == ("NCT99000106",)
