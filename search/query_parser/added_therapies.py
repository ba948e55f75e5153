"""Therapies in the words of queries, beyond the vocabulary of criteria: name and pattern over lower-case text."""

from __future__ import annotations

import re

_UNFIT = r"[ -](?:in-?eligib(?:le|ility)|unfit|unsuitable|not eligible)"
"""Behind a therapy that a person cannot have."""
ADDED: tuple[tuple[str, str], ...] = (
    (
        "cancer vaccine",
        (
            r"(?:(?:cancer|personali[sz]ed|mrna|peptide|dendritic cell|dc|neoantigen|tumou?r)[ "
            r"-]){0,2}vaccines?(?! trials? for covid)"
        ),
    ),
    ("hepatic arterial infusion", r"hai(?:[ -]pump)?|hepatic art(?:ery|erial) infusion(?: pump)?"),
    ("watch and wait", r"watch[ -](?:and|&)[ -]wait|w&w|watchful waiting"),
    ("active surveillance", r"active surveillance"),
    ("proton therapy", r"proton(?:[ -]beam)?(?: therapy| radiation| radiotherapy)?"),
    ("carbon ion radiotherapy", r"(?:carbon|heavy)[ -]ions?(?: therapy| radiation| radiotherapy| beam)?"),
    ("trimodality therapy", r"tri-?modality(?: therapy| treatment)?|tmt(?= for| bladder)"),
    ("bladder preservation", r"bladder[ -](?:preserv\w+|sparing)(?! surgery)(?: therapy| treatment| approach)?"),
    ("CROSS chemoradiotherapy", r"cross(?: regimen| protocol| chemo\w*)?(?! ?(?:over|trial|sectional|link|border))"),
    ("Stupp chemoradiotherapy + temozolomide", r"stupp(?: protocol| regimen)?"),
    (
        "irreversible electroporation",
        r"irreversible electroporation|nano-?knife|ire(?= (?:for|ablation|pancrea|liver))",
    ),
    ("electrochemotherapy", r"electro-?chemotherapy"),
    ("fecal microbiota transplant", r"fa?ecal (?:microbiota )?transplant\w*|fmt|stool transplant"),
    ("scalp cooling", r"scalp cooling|cold caps?"),
    ("music therapy", r"music therapy"),
    ("cognitive behavioral therapy", r"cbt(?:-i)?|cognitive behaviou?ral therapy"),
    ("mindfulness", r"mindfulness(?: based stress reduction| program\w*| intervention)?"),
    ("high-dose vitamin C", r"(?:iv |intravenous |high[- ]dose )?vitamin c(?: infusions?)?"),
    ("gene therapy", r"gene therapy"),
    ("cell therapy", r"(?:cell|cellular) therap(?:y|ies)"),
    ("CAR-T", r"car[ -]?t(?:[ -]?cells?)?(?: therapy)?|car t"),
    ("TIL therapy", r"tils?(?: therapy)?|tumou?r[ -]infiltrating lymphocytes?"),
    ("bispecific antibody", r"bispecifics?(?: antibod(?:y|ies))?|bites?"),
    ("antibody-drug conjugate", r"adcs?|antibody[ -]drug conjugates?"),
    (
        "chemoradiotherapy",
        (
            r"chemo-?rad(?:s|iation|iotherapy|iochemotherapy)?|chemo ?(?:/|\+|&|and) ?(?:rt|rads?|xrt"
            r"|radiation)|chemo ?(?:rt|xrt)|crt|radiochemo\w*"
        ),
    ),
    ("chemotherapy+immunotherapy", r"chemo-?(?:io|immuno(?:therapy)?)"),
    ("chemotherapy", r"chemo(?:s|therap(?:y|ies))?"),
    (
        "radiotherapy",
        (
            r"radiation(?: therapy| treatments?)?|(?:re-?)?irradiat(?:ed|ion)|radiotherapy|radio|rads|(?:re-?)?xrt"
            r"|(?:re-)?rt"
        ),
    ),
    (
        "immunotherapy",
        (
            r"immunotherap(?:y|ies)|immuno|immune therapy|i-?o(?= na[iï]ve)|checkpoint(?: inhibitors?| "
            r"blockade)?"
        ),
    ),
    ("hormone therapy", r"hormone (?:therapy|blockers?|treatment)|hormonal therapy"),
    (
        "surgery",
        (
            r"(?:(?:fertility|nerve|organ|limb|breast|lung|kidney|nephron|bladder|larynx|sphincter|tissue|skin)[ -]"
            r"(?:sparing|preserving|conserving) )?surgery|surgical resection|an operation"
        ),
    ),
    ("targeted therapy", r"targeted (?:therapy|therapies|treatments?|drugs?)"),
    (
        "stem cell transplant",
        (
            r"(?:stem[ -]cell|bone marrow|auto(?:logous)?|allo(?:geneic)?)[ -]?(?:transplants?(?:ation)?"
            r"|sct|hct|hsct|bmt)|asct|hsct|bmt"
        ),
    ),
    (
        "radioligand therapy",
        r"radioligand(?: therapy)?|prrt|lutetium|lu-?177|177 ?lu\S*|pluvicto|(?:177[ -]?)?lu[ -]?psma(?:-\w+)?",
    ),
    ("exercise", r"exercise(?: program\w*| intervention)?"),
    ("diet", r"(?:ketogenic |fasting[ -]mimicking )diet"),
    ("cryoablation", r"cryo-?ablation|cryotherapy"),
    ("ablation", r"(?:radiofrequency|microwave|thermal) ablation|rfa"),
    ("HIPEC", r"hipec"),
    ("acupuncture", r"acupuncture"),
    ("vitamin D", r"vitamin d3?"),
    ("cannabis", r"cannabis|cannabinoids?|cbd oil"),
    ("oncolytic virus", r"oncolytic (?:virus(?:es)?|virotherapy)"),
    ("mRNA vaccine", r"mrna vaccines?"),
    ("psilocybin", r"psilocybin"),
    ("yoga", r"yoga"),
    ("PARP inhibitor", r"parpi?s?(?! ?(?:mut|1|2))"),
    ("arsenic trioxide", r"arsenic(?: trioxide)?"),
    (
        "autologous stem cell transplant",
        (
            r"(?<=and )auto(?=$|[,;.])|(?<=then )auto|(?<=to )auto(?=$|[,;.])|(?<=after )auto|(?<=post )auto"
            r"|(?<=prior )auto|(?<=failed )auto|(?<=no )auto(?=$|[,;.])"
        ),
    ),
    (
        "allogeneic stem cell transplant",
        (
            r"(?<=and )allo(?=$|[,;.])|(?<=then )allo|(?<=to )allo(?=$|[,;.])|allo(?= planned)|(?<=after )allo"
            r"|(?<=post )allo|(?<=prior )allo|(?<=failed )allo|(?<=no )allo(?=$|[,;.])"
        ),
    ),
    ("tyrosine kinase inhibitor", r"tkis?"),
    ("immunomodulatory drug", r"imids?"),
    ("gamma secretase inhibitor", r"gamma[- ]secretase(?: inhibitors?)?"),
    ("total neoadjuvant therapy", r"tnt|total neoadjuvant(?: therapy)?"),
    ("radium-223", r"radium(?:[ -]?223)?|ra-?223"),
    ("TCR-T", r"tcr(?:[ -]?t)?(?:[ -]cells?)?(?: therapy)?(?! (?:alpha|beta|gamma))"),
    ("CDK4/6 inhibitor", r"cdk ?4 ?/ ?6(?:i|s)?"),
    ("anti-PD-1", r"(?:anti-?)?pd-?1(?!l)(?: blockade)?"),
    (
        "platinum chemotherapy",
        (
            r"plat(?:inum|in)?(?=[ -](?:sensitive|resistan|refractory|based|doublet|pre-?treated|chemo"
            r"|na[iï]ve|treated|failure|exposed|combin))"
        ),
    ),
    ("S-1", r"s-1"),
    ("cisplatin", rf"cis(?:platin)?(?={_UNFIT})"),
    ("platinum chemotherapy", rf"plat(?:inum)?(?={_UNFIT})"),
    ("stem cell transplant", rf"(?:stem cell )?transplant(?:ation)?(?={_UNFIT})"),
    ("autologous stem cell transplant", rf"asct(?={_UNFIT})"),
    ("methotrexate+doxorubicin+cisplatin", r"map(?! ?kinase)"),
    ("vincristine+doxorubicin+cyclophosphamide+ifosfamide+etoposide", r"vdc ?/ ?ie"),
    ("endocrine therapy", r"endocrine(?=[ -](?:resistan|refractory|sensitive|na[iï]ve))"),
)
ADDED_WORDS = re.compile("|".join(rf"(?P<a{n}>(?<![\w-])(?:{pattern})(?!\w))" for n, (_, pattern) in enumerate(ADDED)))
"""The group `aN` is the pattern of `ADDED[N]`."""
_INFECTION = re.compile(r"\b(?:covid(?:-19)?|flu|influenza|hpv|hepatitis b?|shingles|zoster|pneumococcal|live)\s+$")

_CASED = frozenset(
    {"map", "s-1", "rt", "crt", "rfa", "adc", "adcs", "hai", "bite", "bites", "til", "io", "radio", "cross"}
)


def is_other_word(match: re.Match[str], text: str) -> bool:
    """Short words that are therapies only in their own case, and vaccines against infections."""
    if match.group().endswith(("vaccine", "vaccines")) and _INFECTION.search(match.string, 0, match.start()):
        return True
    return match.group() in _CASED and (
        (text[match.start() : match.end()].islower() and match.group() not in ("radio",))
        or (match.group() == "radio" and re.match(r"logic|graph|active", text[match.end() :]) is not None)
    )
