"""The words of extent and course, and the words beside them that make them speak of something else. Folded text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from search.extraction.kinds.disease import NOUN


@dataclass(frozen=True, slots=True)
class ExtentWord:
    """One way to say an extent."""

    values: tuple[str, ...]
    stems: tuple[str, ...]
    """Literals, one of which the text must hold for the pattern to be tried."""
    pattern: re.Pattern[str]
    complete: bool = False
    """It says it all; otherwise a noun for the disease must follow, or a verb stand before."""
    confidence: float = 0.9
    liquid: bool = False
    """It means that only where the disease is of the blood or the lymph nodes."""


def _word(
    values: str, stems: str, pattern: str, *, complete: bool = False, confidence: float = 0.9, liquid: bool = False
) -> ExtentWord:
    return ExtentWord(tuple(values.split()), tuple(stems.split("|")), re.compile(pattern), complete, confidence, liquid)


_CURATIVE = (
    r"(?:(?:curative|complete|radical|definitive|surgical|local|further|potentially|primary|upfront"
    r"|safe|intent|anatomical|gross total|and|or|/) ?){0,4}"
)

WORDS = (
    _word("metastatic", "metasta", r"(?<!non-)(?<!non )(?<!non)(?<!no )\bmetastatic\b"),
    _word(
        "metastatic",
        "metasta|extracranial",
        r"\b(?:distant|distal|hematogenous|systemic|extracranial|extra-?hepatic|visceral|m1)(?: or \w+)? metasta(?:sis"
        r"|ses|tic disease)|\bmetasta(?:sis|ses) (?:of any part|at (?:initial )?diagnosis|to distant"
        r"|outside)"
        r"|\b(?:evidence|presence|signs?|documentation) of (?:any |a |distant )?metasta(?:sis|ses)\b(?! to"
        r" the (?:brain|cns))|\bextracranial disease\b|^\W*metasta(?:sis|ses)\W*$|\bmetastasi[sz]ed\b",
        complete=True,
    ),
    _word(
        "metastatic",
        "metasta",
        r"\b(?:cancer|carcinoma|adenocarcinoma|tumou?rs?|melanoma|nsclc|crc|rectum|colon)\b[^.;:]{0,40}?\bwith"
        r" (?:[\w-]+ ){0,3}(?:liver|hepatic|pulmonary|lung|bone|peritoneal|ovarian) metasta(?:sis|ses"
        r"|tic)\b",
        complete=True,
        confidence=0.7,
    ),
    _word("metastatic", "disseminated", r"\bdisseminated\b"),
    _word("metastatic castration_resistant", "mcrpc", r"\bmcrpc\b", complete=True, confidence=0.95),
    _word("metastatic", "mhspc|mcspc|mcrc|mpdac|mbc", r"\b(?:mhspc|mcspc|mcrc|mpdac|mbc)\b", complete=True),
    _word("castration_resistant", "nmcrpc|crpc", r"\b(?:nm|m0)?crpc\b", complete=True),
    _word(
        "locally_advanced",
        "advanced",
        r"\b(?:loco-?regional(?:ly)?|local(?:ly|ized|ised)?)[ -](?:or regionally |and regionally )?advanced\b",
    ),
    _word("locally_advanced", "advanced", r"\blocal(?:ly)? (?:or|and/or|and) (?:regionally |systemically )?advanced\b"),
    _word(
        "advanced",
        "advanced",
        r"(?<!locally )(?<!locally-)(?<!regionally )(?<!more )\badvanced\b(?! (?:age|directive|care"
        r"|practice|imaging|cirrhosis|kidney|renal|heart|liver|copd|dementia))",
    ),
    _word(
        "unresectable",
        "resectable|inoperable|unresected|operable",
        r"\b(?:un-?resectable|non-?resectable|inoperable|in-operable|non-?operable|not (?:be )?(?:surgically"
        r" |completely |considered )?(?:resectable|operable))\b",
    ),
    _word(
        "unresectable",
        "amenable|candidate|eligible|suitable|removed|resected|resection",
        rf"\b(?:not|no longer|non)[ -](?:be |a |considered |deemed |amenable |\w+ly )?(?:(?:good |suitable "
        rf"|appropriate )?candidates? for|amenable (?:to|for)|eligible for|suitable for|appropriate for) {_CURATIVE}"
        r"(?:surger(?:y|ies)|resection|surgical(?! staging)|excision|surgically|local therap|treatment with"
        r" surgery|treatment by surgery)"
        r"|\b(?:cannot|can not|could not) be (?:completely |surgically |safely )?(?:removed|resected)"
        r"|\b(?:surgical )?resection of the tumou?r must not be possible",
        complete=True,
    ),
    _word(
        "resectable",
        "resectable|operable",
        r"(?<!un)(?<!non)(?<!non-)(?<!in)(?<!borderline )(?<!not )\b(?:(?:surgically|potentially|completely"
        r"|clinically|borderline) )?(?:resectable|operable)\b",
    ),
    _word(
        "resectable",
        "amenable|candidate|suitable|eligible",
        rf"(?<!not )(?<!not a )(?<!not be )(?<!no longer )\b(?:candidates? for|amenable (?:to|for)|suitable"
        rf" for|eligible for) {_CURATIVE}(?:surgical )?(?:resection|tumou?r resection)\b",
        complete=True,
        confidence=0.8,
    ),
    _word(
        "resected",
        "resect|excis|residual",
        r"\b(?:completely|surgically|fully|macroscopically|radically|grossly|curatively)[ -](?:surgical(?:ly)?"
        r" )?(?:resected|excised)\b"
        r"|\b(?:undergone|underwent|after|following|status post|s/p) (?:an? )?(?:\w+ )?(?:complete"
        r"|curative|radical|gross total|r0)[ -](?:surgical )?(?:resection|excision)\b"
        r"|\bno (?:\w+ ){0,4}?(?:residual tumou?r|tumou?r residual|residual disease) (?:after|following) (?:\w+"
        r" ){0,2}(?:resection|surgery)\b",
        complete=True,
        confidence=0.75,
    ),
    _word(
        "localized",
        "locali",
        r"\blocali[sz]ed(?! (?:advanced|therapy|radi|treatment|pain|infection|prostate cancer treated))",
    ),
    _word("localized", "confined", r"\b(?:organ[- ]confined|confined to the (?:prostate|organ|pancreas|kidney))\b"),
    _word("recurrent", "recur", r"\b(?:loco-?regional(?:ly)?[ -]|locally[ -]|biochemical(?:ly)?[ -])?recurrent\b"),
    _word(
        "recurrent",
        "recurred",
        r"\b(?:has|have|had|which|that|disease|tumou?r) (?:now |locally |since )*recurred\b",
        complete=True,
    ),
    _word(
        "recurrent",
        "recurrence",
        r"\b(?:local|locoregional|loco-?regional|tumou?r|disease|biochemical|distant|pelvic|first|evidence"
        r" of)(?: or \w+)? recurrence\b(?! of (?:symptom|infect|other)|[- ]free| rate| risk| score"
        r"| (?:on|during|within)\b)",
        complete=True,
        confidence=0.75,
    ),
    _word("relapsed", "relaps", r"\brelaps(?:ed|ing)\b|\brelapse\b(?=,? (?:or|after|and))"),
    _word("relapsed", "relapse", r"\b(?:biochemical|first|second|at) relapse\b", complete=True, confidence=0.75),
    _word("refractory", "refractor", r"\brefractory\b"),
    _word("refractory", "failed to respond", r"\bfailed to respond\b"),
    _word(
        "newly_diagnosed",
        "diagnosed|de novo|de-novo",
        r"\bnew(?:ly)?[- ]diagnosed\b|\bde[ -]novo\b(?! (?:metasta|stage))",
    ),
    _word("newly_diagnosed", "untreated", r"\bpreviously untreated\b", liquid=True, confidence=0.8),
    _word("progressive", "progressive|progressing", r"\b(?:progressive|progressing)\b"),
    _word(
        "progressive",
        "progression",
        r"\b(?:documented|radiograph\w+|radiolog\w+|evidence of|objective|clinical|unequivocal)(?: \w+){0,2}"
        r" (?:disease |tumou?r )?progression\b",
        complete=True,
        confidence=0.7,
    ),
    _word(
        "oligometastatic",
        "oligomet|oligo-met",
        r"\boligo-?metasta(?:tic|ses|sis)\b|\boligo-?(?:recurrent|progressive)\b",
    ),
    _word(
        "castration_resistant",
        "castrat|hormone|androgen",
        r"\b(?:castrat(?:ion|e)|hormone|androgen)[ -]?(?:resistant|refractory|independent|insensitive)\b",
    ),
    _word(
        "castration_resistant",
        "hormon|androgen|castrat",
        r"\b(?:refractory|resistant|unresponsive) to (?:hormon\w+|androgen|castration)",
        complete=True,
    ),
    _word(
        "measurable_residual",
        "residual|mrd",
        r"\b(?:mrd|(?:minimal|measurable) residual disease)(?: \(mrd\))?[ -]?(?:positiv\w+|\+)|\b(?:positive"
        r"|detectable|persistent) (?:for )?(?:mrd|(?:minimal|measurable) residual disease)\b",
        complete=True,
    ),
)
"""All words, the longer spelling deciding where two overlap."""

STEMS = frozenset(stem for word in WORDS for stem in word.stems)

JOINS = re.compile(
    r"(?:[\s,/()&+-]|i\.e\.|\b(?:and|or|and/or|either|of|ie|locally|surgically|incurable|persistent"
    r"|(?:disease|tumou?rs?|cancer)(?=,? (?:or|and/or|and)\b)"
    r"|stage|de novo|otherwise|which is|that is|newly|the|a|to|primary|non|but)\b)*"
)
"""What may stand between two words of one criterion."""

_MODIFIER = r"(?:[\w/+&-]+(?: ?\([^()]{0,40}\))? ?,? ){0,9}?"
HEAD = re.compile(
    rf"[\s,)]*(?:\((?:stage|m1)\b|(?:\([^()]{{0,80}}\)[\s,]*)?(?:{_MODIFIER})\(?(?:{NOUN}|patients?"
    rf"|setting|[a-z0-9+/-]*(?:nsclc|sclc|hnscc|scchn|hcc|rcc|ccrcc|crc|pdac|gbm|cll|aml|mds|cml"
    rf"|dlbcl|nhl|all|tnbc|gists?|npc|escc|btc|nets?|uc|abc|mbc|tnbc|bc|mm|crpc|mcl|fl|ptcl|ctcl"
    rf"|mpn|nec|atc|dtc|adenoca))\b)"
)
"""The noun that the words describe, a few words later."""

PREDICATE = re.compile(
    r"\b(?:disease|cancer|tumou?rs?|carcinoma|melanoma|lymphoma|leuka?emia|myeloma|sarcoma|malignancy"
    r"|patients?|participants?|subjects?|fibromatosis|they|that|which|who)"
    r" (?:must |should |has to |have to )?(?:have |has |had |be |is |are |been |either |become "
    r"|to be |currently |now )+(?:\w+ly )?$"
)

NOT_EXTENT_BEFORE = re.compile(
    r"\b(?:no|without) (?:prior|previous|concurrent) (?:\w+ ){0,3}?(?:\w*therapy|treatment|surgery|radiation)\b"
    r"|\b(?:in|for|among|if) (?:the )?(?:patients|participants|subjects|those|children|individuals)(?: \w+)?"
    r" with (?:an? )?$|"
    r"(?:\b(?:platinum|therapy|treatment|drug|steroid|rituximab|pd-1|pd-l1|pd-\(l\)1|endocrine"
    r"|radioiodine|iodine|chemo\w*|\w+mab|\w+ib|\w+mide|insulin|antibiotic)[- /] ?$)|"
    r"(?:\b(?:history of|prior to|time of|(?:since|after|from) (?:the )?(?:initial )?diagnosis of"
    r"|onset of|risk of|risk for|until|evidence of no|absence of prior|treatment of|due to|caused by"
    r"|secondary to|progressed (?:on|after|to)|adjuvant|date of|first|"
    r"number of|sites? of|in the|in an|in a|for the|for|per|prevent|delay|nausea|pain|ascites|effusions?"
    r"|hypertension|because of|probability (?:for|of)|suspic\w+ (?:for|of)|stable or|stable disease or"
    r"|stable/) ?)$"
)
ORGAN_BEFORE = re.compile(
    r"(?:\b(?:brain|cns|cerebral|intracranial|central nervous system|leptomening\w+|meningeal|spinal"
    r"|liver|hepatic|bone|bony|osseous|lung|nod[ea]l?|lymph node|skeletal|peritoneal|if)"
    r"(?! (?:\w+ )?(?:cancer|carcinoma|tumou?rs?|sarcoma|melanoma|adenocarcinoma)\b)(?:,| or| and|/)?(?: \(\w+\))?"
    r"(?: \w+){0,2} )$"
)
"""An organ's metastases, not those of the disease as a whole; counts only against words that need a noun."""

THERAPY_AFTER = re.compile(
    r"(?: (?!(?:after|following|on|despite|to|disease|with|who|that|and|or)\b)[\w-]+){0,2}"
    r" \w*(?:radiotherapy|chemotherapy"
    r"|radiation|therap(?:y|ies)|treatments?|regimens?|settings?)\b"
)
"""A therapy that the words describe ("metastatic NSCLC chemotherapy"); counts only against words that need a noun."""

NOT_EXTENT_AFTER = re.compile(
    r"[\s-]*(?:(?:bone|brain|cns|liver|hepatic|nod[ea]l?|lymph|spinal|leptomening\w*|pulmonary"
    r"|lung) (?:disease|metasta|lesion|involve)|infect|hypertens|hypotens|nausea|vomit|pain|ascites"
    r"|effusion|seizure|epilep|anemia|anaemia|diarrh|thrombo"
    r"|heart|cardi|angina|arrhythm|asthma|copd|lung disease|liver disease|kidney|renal (?:disease"
    r"|failure|insuff)|multifocal|leuko|neurolog|neuropath|dyspn|weakness|bacter|viral|urinary"
    r"|pneumon|ulcer|bleed|hemorrh|haemorrh|pulmonary disease|colitis|pancreatitis"
    r"|to (?:platelet|transfusion|medical|insulin|antibiotic)|setting\b|lesions? (?:must|should"
    r"|measur|that|is|are)|cystitis|uti\b|hypercalc|hypokal|electrolyt|edema|psychiatr|mental|life"
    r"|registered|nurse|hematoma|dementia|deficit|symptom|sclerosis"
    r"|increase|improve|motor|supranuclear|cognitive|decline|resistance|free survival|-free|biops"
    r"|sample|specimen|tissue|site)"
)
COURSE_WHEN_EXCLUDED = frozenset(
    {"newly_diagnosed", "progressive", "refractory", "resectable", "measurable_residual", "advanced"}
)
"""Courses that an exclusion names for other reasons: an outcome of therapy, another illness."""
