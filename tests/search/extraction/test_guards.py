from __future__ import annotations

import pytest

from search.extraction.guards import is_other_malignancy
from search.extraction.lines import criteria_text


def speaks_of_another(section: str, statement: str, words: str) -> bool:
    raw = f"{section.title()} Criteria:\n\n* Adequate organ function\n* {statement}\n"
    text = criteria_text(raw)
    start = raw.index(words)
    line = next(x for x in text.lines if x.start <= start < x.end)
    return is_other_malignancy(line, start, start + len(words), text)


@pytest.mark.parametrize(
    ("section", "statement", "words"),
    [
        ("exclusion", "Other malignancy within 3 years, except treated stage I cervical cancer", "stage I"),
        ("exclusion", "Second primary cancer, unless stage II and in remission", "stage II"),
        (
            "exclusion",
            "Known additional malignancy that is progressing; exceptions include basal cell carcinoma",
            "basal cell",
        ),
        (
            "exclusion",
            "History of malignancy in the last five years save for Ta or T1 bladder cancer",
            "bladder cancer",
        ),
        ("exclusion", "Any malignancy other than lung cancer during the past 2 years", "lung cancer"),
        ("exclusion", "Breast cancer patients who had another cancer before", "Breast cancer"),
        (
            "exclusion",
            "Concurrent active malignancy. Localised prostate cancer on surveillance is allowed",
            "prostate cancer",
        ),
        ("inclusion", "No prior malignancy except non-melanoma skin cancer or DCIS", "DCIS"),
        ("inclusion", "Disease-free for at least 5 years from any earlier stage I or II cancer", "stage I or II"),
        (
            "inclusion",
            "Adequately treated basal cell carcinoma or in situ cervical cancer is acceptable",
            "cervical cancer",
        ),
        ("inclusion", "NSCLC without any other malignancy, apart from thyroid cancer in remission", "thyroid cancer"),
    ],
)
def test_another_malignancy(section: str, statement: str, words: str) -> None:
    assert speaks_of_another(section, statement, words)
    assert speaks_of_another(section, statement.upper(), words.upper())


@pytest.mark.parametrize(
    ("section", "statement", "words"),
    [
        ("inclusion", "Histologically confirmed stage III breast cancer", "stage III"),
        ("inclusion", "Locally advanced basal cell carcinoma", "basal cell carcinoma"),
        ("inclusion", "Ductal carcinoma in situ of the breast", "Ductal carcinoma"),
        ("inclusion", "NSCLC without any other malignancy", "NSCLC"),
        ("inclusion", "Metastatic melanoma. No other malignancy within 3 years", "melanoma"),
        ("inclusion", "Prior cancer treatment for stage IV colon cancer has ended", "stage IV"),
        ("inclusion", "Has received prior chemotherapy for metastatic gastric cancer", "gastric cancer"),
        ("exclusion", "Small cell lung cancer histology", "Small cell lung cancer"),
        ("exclusion", "Previous tumor biopsy of the pancreatic cancer refused", "pancreatic cancer"),
        ("exclusion", "Prior systemic therapy for stage IV disease", "stage IV"),
    ],
)
def test_the_disease_under_study(section: str, statement: str, words: str) -> None:
    assert not speaks_of_another(section, statement, words)


def test_the_head_may_stand_in_the_governing_line() -> None:
    raw = (
        "Exclusion Criteria:\n\n* Any other malignancy, except:\n\n  * stage I uterine cancer\n  * bladder cancer\n\n"
        "* Bone sarcoma\n"
    )
    text = criteria_text(raw)

    def found(words: str) -> bool:
        start = raw.index(words)
        line = next(x for x in text.lines if x.start <= start < x.end)
        return is_other_malignancy(line, start, start + len(words), text)

    assert found("stage I uterine")
    assert found("bladder cancer")
    assert not found("Bone sarcoma")


def test_exceptions_may_follow_in_a_line_of_their_own() -> None:
    raw = "Exclusion Criteria:\n\n* Concurrent malignancy\n* Exceptions are stage I thyroid cancer\n* Thyroid storm\n"
    text = criteria_text(raw)
    start = raw.index("stage I")
    line = next(x for x in text.lines if x.start <= start < x.end)
    assert is_other_malignancy(line, start, start + 7, text)
    assert not is_other_malignancy(line, start, start + 7)


def test_long_texts_stay_cheap() -> None:
    raw = "Exclusion Criteria:\n\n* " + "other prior history of and or " * 7000
    text = criteria_text(raw)
    line = max(text.lines, key=lambda x: x.end - x.start)
    assert not is_other_malignancy(line, line.start + 100, line.start + 110, text)
