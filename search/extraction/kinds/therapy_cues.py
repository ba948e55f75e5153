"""The words around a therapy that tell whether the patient has had it, and what came of it.

All patterns run over folded text with single spaces: what stands in the sentence before the therapy, or behind it.
"""

from __future__ import annotations

import re

HISTORY = re.compile(
    r"\b(?:prior(?! to\b)|previous(?:ly)?|pre-?treated|received|receipt of|receive(?=s? (?:prior|any))|treated(?: with| by| for| using)?"
    r"|treatments? (?:with|by|using)|therap(?:y|ies) with|expos(?:ed|ure)(?: to)?|undergone|underwent|undergoing|history of"
    r"|(?:have|has|had|having) had|had|given|administered|administration of|use of|used|taken|took|fail(?:ed|ure|ing)?|after|(?<!the )following|post"
    r"|since|(?:last|most recent|final) (?:dose|treatment|course|cycle|administration|therapy)|last|complet\w+|finished"
    r"|discontinu\w+|stopped|off|relapsed|refractory|resistant|progress\w*|intoleran\w+|despite|unresponsive|non-?respon\w+|elapsed"
    r"|from(?= (?:the )?(?:last|prior|previous|any))|benefit(?:ed)? from|consist\w* of|contained|on(?= (?:prior|previous|first|any)))\b"
)
"""A sign, before the therapy, that it lies in the past."""

STRONG = re.compile(
    r"\b(?:prior(?! to\b)|previous(?:ly)?|pre-?treated|received|receipt of|treated (?:with|by|for)|treatments? with|therapy with|exposed to|exposure to"
    r"|undergone|underwent|history of|(?:have|has|had|having) had|fail(?:ed|ure)|after|following|complet\w+|progress\w*|refractory|resistant"
    r"|intoleran\w+|relapsed|benefit|must (?:have )?includ\w+|post|despite|administered|used|unresponsive|discontinu\w+|been on)\b"
)
"""A sign that suffices for a requirement."""

KILL = re.compile(
    r"\b(?:(?:concurrent\w*|concomitant\w*|current(?:ly)?|ongoing|planned|simultaneous\w*|anticipated|chronic|co-?administ\w+|continu\w+|requir\w+|receive|receiving|undergoing|undergo)(?: (?:or|and|/) [a-z]+)? (?:[a-z-]+ ){0,2}?(?:use of|treatments? with|therapy with|treated with|administration of|use)"
    r"|receiving|(?:amenable|suitable|candidates?|eligible|appropriate|accessible|curable) (?:to|for|by|with)(?: [a-z-]+){0,4}? (?:treated with|treatments? (?:with|by)|therapy with)|candidates? (?:for|to)|eligib\w+ (?:for|to)|ineligible|plan(?:s|ned|ning)?\b(?:[^.;,]{0,60}?\b(?:after|following)\b)?|between|regardless|schedul\w+|intend\w*|intent(?:ion)?\b"
    r"|appropriate|amenable|suitab\w+|unsuitable|willing\w*|unwilling\w*|able to|unable to|requir(?:e|es|ing|ed|ement|ements|s)|need(?:s|ed|ing)?|indicat(?:ed|ion)"
    r"|refus\w+|declin\w+|unfit|fit for|contra-?indicat\w+|allerg\w+|hypersensitiv\w+|anaphyla\w+|sensitivity"
    r"|will (?:be|receive|undergo|have)|to receive|to undergo|concurrent\w*|concomitant\w*|simultaneous\w*|co-?administ\w+"
    r"|current(?:ly)?|ongoing|during|while|toxicit\w+|adverse|side effects?|complications?|prior to|before|until|start of"
    r"|starting|initiat\w+|first (?:dose|administration|infusion|day|cycle)|(?:cycle|day) \d|interact\w*"
    r"|with or without|\+/-|replacement|randomi[sz]\w*|registration|enrol\w*|expect\w*|access to|availab\w+|alternative"
    r"|metaboli\w+|compounds?|composition|similar to|components?|excipients?|formulat\w+|planning|consider\w*|if|in case|allow for|refer\w*|permit|curable|curative intent"
    r"|preclud\w*|interfere\w*|respond\w* to|would|could benefit|undergo|undergoing|receive|continu\w+|standard of care|may be|can be|options?|benefit from(?= \w+ alone)|naive"
    r"|absor\w+|affect\w*|alter|in combination with|combined with|combination therapy with|together with|induced by|caused by|resistan\w+ mutations?|defin\w+|no (?:standard|approved|effective|available|known|other)|exist\w*)\b"
)
"""A sign, before the therapy, that it is planned, possible, feared, or part of the study."""

TOXIC = re.compile(
    r"\b(?:toxicit(?:y|ies)|adverse (?:[a-z]+ )?(?:events?|effects?|reactions?)|aes?|irae\w*|side[- ]effects?|complications?"
    r"|sequelae|effects?|recover(?:ed|y)?|resol(?:ved|ution)|neuropath\w+|pneumonitis|alopecia|reactions?|hypersensitivit\w+"
    r"|allerg\w+|anaphyla\w+|cardiotoxicity|cardiomyopathy|damage|injury|any of the following(?= (?:with|during|on)\b)|symptoms?|colitis|hepatitis|hospitali[sz]\w+|cytopenias?|icans|cytokine release|myelosuppression|acute effects)\b"
)
"""What a treatment did to the patient: "toxicity from prior therapy" is no prior therapy."""
TOXIC_ENDS = re.compile(r"\b(?:received|since|elapsed|treatment with|therapy with|(?:and|or) (?:have|has|had|at least|must)|within \d+)\b|;")
TOXIC_REACH = 130

OUTCOMES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "progressed",
        re.compile(
            r"\b(?:progress(?:ed|ion|ing|ive|es)?|relaps\w+|recur(?:red|rence|rent|ring)?|fail(?:ed|ure|ures|ing|s)?|unresponsive"
            r"|non-?respon\w+|(?:did|does|do|has|have|not) not respond\w*|(?:lack|loss) of (?:response|benefit)|inadequate response|insufficient response"
            r"|ineffective|exhausted|continued to grow|worsen\w*)\b"
        ),
    ),
    ("refractory", re.compile(r"\b(?:refractory|resistan(?:t|ce)|unresponsive)\b")),
    (
        "intolerant",
        re.compile(
            r"\b(?:intoleran(?:t|ce)|(?:unable|not able|inability|could not|cannot|can not)(?: to)? tolerate|not tolerat\w+"
            r"|discontinu\w+(?= [^.;]{0,60}(?:intoleran|toxicit)))\b"
        ),
    ),
    (
        "response",
        re.compile(
            r"\b(?:(?:complete |partial |objective |clinical )?respon(?:se|ded|ding|ders?) (?:to|after|following|on)"
            r"|benefit(?:ed)? (?:from|on)|(?:remission|stable disease|cr|pr|sd)\b[^.;]{0,25}(?:after|following|to|with))\b"
        ),
    ),
)
"""What came of a therapy, as words before it."""
OUTCOME_LINK = re.compile(
    r"\b(?:on|after|following|to|during|with|of|from|while|despite|under|post|upon|since|by|failed|fail|failing|received|tolerate|had|treated|through|or|and|have|in)\b|^\W*$"
)
OUTCOME_REACH = 140
OUTCOME_BREAK = re.compile(
    r"[;]|\b(?:must|but|however|unless|provided|except|who (?:have )?(?:received|had)|and (?:have |has )?(?:received|had|must)|eligible|candidates?|without|measurable|histolog\w+ confirmed)\b"
)
OUTCOME_BEHIND: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "progressed",
        re.compile(
            r"^[^.;]{0,70}?\b(?:has|have|had|having|was|were|is|must have|and|who|which|with|experienced) (?:[a-z]+ ){0,3}?(?:failed|progress\w+|relapsed|recurred|proven to be ineffective|disease progression)\b"
            r"|^\W*(?:[a-z]+ )?failures?\b|^[^.;,]{0,40}\bproven to be ineffective"
        ),
    ),
    ("refractory", re.compile(r"^[ -]*(?:relapsed[/ -](?:or )?)?(?:and/or |therapy[- ]|based[- ]|treatment[- ])?(?:refractory|resistant)\b")),
    ("intolerant", re.compile(r"^[ -]*intoleran(?:t|ce)\b|^[^.;]{0,90}\b(?:due to|because of|for|or) (?:unacceptable )?(?:intolerance|toxicity)\b")),
)
"""What came of a therapy, as words behind it."""
NOT_RESISTANCE = re.compile(r"castrat|androgen|multi-?drug|drug-resistant|insulin|antibiotic|radiograph")

KILL_BEHIND = re.compile(
    r"^[\s-]*(?:\([^)]*\) ?)?(?:-?(?:related|induced|associated|lesions?|treated (?:area|field|lesion|site)|exposed area)\b|fields?\b|ports?\b|portals?\b|ineligib|eligib|candidate|unsuitab|unfit"
    r"|toxicit|allerg|hypersens|pneumonitis|necrosis|dermatitis|is (?:not )?(?:an? )?(?:appropriate|indicated|planned|not indicated|contraindicated|recommended|considered|available|approved)"
    r"|are (?:not )?(?:appropriate|indicated|planned|contraindicated|recommended|considered|available)|would be|will be|(?:may|can) (?:be )?(?:continu|start|given|receiv)"
    r"|exists?\b|known to|therapy exists|(?:is|are) not (?:available|an option)|(?:to be )?(?:administered|given|performed) (?:as part of|during|on|in) (?:this|the) (?:study|trial|protocol)"
    r"|(?:at|as) (?:the )?(?:discretion)|clinical trial of|dose (?:of|will)|planned)"
)
OTHER_DISEASE = re.compile(
    r"\b(?:infections?|autoimmune|auto-immune|diabetes|hypertension|hepatitis|hiv|hbv|hcv|asthma|arrhythmias?|thyroid\w*|seizures?|epilepsy|ild|interstitial"
    r"|colitis|effusions?|ascites|thrombo\w+|angina|hypercalcemia|rheumat\w+|psoriasis|vitiligo|eczema|hypothyroidism|inflammatory|psychiatric|immunodeficien\w+|adrenal|pituitary"
    r"|dermat\w+|tuberculosis|gvhd|graft|heart|cardiac|qtc?|condition|illness)\b[^.;]{0,120}$"
)
"""Another disease under treatment, before the therapy."""
ASIDE = re.compile(
    r"\b(?:contracep\w+|pregnan\w+|breast-?feed\w*|lactat\w+|sperm|condoms?|fertil\w+|childbearing|child-bearing|father\w*|sterili[sz]\w+|ligation|vasectom\w+|abstinen\w+|donat\w+|\w*menopaus\w*|menses|amenorrh\w+|informed consent|sign(?:ed|ing)? (?:a |an |the )?(?:written|consent))\b"
)
"""Topics whose sentences name therapies without asking for any."""
MEASURED = re.compile(
    r"\b(?:measurable|evaluable|assessable|target lesions?|lesions?|tissues?|specimens?|samples?|archiv\w+|biops\w+|blocks?|slides?|scans?|imaging|mri|irradiated (?:area|field)|leukapheresis|apheresis|lvef|ejection fraction|muga|echocardiogra\w+|testosterone|psa|blood counts?|neutrophil|platelets?|hemoglobin|h[a]?emoglobin|anc|transfusions?|creatinine|bilirubin|albumin)\b"
)
CNS = re.compile(r"\b(?:brain|cns|leptomening\w*|central nervous|intracranial|spinal cord|mening\w+|cerebral)\b")

NEGATED_RECEIPT = re.compile(
    r"\b(?:(?:has|have|had|did|do|does|who|is|are|was|were) not|never|not (?:been |previously |yet |received|had|having)|without|fail(?:ed|ure)? to (?:receive|have)"
    r"|refus\w+|lack(?:s|ing)? of|absence of|have no|has no|had no|hasn't|haven't|not having)\b"
)
"""In an exclusion: what must have been received."""
CONDITIONAL = re.compile(
    r"(?:^|[,;] |\b(?:in|for|if|when|unless|among) )(?:all |any |those |the )?(?:(?:patients?|participants?|subjects?|individuals?|those|women|men)\b[^.;,]{0,60}?\b(?:who|with|that|previously|whose|having)\b|(?:patient|participant|subject)s? (?:has|have|had)\b)[^.;]*$|\b(?:if|in case|when|for those|should)\b[^.;,]*$"
)
"""The therapy stands in a condition ("for patients who received X, …")."""
MUST_BEHIND = re.compile(
    r"\b(?:must|should|will|shall|need(?:s)? to|is required|are required|has to|have to|may|can)\b"
)
ALLOWS = re.compile(
    r"\b(?:allowed|permitted|permissible|acceptable|accepted|eligible|not (?:be )?(?:an )?(?:exclu\w+|considered)|may (?:have|participate|enrol\w*|be (?:included|enrolled|eligible))|can (?:have|participate|be included|enrol\w*)|are not excluded|could have|does not (?:exclude|count)|do not (?:exclude|count)|not (?:required|necessary|mandatory))\b"
)
UNLESS = re.compile(r"\b(?:unless|if (?:clinically )?(?:available|indicated|applicable|eligible|approved)|except|or (?:for|in) (?:whom|which)|or (?:are |is |was |were )?(?:not (?:eligible|suitable|candidates?)|ineligible|unsuitable|intolerant|contraindicat\w+)|provided|as long as|other than|with the exception)\b[^.;]*")
"""A clause that bounds a requirement or a ban."""
MASKED = re.compile(
    r"\b(?:(?<=prior )|(?<=previous )|(?<=received )|(?<=past ))(?:or|and|and/or) (?:is |are )?(?:current(?:ly)?|concurrent|concomitant|ongoing|receiving|planned|present)\b"
    r"|\b(?:current(?:ly)?|concurrent(?:ly)?|concomitant|ongoing|planned|is receiving|receiving)(?: or| and| and/or|/)(?= (?:in |have |has |had )?(?:prior|previous|past|recent|the|received))"
    r"|\b(?:is|are) (?:currently )?receiving(?=(?: or|/) (?:has|have|had|prior|previous))"
    r"|\b(?:currently )?(?:receiving|taking|using),? or (?=(?:has|have|had|received|previously))"
    r"|\brequired? to have\b|\bneed to have\b"
)
"""Words that would hide a history beside them ("prior or current")."""


def mask(words: str) -> str:
    """The words with what hides a history blanked out; same length."""
    return MASKED.sub(lambda match: " " * len(match.group()), words)


SETTINGS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("neoadjuvant/adjuvant", re.compile(r"\bneo-?adjuvant ?(?:/|or|and|and/or|,) ?adjuvant\b|\badjuvant ?(?:/|or|and|and/or|,) ?neo-?adjuvant\b|\(neo-?\) ?adjuvant")),
    ("neoadjuvant", re.compile(r"\bneo-?adjuvant\b|\bpre-?operative\b")),
    ("adjuvant", re.compile(r"\badjuvant\b|\bpost-?operative\b")),
    ("first line", re.compile(r"\b(?:first|1st)[- ]line\b|\bfront-?line\b|\bfront line\b|\binitial therapy\b")),
    ("second line", re.compile(r"\b(?:second|2nd)[- ]line\b")),
    ("maintenance", re.compile(r"\bmaintenance\b")),
    ("metastatic", re.compile(r"\b(?:metastatic|recurrent|relapsed)(?:[ /-](?:or |and/or |and )?[a-z]+){0,5}[ -](?:setting|disease|cancer|carcinoma)\b|\b(?:for|in)(?: the)? metasta\w+")),
    ("advanced", re.compile(r"\b(?:advanced|unresectable)(?:[ /-](?:or |and/or |and )?[a-z]+){0,5}[ -](?:setting|disease|cancer|carcinoma)\b|\b(?:for|in)(?: the)?(?: locally)? advanced")),
    ("palliative", re.compile(r"\bpalliative\b")),
)
"""The setting of a therapy, in the words around it."""
