"""The bundled sample: valid API v2 records that cover what the registry knows, and all visibly fictitious."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from indexer.sample import sample_path
from indexer.study import parse_study
from search.trial import GeoQuality, OverallStatus

Record = dict[str, Any]

# Enumerations of the registry's OpenAPI (version 2.0), written out: the sample is held to the API, not to our types.
ENUMS = {
    "overallStatus": "ACTIVE_NOT_RECRUITING COMPLETED ENROLLING_BY_INVITATION NOT_YET_RECRUITING RECRUITING SUSPENDED "
    "TERMINATED WITHDRAWN AVAILABLE NO_LONGER_AVAILABLE TEMPORARILY_NOT_AVAILABLE APPROVED_FOR_MARKETING WITHHELD "
    "UNKNOWN",
    "phases": "NA EARLY_PHASE1 PHASE1 PHASE2 PHASE3 PHASE4",
    "interventions.type": "BEHAVIORAL BIOLOGICAL COMBINATION_PRODUCT DEVICE DIAGNOSTIC_TEST DIETARY_SUPPLEMENT DRUG "
    "GENETIC PROCEDURE RADIATION OTHER",
    "armGroups.type": "EXPERIMENTAL ACTIVE_COMPARATOR PLACEBO_COMPARATOR SHAM_COMPARATOR NO_INTERVENTION OTHER",
    "class": "NIH FED OTHER_GOV INDIV INDUSTRY NETWORK AMBIG OTHER UNKNOWN",
    "studyType": "EXPANDED_ACCESS INTERVENTIONAL OBSERVATIONAL",
    "sex": "FEMALE MALE ALL",
    "stdAges": "CHILD ADULT OLDER_ADULT",
    "allocation": "RANDOMIZED NON_RANDOMIZED NA",
    "interventionModel": "SINGLE_GROUP PARALLEL CROSSOVER FACTORIAL SEQUENTIAL",
    "primaryPurpose": "TREATMENT PREVENTION DIAGNOSTIC ECT SUPPORTIVE_CARE SCREENING HEALTH_SERVICES_RESEARCH "
    "BASIC_SCIENCE DEVICE_FEASIBILITY OTHER",
    "masking": "NONE SINGLE DOUBLE TRIPLE QUADRUPLE",
    "whoMasked": "PARTICIPANT CARE_PROVIDER INVESTIGATOR OUTCOMES_ASSESSOR",
    "observationalModel": "COHORT CASE_CONTROL CASE_ONLY CASE_CROSSOVER ECOLOGIC_OR_COMMUNITY FAMILY_BASED "
    "DEFINED_POPULATION NATURAL_HISTORY OTHER",
    "timePerspective": "RETROSPECTIVE PROSPECTIVE CROSS_SECTIONAL OTHER",
    "samplingMethod": "PROBABILITY_SAMPLE NON_PROBABILITY_SAMPLE",
    "retention": "NONE_RETAINED SAMPLES_WITH_DNA SAMPLES_WITHOUT_DNA",
    "DateStruct.type": "ACTUAL ESTIMATED",
    "enrollmentInfo.type": "ACTUAL ESTIMATED",
    "secondaryIdInfos.type": "NIH FDA VA CDC AHRQ SAMHSA OTHER_GRANT EUDRACT_NUMBER CTIS REGISTRY OTHER",
    "responsibleParty.type": "SPONSOR PRINCIPAL_INVESTIGATOR SPONSOR_INVESTIGATOR",
}
ENUMS["lastKnownStatus"] = ENUMS["locations.status"] = ENUMS["overallStatus"]
VALUES = {name: frozenset(values.split()) for name, values in ENUMS.items()}

# A cancer type counts as covered when a study names it among its conditions.
CANCER_TYPES = (
    "Non-small Cell Lung|NSCLC",
    "Limited Stage Small Cell Lung",
    "Extensive Stage Small Cell Lung",
    "Triple Negative Breast",
    r"HR\+/HER2- Breast",
    "HER2-positive Breast",
    "HER2-low Breast",
    "Male Breast",
    "Colorectal|Colon Cancer",
    "Rectal",
    "Gastric",
    "Pancreatic",
    "Hepatocellular",
    "Cholangiocarcinoma",
    "Esophageal",
    "Ovarian",
    "Endometrial",
    "Cervical",
    "Prostate",
    "Urothelial|Bladder",
    "Clear Cell Renal",
    "Non-clear Cell Renal",
    "Melanoma Stage IV",
    "Uveal Melanoma",
    "Oropharyngeal",
    "Nasopharyngeal",
    "Anaplastic Thyroid",
    "Glioblastoma",
    "Oligodendroglioma",
    "Neuroblastoma",
    "Osteosarcoma",
    "Ewing",
    "Soft Tissue Sarcoma",
    "GIST",
    "Mesothelioma",
    "Thymoma",
    "Neuroendocrine",
    "Acute Myeloid",
    "Acute Lymphoblastic",
    "Chronic Lymphocytic",
    "Chronic Myeloid",
    "Multiple Myeloma",
    "Large B-cell",
    "Hodgkin",
    "Follicular Lymphoma",
    "Mantle Cell",
    "Peripheral T-cell",
    "Myelodysplastic",
    "Myelofibrosis",
    "Kaposi",
)

# What the README's table of twins says: the same disease, and words that stand in one study's criteria only.
TWINS = (
    (1, 2, "No previous systemic therapy", "progression on osimertinib"),
    (
        3,
        4,
        "Prior therapy with any inhibitor of KRAS G12C",
        "At least 12 weeks of treatment with one KRAS G12C inhibitor",
    ),
    (5, 6, "untreated ones, are welcome", "Brain metastases of any kind"),
    (7, 8, "≥ 50%", r"(TPS) \< 50%"),
    (9, 10, "completely resectable", "judged unresectable"),
    (11, 12, "limited stage", "extensive stage"),
    (13, 14, "CPS) ≥ 10", r"PD-L1 CPS \< 10"),
    (15, 16, "combined with a CDK4/6 inhibitor", "Any CDK4/6 inhibitor in the advanced setting"),
    (18, 19, "Brain metastases that are new", "No brain metastases"),
    (21, 22, "Premenopausal women", "Men, 18 years or older"),
    (23, 24, "Deficient mismatch repair", "Proficient mismatch repair"),
    (25, 26, "HER2-positive：", "HER2-negative (IHC 0"),
    (32, 33, "Platinum-resistant", "Platinum-sensitive"),
    (40, 41, "with a clear cell component", "Non-clear cell renal"),
    (42, 43, "BRAF V600E or V600K mutation", "BRAF V600 wild type"),
    (45, 46, "p16-positive by IHC", "p16-negative by IHC"),
    (47, 48, "TanyNanyM1", "Distant metastasis (M1)"),
    (51, 52, "no radiotherapy or chemotherapy yet", "First or second recurrence"),
    (61, 62, "Newly diagnosed and untreated", "Relapsed (≥ 5% blasts)"),
    (63, 64, "Age 3 to 25 years", "Age 26 years or older"),
    (67, 68, "Prior BCMA-directed CAR T cells", "No prior BCMA-directed therapy"),
)


@cache
def records() -> tuple[Record, ...]:
    return tuple(json.loads(path.read_text(encoding="utf-8")) for path in sorted(sample_path().glob("NCT*.json")))


def module(record: Record, name: str) -> Record:
    found = record["protocolSection"].get(name, {})
    assert isinstance(found, dict)
    return found


def nct_id(record: Record) -> str:
    return str(module(record, "identificationModule")["nctId"])


def by_number(number: int) -> Record:
    return next(record for record in records() if nct_id(record) == f"NCT99{number:06d}")


def criteria(record: Record) -> str:
    return str(module(record, "eligibilityModule").get("eligibilityCriteria", ""))


def leaves(value: object, parents: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """Every scalar with the names of the fields that lead to it."""
    if isinstance(value, dict):
        for key, child in value.items():
            yield from leaves(child, (*parents, key))
    elif isinstance(value, list):
        for child in value:
            yield from leaves(child, parents)
    else:
        yield parents, value


def allowed(path: tuple[str, ...]) -> frozenset[str] | None:
    name, parent = path[-1], path[-2] if len(path) > 1 else ""
    if parent.endswith("DateStruct") and name == "type":
        return VALUES["DateStruct.type"]
    return VALUES.get(f"{parent}.{name}") or VALUES.get(name)


def test_size_and_ids() -> None:
    ids = [nct_id(record) for record in records()]
    assert len(ids) >= 60
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"NCT99\d{6}", one) and one >= "NCT99000001" for one in ids)
    assert [path.stem for path in sorted(sample_path().glob("NCT*.json"))] == ids


def test_every_enumerated_value_is_one_of_the_apis() -> None:
    wrong, checked = [], set()
    for record in records():
        for path, value in leaves(record):
            values = allowed(path)
            if values is not None:
                checked.add(path[-1])
                if value not in values:
                    wrong.append((nct_id(record), path, value))
    assert not wrong
    assert {name.split(".")[-1] for name in VALUES} == checked


def test_shape_of_a_record() -> None:
    for record in records():
        assert set(record) == {"protocolSection", "derivedSection", "hasResults"}, nct_id(record)
        assert isinstance(record["hasResults"], bool)
        assert record["hasResults"] == ("resultsFirstPostDateStruct" in module(record, "statusModule"))
        for path, value in leaves(record):
            assert value is not None, (nct_id(record), path)
            if path[-1] == "date":
                assert re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", str(value)), (nct_id(record), path, value)
            if path[-1] in {"minimumAge", "maximumAge"}:
                assert re.fullmatch(r"\d+ (Year|Month|Week|Day)s?", str(value)), (nct_id(record), value)
        arms = module(record, "armsInterventionsModule")
        named = {
            name.split(": ", 1)[1] for arm in arms.get("armGroups", []) for name in arm.get("interventionNames", [])
        }
        assert named <= {one["name"] for one in arms.get("interventions", [])}, nct_id(record)


def test_every_study_says_that_it_is_fictitious() -> None:
    for record in records():
        identification, description = module(record, "identificationModule"), module(record, "descriptionModule")
        shown = " ".join([identification["briefTitle"], *description.values()])
        assert "fictitious" in shown.lower(), nct_id(record)
        sponsor = module(record, "sponsorCollaboratorsModule")
        named = [sponsor["leadSponsor"]["name"], *(one["name"] for one in sponsor.get("collaborators", []))]
        named += [
            site["facility"]
            for site in module(record, "contactsLocationsModule").get("locations", [])
            if "facility" in site
        ]
        assert all(name.endswith("(fictitious)") for name in named), (nct_id(record), named)


def test_no_person_and_no_way_to_reach_one() -> None:
    persons = {
        "contacts",
        "centralContacts",
        "overallOfficials",
        "investigatorFullName",
        "phone",
        "email",
        "oldNameTitle",
    }
    for record in records():
        text = json.dumps(record, ensure_ascii=False)
        assert "@" not in text, nct_id(record)
        assert not re.search(r"\+\d{2}[ \d()-]{6,}|\(\d{3}\) ?\d{3}-\d{4}|\b\d{3}-\d{3}-\d{4}\b", text), nct_id(record)
        assert not persons & {name for path, _ in leaves(record) for name in path}, nct_id(record)


def test_statuses_phases_types_sponsors() -> None:
    def seen(name: str) -> set[object]:
        return {value for record in records() for path, value in leaves(record) if ".".join(path).endswith(name)}

    assert seen("overallStatus") == VALUES["overallStatus"]
    assert seen("phases") == VALUES["phases"]
    assert seen("interventions.type") == VALUES["interventions.type"]
    assert seen("leadSponsor.class") == VALUES["class"]
    assert seen("studyType") == VALUES["studyType"]
    assert seen("eligibilityModule.sex") == VALUES["sex"]
    combinations = {tuple(module(record, "designModule").get("phases", ())) for record in records()}
    assert {(), ("PHASE1", "PHASE2"), ("PHASE2", "PHASE3")} <= combinations
    for record in records():
        status = module(record, "statusModule")
        assert ("lastKnownStatus" in status) == (status["overallStatus"] == "UNKNOWN"), nct_id(record)


def test_cancer_types() -> None:
    assert len(CANCER_TYPES) >= 22
    conditions = [one for record in records() for one in module(record, "conditionsModule").get("conditions", [])]
    missing = [kind for kind in CANCER_TYPES if not any(re.search(kind, one) for one in conditions)]
    assert not missing


def test_places() -> None:
    sites = {nct_id(record): module(record, "contactsLocationsModule").get("locations", []) for record in records()}
    assert len({site["country"] for one in sites.values() for site in one}) >= 20
    assert max(len(one) for one in sites.values()) > 60
    assert any(not one for one in sites.values())
    assert any("facility" not in site for one in sites.values() for site in one)
    quality = {site.geo_quality for record in records() for site in parse_study(record).sites}
    assert quality == set(GeoQuality)


def test_ages() -> None:
    modules = [module(record, "eligibilityModule") for record in records()]
    units = {one[key].split()[1].rstrip("s") for one in modules for key in ("minimumAge", "maximumAge") if key in one}
    assert units == {"Year", "Month", "Week", "Day"}
    assert any("minimumAge" not in one and "maximumAge" in one for one in modules)
    assert any("minimumAge" not in one and "maximumAge" not in one for one in modules)
    assert {one.get("healthyVolunteers") for one in modules} == {True, False, None}


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param(r"DISEASE CHARACTERISTICS:.*PATIENT CHARACTERISTICS:.*PRIOR CONCURRENT THERAPY:", id="old layout"),
        pytest.param(r"\\>", id="escaped comparator"),
        pytest.param(r"x 109/L", id="lost superscript"),
        pytest.param(r"[：；]", id="full-width punctuation"),
        pytest.param(r"INCLUSION CRITERIA", id="capital headings"),
        pytest.param(r"\n   \* ", id="nested bullets"),
        pytest.param(r"Cohort [ABC]:", id="cohorts"),
        pytest.param(r"QTc.{0,60}450.{0,40}men.{0,40}470|women.{0,20}470", id="sex-specific QTc"),
        pytest.param(r"9th edition", id="edition of the staging"),
        pytest.param(r"TanyNanyM1", id="TNM wildcards"),
        pytest.param(r"half-lives.{0,30}whichever is shorter", id="washout in half-lives"),
        pytest.param(r"half-lives, whichever is longer", id="the longer washout"),
        pytest.param(r"Gilbert", id="Gilbert"),
        pytest.param(r"5 x ULN (?:with|if) liver metastases", id="liver metastases"),
        pytest.param(r"unknown.{0,40}not excluded|unknown EGFR status does not exclude", id="policy for the unknown"),
        pytest.param(r"[Aa]t least (?:1|2|one) of", id="at least n of"),
        pytest.param(r"platinum-free interval", id="platinum-free interval"),
        pytest.param(r"CPS ≥ 1|CPS\) ≥ 10", id="CPS"),
        pytest.param(r"HER2-low \(IHC 1\+", id="HER2-low"),
        pytest.param(r"count as one line", id="counting of lines"),
        pytest.param(r"HIV.{0,120}eligible", id="controlled HIV"),
        pytest.param(r"Ta bladder tumours|stage I cancer of any site", id="stage words on other cancers"),
        pytest.param(r"must not have", id="negated inclusion"),
        pytest.param(r"Lansky", id="Lansky"),
        pytest.param(r"Child-Pugh class A", id="Child-Pugh"),
    ],
)
def test_criteria_hold_what_readers_must_cope_with(wanted: str) -> None:
    assert any(re.search(wanted, criteria(record), re.DOTALL) for record in records())


def test_criteria_without_an_exclusion_heading() -> None:
    texts = [criteria(record) for record in records() if criteria(record)]
    assert any(not re.search("exclu", text, re.IGNORECASE) for text in texts)
    assert sorted(len(text) for text in texts)[len(texts) // 2] > 1_000
    assert max(len(text) for text in texts) > 2_500


@pytest.mark.parametrize(("one", "other", "only_one", "only_other"), TWINS, ids=lambda value: str(value)[:12])
def test_twins_differ_in_what_the_table_says(one: int, other: int, only_one: str, only_other: str) -> None:
    first, second = by_number(one), by_number(other)
    terms = [
        {mesh["term"] for mesh in record["derivedSection"]["conditionBrowseModule"]["meshes"]}
        for record in (first, second)
    ]
    assert terms[0] & terms[1] or "Breast Neoplasms, Male" in terms[1]
    assert only_one in criteria(first)
    assert only_one not in criteria(second)
    assert only_other in criteria(second)
    assert only_other not in criteria(first)
    table = (sample_path() / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"\| NCT99{one:06d} \| NCT99{other:06d} \|", table)


def test_readme_tells_of_no_twins_that_no_test_knows() -> None:
    table = (sample_path() / "README.md").read_text(encoding="utf-8")
    pairs = {(int(a), int(b)) for a, b in re.findall(r"\| NCT99(\d{6}) \| NCT99(\d{6}) \|", table)}
    assert pairs == {(one, other) for one, other, _, _ in TWINS}


def test_every_record_is_read() -> None:
    for record in records():
        trial = parse_study(record)
        assert trial.nct_id == nct_id(record)
        assert trial.fictitious
        assert trial.overall_status is not None
        assert trial.eligibility.criteria == (criteria(record) or None)
        if trial.overall_status is not OverallStatus.WITHHELD:
            assert trial.conditions
            assert trial.study_type is not None
            assert len(trial.sites) == len(module(record, "contactsLocationsModule").get("locations", []))
