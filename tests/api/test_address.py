from __future__ import annotations

import pytest

from api.address import address, is_shareable, shareable
from api.filters import parse_filters
from api.views import EXAMPLES
from search.query import Filters

SHAREABLE = [
    "",
    "lung cancer",
    "EGFR L858R osimertinib",
    "EGFR exon 20 insertion",
    "phase 3 melanoma",
    "stage IV nasopharyngeal carcinoma",
    "Phase I/II CD19 CAR-T",
    "phase 1/2 BRCA1/2",
    "PD-1 IL-2 p53 HER2",
    "type 2 papillary renal cell carcinoma",
    "NCT01234567",
    "β-catenin",
    *EXAMPLES,
]
PERSONAL = [
    "67 year old with lung cancer",
    "67-year-old lung cancer",
    "67yo NSCLC",
    "NSCLC 67F",
    "67 M melanoma",
    "lung cancer 67",
    "aged 54 breast cancer",
    "man with prostate cancer",
    "my mother has breast cancer",
    "I have melanoma",
    "female, triple negative",
    "patient with glioma",
    "ECOG 1 lung cancer",
    "born 1957 melanoma",
    "melanoma 12/03/1957",
    "melanoma 2024-01-02",
    "melanoma john@example.org",
    "call +49 170 1234567",
    "PSA 12.4 prostate cancer",
    "diagnosed with sarcoma",
    "two\nlines",
    "one two three four five six seven eight nine",
    "x" * 61,
]


@pytest.mark.parametrize("text", SHAREABLE)
def test_impersonal_queries_may_appear(text: str) -> None:
    assert is_shareable(text)


@pytest.mark.parametrize("text", PERSONAL)
def test_what_may_be_personal_never_appears(text: str) -> None:
    assert not is_shareable(text)
    assert text.split(maxsplit=1)[0] not in address(text, Filters()).replace("/search", "")


def test_filters_that_describe_a_person_never_appear() -> None:
    filters = parse_filters([("status", "RECRUITING"), ("age", "54"), ("sex", "FEMALE"), ("near", "48,2,50")])
    assert not shareable("lung", filters)
    assert address("lung", filters) == "/search?q=lung&status=RECRUITING"
    assert shareable("lung", parse_filters([("status", "RECRUITING"), ("country", "France")]))
    assert address("", Filters()) == "/"
