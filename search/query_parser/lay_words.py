"""What people type for short in a search bar, and what it stands for; beyond the shorthand of notes.

Each pattern runs over lower-case text. A replacement in capitals gives an abbreviation its case where only its company
tells it from a word ("net g2", "kit exon 11", "er+").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from search.extraction.notes.shorthand import DRUGS

_ALL = (
    r"(?=\s(?:ph\b|mrd|blinatumomab|inotuzumab|ponatinib|dasatinib|asparaginase|peg|nelarabine"
    r"|tisagen|brexu|cd19|cd22|car|relapsed|r/r|kmt2a|bcr|in cr|maintenance"
    r"|first relapse|1st relapse|b-cell|t-cell))"
)
_GENE_SIGN = r"(?=\s?(?:[+-](?=[\s,;/.)]|$)|\(\+\)|\(-\)|pos\b|neg\b|positive|negative))"
_GENE_STATE = (
    r"(?=[ -]?(?:ex(?:on)?\s?\d|amp\w*\b|fusion|mut\w*\b|wt\b|positive|pos\b|negative|\+|rearrang"
    r"|alter|overexpress|inhibitor|tki|resistance mutation|skipping|d816v))"
)
_CHOP = r"(?=\s?(?:chemo|regimen|based|x ?\d|-based|refractory|failure)|$)"
_PATTERNS: tuple[tuple[str, str], ...] = (
    (
        "ALL",
        (
            rf"(?:^|(?<=[a-z] ))all{_ALL}|(?<=adult )all|(?<=pediatric )all|(?<=childhood )all|(?<=r/r )all"
            rf"|(?<=b-)all|(?<=b )all|(?<=t-)all|(?<=ph\+ )all|(?<=ph- )all|(?<=relapsed )all(?= )"
        ),
    ),
    (
        "NET",
        (
            r"net(?= (?:g ?[123]|grade|pancrea|of the|midgut|lung|liver|prrt|patients|trial))|(?<=gi )net"
            r"|(?<=pancreatic )net|(?<=lung )net|(?<=midgut )net"
        ),
    ),
    ("NETs", r"nets(?= (?:g ?[123]|grade|pancrea|prrt|trial))|(?<=pancreatic )nets"),
    ("HL", r"hl"),
    ("FL", r"^fl|(?<=r/r )fl|(?<=relapsed )fl|fl(?= (?:grade|r/r|relapsed|pod24|rituximab|lymphoma))"),
    ("WM", r"wm"),
    ("UC", r"^uc(?= (?!davis|san|irvine|los))"),
    ("PV", r"^pv(?= )"),
    ("ET", r"^et(?= (?:jak2|hydroxy|high))"),
    ("MET", rf"met{_GENE_STATE}"),
    ("RET", rf"ret{_GENE_STATE}|ret(?= m918t)"),
    ("KIT", rf"kit{_GENE_STATE}"),
    ("ER", rf"er{_GENE_SIGN}"),
    ("PR", rf"pr{_GENE_SIGN}"),
    ("HR", rf"hr{_GENE_SIGN}"),
    ("AR", rf"ar{_GENE_SIGN}"),
    ("Ph+", r"ph\+"),
    ("Ph-", r"ph-(?=[\s,]|$)"),
    ("AR-V7", r"ar-?v-?7"),
    ("CHOP", rf"chop{_CHOP}|(?<=r-)chop|(?<=post )chop|(?<=after )chop"),
    ("ICE", rf"ice{_CHOP}|(?<=r-)ice"),
    ("TIP", r"tip(?= chemo)"),
    ("ovarian", r"ov(?= ca(?:ncer)?\b)"),
    ("osteosarcoma", r"osteo(?= (?:met|relaps|recur|lung|pulm|r/r|\d|in\b)|$)"),
    ("melanoma", r"(?<=uveal )mel|(?<=mucosal )mel|(?<=acral )mel|^mel(?= )"),
    ("adenocarcinoma", r"adeno(?= |$|,)"),
    ("inflammatory breast cancer", r"ibc(?=[ ,]|$)"),
    ("phyllodes tumor of breast", r"phyllodes(?! tumou?r)(?: breast)?"),
    ("including", r"incl\.?(?= )"),
    ("Burkitt lymphoma", r"burkitt'?s?(?! ?lymphoma| ?leuk)"),
    ("Merkel cell carcinoma", r"merkel(?! cell)"),
    ("Erdheim-Chester disease", r"erdheim[ -]chester(?! disease)"),
    ("extranodal NK/T-cell lymphoma", r"nk ?/ ?t lymphoma"),
    ("primary mediastinal B-cell lymphoma", r"primary mediastinal lymphoma"),
    ("epithelioid hemangioendothelioma", r"(?<!epithelioid )hemangioendothelioma"),
    ("Leydig cell tumor", r"leydig cell(?! tumou?r)"),
    ("cell", r"(?<=small )cel|(?<=b )cel|(?<=t )cel|(?<=clear )cel"),
    ("RAI refractory", r"rai-?r"),
    ("pancreatic", r"panc(?= (?:ca|adeno|cancer|net)\b)"),
    ("cholangiocarcinoma", r"cholangio(?=[ ,]|$)"),
    ("advanced", r"adv(?=[ /])"),
    ("HER2 mutant", r"her2m"),
    ("lung squamous cell carcinoma", r"(?<!non)(?<!non-)(?<!non )(?:sq|squamous)[ -]?nsclc"),
    ("relapsed/refractory", r"r ?/ ?r|r&r"),
    ("methylated", r"(?<=mgmt )meth(?:yl)?"),
    ("resistant", r"resist(?=[ ,]|$)"),
    ("recurrent/metastatic", r"r/m"),
    ("triple negative breast cancer", r"(?:m?tnbc)(?<!m)(?= mets)"),
    ("glioblastoma", r"glio(?= (?:recurr|grade 4|mgmt|temodar))"),
    ("hepatocellular carcinoma", r"hepatoma"),
    ("lymphoma", r"lymph?o?ma(?<!lymphoma)"),
    ("neuroendocrine", r"neuro-endocrine"),
    ("medullary thyroid cancer", r"medullary thyroid(?= ret| stage| met|$)"),
    ("antibody-drug conjugate", r"antibody drug"),
    ("stem cell transplant", r"sct(?=[ ,]|$)"),
    ("squamous cell carcinoma", r"squam(?:ous)?(?= (?:lung|nsclc))"),
    ("diffuse large B-cell lymphoma", r"diffuse large b[ -]?cell(?! lymphoma)"),
    ("platinum resistant", r"plat(?:inum)?[- ]?res(?:is)?(?=[ ,;.]|$)"),
    ("platinum refractory", r"plat(?:inum)?[- ]?ref(?=[ ,;.]|$)"),
    ("platinum sensitive", r"plat(?:inum)?[- ]?sens(?=[ ,;.]|$)"),
    ("pancreatic", r"pancreas(?= (?:nets?|neuroendocrine|nec)\b)"),
    ("ocular melanoma", r"melanoma (?:in|of|inside) (?:the|my|her|his|their) eyes?|eye melanoma"),
    ("axicabtagene ciloleucel", r"axicabtagene(?! cilo)"),
    ("brexucabtagene autoleucel", r"brexucabtagene(?! auto)|brexu(?!-)(?=[ ,]|$)"),
    ("lisocabtagene maraleucel", r"lisocabtagene(?! mara)"),
    ("idecabtagene vicleucel", r"idecabtagene(?! vic)"),
    ("ciltacabtagene autoleucel", r"ciltacabtagene(?! auto)"),
    ("oligodendroglioma", r"(?<=anaplastic )oligo(?=[ ,])|oligo(?= (?:1p|idh|grade|pcv))"),
    ("codeleted", r"codel(?=[ ,;]|$)"),
    ("inoperable", r"inop\.?(?=[ ,;])"),
    ("unresectable", r"unresect\.?(?=[ ,;])"),
    ("resectable", r"resect\.(?=[ ,;])"),
    ("small", r"sm(?=[ -]cell)"),
    ("lung neuroendocrine carcinoma", r"lung nec"),
    (
        "melanoma",
        (
            r"mel(?=[ ,]+(?:braf|stage|brain|adjuvant|nivo|ipi|pembro|1l|2l|unresect|resected|met))"
            r"|(?<=stage iv )mel|(?<=stage iii )mel|(?<=stage iii[abcd] )mel|(?<=metastatic )mel|(?<=cutaneous )mel"
        ),
    ),
    ("pheochromocytoma/paraganglioma", r"pheo ?/ ?para(?:gang\w*)?|ppgls?|pcpg"),
    ("pheochromocytoma", r"pheo(?=[ ,]|$)|phaeo(?:chromocytomas?)?"),
    ("progesterone receptor", r"(?:(?<=% )|(?<=%, )|(?<=%,))pr(?= ?<?\d{1,3} ?(?:%|[ ,]|$))"),
    ("doesn't", r"doesnt"),
    ("don't", r"dont"),
    ("didn't", r"didnt"),
    ("can't", r"cant"),
    ("won't", r"wont"),
    ("hasn't", r"hasnt"),
    ("haven't", r"havent"),
    ("isn't", r"isnt"),
    ("pseudomyxoma peritonei", r"pseudomyxoma(?! perit)|pmp(?= hipec)"),
    ("uterine carcinosarcoma", r"(?<!uterine )(?<!ovarian )carcinosarcoma(?= of (?:the )?(?:uterus|womb))"),
    ("uterine serous carcinoma", r"uterine serous(?! ca)|(?:uterine )?papillary serous(?= (?:endomet|uter))"),
    ("ovarian clear cell carcinoma", r"(?:clear cell ovarian|ovarian clear cell)(?! ca)(?: cancer)?"),
    ("chromophobe renal cell carcinoma", r"chromophobe(?! (?:renal|rcc|kidney))(?: (?:ca\b|carcinoma))?"),
    ("papillary renal cell carcinoma", r"papillary(?= (?:kidney|renal)$)"),
    ("large cell neuroendocrine carcinoma", r"large[ -]cell neuroendocrine(?! (?:ca|tum|neo))"),
    ("nasal cavity cancer", r"nose cancer"),
    ("paranasal sinus cancer", r"(?<!paranasal )(?:sinus|sinonasal) cancer"),
    ("Sezary syndrome", r"s[eé]zary(?!'?s? syndrome)"),
    ("granulosa cell tumor", r"granulosa(?! cell)(?! tumou?r)"),
    ("yolk sac tumor", r"yolk sac(?! (?:tumou?r|carcinoma))"),
    ("islet cell tumor", r"islet cell(?! (?:tumou?r|ca|neo|transpl))"),
    ("sebaceous carcinoma", r"sebaceous(?! (?:ca|gland|cyst|hyper))"),
    ("giant cell tumor of bone", r"gct of (?:the )?bone|gctb"),
    (
        "nodular lymphocyte predominant Hodgkin lymphoma",
        r"nodular lymphocyte[ -]predominant hodgkin'?s?(?! (?:lym|dis))",
    ),
    ("extranodal NK/T-cell lymphoma", r"(?<!extranodal )nk ?/ ?t[ -]cell lymphoma"),
    ("autologous stem cell transplant", r"auto-?(?:sct|hsct|hct|bmt)s?"),
    ("allogeneic stem cell transplant", r"allo-?(?:sct|hsct|hct|bmt)s?"),
    ("gemcitabine/cisplatin", r"gem ?cis|gem-cis"),
    ("gemcitabine/nab-paclitaxel", r"gem ?/ ?nab|gem-nab|gnp"),
    ("enfortumab vedotin", r"ev(?= ?(?:\+|/) ?(?:p\b|pembro))"),
    ("azacitidine/venetoclax", r"aza ?/ ?ven|ven ?/ ?aza"),
)
_REPLACED = re.compile("|".join(rf"(?P<p{n}>(?<![\w])(?:{pattern})(?!\w))" for n, (_, pattern) in enumerate(_PATTERNS)))
_MORE_DRUGS = {
    "blina": "blinatumomab",
    "inotuz": "inotuzumab ozogamicin",
    "gilt": "gilteritinib",
    "mido": "midostaurin",
    "pola": "polatuzumab vedotin",
    "mosun": "mosunetuzumab",
    "glofit": "glofitamab",
    "epco": "epcoritamab",
    "tecli": "teclistamab",
    "talq": "talquetamab",
    "isa": "isatuximab",
    "zanu": "zanubrutinib",
    "acala": "acalabrutinib",
    "apa": "apalutamide",
    "daro": "darolutamide",
    "sora": "sorafenib",
    "sacituz": "sacituzumab govitecan",
    "tucat": "tucatinib",
    "lorla": "lorlatinib",
    "brig": "brigatinib",
    "amivan": "amivantamab",
    "lurbi": "lurbinectedin",
    "topo": "topotecan",
    "pazo": "pazopanib",
    "trabec": "trabectedin",
    "imat": "imatinib",
    "dasa": "dasatinib",
    "pona": "ponatinib",
    "ruxo": "ruxolitinib",
    "selu": "selumetinib",
    "tebe": "tebentafusp",
    "tarla": "tarlatamab",
    "elra": "elranatamab",
    "odron": "odronextamab",
    "tovo": "tovorafenib",
    "vora": "vorasidenib",
    "belzu": "belzutifan",
    "tivo": "tivozanib",
    "dato": "datopotamab deruxtecan",
    "zolbe": "zolbetuximab",
    "mirve": "mirvetuximab soravtansine",
    "rela": "relatlimab",
    "adagra": "adagrasib",
    "alec": "alectinib",
    "anas": "anastrozole",
    "anlo": "anlotinib",
    "apat": "apatinib",
    "ascim": "asciminib",
    "avuto": "avutometinib",
    "belantamab": "belantamab mafodotin",
    "bical": "bicalutamide",
    "bini": "binimetinib",
    "bosu": "bosutinib",
    "brentux": "brentuximab vedotin",
    "caba": "cabazitaxel",
    "cabazi": "cabazitaxel",
    "capiv": "capivasertib",
    "capma": "capmatinib",
    "ceri": "ceritinib",
    "cobi": "cobimetinib",
    "criz": "crizotinib",
    "dabra": "dabrafenib",
    "dalpi": "dalpiciclib",
    "degar": "degarelix",
    "dinu": "dinutuximab",
    "divar": "divarasib",
    "elac": "elacestrant",
    "ensar": "ensartinib",
    "entrec": "entrectinib",
    "erda": "erdafitinib",
    "eribu": "eribulin",
    "exe": "exemestane",
    "fedra": "fedratinib",
    "fruq": "fruquintinib",
    "fulves": "fulvestrant",
    "gira": "giredestrant",
    "imetel": "imetelstat",
    "imlu": "imlunestrant",
    "inavo": "inavolisib",
    "lapa": "lapatinib",
    "lonca": "loncastuximab tesirine",
    "luspa": "luspatercept",
    "mirda": "mirdametinib",
    "moga": "mogamulizumab",
    "momel": "momelotinib",
    "naxi": "naxitamab",
    "nemta": "nemtabrutinib",
    "nera": "neratinib",
    "nilo": "nilotinib",
    "nirog": "nirogacestat",
    "ola": "olaparib",
    "olap": "olaparib",
    "olu": "olutasidenib",
    "pacri": "pacritinib",
    "penpul": "penpulimab",
    "pirto": "pirtobrutinib",
    "pralse": "pralsetinib",
    "pyro": "pyrotinib",
    "quiz": "quizartinib",
    "rego": "regorafenib",
    "relug": "relugolix",
    "repo": "repotrectinib",
    "retif": "retifanlimab",
    "revu": "revumenib",
    "romi": "romidepsin",
    "ruca": "rucaparib",
    "selin": "selinexor",
    "selper": "selpercatinib",
    "sinti": "sintilimab",
    "soto": "sotorasib",
    "surufa": "surufatinib",
    "tafa": "tafasitamab",
    "tala": "talazoparib",
    "temsi": "temsirolimus",
    "tepo": "tepotinib",
    "tislel": "tislelizumab",
    "vem": "vemurafenib",
    "vino": "vinorelbine",
    "vori": "vorinostat",
    "zani": "zanidatamab",
    "zanida": "zanidatamab",
    "zeno": "zenocutuzumab",
    "zifto": "ziftomenib",
}
_ALL_DRUGS = {**DRUGS, **_MORE_DRUGS}
_AFTER_ALL = {"len": "lenalidomide", "pem": "pemetrexed"}
"""Too short to stand for a drug in other company."""
_SHORT_DRUGS = "|".join(sorted(_ALL_DRUGS, key=len, reverse=True))
_DRUG = re.compile(
    rf"(?:\b|(?<=\s)(?=[&+])|(?=,\s))(?:post|after|prior|previous|failed|failing|had|got|received"
    rf"|finished|refractory to|resistant to|trials? (?:of|with)|plus|w/|and|or|vs\.?|no|without|not|on|&|\+|,|then"
    rf"|naive to|progressed on|s/p)\s(?P<drug>{_SHORT_DRUGS})(?![\w-])"
    rf"|\b(?P<drug2>{_SHORT_DRUGS})(?= (?:{_SHORT_DRUGS}|cis|pem|[a-z]+(?:mab|nib|platin|taxel|ciclib|parib))\b)"
    rf"|\b(?P<drug4>len|pem)(?=[ -](?:na[iï]ve|refractory|resistant|exposed|intoleran|failed|failure))"
    rf"|\b(?P<drug3>{_SHORT_DRUGS})(?=[ -](?:na[iï]ve|refractory|resistant|failure|failed"
    rf"|progression|maintenance|mono\b|monotherapy))"
)
"""Shorthand of a drug beside a word that only a treatment stands by."""
_BESIDE = {
    "cis": "cisplatin",
    "pem": "pemetrexed",
    "pac": "paclitaxel",
    "len": "lenalidomide",
    "iri": "irinotecan",
    "ram": "ramucirumab",
    "pert": "pertuzumab",
    "tax": "paclitaxel",
}
_PAIR = re.compile(
    rf"(?<=[a-z], )(?P<listed>len|cis|pem)(?=,| and\b| &)"
    rf"|\b(?:{_SHORT_DRUGS})\s(?P<drug>{'|'.join(_BESIDE)})(?![\w-])|\b(?P<first>cis"
    rf"|pem)(?=\s(?:{_SHORT_DRUGS}|pem|gem)\b)"
)


def lay_replacements(lower: str, *, capitals: bool) -> Iterator[tuple[int, int, str]]:
    """Spans of a text in lower case with the words that they stand for.

    Args:
        lower: the text.
        capitals: the text as typed is in capitals throughout, so that case tells nothing.
    """
    for match in _REPLACED.finditer(lower):
        full = _PATTERNS[int(str(match.lastgroup)[1:])][0]
        if not (capitals and full.isupper()):
            yield match.start(), match.end(), full
    for match in _DRUG.finditer(lower):
        group = next(name for name, text in match.groupdict().items() if text is not None)
        yield match.start(group), match.end(group), _ALL_DRUGS.get(match[group]) or _AFTER_ALL[match[group]]
    for match in _PAIR.finditer(lower):
        group = next(name for name, text in match.groupdict().items() if text is not None)
        yield match.start(group), match.end(group), _BESIDE[match[group]]
