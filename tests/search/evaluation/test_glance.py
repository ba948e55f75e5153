from __future__ import annotations

from search.eligibility.criterion import Criteria
from search.evaluation.glance import cancer_type_counts, criteria_counts, kind_counts, term_shares, understood
from search.extraction.criteria import read_text
from search.index.base import StoredDocument
from search.query_parser import parse_query
from search.results import Explanation
from search.trial import Trial


def stored(criteria: Criteria) -> StoredDocument:
    return StoredDocument(Trial("NCT99000001"), (), criteria)


def test_criteria_are_counted_by_kind_and_by_trial() -> None:
    two = read_text("Inclusion Criteria:\n\n* ECOG 0 to 1\n* Willing to wear a green hat\n", "", ())
    documents = [stored(two), stored(Criteria((), ()))]
    assert criteria_counts(documents) == [2, 0]
    counts = kind_counts(documents)
    assert sum(counts.values()) == 2
    assert counts["performance"] == 1


def test_cancer_types_have_names_and_no_collective_ones() -> None:
    counts = cancer_type_counts({"cancer_type": {"_ANY_": 9, "_SOLID_": 8, "NSCLC": 3, "SCLC": 5}})
    assert list(counts.values()) == [5, 3]
    assert "Non-Small Cell Lung Cancer" in counts


def test_what_was_understood_stands_where_it_was_read() -> None:
    text = "NSCLC without brain metastases"
    found = understood(parse_query(text))
    assert ("cancer", "NSCLC") in {(kind, text[start:end]) for start, end, kind in found}
    assert any("cns" in kind for _, _, kind in found)


def test_shares_of_terms_add_up_over_fields() -> None:
    fields = (
        Explanation(3.0, "title", (Explanation(2.0, "egfr"), Explanation(1.0, "lung"))),
        Explanation(1.0, "summary", (Explanation(1.0, "lung"),)),
    )
    words = Explanation(0.04, "words: rank 1", basis=(Explanation(4.0, "BM25 over the fields", fields),))
    assert term_shares(Explanation(0.04, "sum", (words,))) == {"egfr": 0.5, "lung": 0.5}
    assert term_shares(Explanation(1.0, "named by its id")) == {}
