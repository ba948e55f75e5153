from __future__ import annotations

import pytest

from search.eligibility.criterion import Requirement
from search.extraction.lines import criteria_text
from search.extraction.polarity import stance

REQUIRED, PROHIBITED, ALLOWED = Requirement.REQUIRED, Requirement.PROHIBITED, Requirement.ALLOWED


def meaning(section: str, statement: str, words: str) -> Requirement:
    raw = f"{section.title()} Criteria:\n\n* {statement}\n"
    text = criteria_text(raw)
    line = next(line for line in text.lines if not line.is_heading)
    start = raw.index(words)
    return stance(line, start, start + len(words)).requirement


@pytest.mark.parametrize(
    ("section", "statement", "words", "expected"),
    [
        ("inclusion", "Metastatic disease", "Metastatic", REQUIRED),
        ("inclusion", "No brain metastases", "brain metastases", PROHIBITED),
        ("inclusion", "Participants must not have received docetaxel", "docetaxel", PROHIBITED),
        ("inclusion", "Absence of leptomeningeal disease", "leptomeningeal", PROHIBITED),
        ("inclusion", "Treated brain metastases are allowed", "brain metastases", ALLOWED),
        ("inclusion", "Any sarcoma except Ewing sarcoma", "Ewing sarcoma", PROHIBITED),
        ("exclusion", "Brain metastases", "Brain metastases", PROHIBITED),
        ("exclusion", "Brain metastases unless treated and stable", "treated and stable", ALLOWED),
        ("exclusion", "Patients with treated brain metastases are eligible", "treated brain metastases", ALLOWED),
        ("exclusion", "Patients without measurable disease", "measurable disease", REQUIRED),
        ("exclusion", "Active hepatitis B. Resolved hepatitis B is permitted", "Resolved hepatitis B", ALLOWED),
        ("exclusion", "Active hepatitis B. Resolved hepatitis B is permitted", "Active hepatitis B", PROHIBITED),
        ("inclusion", "Patients with uveal melanoma are not eligible", "uveal melanoma", PROHIBITED),
    ],
)
def test_meaning_for_the_patient(section: str, statement: str, words: str, expected: Requirement) -> None:
    assert meaning(section, statement, words) is expected


@pytest.mark.parametrize(
    ("section", "statement", "words", "expected"),
    [
        # several negations: the nearest counts, and only two that stand together cancel
        ("inclusion", "No prior imatinib, no prior sunitinib, and no prior pazopanib", "pazopanib", PROHIBITED),
        ("inclusion", "No prior imatinib, no prior sunitinib, and no prior pazopanib", "sunitinib", PROHIBITED),
        ("inclusion", "Neither imatinib nor sunitinib before", "sunitinib", PROHIBITED),
        ("inclusion", "Has not had surgery and has no ascites", "ascites", PROHIBITED),
        ("inclusion", "Must not be without a caregiver", "caregiver", REQUIRED),
        ("exclusion", "Patients who have not received a platinum", "platinum", REQUIRED),
        ("exclusion", "Patients who are not receiving bisphosphonates", "bisphosphonates", REQUIRED),
        ("exclusion", "Unable to swallow tablets", "swallow tablets", REQUIRED),
        # what does not negate
        ("inclusion", "Stage IV disease with or without liver lesions", "liver lesions", REQUIRED),
        ("inclusion", "No more than two regimens, one with a taxane", "taxane", REQUIRED),
        ("inclusion", "Sarcoma, including but not limited to liposarcoma", "liposarcoma", REQUIRED),
        # negation ends with its clause
        ("inclusion", "No chemotherapy before but radiotherapy completed", "radiotherapy", REQUIRED),
        ("inclusion", "Must not have had surgery and must have measurable lesions", "measurable lesions", REQUIRED),
        # modal verbs mean what they say in either section
        ("exclusion", "Patients must not have ascites", "ascites", PROHIBITED),
        ("exclusion", "Patients must have measurable lesions", "measurable lesions", REQUIRED),
        ("exclusion", "Patients who must take steroids", "steroids", PROHIBITED),
        ("inclusion", "Participants may not have uveal melanoma", "uveal melanoma", PROHIBITED),
        # forbiddance and permission
        ("inclusion", "Patients with nasopharyngeal primaries will be excluded", "nasopharyngeal", PROHIBITED),
        ("inclusion", "Those with gliomas are ineligible", "gliomas", PROHIBITED),
        ("inclusion", "Patients who are ineligible for cisplatin", "cisplatin", PROHIBITED),
        ("exclusion", "Vitiligo will not be excluded", "Vitiligo", ALLOWED),
        ("exclusion", "Hearing aids do not exclude a patient", "Hearing aids", ALLOWED),
        ("inclusion", "Patients may have received radiotherapy", "radiotherapy", ALLOWED),
        ("inclusion", "Patients are eligible if they have stage III disease", "stage III", REQUIRED),
        ("exclusion", "HIV-infected patients with high CD4 counts are eligible", "HIV", ALLOWED),
        ("exclusion", "Treated lesions are allowed provided there is no new bleeding", "new bleeding", ALLOWED),
        ("exclusion", "Active colitis, but healed ulcers are allowed", "colitis", PROHIBITED),
        ("exclusion", "Active colitis, but healed ulcers are allowed", "healed ulcers", ALLOWED),
        ("exclusion", "Uncontrolled effusions (those drained may be enrolled)", "effusions", PROHIBITED),
        # exceptions invert what they bound
        ("inclusion", "No other tumor except skin carcinoma", "skin carcinoma", ALLOWED),
        ("inclusion", "Must have had a taxane unless contraindicated", "contraindicated", ALLOWED),
        ("inclusion", "Prior chemotherapy is allowed except anthracyclines", "anthracyclines", PROHIBITED),
        ("inclusion", "Head and neck cancer (excluding nasopharynx)", "nasopharynx", PROHIBITED),
        ("inclusion", "Head and neck cancer (excluding nasopharynx) with nodes", "nodes", REQUIRED),
        ("exclusion", "Any therapy other than tamoxifen", "tamoxifen", ALLOWED),
        ("exclusion", "Surgery other than biopsy within 4 weeks or planned dialysis", "dialysis", PROHIBITED),
        ("exclusion", "Other than alopecia, any toxicity of grade 2", "toxicity", PROHIBITED),
        ("exclusion", "Hepatitis C antibody (except liver cancer) or HIV infection", "HIV", PROHIBITED),
        ("exclusion", "Stable lesions are fine. This exception does not include meningitis", "meningitis", PROHIBITED),
        # one statement over a list
        ("inclusion", "No serious illness, including: angina; heart block", "heart block", PROHIBITED),
    ],
)
def test_algebra(section: str, statement: str, words: str, expected: Requirement) -> None:
    assert meaning(section, statement, words) is expected


def test_meaning_does_not_depend_on_wrapping() -> None:
    statement = "Patients must not have had any other tumor with the exception of skin carcinoma"
    wrapped = statement.replace("must not", "must\n    not").replace("with the", "with\n    the")
    for words, expected in (("other tumor", PROHIBITED), ("skin carcinoma", ALLOWED)):
        assert meaning("inclusion", statement, words) is expected
        assert meaning("inclusion", wrapped, words) is expected


@pytest.mark.parametrize(
    ("section", "lead", "item", "expected"),
    [
        ("inclusion", "Patients must not have any of the following:", "ascites", PROHIBITED),
        ("inclusion", "No history of:", "ascites", PROHIBITED),
        ("inclusion", "One of the following:", "ascites", REQUIRED),
        ("exclusion", "Any of the following:", "ascites", PROHIBITED),
        ("exclusion", "The following are allowed:", "ascites", ALLOWED),
        ("exclusion", "Any effusion, except:", "ascites", ALLOWED),
        ("exclusion", "Patients must have all of the following:", "ascites", REQUIRED),
    ],
)
def test_the_governing_line_has_its_say(section: str, lead: str, item: str, expected: Requirement) -> None:
    raw = f"{section.title()} Criteria:\n\n* {lead}\n\n  * {item}\n  * something else\n"
    text = criteria_text(raw)
    start = raw.index(item)
    line = next(line for line in text.lines if line.start <= start < line.end)
    assert stance(line, start, start + len(item), text).requirement is expected


def test_a_long_statement_stays_cheap() -> None:
    raw = "Inclusion Criteria:\n\n* " + "no (other than " * 14_000
    text = criteria_text(raw)
    line = max(text.lines, key=lambda x: x.end - x.start)
    assert stance(line, line.start + 100_000, line.start + 100_010, text).requirement in Requirement


def test_an_exception_is_kept_beside_what_it_bounds() -> None:
    raw = "Exclusion Criteria:\n\n* Prior platinum therapy unless given more than a year ago\n"
    line = next(line for line in criteria_text(raw).lines if not line.is_heading)
    start = raw.index("Prior")
    found = stance(line, start, start + len("Prior platinum therapy"))
    assert found.requirement is PROHIBITED
    assert found.exception is not None
    assert raw[slice(*found.exception)] == "unless given more than a year ago"


def test_a_line_that_opens_with_unless_excepts_all_of_itself() -> None:
    raw = "Inclusion Criteria:\n\n* UNLESS these drugs do not suit (for example, for comorbidity, such as lupus)\n"
    text = criteria_text(raw)
    line = next(line for line in text.lines if not line.is_heading)
    at = raw.index("lupus")
    assert stance(line, at, at + 5, text).requirement is Requirement.ALLOWED
