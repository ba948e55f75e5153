"""Forty made-up patients who are known in full: whatever a trial asks, the answer is there. Nobody like this exists."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from search.terminology.analytes import Side, analyte
from search.terminology.markers import genes

Fact = tuple[str, dict[str, object]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A disease with what goes with it."""

    query: str
    cancer: str
    sexes: Sequence[str]
    ages: tuple[int, int]
    stages: Sequence[tuple[str, Sequence[str]]]
    """Stage (or nothing) and extents."""
    lines: Sequence[str]
    """Treatments in the order they are given."""
    markers: Sequence[tuple[str, Sequence[str]]]
    """Markers with the states they may have; the first is the usual one."""


ADVANCED = [("IV", ["metastatic"]), ("IV", ["metastatic"]), ("III", ["locally_advanced", "unresectable"])]
EARLY = [("II", ["localized", "resectable", "newly_diagnosed"]), ("I", ["localized", "resected"])]
BLOOD = [("", ["relapsed"]), ("", ["refractory", "relapsed"]), ("", ["newly_diagnosed"])]
BOTH = ["female", "male"]
KINDS: list[Kind] = [
    Kind("lung adenocarcinoma", "LUAD", BOTH, (45, 82), [*ADVANCED, EARLY[0]],
         ["carboplatin + pemetrexed + pembrolizumab", "docetaxel", "gemcitabine"],
         [("EGFR", ["negative", "L858R"]), ("ALK", ["negative"]), ("KRAS", ["G12C", "negative"]),
          ("PD-L1", ["positive", "negative"])]),
    Kind("small cell lung cancer", "SCLC", BOTH, (50, 80), [("extensive", ["metastatic"]), ("limited", [])],
         ["carboplatin + etoposide + atezolizumab", "lurbinectedin"], []),
    Kind("HER2 positive breast cancer", "BREAST", ["female"], (32, 78), [*ADVANCED, *EARLY],
         ["trastuzumab + pertuzumab + docetaxel", "trastuzumab deruxtecan", "capecitabine + tucatinib"],
         [("HER2", ["positive"]), ("ER", ["positive", "negative"]), ("PR", ["negative", "positive"])]),
    Kind("hormone receptor positive breast cancer", "BREAST", ["female"], (38, 80), [*ADVANCED, EARLY[0]],
         ["letrozole + palbociclib", "fulvestrant", "capecitabine"],
         [("HER2", ["negative"]), ("ER", ["positive"]), ("PR", ["positive"]), ("PIK3CA", ["negative", "mutation"])]),
    Kind("triple negative breast cancer", "BREAST", ["female"], (29, 72), [*ADVANCED, *EARLY],
         ["carboplatin + paclitaxel + pembrolizumab", "sacituzumab govitecan", "eribulin"],
         [("HER2", ["negative"]), ("ER", ["negative"]), ("PR", ["negative"]), ("BRCA1", ["negative", "mutation"])]),
    Kind("metastatic colorectal cancer", "COADREAD", BOTH, (40, 80), ADVANCED,
         ["oxaliplatin + capecitabine + bevacizumab", "irinotecan + fluorouracil", "trifluridine/tipiracil"],
         [("KRAS", ["mutation", "wild type"]), ("BRAF", ["negative", "V600E"]), ("MSI", ["stable", "high"])]),
    Kind("pancreatic cancer", "PAAD", BOTH, (48, 79), [*ADVANCED, EARLY[0]],
         ["gemcitabine + nab-paclitaxel", "fluorouracil + irinotecan"], [("KRAS", ["mutation"])]),
    Kind("gastric cancer", "STAD", BOTH, (42, 78), [*ADVANCED, EARLY[0]],
         ["oxaliplatin + capecitabine + nivolumab", "paclitaxel + ramucirumab"],
         [("HER2", ["negative", "positive"]), ("PD-L1", ["positive"]), ("CLDN18.2", ["negative", "positive"])]),
    Kind("hepatocellular carcinoma", "HCC", BOTH, (50, 80), [("IV", ["metastatic"]), ("III", ["unresectable"])],
         ["atezolizumab + bevacizumab", "sorafenib"], []),
    Kind("castration resistant prostate cancer", "PRAD", ["male"], (55, 85),
         [("IV", ["metastatic", "castration_resistant"])],
         ["leuprolide", "abiraterone", "docetaxel"], [("BRCA2", ["negative", "mutation"]), ("PSMA", ["positive"])]),
    Kind("ovarian cancer", "HGSOC", ["female"], (40, 78),
         [("IIIC", ["recurrent"]), ("IV", ["metastatic", "recurrent"])],
         ["carboplatin + paclitaxel", "olaparib", "pegylated liposomal doxorubicin"],
         [("BRCA1", ["negative", "mutation"]), ("HRD", ["negative", "positive"])]),
    Kind("advanced melanoma", "SKCM", BOTH, (28, 82), [*ADVANCED, ("III", ["resected"])],
         ["nivolumab + ipilimumab", "dabrafenib + trametinib"], [("BRAF", ["V600E", "wild type"])]),
    Kind("renal cell carcinoma", "CCRCC", BOTH, (45, 80), [*ADVANCED, EARLY[1]],
         ["pembrolizumab + axitinib", "cabozantinib"], []),
    Kind("urothelial carcinoma", "BLCA", BOTH, (50, 84), [*ADVANCED, EARLY[0]],
         ["cisplatin + gemcitabine", "pembrolizumab", "enfortumab vedotin"],
         [("FGFR3", ["negative", "mutation"]), ("PD-L1", ["negative", "positive"])]),
    Kind("glioblastoma", "GB", BOTH, (30, 75), [("", ["newly_diagnosed"]), ("", ["recurrent"])],
         ["radiotherapy + temozolomide", "lomustine"], [("IDH1", ["wild type", "mutation"])]),
    Kind("head and neck squamous cell carcinoma", "HNSC", BOTH, (40, 79), [*ADVANCED, ("III", ["recurrent"])],
         ["cisplatin + radiotherapy", "pembrolizumab", "cetuximab"],
         [("HPV", ["negative", "positive"]), ("PD-L1", ["positive"])]),
    Kind("multiple myeloma", "PCM", BOTH, (48, 82), BLOOD,
         ["bortezomib + lenalidomide + dexamethasone", "daratumumab + pomalidomide", "carfilzomib"],
         [("BCMA", ["positive"])]),
    Kind("acute myeloid leukemia", "AML", BOTH, (22, 78), BLOOD,
         ["cytarabine + daunorubicin", "venetoclax + azacitidine"],
         [("FLT3", ["negative", "ITD"]), ("NPM1", ["negative", "mutation"])]),
    Kind("diffuse large B-cell lymphoma", "DLBCLNOS", BOTH, (30, 82), [("III", ["relapsed"]), ("IV", ["refractory"]),
         ("II", ["newly_diagnosed"])], ["rituximab + cyclophosphamide + doxorubicin + vincristine + prednisone",
         "rituximab + gemcitabine + oxaliplatin"], [("CD20", ["positive"]), ("CD19", ["positive"])]),
    Kind("chronic lymphocytic leukemia", "CLLSLL", BOTH, (50, 84), [("Rai III", ["relapsed"]),
         ("Rai II", ["newly_diagnosed"])], ["ibrutinib", "venetoclax + obinutuzumab"],
         [("TP53", ["negative", "mutation"]), ("CD20", ["positive"])]),
]  # fmt: skip
CONDITIONS = (
    "HIV", "HBV", "HCV", "active infection", "autoimmune disease", "interstitial lung disease", "pneumonitis",
    "cardiac disease", "heart failure", "hypertension", "thromboembolism", "bleeding", "stroke", "seizure",
    "second malignancy", "pregnancy", "breastfeeding", "immunosuppression", "steroids", "organ transplant",
    "allogeneic transplant", "neuropathy", "GI obstruction", "unable to swallow", "surgery", "live vaccine", "allergy",
    "psychiatric", "substance abuse", "QT drugs", "CYP drugs", "anticoagulation", "pleural effusion or ascites",
    "hearing loss", "diabetes", "liver disease", "kidney disease", "lung disease", "toxicity not recovered",
    "spinal cord compression", "liver metastases", "bone metastases",
)  # fmt: skip
"""Topics that are mostly absent; whoever has one has it in no particular form."""
WELL = ("measurable disease", "tissue available", "consent", "contraception")
LABS = (
    "ANC", "WBC", "platelets", "hemoglobin", "lymphocytes", "creatinine", "creatinine clearance", "bilirubin", "AST",
    "ALT", "ALP", "albumin", "INR", "PT", "aPTT", "LVEF", "QTc", "calcium", "potassium", "magnesium", "sodium",
    "glucose", "LDH", "SpO2", "lipase", "amylase", "HbA1c", "TSH", "PSA", "testosterone", "CEA", "AFP", "FEV1", "DLCO",
)  # fmt: skip
ECOG = (0, 0, 0, 1, 1, 1, 1, 2, 2, 3)


def patients() -> Iterator[tuple[str, list[Fact]]]:
    """Forty patients, two of each kind: the words to search with, and all facts."""
    for number, kind in enumerate([*KINDS, *KINDS]):
        yield kind.query, list(_facts(kind, random.Random(7000 + number)))


def _facts(kind: Kind, dice: random.Random) -> Iterator[Fact]:
    yield "age", {"age": dice.randint(*kind.ages)}
    yield "sex", {"sex": dice.choice(kind.sexes)}
    yield "cancer", {"cancer": kind.cancer}
    stage, extents = dice.choice(kind.stages)
    if stage:
        yield "stage", {"stage": stage}
    yield "extent", {"extent": list(extents)}
    yield "performance", {"performance": [{"scale": "ECOG", "value": dice.choice(ECOG)}]}
    yield from _treatments(kind, extents, dice)
    brain = "metastatic" in extents and dice.random() < 0.15
    yield "cns", {"cns": dice.choice(["treated_stable", "untreated"]) if brain else "none"}
    named = dict(kind.markers)
    for marker, states in kind.markers:
        yield f"biomarkers.{marker}", {"biomarkers": [{"marker": marker, "state": dice.choice(states)}]}
    for marker in sorted({gene.marker for gene in genes().values()} | {"PD-L1", "MSI", "MMR", "TMB"} - set(named)):
        if marker not in named:
            state = {"MSI": "stable", "MMR": "proficient", "TMB": "low"}.get(marker, "negative")
            yield f"biomarkers.{marker}", {"biomarkers": [{"marker": marker, "state": state}]}
    for name in LABS:
        yield from _lab(name, dice)
    for topic in CONDITIONS:
        yield f"conditions.{topic}", {"conditions": {topic: dice.random() < 0.05}}
    for topic in WELL:
        yield f"conditions.{topic}", {"conditions": {topic: True}}
    yield "conditions.life expectancy", {"conditions": {"life expectancy": "12 months"}}


def _treatments(kind: Kind, extents: Sequence[str], dice: random.Random) -> Iterator[Fact]:
    early = "newly_diagnosed" in extents
    count = 0 if early else dice.randint(1, len(kind.lines))
    given: list[dict[str, object]] = []
    for line, therapy in enumerate(kind.lines[:count], start=1):
        ago = 25 + 170 * (count - line) + dice.randint(0, 60)
        given.append({"therapy": therapy, "line": line, "outcome": "progressed", "days_ago": ago})
    yield "prior_therapies", {"prior_therapies": given}
    yield "prior_lines", {"prior_lines": count}


def _lab(name: str, dice: random.Random) -> Iterator[Fact]:
    row = analyte(name)
    if row is None:
        return
    low = row.lln if row.lln is not None else (row.uln or row.high) * 0.3
    high = row.uln if row.uln is not None else max(low * 1.5, low + 1)
    value = low + (high - low) * dice.uniform(0.2, 0.9)
    if dice.random() < 0.1:
        value = low * dice.uniform(0.3, 0.8) if row.side is Side.LOWER else high * dice.uniform(1.3, 4)
    yield f"labs.{name}", {"labs": [{"analyte": name, "value": round(value, 2), "unit": row.unit}]}
