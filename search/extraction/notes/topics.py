"""The words of the conditions that notes speak of, by topic (FORMAT.md's kind `condition`, and a few of its own).

A mention is present unless it is denied. Set down from usage.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic: what its words are, and which words around them say something else."""

    name: str
    words: re.Pattern[str]
    unless: re.Pattern[str] | None = None
    """Over the words from shortly before a mention to shortly behind it: then it is none."""
    only_absent: bool = False
    """Its words mean something only where they are denied ("no pacemaker")."""


def _topic(name: str, words: str, unless: str | None = None, *, only_absent: bool = False) -> Topic:
    return Topic(name, re.compile(rf"\b(?:{words})\b"), re.compile(unless) if unless else None, only_absent)


_VIRAL_TEST = r"viral (?:serolog\w+|hepatitis|screen\w*)|virology"
TOPICS: tuple[Topic, ...] = (
    _topic("HIV", rf"hiv(?:-?[12])?(?:/aids)?|{_VIRAL_TEST}|hepatitis or hiv"),
    _topic(
        "HBV",
        rf"hbv|hbs ?ag|hepatitis b|{_VIRAL_TEST}|hepatitis(?= or hiv)|(?:no|hiv or"
        rf"|hiv/) ?hepatitis(?! [abc])",
        r"(?:hbv|hepatitis b) (?:dna|vaccin|surface antibod|prophyl)|anti-?hbs",
    ),
    _topic(
        "HCV",
        rf"hcv|hepatitis c|{_VIRAL_TEST}|hepatitis(?= or hiv)|(?:no|hiv or|hiv/) ?hepatitis(?! [abc])",
        r"hcv (?:rna|vl)",
    ),
    _topic("heart failure", r"chf|heart failure|hfr?ef|cardiomyopathy"),
    _topic(
        "cardiac disease",
        r"(?:cardiac|heart|cardiovascular|coronary)(?:,? (?:or|and) (?:lung|pulmonary|vascular|hepatic"
        r"|renal))?(?:,? \w+){0,2}? (?:disease|history|hx|issues?|events?"
        r"|problems?|conditions?|comorbidit\w+|disorders?|symptoms)|(?:cardiac|heart)(?=(?:[,/]| or"
        r"| and) ?(?:\w+(?:[,/]| or| and|,? or) ?){0,3}\w+ (?:disease|history|hx|events|problems))"
        r"|mi|myocardial infarction|angina|arr?h?ythmias?|cad|atrial fib\w*|afib|chf|heart failure|nstemi"
        r"|stemi|coronary (?:artery disease|stents?|bypass)|cabg|cardiac stents?"
        r"|myocarditis|af(?=[,/;. ])|long qt|heart block",
        r"family|cardiac (?:workup|work-up|clearance|monitor)|(?:anti-?)arrhythmics?|no change",
    ),
    _topic(
        "hypertension", r"htn|hypertens(?:ion|ive)|high blood pressure", r"pulmonary hypertens|portal hypertens|ocular"
    ),
    _topic("stroke", r"strokes?|cva|tia|cerebrovascular (?:accident|disease|event)\w*|transient isch\w+"),
    _topic(
        "thromboembolism",
        r"dvts?|vte|pulmonary embol\w+|thrombo(?:sis|embol\w+)|(?:blood )?clots?|embolism"
        r"|pe(?=[,/;.) ](?!s\b))",
        r"portal vein|tumou?r thromb",
    ),
    _topic(
        "bleeding",
        r"bleed(?:ing|s)?|ha?emorrhag\w+|h(?:a?)emoptysis|gi bleeds?|coagulopathy"
        r"|bleeding (?:diathesis|tendency|disorder)",
    ),
    _topic("seizure", r"seizures?|epilep(?:sy|tic)"),
    _topic(
        "autoimmune disease",
        r"auto-?immune(?: \w+){0,2}|autoimmunity|lupus|sle|rheumatoid(?: arthritis)?|sjogren\w*|vitiligo"
        r"|psoria\w+|myasthenia(?: gravis)?|crohn\w*|ulcerative colitis"
        r"|ibd|inflammatory bowel disease|multiple sclerosis|hashimoto\w*|graves(?:'? disease)?|guillain\S*"
        r"|scleroderma|celiac(?: disease)?|ra(?=[/,;. ]\S)",
        r"celiac (?:nodes?|lymph|ln|plexus|axis)|immune-related|auto-?immune (?:serolog|panel|hepatitis panel)",
    ),
    _topic(
        "interstitial lung disease", r"ild|interstitial lung(?: disease)?|interstitial pneumoni\w+|pulmonary fibrosis"
    ),
    _topic("pneumonitis", r"pneumonitis", r"organi[sz]ing"),
    _topic(
        "active infection",
        r"infections?|septic|sepsis|infectious|febrile illness\w*",
        r"hiv infection|hb?c?v infection|hepatitis \w infection|prior covid",
    ),
    _topic("immunosuppression", r"immuno-?suppress\w+|immuno-?deficien\w+"),
    _topic(
        "organ transplant",
        r"(?:organ|solid organ|liver|kidney|renal|heart|lung|cornea\w*|prior|no|previous|or|never|and|of"
        r"|without|/) ?transplant(?:s|ation|ed)?|transplants?(?=[,;.])|allograft",
        r"stem|autologous|allo-?(?:hct|sct|geneic)|bone marrow|candidate|eligible|ineligible|for transplant"
        r"|declined|surg\w+, transplant|resection|transplant and ir",
    ),
    _topic("allogeneic transplant", r"allo(?:geneic)?[- ]?(?:sct|hct|hsct|transplant\w*|stem cell\w*|bmt)"),
    _topic(
        "neuropathy",
        r"(?:peripheral |sensory |motor )*neuropath(?:y|ic)|tingling(?: \w+)?|paresthesias?"
        r"|numb(?:ness)?",
    ),
    _topic(
        "diabetes",
        r"t[12]? ?dm2?|dm[12]?|diabet(?:es|ic)\w*(?: mellitus)?|iddm|niddm|type [12] dm",
        r"gestational|t-dm1|ado-trast",
    ),
    _topic(
        "lung disease",
        r"(?:lung|pulmonary)(?:,? (?:or|and) (?:cardiac|heart|bowel|liver|renal"
        r"|eye))?(?:[,/] ?\w+)? (?:disease|conditions?|problems?|issues|comorbidit\w+)"
        r"|lung(?=(?:[,/]| or| and) ?(?:\w+(?:[,/]| or| and|,? or) ?){0,3}\w+ disease)|bronchiectasis",
        r"interstitial lung|lung disease (?:target|progress|burden)|metastatic (?:to )?lung|lung metast",
    ),
    _topic(
        "GI obstruction",
        r"sbo|(?:bowel|intestinal|gi|gastrointestinal|gastric outlet|small bowel"
        r"|luminal) obstructions?|obstruct(?:ion|ed)|ileus|subocclusi\w+",
        r"biliary|ureter\w*|airway|ventric|bronch|urinary",
    ),
    _topic("fistula", r"fistulas?|fistulae"),
    _topic(
        "pleural effusion or ascites",
        r"ascites|effusions?|pleural fluid|hydrothorax",
        r"joint effusion|knee|cytolog\w+ of",
    ),
    _topic(
        "peritoneal carcinomatosis",
        r"peritoneal (?:disease|carcinomatosis|metast\w+|nodul\w+|implants?|deposits?|spread)"
        r"|carcinomatosis",
    ),
    _topic(
        "allergy",
        r"(?:drug |known |food )?allerg(?:y|ies|ic)|hypersensitiv\w+|anaphyla\w+",
        r"allergic rhinitis|seasonal",
    ),
    _topic(
        "anticoagulation",
        r"anti-?coag\w*|warfarin|coumadin|apixaban|eliquis|rivaroxaban|xarelto|enoxaparin|lovenox|dalteparin"
        r"|tinzaparin|fondaparinux|heparin|edoxaban|dabigatran|lmwh|doacs?|noacs?|blood thinners?",
        r"heparin (?:flush|lock)",
    ),
    _topic(
        "psychiatric",
        r"psych(?:iatric|osis|otic)?|depression|schizophreni\w+|bipolar|suicid\w+"
        r"|mental (?:illness|health)",
        r"psychologist",
    ),
    _topic(
        "substance abuse",
        r"(?:alcohol|etoh|substance|drug|opioid) (?:abuse|misuse|use disorder|dependence"
        r"|problem)|alcoholi(?:sm|c)|ivdu|illicit drugs?|heroin|cocaine|cannabis",
    ),
    _topic("hearing loss", r"hearing (?:loss|impair\w+|problems?|deficit)|deaf(?:ness)?|ototoxicity"),
    _topic(
        "kidney disease",
        r"ckd|renal (?:disease|failure|insufficiency)|kidney (?:disease|failure)|nephrotic\w*"
        r"|dialysis",
    ),
    _topic(
        "liver disease",
        r"cirrho\w+|nash|nafld|masld|chronic liver disease|liver disease|hepatic (?:disease"
        r"|impairment|encephalopathy)|autoimmune hepatitis",
    ),
    _topic("Gilbert", r"gilbert(?:['’]s)?"),
    _topic(
        "unable to swallow",
        r"(?:unable|cannot|can't|difficulty) (?:to )?swallow\w*|dysphagia|npo|g-tube dependent"
        r"|peg dependent|malabsorption",
    ),
    _topic(
        "second malignancy",
        r"(?:other|second(?:ary)?|prior|previous|another"
        r"|concurrent)(?: \w+){0,2}? (?:malignanc\w+|cancers?|ca|neoplasms?|tumou?rs?)",
        r"secondary to|prior cancer (?:therap|treat)|previous (?:breast )?cancer (?:therap|treat)"
        r"|other cancer (?:therap|treat|drug)|breast cancer gene",
        only_absent=True,
    ),
    _topic("live vaccine", r"(?:live )?vaccin\w+", r"hepatitis|cancer vaccine", only_absent=True),
    _topic(
        "surgery",
        r"(?:major |recent )(?:major |recent )?(?:surger\w+|operations?)|surgery(?= (?:recently"
        r"|lately|planned|in the|within|since))|operations? (?:recently|lately)",
        r"surgery planned",
        only_absent=True,
    ),
    _topic(
        "CYP drugs",
        r"cyp\S*(?:[- ]\w+){0,2}? ?(?:drugs?|inhibitors?|inducers?|meds|medications?"
        r"|modulators?|substrates?)|cyp\S*|drug interactions?|interacting (?:drugs?|meds)",
        only_absent=True,
    ),
    _topic(
        "QT drugs", r"qtc?[- ](?:\w+[- ])?(?:prolonging )?(?:drugs?|meds|medications?|prolong\w+)", only_absent=True
    ),
    _topic(
        "MRI contraindication",
        r"pacemakers?|(?:mri )?contraindications? to mri|mri[- ](?:contraindication\w*|unsafe)"
        r"|aneurysm clips?|loose metal|cochlear implants?",
    ),
    _topic("claustrophobia", r"claustrophob\w+"),
    _topic("glaucoma", r"glaucoma|elevated iop", only_absent=True),
    _topic(
        "recent antibiotic",
        r"antibiotics?|doxycycline|minocycline|amoxicillin\S*|augmentin|ciprofloxacin|levofloxacin|azithromycin"
        r"|cephalexin|ceftriaxone|cefepime|vancomycin|piperacillin\S*|meropenem|metronidazole|clindamycin"
        r"|trimethoprim\S*|bactrim|nitrofurantoin",
        r"prophyla|allerg",
    ),
    _topic("COPD", r"copd|emphysema"),
    _topic("asthma", r"asthma"),
)

STEROIDS = re.compile(
    r"\b(?:(?:cortico|gluco)?(?:cortico)?steroids?|dexamethasone|prednis(?:ol)?one|methylpred\w*|hydrocortisone)\b"
)
