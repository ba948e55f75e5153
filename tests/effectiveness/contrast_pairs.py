"""Fictitious twin trials: the same title, disease and treatment; one takes the person who asks, the other does not.

The one that does not take the person describes itself in the very words of the query and has the smaller id: by words
and meaning it is the nearer one, and a tie counts as an inversion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Pair:
    """A query or note, what both trials say of themselves, and the lines in which they differ."""

    query: str
    title: str
    condition: str
    fits: tuple[str, str]
    """Inclusion and exclusion of the trial that takes the person."""
    refuses: tuple[str, str]


LUNG = ("Study of Brevotamab in Advanced Non-Small Cell Lung Cancer", "Non-small Cell Lung Cancer")
BREAST = ("Study of Lerovantinib in Breast Cancer", "Breast Cancer")
COLON = ("Study of Mardocitinib in Colorectal Cancer", "Colorectal Cancer")
PROSTATE = ("Study of Talvorelix in Prostate Cancer", "Prostate Cancer")
OVARY = ("Study of Quenatuzumab in Ovarian Cancer", "Ovarian Cancer")
MELANOMA = ("Study of Ostrelimab in Melanoma", "Melanoma")
MYELOMA = ("Study of Daxotamab in Multiple Myeloma", "Multiple Myeloma")
GASTRIC = ("Study of Pelvanercept in Gastric Cancer", "Gastric Cancer")
BLADDER = ("Study of Ruvotecan in Urothelial Carcinoma", "Urothelial Carcinoma")
GLIOMA = ("Study of Sembratinib in Glioblastoma", "Glioblastoma")
LYMPHOMA = ("Study of Xelotamab in Diffuse Large B-Cell Lymphoma", "Diffuse Large B-cell Lymphoma")
AML = ("Study of Nivrostat in Acute Myeloid Leukemia", "Acute Myeloid Leukemia")
RENAL = ("Study of Zintocept in Renal Cell Carcinoma", "Renal Cell Carcinoma")

PAIRS = (
    # Biomarkers
    Pair(
        "EGFR L858R lung cancer",
        *LUNG,
        ("EGFR L858R mutation or exon 19 deletion", "Active infection"),
        ("EGFR wild type", "EGFR L858R mutation or exon 19 deletion"),
    ),
    Pair(
        "NSCLC with ALK fusion",
        *LUNG,
        ("ALK rearrangement", "Pregnant women"),
        ("No ALK rearrangement", "Known ALK rearrangement"),
    ),
    Pair(
        "lung cancer EGFR wild type",
        *LUNG,
        ("EGFR wild-type tumor", "Active infection"),
        ("Activating EGFR mutation", "Active infection"),
    ),
    Pair(
        "KRAS G12C non-small cell lung cancer",
        *LUNG,
        ("KRAS G12C mutation", "Active infection"),
        ("KRAS wild type", "Any KRAS mutation"),
    ),
    Pair(
        "HER2 positive breast cancer",
        *BREAST,
        ("HER2-positive disease (IHC 3+)", "Active infection"),
        ("HER2-negative disease", "HER2-positive disease"),
    ),
    Pair(
        "HER2 negative breast cancer",
        *BREAST,
        ("HER2-negative disease", "Active infection"),
        ("HER2-positive disease", "Active infection"),
    ),
    Pair(
        "triple negative breast cancer",
        *BREAST,
        ("Estrogen receptor negative, progesterone receptor negative and HER2 negative", "Active infection"),
        ("Estrogen receptor positive disease", "Triple-negative disease"),
    ),
    Pair(
        "ER positive breast cancer",
        *BREAST,
        ("Estrogen receptor positive", "Active infection"),
        ("Estrogen receptor negative", "Estrogen receptor positive disease"),
    ),
    Pair(
        "MSI-high colorectal cancer",
        *COLON,
        ("Microsatellite instability-high (MSI-H)", "Active infection"),
        ("Microsatellite stable (MSS)", "Microsatellite instability-high (MSI-H)"),
    ),
    Pair(
        "KRAS mutant colorectal cancer",
        *COLON,
        ("KRAS mutation", "Active infection"),
        ("KRAS wild type", "KRAS mutation"),
    ),
    Pair(
        "BRAF V600E colorectal cancer",
        *COLON,
        ("BRAF V600E mutation", "Active infection"),
        ("BRAF wild type", "BRAF V600E mutation"),
    ),
    Pair(
        "BRAF V600E melanoma",
        *MELANOMA,
        ("BRAF V600 mutation", "Active infection"),
        ("BRAF wild type", "BRAF V600 mutation"),
    ),
    Pair(
        "BRAF wild type melanoma",
        *MELANOMA,
        ("BRAF V600 wild-type", "Active infection"),
        ("BRAF V600E or V600K mutation", "Active infection"),
    ),
    Pair(
        "BRCA1 mutated ovarian cancer",
        *OVARY,
        ("Deleterious BRCA1 or BRCA2 mutation", "Active infection"),
        ("BRCA1 and BRCA2 wild type", "Known BRCA1 or BRCA2 mutation"),
    ),
    Pair(
        "FLT3 ITD acute myeloid leukemia",
        *AML,
        ("FLT3-ITD mutation", "Active infection"),
        ("FLT3 wild type", "FLT3-ITD mutation"),
    ),
    Pair(
        "HER2 positive gastric cancer",
        *GASTRIC,
        ("HER2-positive (IHC 3+)", "Active infection"),
        ("HER2-negative", "HER2-positive tumors"),
    ),
    # Treatment before, and lines
    Pair(
        "lung cancer progressed after osimertinib",
        *LUNG,
        ("Prior treatment with osimertinib", "Active infection"),
        ("Advanced disease", "Prior treatment with osimertinib"),
    ),
    Pair(
        "myeloma relapsed after CAR-T",
        *MYELOMA,
        ("Relapsed multiple myeloma after prior CAR-T cell therapy", "Active infection"),
        ("Relapsed multiple myeloma", "Prior CAR-T cell therapy"),
    ),
    Pair(
        "ovarian cancer after bevacizumab",
        *OVARY,
        ("Prior bevacizumab", "Active infection"),
        ("Measurable disease", "Prior bevacizumab"),
    ),
    Pair(
        "renal cell carcinoma after nivolumab",
        *RENAL,
        ("Prior treatment with an anti-PD-1 antibody", "Active infection"),
        ("Clear cell histology", "Prior treatment with an anti-PD-1 antibody"),
    ),
    Pair(
        "DLBCL after CAR-T",
        *LYMPHOMA,
        ("Relapsed after CAR-T cell therapy", "Active infection"),
        ("Relapsed or refractory disease", "Prior CAR-T cell therapy"),
    ),
    Pair(
        "first line urothelial carcinoma",
        *BLADDER,
        ("No prior systemic therapy for metastatic disease", "Active infection"),
        ("At least 2 prior lines of systemic therapy", "Active infection"),
    ),
    Pair(
        "gastric cancer second line",
        *GASTRIC,
        ("Exactly one prior line of systemic therapy", "Active infection"),
        ("At least 3 prior lines of systemic therapy", "Active infection"),
    ),
    Pair(
        "breast cancer third line",
        *BREAST,
        ("At least 2 prior lines of chemotherapy for metastatic disease", "Active infection"),
        ("No prior chemotherapy for metastatic disease", "Active infection"),
    ),
    # Stage and extent
    Pair(
        "stage III colorectal cancer",
        *COLON,
        ("Stage III disease", "Active infection"),
        ("Stage IV disease", "Active infection"),
    ),
    Pair(
        "stage IV melanoma",
        *MELANOMA,
        ("Stage IV disease", "Active infection"),
        ("Stage II disease", "Stage IV disease"),
    ),
    Pair(
        "metastatic prostate cancer",
        *PROSTATE,
        ("Metastatic disease", "Active infection"),
        ("Localized disease", "Metastatic disease"),
    ),
    Pair(
        "recurrent glioblastoma",
        *GLIOMA,
        ("Recurrent glioblastoma", "Active infection"),
        ("Newly diagnosed glioblastoma", "Recurrent glioblastoma"),
    ),
    Pair(
        "newly diagnosed glioblastoma",
        *GLIOMA,
        ("Newly diagnosed glioblastoma", "Active infection"),
        ("Recurrent or progressive glioblastoma", "Active infection"),
    ),
    # Brain metastases, performance, age, sex
    Pair(
        "lung cancer with brain metastases",
        *LUNG,
        ("Brain metastases are allowed", "Active infection"),
        ("Advanced disease", "Brain metastases"),
    ),
    Pair(
        "HER2+ breast cancer leptomeningeal metastases",
        "Study of Lerovantinib in Breast Cancer With Central Nervous System Metastases",
        "Breast Cancer",
        ("HER2 positive. Patients must have leptomeningeal metastases", "Active infection"),
        ("HER2 positive", "Leptomeningeal disease"),
    ),
    Pair(
        "urothelial carcinoma ECOG 2",
        *BLADDER,
        ("ECOG performance status 0-2", "Active infection"),
        ("ECOG performance status 0-1", "Active infection"),
    ),
    Pair(
        "renal cell carcinoma 79 year old",
        *RENAL,
        ("Age 18 years or older", "Active infection"),
        ("Age 18 to 70 years", "Active infection"),
    ),
    # Notes
    Pair(
        "A 61-year-old woman with stage IV lung adenocarcinoma with an EGFR exon 19 deletion. She was treated with"
        " osimertinib for 14 months and progressed. ECOG 1. MRI of the brain shows no metastases. She has hypertension"
        " and takes amlodipine. She does not smoke.",
        *LUNG,
        ("EGFR exon 19 deletion or L858R. Progression on osimertinib", "Active infection"),
        ("EGFR exon 19 deletion or L858R. No prior EGFR tyrosine kinase inhibitor", "Prior osimertinib"),
    ),
    Pair(
        "58 y/o F with metastatic breast carcinoma, ER negative, PR negative, HER2 negative (IHC 0). Received adjuvant"
        " doxorubicin and cyclophosphamide, then capecitabine for metastatic disease with progression. ECOG 1. Bone"
        " and liver metastases. Past history of migraine and appendectomy.",
        *BREAST,
        ("Metastatic triple-negative disease. At least 1 prior line for metastatic disease", "HER2-positive disease"),
        ("Metastatic HER2-positive disease. Prior trastuzumab", "HER2-negative disease"),
    ),
    Pair(
        "72-year-old man, metastatic castration-resistant prostate cancer, progressed on abiraterone and then on"
        " docetaxel. Bone metastases only. ECOG 1, PSA 88 ng/mL. Has gout and well-controlled hypertension. Lives with"
        " his wife and walks two miles a day.",
        *PROSTATE,
        ("Metastatic castration-resistant prostate cancer. Prior docetaxel", "Active infection"),
        ("Hormone-sensitive prostate cancer", "Prior docetaxel for metastatic disease"),
    ),
    Pair(
        "A 55-year-old man with metastatic colon cancer, KRAS G12D mutated and microsatellite stable. He received"
        " FOLFOX with bevacizumab and, after progression, FOLFIRI. Liver and lung metastases are growing on the last"
        " CT. ECOG 1. He has type 2 diabetes and had his gallbladder removed ten years ago.",
        *COLON,
        ("Metastatic disease with a KRAS mutation. At least 2 prior lines", "Active infection"),
        ("Metastatic disease, RAS wild type", "KRAS mutation"),
    ),
    Pair(
        "67F with multiple myeloma diagnosed four years ago. Prior lenalidomide, bortezomib and dexamethasone, then"
        " daratumumab with pomalidomide; relapsed again this spring. Creatinine 1.1 mg/dL. ECOG 1. No history of"
        " stroke. Mother had breast cancer. Enjoys gardening and lives alone.",
        *MYELOMA,
        ("Relapsed multiple myeloma with at least 2 prior lines of therapy", "Active infection"),
        ("Newly diagnosed multiple myeloma without prior systemic therapy", "Prior therapy for multiple myeloma"),
    ),
    Pair(
        "A 49-year-old woman with high-grade serous ovarian carcinoma, stage IIIC, BRCA wild type. Platinum-resistant"
        " recurrence five months after carboplatin and paclitaxel with bevacizumab. ECOG 0. She has hypothyroidism"
        " under levothyroxine. Sister with ulcerative colitis.",
        *OVARY,
        ("Platinum-resistant recurrent disease", "Active infection"),
        ("Newly diagnosed disease, no prior chemotherapy", "Prior chemotherapy"),
    ),
    Pair(
        "A 64-year-old man with metastatic urothelial carcinoma of the bladder with three brain metastases, untreated"
        " so far and with headaches. Prior cisplatin and gemcitabine. ECOG 1. History of smoking 30 pack-years, COPD"
        " with inhalers, and cataract surgery last year.",
        *BLADDER,
        ("Metastatic disease after platinum chemotherapy. Untreated brain metastases are allowed", "Active infection"),
        ("Metastatic disease after platinum chemotherapy", "Active or untreated brain metastases"),
    ),
    Pair(
        "A 45-year-old man with diffuse large B-cell lymphoma, stage IV, refractory to R-CHOP and to R-DHAP. He has"
        " received CD19 CAR-T cells and relapsed at month six. ECOG 1. Hepatitis B core antibody negative. Works as a"
        " teacher; father died of a heart attack.",
        *LYMPHOMA,
        ("Relapsed or refractory disease after CAR-T cell therapy", "Active infection"),
        ("Previously untreated disease", "Any prior anti-lymphoma therapy"),
    ),
    Pair(
        "A 38-year-old woman with unresectable stage IIIC melanoma, BRAF V600E mutated, progressed on nivolumab plus"
        " ipilimumab and never treated with a BRAF inhibitor. ECOG 0. LDH normal. She takes oral contraceptives and has"
        " no autoimmune disease.",
        *MELANOMA,
        ("BRAF V600 mutation. Progression on an anti-PD-1 antibody", "Prior BRAF inhibitor"),
        ("BRAF wild type. No prior anti-PD-1 antibody", "BRAF V600 mutation. Prior anti-PD-1 antibody"),
    ),
)


def record(nct_id: str, pair: Pair, lines: tuple[str, str]) -> dict[str, Any]:
    """One of a pair's trials as the registry would give it."""
    summary = f"This study tests a new treatment in people with {pair.condition}."
    if lines == pair.refuses:
        summary += f" Much is written about {pair.query}"
    inclusion, exclusion = (" ".join(f"* {line.strip()}\n" for line in text.split(". ")) for text in lines)
    return {
        "protocolSection": {
            "identificationModule": {"nctId": nct_id, "briefTitle": pair.title},
            "statusModule": {"overallStatus": "RECRUITING"},
            "descriptionModule": {"briefSummary": summary},
            "conditionsModule": {"conditions": [pair.condition]},
            "designModule": {"studyType": "INTERVENTIONAL", "phases": ["PHASE2"]},
            "armsInterventionsModule": {"interventions": [{"type": "DRUG", "name": pair.title.split()[2]}]},
            "eligibilityModule": {
                "eligibilityCriteria": f"Inclusion Criteria:\n\n {inclusion}\nExclusion Criteria:\n\n {exclusion}",
                "sex": "ALL",
                "minimumAge": "18 Years",
            },
        }
    }


def twins(number: int) -> tuple[str, str]:
    """Ids of a pair's trials: the one that takes the person, and the one that does not."""
    return f"NCT9930{number:03d}1", f"NCT9930{number:03d}0"
