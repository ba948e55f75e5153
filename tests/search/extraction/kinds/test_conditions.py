from __future__ import annotations

import re
import time

import pytest

from search.eligibility.criterion import Condition, Requirement
from search.extraction.kinds.conditions import CONDITIONS
from search.extraction.kinds.topic_rules import all_triggers, rules_for, topic_rules
from search.extraction.kinds.topic_values import weeks
from search.extraction.lines import criteria_text

REQUIRED, PROHIBITED, ALLOWED = Requirement.REQUIRED, Requirement.PROHIBITED, Requirement.ALLOWED


def read(section: str, statement: str, *conditions: str) -> set[tuple[str, Requirement]]:
    raw = f"{section.title()} Criteria:\n\n* {statement}\n"
    text = criteria_text(raw, "", conditions)
    found = set()
    for line in text.lines:
        if line.is_heading:
            continue
        for finding in CONDITIONS(line, text):
            assert isinstance(finding.fact, Condition)
            assert finding.requirement is not None
            assert 0 <= finding.start < finding.end <= len(raw)
            assert 0.5 <= finding.confidence < 1
            found.add((finding.fact.topic, finding.requirement))
    return found


@pytest.mark.parametrize(
    ("section", "statement", "topic", "expected"),
    [
        ("exclusion", "HIV infection", "HIV", PROHIBITED),
        ("inclusion", "HIV negative", "HIV", PROHIBITED),
        ("inclusion", "Recovered from prior surgery", "toxicity not recovered", PROHIBITED),
        ("inclusion", "No acute toxic effects from prior chemotherapy", "toxicity not recovered", PROHIBITED),
        ("inclusion", "A lesion that can be accurately measured", "measurable disease", REQUIRED),
        ("inclusion", "At least 20 mm with conventional techniques", "measurable disease", REQUIRED),
        ("inclusion", "Understands and signs the ICF", "consent", REQUIRED),
        ("inclusion", "Concurrent corticosteroids are allowed", "steroids", ALLOWED),
        ("inclusion", "Prior surgery allowed", "surgery", ALLOWED),
        ("inclusion", "HIV-infected patients on stable therapy are eligible", "HIV", ALLOWED),
        ("exclusion", "Positive for hepatitis B surface antigen", "HBV", PROHIBITED),
        ("exclusion", "Hepatitis B or C", "HCV", PROHIBITED),
        ("exclusion", "Hepatitis B or C", "HBV", PROHIBITED),
        ("exclusion", "Any uncontrolled infection", "active infection", PROHIBITED),
        ("inclusion", "No infection that needs antibiotics", "active infection", PROHIBITED),
        ("exclusion", "Active tuberculosis", "active infection", PROHIBITED),
        ("exclusion", "Lupus or rheumatoid arthritis", "autoimmune disease", PROHIBITED),
        ("exclusion", "Interstitial lung disease", "interstitial lung disease", PROHIBITED),
        ("exclusion", "Radiation pneumonitis", "pneumonitis", PROHIBITED),
        ("exclusion", "Unstable angina", "cardiac disease", PROHIBITED),
        ("exclusion", "Pulmonary, hepatic, or cardiac disease", "cardiac disease", PROHIBITED),
        ("exclusion", "Congestive heart failure", "heart failure", PROHIBITED),
        ("exclusion", "NYHA class III or IV", "heart failure", PROHIBITED),
        ("exclusion", "Poorly controlled hypertension", "hypertension", PROHIBITED),
        ("inclusion", "Systolic blood pressure below 150 mmHg", "hypertension", PROHIBITED),
        ("exclusion", "Deep vein thrombosis within 3 months", "thromboembolism", PROHIBITED),
        ("exclusion", "Haemoptysis or a bleeding diathesis", "bleeding", PROHIBITED),
        ("exclusion", "Transient ischaemic attack", "stroke", PROHIBITED),
        ("exclusion", "Epilepsy", "seizure", PROHIBITED),
        ("exclusion", "Other malignancy within 3 years", "second malignancy", PROHIBITED),
        ("inclusion", "No prior malignancy except skin cancer", "second malignancy", PROHIBITED),
        ("exclusion", "Pregnant women", "pregnancy", PROHIBITED),
        ("inclusion", "Negative pregnancy test", "pregnancy", PROHIBITED),
        ("inclusion", "Not pregnant or nursing", "breastfeeding", PROHIBITED),
        ("exclusion", "Lactation", "breastfeeding", PROHIBITED),
        ("inclusion", "Use of effective contraception", "contraception", REQUIRED),
        ("exclusion", "Unwilling to use birth control", "contraception", REQUIRED),
        ("exclusion", "Immunodeficiency", "immunosuppression", PROHIBITED),
        ("exclusion", "Systemic corticosteroids within 14 days", "steroids", PROHIBITED),
        ("exclusion", "Inhaled steroids are allowed", "steroids", ALLOWED),
        ("exclusion", "Prior solid organ transplant", "organ transplant", PROHIBITED),
        ("exclusion", "Prior allogeneic stem cell transplantation", "allogeneic transplant", PROHIBITED),
        (
            "inclusion",
            "Relapse after allogeneic transplant, patients who underwent it early",
            "allogeneic transplant",
            REQUIRED,
        ),
        ("inclusion", "No neuropathy above grade 1", "neuropathy", PROHIBITED),
        ("exclusion", "Bowel obstruction", "GI obstruction", PROHIBITED),
        ("inclusion", "Able to swallow tablets", "unable to swallow", PROHIBITED),
        ("exclusion", "Inability to take oral medication", "unable to swallow", PROHIBITED),
        ("inclusion", "At least 4 weeks since major surgery", "surgery", PROHIBITED),
        ("exclusion", "Planned major surgery", "surgery", PROHIBITED),
        ("exclusion", "Live vaccine within 30 days", "live vaccine", PROHIBITED),
        ("exclusion", "Hypersensitivity to paclitaxel", "allergy", PROHIBITED),
        ("exclusion", "Psychiatric illness", "psychiatric", PROHIBITED),
        ("exclusion", "Alcohol or drug abuse", "substance abuse", PROHIBITED),
        ("inclusion", "Measurable disease by RECIST 1.1", "measurable disease", REQUIRED),
        ("exclusion", "No measurable lesion", "measurable disease", REQUIRED),
        ("inclusion", "Life expectancy of at least 3 months", "life expectancy", REQUIRED),
        ("exclusion", "Life expectancy below 3 months", "life expectancy", REQUIRED),
        ("inclusion", "Archival tumor tissue must be available", "tissue available", REQUIRED),
        ("inclusion", "Willing to undergo a fresh biopsy", "tissue available", REQUIRED),
        ("inclusion", "Written informed consent", "consent", REQUIRED),
        ("exclusion", "Unable to give informed consent", "consent", REQUIRED),
        ("exclusion", "Medication known to prolong the QT interval", "QT drugs", PROHIBITED),
        ("exclusion", "Strong inhibitors of CYP3A4", "CYP drugs", PROHIBITED),
        ("exclusion", "Therapeutic anticoagulation", "anticoagulation", PROHIBITED),
        ("exclusion", "Ascites that needs drainage", "pleural effusion or ascites", PROHIBITED),
        ("exclusion", "Hearing loss", "hearing loss", PROHIBITED),
        ("inclusion", "Patients with diabetes must have a normal HbA1c", "diabetes", PROHIBITED),
        ("inclusion", "Patients with diabetes must see a dietician", "diabetes", ALLOWED),
        ("exclusion", "Cirrhosis", "liver disease", PROHIBITED),
        ("exclusion", "Dialysis", "kidney disease", PROHIBITED),
        ("exclusion", "COPD or asthma", "lung disease", PROHIBITED),
        ("exclusion", "Unresolved toxicity of prior therapy", "toxicity not recovered", PROHIBITED),
        ("inclusion", "Recovered from side effects of earlier treatment", "toxicity not recovered", PROHIBITED),
    ],
)
def test_topics(section: str, statement: str, topic: str, expected: Requirement) -> None:
    wrapped = re.sub(r" (?=[a-z])", "\n      ", statement, count=1)
    for words in (statement, statement.upper(), wrapped, statement.replace(" ", "  ")):
        assert (topic, expected) in read(section, words)


def test_the_table_knows_every_topic_of_the_format() -> None:
    named = {rule.topic for rule in topic_rules()} | {"second malignancy"}
    assert len(named) == 44


@pytest.mark.parametrize(
    ("section", "statement", "topic"),
    [
        ("exclusion", "Patients who wear hearing aids", "HIV"),
        ("inclusion", "HIV testing is not required", "HIV"),
        ("exclusion", "HIV infection", "active infection"),
        ("exclusion", "Portal hypertension", "hypertension"),
        ("exclusion", "Nursing home residents", "breastfeeding"),
        ("inclusion", "Contraception to prevent pregnancy", "pregnancy"),
        ("exclusion", "Human immunodeficiency virus", "immunosuppression"),
        ("exclusion", "Autoimmune disease treated with steroids", "steroids"),
        ("exclusion", "Non-steroidal drugs", "steroids"),
        ("inclusion", "Dexamethasone-sensitive myeloma", "steroids"),
        ("inclusion", "INR below 1.5 unless on anticoagulation", "anticoagulation"),
        ("inclusion", "Imaging within 28 days of signing informed consent", "consent"),
        ("inclusion", "Biopsy-proven sarcoma", "tissue available"),
        ("inclusion", "Unresectable disease after surgery", "surgery"),
        ("inclusion", "Minimal residual disease that is measurable", "measurable disease"),
        ("exclusion", "Interstitial lung disease", "lung disease"),
        ("inclusion", "Unfit for cisplatin because of hearing loss", "hearing loss"),
        ("exclusion", "Bone marrow depression", "psychiatric"),
        ("exclusion", "Prior chemotherapy for lung cancer", "second malignancy"),
        ("exclusion", "CYP2D6 poor metabolizers", "CYP drugs"),
    ],
)
def test_words_that_mean_something_else(section: str, statement: str, topic: str) -> None:
    assert topic not in {found for found, _ in read(section, statement)}


def test_pregnancy_breastfeeding_and_contraception_are_items_of_their_own() -> None:
    found = read("exclusion", "Pregnant, breast-feeding, or unwilling to use contraception")
    assert found == {("pregnancy", PROHIBITED), ("breastfeeding", PROHIBITED), ("contraception", REQUIRED)}


def test_an_illness_is_asked_for_only_where_the_trial_is_about_it() -> None:
    assert ("HBV", REQUIRED) in read("inclusion", "Chronic hepatitis B", "Hepatitis B", "Liver Cancer")
    assert ("HBV", PROHIBITED) in read("inclusion", "Chronic hepatitis B", "Liver Cancer")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("life expectancy of at least 3 months", 12),
        ("life expectancy > 8 weeks", 8),
        ("expected survival of six (6) months", 24),
        ("life expectancy 12 months", 52),
        ("life expectancy of 1 year", 52),
        ("life expectancy of 90 days", 13),
        ("a good life expectancy", None),
    ],
)
def test_lengths_of_life_are_weeks(words: str, expected: int | None) -> None:
    assert weeks(words) == expected


def test_values_are_noted() -> None:
    raw = "Exclusion Criteria:\n\n* Myocardial infarction or unstable angina\n* Life expectancy < 12 weeks\n"
    text = criteria_text(raw)
    facts = [f.fact for line in text.lines if not line.is_heading for f in CONDITIONS(line, text)]
    assert Condition("cardiac disease", "myocardial infarction") in facts
    assert Condition("cardiac disease", "angina") in facts
    assert Condition("life expectancy", 12) in facts


def test_triggers_select_the_rules() -> None:
    assert all(trigger == trigger.lower() for trigger in all_triggers())
    assert [rule.topic for rule, _ in rules_for("known hiv infection")] == ["HIV", "active infection"]


def test_long_lines_stay_cheap() -> None:
    for words in (
        "patients with hiv on ",
        "toxicity of recovered ",
        "live vaccine tissue biopsy ",
        "other prior of any ",
    ):
        raw = "Inclusion Criteria:\n\n* " + words * (200_000 // len(words))
        text = criteria_text(raw)
        line = max(text.lines, key=lambda x: x.end - x.start)
        begun = time.process_time()
        list(CONDITIONS(line, text))
        assert time.process_time() - begun < 3.0


@pytest.mark.parametrize(
    ("length", "expected"), [("At least 3 months", 12), ("More than 8 weeks", 8), ("At least 12 months", 52)]
)
def test_a_bare_length_below_its_label_is_a_life_expectancy(length: str, expected: int) -> None:
    text = criteria_text(f"Inclusion Criteria:\n\nLife expectancy:\n\n* {length}\n")
    found = [finding for line in text.lines if not line.is_heading for finding in CONDITIONS(line, text)]
    assert [(one.fact, one.requirement) for one in found] == [(Condition("life expectancy", expected), REQUIRED)]


def test_a_length_below_another_label_is_none() -> None:
    text = criteria_text("Inclusion Criteria:\n\nChemotherapy:\n\n* At least 3 months\n")
    assert [finding for line in text.lines if not line.is_heading for finding in CONDITIONS(line, text)] == []
