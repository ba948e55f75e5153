"""Cancer types in text, in the language of trials."""

from __future__ import annotations

import itertools
import time

import pytest

from search.terminology.cancers import (
    cancer_types_of,
    display_name,
    find_cancers,
    resolve_cancer,
    with_ancestors,
)
from search.trial import MeshTerm, Trial


def codes(text: str, context: str = "") -> set[str]:
    return {code for mention in find_cancers(text, context) for code in mention.codes}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # organs
        ("metastatic breast cancer", "BREAST"),
        ("carcinoma of the breast", "BREAST"),
        ("Breast Neoplasms", "BREAST"),
        ("malignancies of the pancreas", "PANCREAS"),
        ("stage II colon cancer", "COAD"),
        ("colorectal tumours", "COADREAD"),
        ("oesophageal cancer", "STOMACH"),
        ("gastric or gastroesophageal junction cancer", "STOMACH"),
        ("head & neck cancer", "HEAD_NECK"),
        ("hepatic carcinoma", "HCC"),
        ("renal cancer", "KIDNEY"),
        ("brain tumours", "BRAIN"),
        # histology and organ
        ("squamous cell carcinoma of the lung", "LUSC"),
        ("lung adenocarcinoma", "LUAD"),
        ("adenocarcinoma of the prostate", "PRAD"),
        ("bladder urothelial carcinoma", "BLCA"),
        ("epidermoid carcinoma of the anal canal", "ANSC"),
        ("neuroendocrine tumor of the pancreas", "PANET"),
        ("endometrioid adenocarcinoma of the uterus", "UEC"),
        ("small cell carcinoma of the bladder", "SCBC"),
        ("cutaneous squamous cell carcinoma", "CSCC"),
        ("SCC of the oral cavity", "OCSC"),
        # coordination
        ("breast, lung and ovarian cancer", "BREAST LUNG OVARY"),
        ("cancer of the lung or breast", "LUNG BREAST"),
        ("squamous or adenosquamous carcinoma of\n   the cervix", "CESC CEAS"),
        ("basal cell or squamous cell carcinoma of the skin", "BCC CSCC"),
        ("esophageal, gastric, hepatocellular and cervical cancers", "STOMACH HCC CERVIX"),
        ("high-grade serous ovarian, fallopian tube, or primary peritoneal cancer", "HGSOC HGSFT PSEC"),
        ("ovarian cancer with clear cell or mucinous histology", "CCOV MOV"),
        ("CNS or solid tumors", "BRAIN _SOLID_"),
        ("lung adenocarcinoma, melanoma and breast cancer", "LUAD MEL BREAST"),
        ("HNSCC (oral cavity, oropharynx, or larynx)", "OCSC OPHSC LXSC"),
        # registry and MeSH style
        ("Carcinoma, Non-Small-Cell Lung", "NSCLC"),
        ("Lymphoma, B-Cell", "MBN"),
        ("Neoplasms, Breast", "BREAST"),
        ("Leukemia, Lymphocytic, Chronic, B-Cell", "CLLSLL"),
        ("Precursor Cell Lymphoblastic Leukemia-Lymphoma", "BLL TLL"),
        # names
        ("Hodgkin's disease", "HL"),
        ("Waldenström macroglobulinaemia", "WM"),
        ("glioblastoma multiforme", "GB"),
        ("Ph+ acute lymphoblastic leukaemia", "BLLBCRABL1"),
        ("hepatocellular carcinoma", "HCC"),
        ("castration-resistant prostate cancer", "PROSTATE"),
        ("desmoid tumors", "DES"),
        ("cancer of unknown primary", "CUP"),
        ("non–small\u00a0cell lung cancer", "NSCLC"),
        # groups
        ("haematological malignancies", "_LIQUID_"),
        ("advanced solid tumours", "_SOLID_"),
        ("gynecologic malignancies", "OVARY UTERUS CERVIX VULVA PSEC"),
        ("sarcoma", "SOFT_TISSUE BONE"),
        ("lymphoma", "NHL HL"),
        ("urothelial carcinoma", "BLCA UTUC UCU"),
    ],
)
def test_a_phrase_denotes_its_codes(text: str, expected: str) -> None:
    assert codes(text) == set(expected.split())


@pytest.mark.parametrize(
    "text",
    [
        "breast cancer resistance protein (BCRP) inhibitors",
        "tumor lysis syndrome",
        "anaplastic lymphoma kinase (ALK) rearrangement",
        "metastases to the liver, lung or bone",
        "bone marrow reserve",
        "cervical spine surgery",
        "duodenal mucosal resurfacing",
        "non-urothelial histology",
        "Radiation Therapy Oncology Group criteria",
        "carcinoembryonic antigen",
        "a history of cancer",
        "renal and hepatic function",
        "prostate specific antigen",
        "",
    ],
)
def test_words_that_denote_no_cancer(text: str) -> None:
    assert find_cancers(text) == []


AMBIGUOUS = [
    ("ALL", "Relapsed or refractory ALL after blinatumomab", {"BLL", "TLL"}),
    ("ALL", "ALL patients must sign; leukemia is excluded", None),
    ("ALL", "ALL PATIENTS WITH LEUKEMIA", None),
    ("ALL", "acute lymphoblastic leukemia. CNS prophylaxis as usual in ALL", {"BLL", "TLL"}),
    ("MM", "MM refractory to lenalidomide and bortezomib", {"PCM"}),
    ("MM", "unresectable MM (melanoma) with BRAF V600E", {"MEL"}),
    ("MM", "lesions of 10 MM", None),
    ("ACC", "ACC progressing on mitotane", {"ACC"}),
    ("ACC", "adenoid cystic carcinoma (ACC) of the parotid; ACC must be progressive", {"ACYC"}),
    ("OS", "overall survival (OS) in osteosarcoma", None),
    ("OS", "patients with relapsed osteosarcoma; OS of the skull is eligible", {"OS"}),
    ("OS", "PFS and OS were compared", None),
    ("NPC", "recurrent NPC after gemcitabine and cisplatin", {"NPC"}),
    ("NPC", "Niemann-Pick type C (NPC), miglustat", None),
    ("CRC", "MSS CRC after oxaliplatin", {"COADREAD"}),
    ("CRC", "treated at the Clinical Research Center (CRC)", None),
    ("PT", "malignant PT of the breast (phyllodes)", {"MPT"}),
    ("PT", "INR or PT within 1.5 x ULN", None),
    ("MF", "MF previously treated with ruxolitinib", {"PMF", "PVMF", "ETMF"}),
    ("MF", "MF stage IIB, mogamulizumab naive", {"MYCF"}),
    ("PV", "PV in need of phlebotomy", {"PV"}),
    ("PV", "pulmonary vein (PV) isolation", None),
    ("ET", "ET with JAK2 V617F", {"ET"}),
    ("ET", "endotracheal (ET) tube", None),
    ("ES", "Ewing sarcoma family, ES of bone", {"ES", "ESST"}),
    ("ES", "ES-SCLC", None),
    ("AS", "cutaneous angiosarcoma, AS of the scalp", {"ANGS"}),
    ("AS", "AS needed", None),
    ("LMS", "LMS after doxorubicin", {"LMS"}),
    ("MB", "medulloblastoma, SHH MB", {"MBL", "DMBL", "AMBL", "MBEN"}),
    ("NB", "high-risk NB with MYCN amplification", {"NBL"}),
    ("NB", "NB: fasting is required", None),
    ("WT", "nephroblastoma, bilateral WT", {"WT"}),
    ("WT", "KRAS WT by local test (wild type)", None),
    ("BC", "HER2-positive BC", {"BREAST"}),
    ("BC", "Vancouver, BC", None),
    ("PC", "PC with rising PSA after enzalutamide", {"PROSTATE"}),
    ("PC", "unresectable PC on gemcitabine", {"PANCREAS"}),
    ("UC", "UC progressing on enfortumab vedotin, cisplatin-ineligible", {"BLCA", "UTUC", "UCU"}),
    ("UC", "ulcerative colitis (UC)", None),
    ("HL", "brentuximab for relapsed HL", {"HL"}),
    ("HL", "hearing loss (HL)", None),
    ("FL", "FL grade 1-3a after rituximab", {"FL"}),
    ("FL", "Tampa, FL", None),
    ("MCL", "MCL after a BTK inhibitor", {"MCL"}),
    ("MCL", "tear of the MCL of the knee", None),
    ("HCL", "hairy cell leukaemia; classic HCL", {"HCL"}),
    ("HCL", "DOXORUBICIN HCL", None),
    ("NET", "NET of the midgut on octreotide", {"NETNOS", "PANET", "GINET", "GINETES", "LUCA", "TNET"}),
    ("NET", "the NET effect", None),
    ("EC", "dMMR EC after lenvatinib", {"UCEC"}),
    ("EC", "squamous EC of the oesophagus", {"STOMACH"}),
    ("PCNSL", "PCNSL", {"PCNSL"}),
    ("RCC", "clear cell RCC", None),
    ("DTC", "radioiodine-refractory DTC", {"WDTC", "THHC", "THPD"}),
    ("MTC", "RET-mutant MTC", {"THME"}),
    ("SS", "SS with blood involvement in Sézary patients", {"SS"}),
    ("SS", "HLA-A02 positive synovial sarcoma (SS)", {"SYNS"}),
    ("ICC", "intraclass correlation coefficient (ICC)", None),
    ("ICC", "FGFR2-fusion ICC, an intrahepatic cholangiocarcinoma", {"IHCH"}),
    ("LGG", "probiotic LGG daily", None),
    ("LGG", "recurrent LGG in children", {"LGGNOS", "PAST", "ASTR2", "ODG2", "PDIFLG"}),
    ("MDS", "MDS-UPDRS part III", None),
    ("TGCT", "TGCT not amenable to surgery (tenosynovial)", {"TGCT"}),
    ("TGCT", "testicular TGCT after BEP", {"SEM", "NSGCT"}),
]


@pytest.mark.parametrize(("abbreviation", "text", "expected"), AMBIGUOUS)
def test_an_ambiguous_abbreviation_goes_by_its_company(abbreviation: str, text: str, expected: set[str] | None) -> None:
    read = [mention for mention in find_cancers(text) if abbreviation in mention.quote.split()]
    if expected is None:
        assert [mention for mention in read if mention.quote == abbreviation] == []
    else:
        assert expected in [set(mention.codes) for mention in read]


def test_the_context_settles_an_abbreviation() -> None:
    assert codes("Confirmed ACC", "Adenoid cystic carcinoma of the salivary glands") == {"ACYC"}
    assert codes("Confirmed ACC", "Adrenocortical carcinoma") == {"ACC"}
    assert codes("Confirmed ACC") == set()


def test_a_bare_histology_belongs_to_the_organ_of_the_context() -> None:
    text = "Histology: adenocarcinoma or squamous cell carcinoma"
    assert codes(text, "Locally advanced cervical cancer") == {"CEAD", "CESC"}
    assert codes(text, "Non-small cell lung cancer") == {"LUAD", "LUSC"}
    assert codes(text) == set()


def test_a_search_bar_text_in_lower_case_is_read_as_typed() -> None:
    assert codes("dlbcl car-t") == {"DLBCLNOS"}
    assert codes("nsclc stage 3b") == {"NSCLC"}
    assert codes("all trials near me") == set()


def test_quotes_are_exact_and_do_not_overlap() -> None:
    text = "Adults with\r\n  Non-Small-Cell  Lung\tCancer (NSCLC), TNBC\u00a0or Sézary syndrome."
    mentions = find_cancers(text)
    assert [mention.quote for mention in mentions] == [
        "Non-Small-Cell  Lung\tCancer",
        "NSCLC",
        "TNBC",
        "Sézary syndrome",
    ]
    assert all(text[mention.start : mention.end] == mention.quote for mention in mentions)
    assert all(one.end <= other.start for one, other in itertools.pairwise(mentions))


def test_a_name_does_not_reach_across_a_sentence_or_a_bullet() -> None:
    assert codes("Known melanoma. Cancer of the breast") == {"MEL", "BREAST"}
    assert codes("- Lung\n- Cancer of the breast") == {"BREAST"}


def trial(**fields: tuple[str, ...] | str | tuple[MeshTerm, ...]) -> Trial:
    return Trial(nct_id="NCT99000001", **fields)  # type: ignore[arg-type]


def test_a_trial_has_the_most_specific_codes_of_each_of_its_strings() -> None:
    record = trial(
        conditions=("Breast Cancer", "Lung Cancer, Non-small Cell Lung Cancer"),
        keywords=("TNBC",),
        condition_mesh=(MeshTerm("Breast Neoplasms"),),
    )
    assert cancer_types_of(record) == {"BREAST", "NSCLC"}


def test_a_trials_titles_count_only_where_its_conditions_name_no_type() -> None:
    assert cancer_types_of(trial(conditions=("Melanoma",), brief_title="A trial for lung cancer centres")) == {"MEL"}
    assert cancer_types_of(trial(conditions=("Pain",), brief_title="Pain after surgery for lung cancer")) == {"LUNG"}
    assert cancer_types_of(trial(conditions=("Neoplasms",), brief_title="Exercise in lung cancer")) == {"LUNG"}
    assert cancer_types_of(trial(conditions=("Neoplasms",), brief_title="Exercise")) == {"_ANY_"}
    assert cancer_types_of(trial(conditions=("Brain Metastases",), brief_title="Radiosurgery")) == {"_SOLID_"}
    assert cancer_types_of(trial(conditions=("Psoriasis",), brief_title="Skin care")) == frozenset()


def test_mesh_ancestors_never_count() -> None:
    record = trial(conditions=("HIV Infections",), condition_ancestors=(MeshTerm("Sarcoma"),))
    assert cancer_types_of(record) == frozenset()


def test_ancestors_are_added_for_the_index() -> None:
    assert with_ancestors({"LUAD"}) == {"LUAD", "NSCLC", "LUNG", "_SOLID_", "_ANY_"}
    assert with_ancestors(()) == frozenset()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("BREAST", "BREAST"),
        ("luad", "LUAD"),
        ("Triple negative breast cancer", "BREAST"),
        ("ALL", "BLL TLL"),
        ("mm", "PCM"),
        ("Head and Neck", "HEAD_NECK"),
        ("solid tumors", "_SOLID_"),
        ("cancer", "_ANY_"),
        ("Lymphoid neoplasm", "LYMPH"),
        ("Anaplastic Thyroid Cancer", "THAP"),
        ("no such thing", ""),
        ("", ""),
    ],
)
def test_a_filter_value_is_a_code_or_a_name(value: str, expected: str) -> None:
    assert resolve_cancer(value) == set(expected.split())


def test_every_code_resolves_to_itself_and_has_a_name() -> None:
    from search.terminology.oncotree import nodes

    for code in nodes():
        assert resolve_cancer(code) == {code}
        assert display_name(code)
    assert display_name("BREAST") == "Breast cancer"
    assert display_name("LUAD") == "Lung Adenocarcinoma"
    assert display_name("_SOLID_") == "Solid tumor"


@pytest.mark.parametrize(
    "piece",
    ["lung, ", "lung ", "squamous or ", "NPC ", "lung cancer, ", "a l l (ALL) ", "carcinoma of ", "(", " ", "ALL "],
)
def test_time_is_linear_in_the_length_of_any_text(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    started = time.process_time()
    find_cancers(text)
    assert time.process_time() - started < 5
