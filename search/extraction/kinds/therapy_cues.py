"""The words around a therapy that tell whether the patient has had it, and what came of it.

All patterns run over folded text with single spaces: what stands in the sentence before the therapy, or behind it.
"""

from __future__ import annotations

import re

HISTORY = re.compile(
    r"\b(?:prior(?! to\b)|previous(?:ly)?|pre-?treated|received|receipt of|receive(?=s? (?:prior|any))"
    r"|treated(?: with| by| for| using)?"
    r"|treatments? (?:with|by|using)|therap(?:y|ies) with|expos(?:ed|ure)(?: to)?|undergone|underwent"
    r"|undergoing|history of"
    r"|(?:have|has|had|having) had|had|given|administered|administration of|use of|used|taken|took"
    r"|fail(?:ed|ure|ing)?|after|(?<!the )following|post"
    r"|since|(?:last|most recent|final) (?:dose|treatment|course|cycle|administration|therapy)|last|complet\w+|finished"
    r"|discontinu\w+|stopp?(?:ed|ing)?|off|relapsed|refractory|resistant|progress\w*|intoleran\w+|despite"
    r"|unresponsive|non-?respon\w+|elapsed"
    r"|from(?= (?:the )?(?:last|prior|previous|any))|benefit(?:t?ed|t?ing)? from|consist\w* of|contained"
    r"|on(?= (?:prior|previous|first|any)))\b"
)
"""A sign, before the therapy, that it lies in the past."""

STRONG = re.compile(
    r"\b(?:prior(?! to\b)|previous(?:ly)?|pre-?treated|received|receipt of|treated (?:with|by|for)"
    r"|treatments? with|therapy with|exposed to|exposure to"
    r"|undergone|underwent|history of|(?:have|has|had|having) had|fail(?:ed|ure)|after|following"
    r"|complet\w+|progress\w*|refractory|resistant"
    r"|intoleran\w+|relapsed|benefit|must (?:have )?includ\w+|post|despite|administered|used"
    r"|unresponsive|discontinu\w+|been on)\b"
)
"""A sign that suffices for a requirement."""

KILL = re.compile(
    r"\b(?:(?:concurrent\w*|concomitant\w*|current(?:ly)?|ongoing|planned|simultaneous\w*|anticipated"
    r"|chronic|co-?administ\w+|continu\w+|requir\w+|receive|receiving|undergoing|undergo)(?: (?:or|and"
    r"|/) [a-z]+)? (?:[a-z-]+ ){0,2}?(?:use of|treatments? with|therapy with|treated with"
    r"|administration of|use)"
    r"|receiving|(?:amenable|suitable|candidates?|eligible|appropriate|accessible|curable) (?:to|for"
    r"|by|with)(?: [a-z-]+){0,4}? (?:treated with|treatments? (?:with|by)|therapy with)"
    r"|candidates? (?:for|to)|eligib\w+ (?:for|to)|ineligible|plan(?:s|ned"
    r"|ning)?\b(?:[^.;,]{0,60}?\b(?:after|following)\b)?|between|regardless|schedul\w+|intend\w*"
    r"|intent(?:ion)?\b"
    r"|appropriate|amenable|suitab\w+|unsuitable|willing\w*|unwilling\w*|able to|unable to|requir(?:e"
    r"|es|ing|ed|ement|ements|s)|need(?:s|ed|ing)?|indicat(?:ed|ion)"
    r"|refus\w+|declin\w+|unfit|fit for|contra-?indicat\w+|allerg\w+|hypersensitiv\w+|anaphyla\w+|sensitivity"
    r"|will (?:be|receive|undergo|have)|to receive|to undergo|concurrent\w*|concomitant\w*"
    r"|simultaneous\w*|co-?administ\w+"
    r"|current(?:ly)?|ongoing|during|while|toxicit\w+|adverse|side effects?|complications?|prior to"
    r"|before|until|start of"
    r"|starting|initiat\w+|first (?:dose|administration|infusion|day|cycle)|(?:cycle|day) \d|interact\w*"
    r"|with or without|\+/-|replacement|randomi[sz]\w*|registration|enrol\w*|expect\w*|access to|availab\w+|alternative"
    r"|metaboli\w+|compounds?|composition|similar to|components?|excipients?|formulat\w+|planning"
    r"|consider\w*|if|in case|allow for|refer\w*|permit|curable|curative intent"
    r"|preclud\w*|interfere\w*|(?<!fail to )(?<!failed to )(?<!not )respond\w* to|would|could benefit"
    r"|undergo|undergoing|receive|continu\w+"
    r"|standard of care|may be|can be|options?|benefit from(?= \w+ alone)|naive"
    r"|absor\w+|affect\w*|alter|in combination with|combined with|combination therapy with"
    r"|together with|induced by|caused by|resistan\w+ mutations?|defin\w+|no (?:standard|approved"
    r"|effective|available|known|other)|exist\w*)\b"
)
"""A sign, before the therapy, that it is planned, possible, feared, or part of the study."""

TOXIC = re.compile(
    r"\b(?:toxicit(?:y|ies)|adverse (?:[a-z]+ )?(?:events?|effects?|reactions?)|aes?|irae\w*"
    r"|side[- ]effects?|complications?"
    r"|sequelae|effects?|recover(?:ed|y)?|resol(?:ved|ution)|neuropath\w+|pneumonitis|alopecia"
    r"|reactions?|hypersensitivit\w+"
    r"|allerg\w+|anaphyla\w+|cardiotoxicity|cardiomyopathy|damage|injury"
    r"|any of the following(?= (?:with|during|on)\b)|symptoms?|colitis|hepatitis|hospitali[sz]\w+"
    r"|cytopenias?|icans|cytokine release|myelosuppression|acute effects)\b"
)
"""What a treatment did to the patient: "toxicity from prior therapy" is no prior therapy."""
TOXIC_ENDS = re.compile(
    r"\b(?:received|since|elapsed|treatment with|therapy with|(?:and|or) (?:have|has|had|at least"
    r"|must)|within \d+)\b|;"
)
TOXIC_REACH = 130

KILL_BEHIND = re.compile(
    r"^[\s-]*(?:\([^)]*\) ?)?(?:-?(?:related|induced|associated|lesions?|treated (?:area|field|lesion"
    r"|site)|exposed area)\b|fields?\b|ports?\b|portals?\b|ineligib|eligib|candidate|unsuitab|unfit"
    r"|toxicit|allerg|hypersens|pneumonitis|necrosis|dermatitis|is (?:not )?(?:an? )?(?:appropriate"
    r"|indicated|planned|not indicated|contraindicated|recommended|considered|available|approved)"
    r"|are (?:not )?(?:appropriate|indicated|planned|contraindicated|recommended|considered|available)"
    r"|would be|will be|(?:may|can) (?:be )?(?:continu|start|given|receiv)"
    r"|exists?\b|known to|therapy exists|(?:is|are) not (?:available|an option)"
    r"|(?:to be )?(?:administered|given|performed) (?:as part of|during|on|in) (?:this|the) (?:study"
    r"|trial|protocol)"
    r"|(?:at|as) (?:the )?(?:discretion)|clinical trial of|dose (?:of|will)|planned)"
)
OTHER_DISEASE = re.compile(
    r"\b(?:infections?|autoimmune|auto-immune|diabetes|hypertension|hepatitis|hiv|hbv|hcv|asthma"
    r"|arrhythmias?|thyroid\w*|seizures?|epilepsy|ild|interstitial"
    r"|colitis|effusions?|ascites|thrombo\w+|angina|hypercalcemia|rheumat\w+|psoriasis|vitiligo|eczema"
    r"|hypothyroidism|inflammatory|psychiatric|immunodeficien\w+|adrenal|pituitary"
    r"|dermat\w+|tuberculosis|gvhd|graft|heart|cardiac|qtc?|condition|illness)\b[^.;]{0,120}$"
)
"""Another disease under treatment, before the therapy."""
ASIDE = re.compile(
    r"\b(?:contracep\w+|pregnan\w+|breast-?feed\w*|lactat\w+|sperm|condoms?|fertil\w+|childbearing"
    r"|child-bearing|father\w*|sterili[sz]\w+|ligation|vasectom\w+|abstinen\w+|donat\w+|(?:pre|post|peri)?-?menopaus\w*"
    r"|menses|amenorrh\w+|informed consent|sign(?:ed|ing)? (?:a |an |the )?(?:written|consent))\b"
)
"""Topics whose sentences name therapies without asking for any."""
MEASURED = re.compile(
    r"\b(?:measurable|evaluable|assessable|target lesions?|lesions?|tissues?|specimens?|samples?"
    r"|archiv\w+|biops\w+|blocks?|slides?|scans?|imaging|mri|irradiated (?:area|field)|leukapheresis"
    r"|apheresis|lvef|ejection fraction|muga|echocardiogra\w+|testosterone|psa|blood counts?"
    r"|neutrophil|platelets?|hemoglobin|h[a]?emoglobin|anc|transfusions?|creatinine|bilirubin"
    r"|albumin)\b"
)
CNS = re.compile(r"\b(?:brain|cns|leptomening\w*|central nervous|intracranial|spinal cord|mening\w+|cerebral)\b")

NEGATED_RECEIPT = re.compile(
    r"\b(?:(?:has|have|had|did|do|does|who|is|are|was|were) not|never|not (?:been |previously |yet "
    r"|received|had|having)|without|fail(?:ed|ure)? to (?:receive|have)"
    r"|refus\w+|lack(?:s|ing)? of|absence of|have no|has no|had no|hasn't|haven't|not having)\b"
)
"""In an exclusion: what must have been received."""
CONDITIONAL = re.compile(
    r"(?:^|[,;] |\b(?:in|for|if|when|unless|among) )(?:all |any |those |the )?(?:(?:patients?"
    r"|participants?|subjects?|individuals?|those|women|men)\b[^.;,]{0,60}?\b(?:who|with|that"
    r"|previously|whose|having)\b|(?:patient|participant|subject)s? (?:has|have|had)\b)[^.;]*$|\b(?:if"
    r"|in case|when|for those|should)\b[^.;,]*$"
)
"""The therapy stands in a condition ("for patients who received X, …")."""
MUST_BEHIND = re.compile(
    r"\b(?:must|should|will|shall|need(?:s)? to|is required|are required|has to|have to|may|can)\b"
)
ALLOWS = re.compile(
    r"\b(?:allowed|permitted|permissible|acceptable|accepted|eligible|not (?:be )?(?:an )?(?:exclu\w+"
    r"|considered)|may (?:have|participate|enrol\w*|be (?:included|enrolled|eligible))|can (?:have"
    r"|participate|be included|enrol\w*)|are not excluded|could have|does not (?:exclude|count)"
    r"|do not (?:exclude|count)|not (?:required|necessary|mandatory))\b"
)
UNLESS = re.compile(
    r"\b(?:unless|if (?:clinically )?(?:available|indicated|applicable|eligible|approved)|except"
    r"|or (?:for|in) (?:whom|which)|or (?:are |is |was |were )?(?:not (?:eligible|suitable"
    r"|candidates?)|ineligible|unsuitable|intolerant|contraindicat\w+)|provided|as long as|other than"
    r"|with the exception)\b[^.;]*"
)
"""A clause that bounds a requirement or a ban."""
CLAUSE = re.compile(
    r"[;]|\b(?:but|however|whereas)\b|, (?:and|or)(?= (?:have|has|had|must|is|are|patients"
    r"|participants|subjects|prior|previous"
    r"|any|no|at least|treatment|received|those|who)\b)|\b(?:and|or)(?= (?:have|has|had|must|should"
    r"|patients|participants|subjects|those"
    r"|who|at least|recovered|recovery|treatment|received|(?:any )?(?:prior|previous))\b)"
)
"""Where a clause ends and the next one has its own cues."""
SUCH = re.compile(
    r"\b(?:must|should) have (?:already |previously |also )?(?:received|been treated with|been offered"
    r"|progressed (?:on|after)|failed) (?:such|this|that|these|those|it|at least one such"
    r"|an appropriate)\b"
)
"""Takes up a therapy named before: "they should have received such treatment"."""
WASHED = re.compile(r"[^.;]{0,60}\bwash-?out\b")
"""A washout asked for behind the therapy."""
NO_STANDARD = re.compile(
    r"\bno (?:[a-z/-]+,? ){0,5}$|\bnot amenable to (?:[a-z-]+ ){0,3}$|\black of (?:[a-z-]+ ){0,3}$"
)
"""Denies that a standard therapy exists."""
WOMENS_TOPIC = re.compile(r"menopaus|contracep|sterili[sz]|amenorrh|childbearing|child-bearing")
"""Topics in which even "prior" asks for nothing."""
DEFINES = re.compile(
    r"\b(?:considered|defined|regarded|counted|counts?)(?: as| to be| a| an| the| one| failure| of"
    r"| prior| line| separate| new)* ?$"
)
"""The therapy stands in a definition."""
COUNTS = re.compile(
    r"^[^.;]{0,160}\b(?:counts?\b|(?:be |are |is )?(?:not )?(?:be )?(?:counted|considered"
    r"|included) (?:as |to be |towards? )?(?:a |an |one |any |the |separate |prior |single |previous "
    r"|different )*(?:lines?|regimens?|number|chemo|systemic|prior|treatment))"
)
"""A rule of how lines are counted."""
OF_THE_SITE = re.compile(
    r"\b(?:(?:bone|bony|brain|cns|liver|hepatic) metastas[ei]s|lesions?|areas?|fields?|sites?|tissues?|specimens?"
    r"|samples?|blocks?|slides?|biops(?:y|ies)|scans?)\b(?P<rest>[^.;]*)$"
)
"""A place or a sample, not the patient, was treated."""
CAUSED = re.compile(
    r"\b(?:due to|attribut\w+ to|caused by|resulting from|secondary to|induced by|related to"
    r"|associated with)(?: any| the| a| their| prior| previous| recent| other| [a-z-]+ed)* ?$"
)
"""The therapy is the cause of something."""
BETWEEN = re.compile(r"\bbetween (?:[a-z]+ ){0,3}(?:discontinu\w+|stopping|cessation) of (?:[a-z-]+ ){0,3}$")
"""The end of the therapy is one end of a span of time."""
EXCEPTED = re.compile(r"\b(?:except|unless)\b")
"""Opens an exception."""
LAB = re.compile(
    r"\b(?:neutrophils?|anc|platelets?|h[a]?emoglobin|leukocytes|wbc|creatinine|bilirubin|viral load"
    r"|cd4)\b"
)
"""A blood count taken after a therapy."""
OR_NOT_NAIVE = re.compile(
    r"[^.;]{0,30}\b(?:vs\.?|versus|or|and)\b[^.;]{0,40}\b(?:experienced|pre-?treated|treated"
    r"|refractory|resistant|exposed|relapsed|after|received)\b"
)
"""Those who are not naive are asked for as well."""
NEGATION = re.compile(
    r"\b(?:no|not|none|never|without|cannot|free of|neither|nor)\b(?! (?:more|less|later|earlier"
    r"|limited|only)\b)"
)
"""Negations that belong to the evidence."""
RECEIVING = re.compile(
    r"^(?:concurrent\w*|current(?:ly)?|ongoing|during|while|receive|participating|continu\w+|undergo\w*|enrol\w*"
    r"|concomitant\w*|require\w*|requiring|planned|until|standard of care|considered|need\w*|if|may be"
    r"|can be|alternative|prior to|before|availab\w+|would)$"
)
"""Signs of `KILL` that a window of its own outweighs."""
NOT_HAD = re.compile(r"\bnaive (?:to|for) (?:[a-z-]+ ){0,4}$")
""""Naive to", before the therapy."""
NAIVE_BEHIND = re.compile(r"^[ -]*(?:therapy|treatment|inhibitors?|agent|antibody|based therapy)?[ -]*naive\b")
""""-naive", behind the therapy."""
IMMUNOSUPPRESSED = re.compile(r"immuno?-?suppress\w*[^.;]{0,80}$|immune suppress\w*[^.;]{0,80}$")
"""Medicines given to suppress immunity, before the therapy."""
MASKED = re.compile(
    r"\b(?:(?<=prior )|(?<=previous )|(?<=received )|(?<=past ))(?:or|and|and/or) (?:is "
    r"|are )?(?:current(?:ly)?|concurrent|concomitant|ongoing|receiving|planned|present)\b"
    r"|\b(?:current(?:ly)?|concurrent(?:ly)?|concomitant|ongoing|planned|is receiving|receiving)(?: or"
    r"| and| and/or|/)(?= (?:in |have |has |had )?(?:prior|previous|past|recent|the|received))"
    r"|\b(?:is|are) (?:currently )?receiving(?=(?: or|/) (?:has|have|had|prior|previous))"
    r"|\b(?:currently )?(?:receiving|taking|using),? or (?=(?:has|have|had|received|previously))"
    r"|\brequired to have\b|\bneed to have\b|(?<=history of )(?:receiving|undergoing)\b"
)
"""Words that would hide a history beside them ("prior or current")."""


_MASKABLE = (
    "current",
    "concomitant",
    "ongoing",
    "receiving",
    "planned",
    "present",
    "taking",
    "using",
    "d to have",
    "undergoing",
)


def mask(words: str) -> str:
    """The words with what hides a history blanked out; same length."""
    if not any(cue in words for cue in _MASKABLE):
        return words
    return MASKED.sub(lambda match: " " * len(match.group()), words)


_SETTING_CUES = (
    "adjuvant",
    "operative",
    "line",
    "initial",
    "maintenance",
    "metasta",
    "recurrent",
    "relapsed",
    "advanced",
    "unresectable",
    "palliative",
)
_SETTINGS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "neoadjuvant/adjuvant",
        re.compile(
            r"\bneo-?adjuvant ?(?:/|or|and|and/or|,) ?adjuvant\b|\badjuvant ?(?:/|or|and|and/or"
            r"|,) ?neo-?adjuvant\b|\(neo-?\) ?adjuvant"
        ),
    ),
    ("neoadjuvant", re.compile(r"\bneo-?adjuvant\b|\bpre-?operative\b")),
    ("adjuvant", re.compile(r"\badjuvant\b|\bpost-?operative\b")),
    ("first line", re.compile(r"\b(?:first|1st)[- ]line\b|\bfront-?line\b|\bfront line\b|\binitial therapy\b")),
    ("second line", re.compile(r"\b(?:second|2nd)[- ]line\b")),
    ("maintenance", re.compile(r"\bmaintenance\b")),
    (
        "metastatic",
        re.compile(
            r"\b(?:metastatic|recurrent|relapsed)(?:[ /-](?:or |and/or |and )?[a-z]+){0,5}[ -](?:setting"
            r"|disease|cancer|carcinoma)\b|\b(?:for|in)(?: the)? metasta\w+"
        ),
    ),
    (
        "advanced",
        re.compile(
            r"\b(?:advanced|unresectable)(?:[ /-](?:or |and/or |and )?[a-z]+){0,5}[ -](?:setting|disease"
            r"|cancer|carcinoma)\b|\b(?:for|in)(?: the)?(?: locally)? advanced"
        ),
    ),
    ("palliative", re.compile(r"\bpalliative\b")),
)
"""The setting of a therapy, in the words around it."""


def setting_of(words: str) -> str | None:
    """The setting that the words around a therapy name, or None."""
    if not any(cue in words for cue in _SETTING_CUES):
        return None
    return next((setting for setting, pattern in _SETTINGS if pattern.search(words)), None)
