"""The analyzer: what finds what, what stays whole, and that offsets point at what was written."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search.text import MAX_TERM_LENGTH, STOP_WORDS, analyze, fold_name, occurrences, terms


@pytest.mark.parametrize(
    ("spellings", "term"),
    [
        ("PD-L1|PDL1|PD L1|pd-l1|Pd‑L1|anti-PD-L1|anti-PDL1|PD-L1-positive|PD-(L)1|PD-1/L1", "pdl1"),
        ("PD-1|PD1|PD 1|anti-PD-1|anti-PD1|PD-(L)1|PD-1/PD-L1", "pd1"),
        ("HER2|HER-2|HER 2|her2|HER2-positive|HER2/neu|HER2+", "her2"),
        ("CD19|CD-19|CD 19|anti-CD19|CD19+", "cd19"),
        ("CDK4/6|CDK4|cdk-4", "cdk4"),
        ("CDK4/6|CDK6|CDK-6", "cdk6"),
        ("BRCA1/2|BRCA2|BRCA-2", "brca2"),
        ("L858R|p.L858R|EGFR-L858R|EGFR(L858R)|p.Leu858Arg", "l858r"),
        ("G12C|p.G12C|KRASG12C|KRAS-G12C|KRAS p.(Gly12Cys)|Gly12Cys", "g12c"),
        ("V600E|V600E/K|BRAFV600E|BRAF V600E", "v600e"),
        ("V600K|V600E/K", "v600k"),
        ("KRAS|KRASG12C|kras|KRAS-G12C", "kras"),
        ("JAB-21822|JAB21822|JAB 21822|jab-21822", "jab21822"),
        ("AZD9291|AZD-9291|azd 9291", "azd9291"),
        ("MK-3475|MK3475|MK 3475", "mk3475"),
        ("BGB-A317|BGBA317", "bgba317"),
        ("5-FU|5FU", "5fu"),
        ("T-DM1|TDM1", "tdm1"),
        ("177Lu|Lu-177|177-Lu|lutetium-177|Lu 177|177Lu-PSMA-617|[177Lu]Lu-PSMA-617", "177lu"),
        ("I-131|131I|iodine-131|131I-MIBG", "131i"),
        ("PSMA|PSMA-617|177Lu-PSMA-617|PSMA-targeted", "psma"),
        ("NCT01234567|nct01234567|(NCT01234567)", "nct01234567"),
        ("HLA-A*02:01|HLA-A*0201|HLA-A*02|HLA-A2", "hlaa2"),
        ("HLA-A*02:01|HLA-A*0201|HLA-A*02:01:01", "hlaa0201"),
        ("Ki-67|Ki67|KI 67", "ki67"),
        ("CLDN18.2|cldn18.2|CLDN 18.2", "cldn18.2"),
        ("β-catenin|beta-catenin|TGF-β|TGFβ|TGF-beta", "beta"),
        ("EGFR|ＥＧＦＲ|egfr|EGFR-mutant", "egfr"),
        ("ER+|ER-positive|HER2+|CD20 positive", "posit"),
        ("ER-|ER-negative|HER2-", "negat"),
    ],
)  # fmt: skip
def test_spellings_meet(spellings: str, term: str) -> None:
    for spelling in spellings.split("|"):
        assert term in terms(spelling), spelling


@pytest.mark.parametrize(
    ("spellings", "count"),
    [
        ("metastasis|metastases|metastatic|Metastasis|mets|Mets", 1),
        ("mets|MET", 2),
        ("carcinoma|carcinomas|carcinomata", 1),
        ("therapy|therapies", 1),
        ("tumour|tumor|tumours|TUMORS", 1),
        ("leukaemia|leukemia|leukemias", 1),
        ("haemorrhage|hemorrhage", 1),
        ("oesophagus|esophagus", 1),
        ("oesophageal|esophageal", 1),
        ("gastrooesophageal|gastroesophageal", 1),
        ("oedema|edema", 1),
        ("diarrhoea|diarrhea", 1),
        ("anaemia|anemia", 1),
        ("ischaemic|ischemic", 1),
        ("neutropaenia|neutropenia", 1),
        ("paediatric|pediatric|pediatrics", 1),
        ("randomised|randomized|randomisation|randomization", 1),
        ("diagnosis|diagnoses", 1),
        ("thrombosis|thromboses", 1),
        ("mutation|mutations|mutated", 1),
        ("Hodgkin|Hodgkin's|Hodgkin’s", 1),
        ("Waldenström|Waldenstrom", 1),
        ("fibre|fiber|fibres", 1),
        ("centre|center|centers", 1),
        ("disease|dose", 2),
        ("raised|raise", 1),
        ("kras|nras", 2),
    ],
)
def test_word_forms_meet(spellings: str, count: int) -> None:
    assert len({terms(spelling) for spelling in spellings.split("|")}) == count


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no prior therapy, not treated", "no prior therapi not treat"),
        ("EGFR KRAS MET RAS ALK", "egfr kras met ras alk"),
        ("grade 3-4", "grade 3 4"),
        ("ECOG 0-1", "ecog 0 1"),
        ("day-28 stage-3", "day 28 stage 3"),
        ("B-cell non-small-cell", "b cell non small cell"),
        ("≥ 1,500/mm3 and >=1.5", "1500 mm3 1.5"),
        ("≥18 years", "18 year"),
        ("phase I/II", "phase i ii"),
        ("U.S. e.g. word.Next", "us eg word next"),
        ("FGFR1-3", "fgfr1 3"),
        ("EML4-ALK BCR::ABL1", "eml4 alk bcr abl1"),
        ("10 μg/mL µmol", "10 ug ml umol"),
        ("c.2573T>G", "c2573t>g"),
        ("HER 2-positive stage 3 disease", "her2 posit stage 3 diseas"),
        ("received 5-FU in cycle 5-6 of phase 1/2", "receiv 5fu cycl 5 6 phase 1 2"),
        ("BRCA 1/2, CDK 4/6", "brca1 brca2 cdk4 cdk6"),
        ("x(L)1", "x l 1"),
        ("ANC 1500 and AZD 9291", "anc 1500 azd9291"),
        ("the of and in a", ""),
        ("18+ years", "18 year"),
        ("", ""),
    ],
)
def test_terms(text: str, expected: str) -> None:
    assert " ".join(terms(text)) == expected


def test_variants_of_different_genes_stay_apart() -> None:
    assert "krasg12c" not in terms("KRAS G12C")
    assert terms("HER2-low") == ("her2", "low")
    assert terms("CD4+CD25+")[:2] == ("cd4", "cd25")


def test_no_stop_word_negates() -> None:
    assert not STOP_WORDS & {"no", "not", "without", "never", "non"}
    assert not any(any(c.isdigit() for c in word) for word in STOP_WORDS)


@pytest.mark.parametrize(
    ("text", "term", "quote"),
    [
        ("patients with PD-L1 expression", "pdl1", "PD-L1"),
        ("the PD L1 assay", "pdl1", "PD L1"),
        ("anti-PD-1/PD-L1 therapy", "pd1", "PD-1"),
        ("CDK4/6 inhibitors", "cdk6", "6"),
        ("mutant p.Gly12Cys", "g12c", "p.Gly12Cys"),
        ("active TGFβ signalling", "beta", "β"),
        ("active TGFβ signalling", "tgf", "TGF"),
        ("Waldenström’s disease", "waldenstrom", "Waldenström’s"),
        ("é́tude ﬁbrosis ＥＧＦＲ!", "egfr", "ＥＧＦＲ"),
        ("soft\u00adhyphen", "softhyphen", "soft\u00adhyphen"),
        ("BRAFV600E", "v600e", "V600E"),
        ("ER+ tumours", "posit", "+"),
    ],
)
def test_offsets_quote_what_was_written(text: str, term: str, quote: str) -> None:
    assert quote in [text[t.start : t.end] for t in analyze(text) if t.term == term]


ANYTHING = st.text(st.characters() | st.sampled_from("aeiosxL1 2-–/.'’*+(),:>µβ\u0301\ud800\x00"), max_size=80)


@given(ANYTHING)
@example("PD-(L)1")
@example("\ud800\udfff")
@example("İ/ﬁ/ß")
def test_any_text_gives_clean_terms_and_offsets(text: str) -> None:
    tokens = analyze(text)
    assert tuple(token.term for token in tokens) == terms(text)
    for token in tokens:
        assert 0 <= token.start < token.end <= len(text)
        assert 0 < len(token.term) <= MAX_TERM_LENGTH
        assert not any(c.isspace() for c in token.term)
        token.term.encode()  # every engine takes UTF-8
    starts = [token.start for token in tokens]
    assert starts == sorted(starts)


@given(st.lists(st.sampled_from(["PD-L1", "metastases", "β-catenin", "5-FU", "no", "≥18", "HLA-A*02:01"]), max_size=8))
def test_a_text_is_the_sum_of_its_sentences(words: list[str]) -> None:
    assert terms(". ".join(words)) == tuple(term for word in words for term in terms(word))


@pytest.mark.parametrize("text", ["a-b/c.d,", "a", "-/.+", "a''", "1,", "β", "HER ", "p.", "x\u0301", "a_"])
def test_long_runs_take_linear_time(text: str) -> None:
    def seconds(times: int) -> float:
        start = time.process_time()
        terms(text * times)
        return time.process_time() - start

    seconds(1000)
    assert seconds(16_000) < 40 * max(seconds(1_600), 0.01)


def test_speed() -> None:
    text = "Patients with metastatic non-small-cell lung cancer and PD-L1 expression of 50% or more (phase 3). " * 3000
    terms(text[:1000])
    start = time.process_time()
    terms(text)
    assert len(text) / (time.process_time() - start) > 1.0e6


@pytest.mark.parametrize(
    ("names", "folded"),
    [
        (("São Paulo", "SAO PAULO ", "sao-paulo", "São  Paulo"), "sao paulo"),
        (("Côte d'Ivoire", "Cote D’Ivoire"), "cote d ivoire"),
        (("Łódź",), "lodz"),
        (("Straße", "STRASSE"), "strasse"),
        (("  ", "—", ""), ""),
    ],
)
def test_names_fold(names: tuple[str, ...], folded: str) -> None:
    assert {fold_name(name) for name in names} == {folded}


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(name: str) -> None:
    once = fold_name(name)
    assert fold_name(once) == once


_PARTS = (
    "a",
    "B",
    "l1",
    "L1",
    "1",
    "2.5",
    "(L)",
    "(l)-1",
    "PD",
    "HER",
    "IL",
    "V600E",
    "β",
    "é",
    "\u0301",
    "x",
    "_",
    "٣",
    "*",
)
_MARKS = (" ", "  ", "\n", "\t", "\u00a0", "-", "+", "/", "\u2013", ".", ",", ":", "'", "\ud800")


@given(st.lists(st.sampled_from(_PARTS + _MARKS), max_size=16).map("".join))
@example("PD L1 2 3 PD-(L)1 her 2 neu")
@example("12 kg of x" * 9)
def test_reading_word_by_word_finds_what_reading_the_whole_text_finds(text: str) -> None:
    whole = analyze(text)
    assert terms(text) == tuple(token.term for token in whole)
    wanted = {token.term for token in whole[::2]}
    assert occurrences(text, wanted) == [token for token in whole if token.term in wanted]
    assert occurrences(text, ()) == []
