"""The shorthand of oncology notes, and what it stands for. Set down from usage.

Only words that the vocabularies do not hold, or that stand for something else there, are listed. A guard names what
must stand beside a word that is ambiguous on its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

DRUGS: Mapping[str, str] = MappingProxyType(
    {
        "abema": "abemaciclib",
        "abi": "abiraterone",
        "amrubi": "amrubicin",
        "atezo": "atezolizumab",
        "axi": "axitinib",
        "benda": "bendamustine",
        "bev": "bevacizumab",
        "bort": "bortezomib",
        "cabo": "cabozantinib",
        "camre": "camrelizumab",
        "cape": "capecitabine",
        "carbo": "carboplatin",
        "carfil": "carfilzomib",
        "cemip": "cemiplimab",
        "cetux": "cetuximab",
        "cyclo": "cyclophosphamide",
        "dara": "daratumumab",
        "dex": "dexamethasone",
        "dexa": "dexamethasone",
        "doce": "docetaxel",
        "dostar": "dostarlimab",
        "dox": "doxorubicin",
        "doxo": "doxorubicin",
        "durva": "durvalumab",
        "enco": "encorafenib",
        "enza": "enzalutamide",
        "etop": "etoposide",
        "evero": "everolimus",
        "fulv": "fulvestrant",
        "gem": "gemcitabine",
        "ibru": "ibrutinib",
        "ifos": "ifosfamide",
        "ipi": "ipilimumab",
        "ixa": "ixazomib",
        "lenva": "lenvatinib",
        "letro": "letrozole",
        "mtx": "methotrexate",
        "nira": "niraparib",
        "nivo": "nivolumab",
        "obin": "obinutuzumab",
        "osi": "osimertinib",
        "oxali": "oxaliplatin",
        "palbo": "palbociclib",
        "pani": "panitumumab",
        "pembro": "pembrolizumab",
        "pemetrex": "pemetrexed",
        "pom": "pomalidomide",
        "pred": "prednisone",
        "ramu": "ramucirumab",
        "regor": "regorafenib",
        "rego": "regorafenib",
        "ribo": "ribociclib",
        "ritux": "rituximab",
        "sunit": "sunitinib",
        "tam": "tamoxifen",
        "temo": "temozolomide",
        "tmz": "temozolomide",
        "toripa": "toripalimab",
        "tisle": "tislelizumab",
        "tras": "trastuzumab",
        "trast": "trastuzumab",
        "treme": "tremelimumab",
        "vin": "vincristine",
        "ven": "venetoclax",
        "aza": "azacitidine",
    }
)
_JOINED = frozenset({"axi", "abi", "cyclo", "ixa", "vin", "tam", "pom", "ven", "aza", "osi", "enco", "cabo", "bort"})
"""Drugs' shorthand that counts only beside a joining mark or another word of treatment."""
_BESIDE: Mapping[str, str] = MappingProxyType(
    {
        "cis": "cisplatin",
        "len": "lenalidomide",
        "pem": "pemetrexed",
        "iri": "irinotecan",
        "ram": "ramucirumab",
        "pac": "paclitaxel",
        "pert": "pertuzumab",
        "fu": "fluorouracil",
        "lv": "leucovorin",
    }
)
"""Drugs' shorthand only where it is joined to another drug with a slash, a plus or a hyphen."""
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "adenoca": "adenocarcinoma",
        "adj": "adjuvant",
        "ccrt": "chemoradiotherapy",
        "chemort": "chemoradiotherapy",
        "chemo-rt": "chemoradiotherapy",
        "chemo/rt": "chemoradiotherapy",
        "chemoxrt": "chemoradiotherapy",
        "crt": "chemoradiotherapy",
        "dz": "disease",
        "gtr": "gross total resection",
        "ids": "interval debulking surgery",
        "immuno": "immunotherapy",
        "maint": "maintenance",
        "mets": "metastases",
        "nact": "neoadjuvant chemotherapy",
        "neoadj": "neoadjuvant",
        "port": "postoperative radiotherapy",
        "prt": "proton radiotherapy",
        "rads": "radiotherapy",
        "wide excision": "wide local excision",
        "xrt": "radiotherapy",
    }
)
_PHRASES = (
    ("carboplatin/etoposide", r"\bcarbo ?/ ?etop?(?:oside)?\b|\bEC(?= ?x ?\d+ for SCLC)"),
    ("liposomal irinotecan", r"\bnal-?iri\b"),
    ("fluorouracil", r"\b5-?fu\b"),
    ("subtotal resection", r"\bSTR(?=\b)"),
    ("squamous cell carcinoma", r"\b(?:sq\.?|squamous) ?(?:cell )?ca\b"),
    (
        "hepatitis B, hepatitis C",
        r"\b(?:hep(?:atitis)?\.? ?b ?(?:/|&|and|or) ?(?:hep(?:atitis)?\.? ?)?c|hbv ?/ ?hcv)\b",
    ),
    ("hepatitis B", r"\bhep\.? ?b\b"),
    ("hepatitis C", r"\bhep\.? ?c\b"),
    ("esophageal squamous cell carcinoma", r"\bE(?:O)?SCC\b"),
    ("high-grade serous carcinoma", r"\bHGSC\b"),
    ("invasive lobular carcinoma", r"\bILC\b"),
    ("invasive ductal carcinoma", r"\bIDC\b"),
    ("anaplastic thyroid cancer", r"\bATC\b"),
    ("papillary thyroid cancer", r"\bPTC\b(?! \d)"),
    ("high-dose cytarabine", r"\bHi-?DAC\b"),
    ("germline BRCA", r"\bgBRCA"),
    ("metastasis", r"(?<=[a-z] )met\b(?=[ ,.;)])(?! (?:with (?:his|her|the pt)|criteria|the|all))"),
    ("cancer", r"(?<=[a-z] )ca(?=[ ,.;:)]|$)(?! ?(?:19|125|15|\d))"),
)
_CASED = frozenset(
    {
        "subtotal resection",
        "cancer",
        "metastasis",
        "germline BRCA",
        "high-dose cytarabine",
        "esophageal squamous cell carcinoma",
        "high-grade serous carcinoma",
        "invasive lobular carcinoma",
        "invasive ductal carcinoma",
        "anaplastic thyroid cancer",
        "papillary thyroid cancer",
    }
)
_GROUPS = {f"p{place}": full for place, (full, _) in enumerate(_PHRASES)}
SHORTHAND = re.compile(
    "|".join(
        (
            *(
                f"(?P<p{place}>{pattern if full in _CASED else f'(?i:{pattern})'})"
                for place, (full, pattern) in enumerate(_PHRASES)
            ),
            rf"(?i:(?<![\w-])(?P<word>{'|'.join(sorted(map(re.escape, _WORDS), key=len, reverse=True))})(?![\w]))",
            rf"(?i:(?<![\w*])(?P<drug>{'|'.join(sorted(DRUGS, key=len, reverse=True))})(?![\w]))",
            (
                rf"(?i:(?:(?<=[/+])|(?<=[/+] )|(?<=[a-z]-))(?P<right>{'|'.join(_BESIDE)})(?![\w-])"
                rf"|(?<![\w-])(?P<left>{'|'.join(_BESIDE)})(?= ?[/+][ ]?[a-z]|-[a-z]{{3}}))"
            ),
        )
    )
)
"""Shorthand in a note; `replacement` says what a match stands for."""
_TREATED = re.compile(
    r"[/+]\s?$|(?:->|→|then|on|with|maintenance|adjuvant|and|by|line|,|;|:|\d)\s*$|[a-z]-$", re.IGNORECASE
)
_GOES_ON = re.compile(
    r"\s?[/+]|\s?(?:x ?\d|->|→|maint|until|for \d|from|since|stopped|mono|\d)|-[a-z]{3}", re.IGNORECASE
)


def replacement(match: re.Match[str]) -> str | None:
    """What a piece of shorthand stands for; None where it is no shorthand here."""
    kind = match.lastgroup
    word = match.group().lower()
    if kind in _GROUPS:
        return _GROUPS[kind]
    if kind == "word":
        full = _WORDS[word]
        # "IDS" and "CRT" are capitals; "ids" are identifiers.
        return None if word in {"ids", "crt", "prt", "port", "gtr", "nact"} and not match.group().isupper() else full
    if kind == "drug":
        if word in _JOINED:
            text = match.string
            joined = _TREATED.search(text, max(0, match.start() - 14), match.start())
            if not joined and not _GOES_ON.match(text, match.end()):
                return None
        # "IPI 3" is a prognostic index, "ipi/nivo" are drugs.
        return None if match.group() == "IPI" else DRUGS[word]
    return _BESIDE[word]
