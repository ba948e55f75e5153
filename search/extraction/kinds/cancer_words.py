"""The words around the name of a cancer that say what it is there for. Folded text, but for `CAPITALS`."""

from __future__ import annotations

import re

STRONG = re.compile(
    r"\b(?:confirm\w*|proven|proved|verified|documented|diagnos(?:is|ed|es)|histolog\w+|cytolog\w+"
    r"|patholog\w+|biopsy|biopsied|evidence of"
    r"|defined|(?:patients?|participants?|subjects?|those|women|men|individuals?|children|adults?) (?:with"
    r"|who have|that have|has|have|suffering from)"
    r"|(?:has|have|having|had) (?:an? )?(?:\w+ ){0,2}$|suspected|known|active)\b"
)
CONFIRMED = re.compile(
    r"\b(?:confirm\w*|proven|proved|verified|documented|diagnosis of|diagnosed (?:with|as)|histolog\w+"
    r"|cytolog\w+|patholog\w+)\b"
)
LEADS = re.compile(
    r"^\W*(?:(?:the |a |an |adult |female |male |all |any |has |have |with |must have |phase \w+ ?: ?"
    r"|cohort \w+ ?[:(] ?|arm \w+ ?: ?"
    r"|patients? with |participants? with |subjects? with |patients? must have |participants? must have"
    r" |subjects? must have |(?:newly|previously|un)[- ]?(?:diagnosed|treated) "
    r"|recurrent|relapsed|refractory|metastatic|(?:locally )?advanced|unresectable|resectable|operable"
    r"|inoperable|incurable|stages? [ivabc0-9, /-]+"
    r"|primary|high[- ]grade|low[- ]grade|high[- ]risk|or |and )\W*)*$"
)
ITS_PATIENTS = re.compile(
    r"^(?:patients?|participants?|subjects?)\b[^.;]{0,120}\b(?:must|should|need|(?:are|is) required|may)\b"
)
PERMITTED = re.compile(r"\b(?:may be (?:enrol|includ)\w*|(?:are|is|will be) (?:\w+ )?(?:eligible|included|enrolled))\b")
ONLY = re.compile(r"\bonly (?:patients?|participants?|subjects?|those|tumou?rs?) (?:with|who have)\b[^.;]*$")
EARLIER = re.compile(
    r"\b(?:history|prior|previous(?:ly)?|past|concurrent|concomitant|secondary|second|synchronous"
    r"|contralateral|another|treated for"
    r"|therapy[- ]related|treatment[- ]related|transform\w+)\b(?!ly untreated)"
)
JOINS = re.compile(
    r"(?:[\s,;/()&+-]|i\.e\.|e\.g\.|\b(?:and|or|and/or|either|including|include[sd]?|such as|as well as"
    r"|plus|of|the|a|an|any|with|eg|ie|primary|metastatic"
    r"|(?:locally )?advanced|recurrent|relapsed|refractory|unresectable|high[- ]grade|low[- ]grade"
    r"|malignant|epithelial|histolog\w+|cell|type"
    r"|subtypes?|variants?|grade|who|[1-4iv]+|mutant|positive|negative|mss|msi-h|adult|other|nos"
    r"|not otherwise specified|well|poorly|moderately"
    r"|differentiated|invasive|persistent|primary|its|their|also|known|called|hormone|receptor"
    r"|hr|triple|her2|er|pr)\b)*",
)
OR = re.compile(r"[,;/]|\bor\b|\band\b|&|\(|including|such as|plus|as well as")
OPENS = re.compile(
    r"\b(?:including,? but (?:are )?not limited to|includ\w+,? without limitation|such as|e\.g\.|for example)\W*$"
)
LIST_HEAD = re.compile(
    r"\b(?:following|one of|any of|either|types?|subtypes?|histolog\w+|includ\w+|diagnos\w+|cancers?"
    r"|tumou?rs?|malignanc\w+|confirmed|diseases?)\b[^.;]*:?\s*$"
)
CAPITALS = re.compile(r"[A-Z][A-Za-z+/-]?[A-Z]")
UNIT = re.compile(r"(?:[\d/]|per)\s*$")
SECONDARY = re.compile(r"(?<!primary or )(?<!primary and )metastatic $")
SETS_APART = re.compile(
    r"\b(?:primary tumou?rs?|tumou?r types?|histolog\w+|subtypes?|diagnosis of|diagnosed with|confirmed"
    r"|suffer\w* from|cancers? of|tumou?rs? of|origin|following)\b"
)
VIRAL = re.compile(r"\bhiv\b|immunodeficiency virus|castleman")
WEAK_ANY = re.compile(r"solid|h(?:a)?ematolog|all |any |malignan|cancers")
BARE = re.compile(r"(?:in[- ]situ )?squamous(?:[- ]cell)?(?: carcinomas?| cancers?)?|scc")
QUALIFIED = re.compile(
    r"\b[\w/+]+[- ](?:driven|positive|negative|associated|related|induced|mutated|mutant|rearranged|amplified"
    r"|deficient) $"
)
"""A marker that says which of the patients with a disease are meant: the disease by itself rules nobody out."""

_PLAIN = frozenset(
    [
        *("a", "an", "the", "any", "all", "no", "not", "other", "another", "or", "and", "and/or", "nor"),
        *("either", "both", "also", "of", "with", "to", "by", "for", "from", "than", "as", "in", "on"),
        *("at", "including", "include", "includes", "is", "are", "be", "has", "have", "had", "having"),
        *("was", "were", "been", "being", "excluding", "except", "without", "eg", "ie", "ex", "known"),
        *("suspected", "confirmed", "documented", "diagnosed", "proven", "active", "current", "currently"),
        *("existing", "histologically", "cytologically", "pathologically", "history", "diagnosis"),
        *("diagnoses", "evidence", "presence", "primary", "malignant", "invasive", "metastatic"),
        *("advanced", "histology", "histologies", "type", "types", "subtype", "subtypes", "disease"),
        *("diseases", "pathology", "tumor", "tumors", "tumour", "tumours", "cancer", "cancers"),
        *("following", "lymphoma", "leukemia", "patients", "participants", "subjects", "predominantly"),
        *("predominant", "untreated", "concurrent", "biopsy-proven", "biopsy", "clinical", "clinically"),
        *("apparent", "component", "components", "classical", "typical", "variant", "variants", "that"),
        *("which", "who", "such", "pathologic", "pathological", "cohort", "arm", "particular", "amyloid"),
        *("ig", "reveals", "shows"),
        *("exclude", "excludes", "excluded", "inactive"),
    ]
)
"""Words before the name of a disease that do not narrow it."""
_NAMES = re.compile(r"omas?$|emias?$|\d")
"""The end of another disease's name, or a label of a classification (M3)."""
_LAST_WORD = re.compile(r"(?:^|[\s(])([a-z][\w+-]*) $")
_LIMITED = re.compile(
    r"[\s)]*(?:(?:patients?|subjects?|participants?|histolog(?:y|ies)|components?) )?(?:with(?:out)?|located|involving"
    r"|exhibiting|harbou?ring|arising|transform\w+|mixed|amenable|in (?:the|one|a)|at (?:t )?stages?"
    r"|of (?:the )?(?:contralateral|tuberous|down)"
    r"|(?:that|which|who) (?:has|have|had|is|are|was|were)(?! (?:not|excluded|ineligible|also excluded))|if|when|whose"
    r"|(?:greater|more|less|larger|smaller) than|[<>\u2264\u2265])"
)


def is_limited(before: str, after: str) -> bool:
    """Whether a disease that rules out carries words that say which of its patients are meant, not read any further.

    Args:
        before: folded words before the disease, with single spaces and one at the end.
        after: folded words behind it, likewise.
    """
    last = _LAST_WORD.search(before)
    narrows = last is not None and last[1] not in _PLAIN and not _NAMES.search(last[1])
    return narrows or _LIMITED.match(after) is not None
