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
