"""Therapies named in a sentence, gathered into the lists they stand in.

`find_therapies` knows names; here the phrases without a name are added ("prior treatment", "any previous regimen",
"another clinical trial"), what is no treatment of a cancer is left out (steroids, vaccines, biopsies …), and what is
coordinated becomes one group ("chemotherapy, targeted therapy or radiotherapy").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from search.terminology.therapies import TherapyKind, TherapyMention, classes_of, find_therapies, is_a
from search.terminology.therapy_graph import tables

SYSTEMIC, ANTICANCER, STANDARD = "systemic therapy", "anticancer therapy", "standard therapy"
INVESTIGATIONAL = "investigational agent"
GENERIC = frozenset({SYSTEMIC, ANTICANCER, STANDARD, "local therapy", "first-line therapy", "second-line therapy"})
"""Names that say nothing of the kind of treatment."""
_NOT_COUNTED = frozenset(
    {
        "placebo",
        "biopsy",
        "watchful waiting",
        "solid organ transplant",
        "live vaccine",
        "vaccination",
        "hormonal contraceptive",
        "hormone replacement therapy",
        "CYP3A4 inhibitor",
        "CYP3A4 inducer",
        "complementary therapy",
        "herbal medicine",
        "GLP-1 agonist",
        "supportive care",
        "immunosuppressant",
        "antiandrogen withdrawal",
        "P-glycoprotein inhibitor",
        "second-line therapy",
    }
)
_STILL_COUNTED = frozenset({"growth factor", "antithymocyte globulin", "plasmapheresis"})
"""Care that is counted all the same where a washout is asked of it."""
SUPPORT = frozenset({"growth factor", "antithymocyte globulin", "plasmapheresis"})
_OPERATIONS = "surgery"
_ALLOGENEIC = re.compile(r"\ballo[a-z-]*\b[^.;]{0,36}$")
_DONOR_REACH = 45
"""Characters before a transplant in which its donor is told."""
_AUTOLOGOUS = re.compile(r"\bauto(?:logous)?\b")

_PHRASE = re.compile(
    r"\b(?:(?:prior|previous|earlier|any|all|other|another|last|recent|their|additional|more)\s(?!to\b))+"
    r"(?:(?:line of|lines of|systemic|local|cancer|anti-?cancer|anti-?neoplastic|anti-?tumou?r|oncologic(?:al)?|medical"
    r"|adjuvant|neoadjuvant|melanoma|lymphoma|leuk[a]?emia|myeloma|metastatic|salvage|antimyeloma|antileuk[a]?emi[ac]c?"
    r"|antilymphoma|anti-(?:myeloma|lymphoma|leukemia|leukemic)"
    r"|breast cancer|lung cancer|prostate cancer|disease|drug|[a-z]+-directed|specific|active|study|intensive"
    r"|aggressive|curative|extensive)\s){0,3}"
    r"(?P<noun>therap(?:y|ies)|treatments?|regimens?)\b(?! (?:with|by|using|consisting|targeting|directed|or receipt"
    r"|failure|area|site|field|plan|arm|period|options?))"
)
_DIRECT = re.compile(
    r"\b(?:anti-?(?:myeloma|lymphoma|leuk[a]?emi[ac]c?|melanoma|sarcoma|tumou?r|cancer|neoplastic)"
    r"|(?:cancer|disease|tumou?r|leuk[a]?emia|lymphoma|myeloma)-?(?:directed| specific))\s(?:[a-z-]+\s){0,2}"
    r"(?:therap(?:y|ies)|treatments?|regimens?|agents?|drugs?)\b"
)
_TRIAL = re.compile(
    r"\b(?:participat\w+|enrol\w+|involved|involvement|taken part|partake\w*) in (?:any |an |a )?(?:other |another )?"
    r"(?:(?:interventional|therapeutic|clinical|investigational|drug|experimental|treatment|research|previous|prior"
    r"|systemic|concurrent)[ -])*(?:study|studies|trials?)\b(?: (?:of|with|involving) an? investigational "
    r"(?:agent|drug|product|device|medicinal product))?"
    r"|\b(?:last|latest) (?:other )?(?:clinical|drug|therapeutic|interventional) (?:study|trial)\b"
)
_NOVEL = re.compile(
    r"\b(?:investigational|experimental)(?: \([^)]{0,60}\))?(?: (?!device|study|trial|and\b|or\b|nature)[a-z-]+){0,3}?"
    r" (?:drugs?|agents?|products?|therap(?:y|ies)|treatments?|compounds?|medications?|ip)\b"
    r"|\b(?:other|any) ip\b|\b(?:other|another) (?:testing|test|trial) drugs?\b"
)
_SMALL_MOLECULE = re.compile(
    r"\btargeted (?:small[- ]molecul\w+ )?(?:[a-z-]+ )?(?:therap(?:y|ies)|agents?|drugs?|treatments?)\b"
    r"|\bsmall[- ]molecul\w+ (?:targeted )?(?:therap(?:y|ies)|agents?|drugs?|inhibitors?)\b"
)


@dataclass(frozen=True, slots=True)
class Named:
    """A therapy in a sentence; offsets are into the line's flowing text."""

    start: int
    end: int
    names: tuple[str, ...]
    vague: bool
    """It has no name of its own ("prior treatment"): trusted less."""
    trial: bool = False
    """Participation in a trial, which is a therapy only where a washout is asked."""


@dataclass(frozen=True, slots=True)
class Group:
    """Coordinated therapies."""

    members: tuple[Named, ...]
    joined_by_and: bool
    """Every one is meant ("A and B", "A/B"), not any."""
    combined: bool = False
    """They were given together ("A plus B", "the combination of A and B")."""
    plain: bool = True
    """A plain list, without "including" or "such as"."""

    @property
    def start(self) -> int:
        """Offset of the first member."""
        return self.members[0].start

    @property
    def end(self) -> int:
        """Offset behind the last member."""
        return self.members[-1].end


@cache
def _counted(name: str, kind: TherapyKind) -> bool:
    above = classes_of(name)
    if name in _STILL_COUNTED or above & _STILL_COUNTED:
        return True
    if name in _NOT_COUNTED:
        return False
    if above & _NOT_COUNTED:
        return "systemic therapy" in above and "corticosteroid" not in above
    return name != _OPERATIONS or kind is not TherapyKind.NONE


_SHORTEST_WORD = 4
"""Letters below which a drug's name is no trigger: too many words hold it."""


def therapy_words() -> tuple[str, ...]:
    """The longest word of every spelling of a therapy, in lower case: without one, a line names none that is listed."""
    words = {
        max(spelling.surface.lower().split(), key=len)
        for spelling in tables().spellings
        if spelling.therapy.kind is not TherapyKind.NONE
    }
    return tuple(sorted(word for word in words if len(word) >= _SHORTEST_WORD))


def is_surgery(name: str) -> bool:
    """Whether a name is an operation's (its washout is a condition topic)."""
    return name == _OPERATIONS or (_OPERATIONS in classes_of(name) and "endocrine therapy" not in classes_of(name))


def is_support(name: str) -> bool:
    """Whether a name is care that counts only where a washout is asked of it."""
    return name in SUPPORT or bool(classes_of(name) & SUPPORT)


def is_radiotherapy(name: str) -> bool:
    """Whether a name is radiotherapy's or that of another local treatment."""
    return name in ("radiotherapy", "local therapy") or bool({"radiotherapy", "local therapy"} & classes_of(name))


def named_therapies(cased: str, folded: str) -> list[Named]:
    """The therapies of a flowing text (`folded` is `cased` in lower case), in order, without overlaps."""
    found: list[Named] = []
    mentions = find_therapies(cased)
    study_end = -_AHEAD
    for mention in mentions:
        given = STUDY_EVENT.search(folded[max(0, mention.start - _AHEAD) : mention.start])
        if given or (
            0 <= mention.start - study_end < _SAME_DRUG and not _NEXT_ONE.search(folded[study_end : mention.start])
        ):
            study_end = mention.end
            continue
        if not _counted(mention.name, mention.kind):
            continue
        if mention.name == "TCR-T" and folded.endswith("inhibitory ", 0, mention.start):
            continue  # a receptor that inhibits T cells is none that was put into them
        if mention.name == "stem cell transplant" and _is_allogeneic(folded, mention):
            continue
        before = folded[max(0, mention.start - 24) : mention.start]
        if (
            before.endswith(("investigational ", "experimental ", "unapproved "))
            and mention.kind is not TherapyKind.DRUG
        ):
            found.append(Named(mention.start, mention.end, (INVESTIGATIONAL,), vague=False))
            continue
        if mention.name in _WOMENS or before.endswith(
            ("non-", "non ", "non-oncology ", "non-cancer ", "study ", "protocol ")
        ):
            continue
        if before.endswith(("reinfusion therapy [", "reinfusion therapy (")):
            continue
        if _QUALIFIER.search(before) or (mention.name == "oncolytic virus" and before.endswith(("anti-", "anti"))):
            continue
        if mention.name == "stem cell transplant" and mention.quote.lower().startswith("transplant"):
            continue  # of what is not said
        if mention.name in ("allogeneic stem cell transplant", "syngeneic transplant"):
            if _AUTOLOGOUS_TOO.search(before):
                found.append(Named(mention.start, mention.end, ("stem cell transplant",), vague=False))
            continue
        found.append(Named(mention.start, mention.end, _names(mention), mention.name in GENERIC))
    for match in _NOVEL.finditer(folded) if "(" in folded and _NOVELTIES[0] in folded else ():
        inside = [n for n in found if match.start() <= n.start and n.end <= match.end()]
        if inside and "(" in match.group():
            found = [n for n in found if n not in inside]
            found.append(Named(*match.span(), (INVESTIGATIONAL,), vague=True))
    spans = [(m.start, m.end) for m in mentions]
    found += [
        n
        for n in (*_shortened(cased, folded), *_coded(cased, folded))
        if not any(a < n.end and n.start < b for a, b in spans)
    ]
    for literals, pattern, name in _PHRASES:
        if not _holds(folded, literals):
            continue
        for match in pattern.finditer(folded):
            start, end = match.span()
            if name == SYSTEMIC and match.groupdict().get("noun"):
                start = max(start, match.start("noun") - len(match.group()))
            if any(a < end and start < b for a, b in spans):
                continue
            spans.append((start, end))
            names = (ANTICANCER, SYSTEMIC) if name == ANTICANCER else (name,)
            found.append(Named(start, end, names, vague=True, trial=pattern is _TRIAL))
    return sorted(found, key=lambda n: (n.start, n.end))


_ET = re.compile(r"(?<=[a-z)] )ET\b(?! al\b)")
_ENDOCRINE = ("adjuvant", "endocrine", "cdk4/6", "aromatase", "tamoxifen", "fulvestrant", "breast")
_BLOOD = ("thrombocyth", "myelofib", "polycyth", "pv")


def _shortened(cased: str, folded: str) -> list[Named]:
    """Endocrine therapy as "ET", where the words around are of breast cancer and not of essential thrombocythemia."""
    if " ET" not in cased or not _holds(folded, _ENDOCRINE) or _holds(folded, _BLOOD):
        return []
    return [Named(*match.span(), ("endocrine therapy",), vague=False) for match in _ET.finditer(cased)]


_CODE = re.compile(
    r"(?<=[a-z] )(?!(?:NCT|CYP|CA|WHO|AJCC|FIGO|ICD|ISO|RTOG|SWOG|GOG|NSABP|CALGB|COVID|HBV|HCV|HPV|CD|SUV|RECIST|CTCAE"
    r"|ECOG|NCCN|AREN|ACNS|AALL|AEWS|ANBL|ARST|TNM)\b|[A-Z]+ |(?:NCT|CYP|CA|WHO|AJCC|FIGO|ICD|RTOG|CD)-?\d)"
    r"[A-Z]{2,6}-?\d{3,6}[A-Z]?\b(?:/[A-Z]{2,6}-?\d{3,6}\b)?"
)
"""A development code that no table knows ("ABC-1234")."""
_CODE_CUE = re.compile(
    r"\b(?:prior|previous(?:ly)?) (?:(?:therapy|treat(?:ed|ment)|exposure|exposed|use|received|administration)"
    r" ?(?:with|to|of)? )?(?:any |an? )?$"
)
_CODE_REACH = 45
"""Characters before a code in which its cue stands."""


def _coded(cased: str, folded: str) -> list[Named]:
    """Drugs that have only a code, right behind the words for having had them."""
    if not _holds(folded, ("prior", "previous")):
        return []
    return [
        Named(*match.span(), (match.group(),), vague=False)
        for match in _CODE.finditer(cased)
        if _CODE_CUE.search(folded, max(0, match.start() - _CODE_REACH), match.start())
    ]


STUDY_EVENT = re.compile(
    r"\b(?:prior to|before|preceding|start(?:ing)? (?:of )?|initiation of|initiating|beginning"
    r"|first (?:dose|administration|infusion|day|cycle)s? (?:of|with)"
    r"|day 1 of|until|time of|commenc\w+|administration of|infusion of|randomi[sz]ation (?:to|in)"
    r"|of (?:study|protocol)|registration for|receiving the first)(?: (?:the|study|protocol|any"
    r"|treatment|therapy|with|of|first|dose|infusion|lymphodepleting|planned|administration"
    r"|combination|single-agent|start|initiation|trial|cycle|and|conditioning|on|drugs?|medication|day"
    r"|1)\b)* ?\(?$"
)
"""What stands before a therapy that the study gives."""
_AHEAD = 120
_SAME_DRUG = 25
_NEXT_ONE = re.compile(r"[,;.:]|\b(?:or|within|received|prior|previous)\b")
_WOMENS = frozenset({"oophorectomy", "hysterectomy", "ovarian function suppression"})
"""Named nearly always to tell menopause and contraception."""
_AUTOLOGOUS_TOO = re.compile(r"\bauto\w* ?(?:and|or|and/or|/|,) ?$")
_QUALIFIER = re.compile(r"(?:\bwithout |\+/- ?|\u00b1 ?)(?:any |concurrent |concomitant |adjuvant |prior )?$")
"""What stands before a therapy that only qualifies another one ("radiotherapy with or without chemotherapy")."""


def _holds(folded: str, literals: tuple[str, ...]) -> bool:
    """Whether a text holds one of the literals; a loop, for it runs on every line."""
    for literal in literals:  # noqa: SIM110
        if literal in folded:
            return True
    return False


_NOVELTIES = ("investigational", "experimental", " ip", "testing drug", "test drug", "trial drug")
_PHRASES = (
    (("particip", "enrol", "involv", "taken part", "partak", "last ", "latest "), _TRIAL, INVESTIGATIONAL),
    (_NOVELTIES, _NOVEL, INVESTIGATIONAL),
    (("targeted", "molecul"), _SMALL_MOLECULE, "targeted therapy"),
    (("anti", "directed", "specific"), _DIRECT, ANTICANCER),
    (("therap", "treatment", "regimen"), _PHRASE, SYSTEMIC),
)


def _names(mention: TherapyMention) -> tuple[str, ...]:
    if mention.name == "small molecule inhibitor" and mention.quote.lower().startswith("targeted"):
        return (mention.name, "targeted therapy")
    if mention.name == ANTICANCER:
        return (ANTICANCER, SYSTEMIC)
    if mention.name == STANDARD:
        return (STANDARD, SYSTEMIC)
    if mention.name in ("neoadjuvant therapy", "adjuvant therapy", "first-line therapy", "second-line therapy"):
        return (SYSTEMIC,)
    return (mention.name,)


def _is_allogeneic(folded: str, mention: TherapyMention) -> bool:
    before = folded[max(0, mention.start - _DONOR_REACH) : mention.start]
    own = folded[mention.start : mention.end]
    donor = _ALLOGENEIC.search(before) or own.startswith("allo")
    return bool(donor) and not _AUTOLOGOUS.search(before + own)


_JOIN = re.compile(
    r"(?:[\s,/()\[\]&+:-]|\b(?:and/or|and|or|plus|any|other|prior|previous|previously|including|include|includes|but"
    r"|not|limited|to(?= (?:chemo|radi|immuno|targeted|endocrine|hormon))|such|as|like|e\.g\.?|i\.e\.?|ie|eg|treatment"
    r"|treatments|therapy|therapies|agents?|drugs?|with|systemic|of|the|a|an|another|all|both|either|antibod(?:y|ies)"
    r"|inhibitors?|based|containing|regimens?|combination|therapeutic|anti-?cancer|anti-?tumou?r|anti-?neoplastic"
    r"|targeted|directed|specific|local|standard|conventional|cytotoxic|investigational|experimental|palliative"
    r"|approved|definitive|external|beam|major|certain|similar|related|cancer|oral|iv|intravenous|novel|biological?"
    r"|radical|curative|extensive|wide-field|limited-field|small|molecules?|molecular|monoclonal|tumou?r|use|class"
    r"|medications?|products?|devices?|interventions?|modalit(?:y|ies)|approaches|traditional|modern|(?:neo)?adjuvant"
    r"|metastatic|third|second|first|generation|next|line|dose|high|low|full|whole|following|for"
    r"|cancers?|disease)\b|\.(?=\w))*"
)
_GAP = 90
"""Longest gap, in characters, between members of a list."""
_COMBINED = re.compile(r"\bcombin(?:ation|ed)(?: (?:therapy|treatment|regimen|chemotherapy))?(?: of| with)?(?: \w+)? $")


def _closes(folded: str, members: list[Named], name: Named) -> bool:
    """Whether a bracket that was opened before the list closes before the next name."""
    inside = folded[members[0].start : name.start]
    return inside.count(")") > inside.count("(")


_PERMITTED_IN = re.compile(r"[^()]{0,80}?\b(?:allowed|permitted|acceptable)\b")
_SAYS = re.compile(r"\b(?:is|are|was|were|must|may|should)\b")
_OPENS_LIST = re.compile(
    r"[^.;:]{0,70}?[,(]? ?\b(?:including|such as|e\.g\.|i\.e\.|eg|ie|defined as"
    r"|consisting of)[ ,:]*(?:[a-z-]+ ){0,3}"
)
_FOR = re.compile(r"\bfor\b")


def groups(named: list[Named], folded: str) -> list[Group]:
    """Named therapies as the lists they stand in."""
    lists: list[list[Named]] = []
    for name in named:
        if (
            lists
            and not _closes(folded, lists[-1], name)
            and _joins(folded, lists[-1][-1].end, name.start, vague=lists[-1][-1].vague)
        ):
            lists[-1].append(name)
        else:
            lists.append([name])
    return [_group(members, folded) for members in lists]


_BY = re.compile(r" ?(?:regimens? )?(?:with|using|by|consisting of|based on)(?: (?:an?|any|either|the|at least))*\s?")
_CLOSE = re.compile(
    r"[- ]{0,2}(?:based|containing|including|type)?[- ]?(?:(?:standard|combination|doublet|systemic"
    r"|cytotoxic|first-line|regimens? of|regimen) )?"
)


def _without_heads(members: list[Named], gaps: list[str]) -> list[Named]:
    """A class that only introduces or closes the name of its member goes: "chemotherapy with X", "X-based therapy"."""
    dropped: set[int] = set()
    for i, gap in enumerate(gaps):
        first, second = members[i].names[0], members[i + 1].names[0]
        if _BY.fullmatch(gap) and (is_a(second, first) or members[i].vague):
            dropped.add(i)
        elif _CLOSE.fullmatch(gap) and is_a(first, second) and first != second:
            dropped.add(i + 1)
    return [m for i, m in enumerate(members) if i not in dropped] or members


def _joins(folded: str, end: int, start: int, *, vague: bool) -> bool:
    if start - end > _GAP:
        return False
    gap = folded[end:start]
    if "(" in gap and _PERMITTED_IN.match(folded, start):
        return False  # "no chemotherapy (endocrine therapy is permitted)"
    if vague and _OPENS_LIST.fullmatch(gap) and not _SAYS.search(gap):
        return True
    return not _FOR.search(gap) and "with or without" not in gap and _JOIN.fullmatch(gap) is not None


def _group(members: list[Named], folded: str) -> Group:
    gaps = [folded[a.end : b.start] for a, b in pairwise(members)]
    joint = " ".join(gaps)
    any_of = re.search(r"\bor\b|\b(?:such as|e\.g|i\.e|like|other)\b|\(", joint)
    listed = re.search(r"\b(?:such as|e\.g|i\.e|including|like|other)\b|\(", joint)
    together = re.search(r"\band\b|/|&|\bplus\b|\+", joint)
    combined = len(members) > 1 and bool(
        re.search(r"\bplus\b|\+|\bin combination with\b", joint) or _COMBINED.search(folded[: members[0].start][-40:])
    )
    members = _without_heads(members, gaps)
    return Group(tuple(members), bool(together) and not any_of, combined and not any_of, plain=not listed)
