"""Therapies named in a note, gathered into courses: drugs given together, operations and radiotherapy on their own.

"Carboplatin/paclitaxel + bevacizumab" is one course, "surgery + postoperative radiation" are two; a name that only
repeats what was told ("last carboplatin 7 months ago") is none.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from search.extraction.notes.spans import Spans
from search.extraction.notes.text import NoteText
from search.terminology.therapies import TherapyKind, TherapyMention, find_therapies, is_a, therapy

_JOIN = re.compile(
    r"\s*(?:/|\+|&|-|\u2013|\bplus\b|\bwith\b|\bw/|\bin combination with\b|\bcombined with\b"
    r"|\bconcurrent(?:ly)?(?: with)?\b|\s)\s*"
    r"(?:(?:concurrent|weekly|low-dose|high-dose|biweekly|oral|iv|q\d?w|daily|concomitant|maintenance(?= \w+ mab))\s*)?"
)
_MODIFIED = re.compile(
    r"(?:[\s(]*(?:q\d+w|weekly|x\s?\d+|\d+(?:\.\d+)?\s?(?:mg|gy|g)(?:/m2|/kg)?(?:/\d+\w*)?|auc\s?\d|daily|bid"
    r"|po)[\s)]*)+(?:/|\+|&|\bplus\b|\bwith\b|\bw/)\s*"
)
_AND = re.compile(r"\s*,?\s*(?:and)\s+(?:weekly\s+)?")
_COMMA = re.compile(r"\s*,\s*(?:and\s+)?")
_ALIAS = re.compile(r"\s*[(=/]\s*")
_SEQUENTIAL = re.compile(
    r"\b(?:progress\w*|pd|refractory|failed|failure|after|intolera\w+|through|pre-?treated with|exposed to"
    r"|relaps\w+)\b[^.;]*$"
)
_NEVER_CANCER = frozenset(
    {
        "estradiol",
        "metformin",
        "biopsy",
        "transfusion",
        "hormonal contraceptive",
        "hormone replacement therapy",
        "sentinel lymph node surgery",
        "best supportive care",
        "standard therapy",
        "leucovorin",
    }
)
_WITH_DRUGS = ("corticosteroid",)
_SURGEON = re.compile(
    r"^(?:neurosurgery|surgeons?|nsgy|surgery(?= (?:agrees|plans|consult|recommends|slot|declined|will|clinic"
    r"|team|follow)))"
)
_GYNECOLOGIC = re.compile(r"endometri|ovar|cervi|uter|hgsoc|fallopian|vulva|vagin|gynec|trophoblast")
_GYN_SURGERY = frozenset({"hysterectomy", "oophorectomy", "salpingo-oophorectomy", "ovarian ablation"})
_BLOOD = re.compile(r"myeloma|leuk|lymphoma|\b(?:all|aml|mds|mm|cml|cll|nhl|dlbcl|waldenstr\w+|neuroblastoma)\b")
_STEM = re.compile(r"stem|auto|sct|hct|bmt|asct|allo|marrow")
_NOT_FOR_CANCER = re.compile(
    r"rheumatoid|psoria|arthritis|lupus|rosacea|crohn|colitis|sjogren|transplant rejection|ectopic|molar"
)
_TRIAL = re.compile(
    r"\b(?:phase (?:1|2|3|i{1,3}|1/2|1b)\b[^.;,]{0,40}?(?:trial|study)|investigational (?:agent|drug|compound)"
    r"|clinical trial of)\b"
)
_AGENT = re.compile(
    r"[\s-]*(?:therap|treat|antibod(?:y|ies) (?:therap|treat|drug)|mab|inhib|car\b|cells?|vaccin|agent|tcr|adc)"
)
_MOST = 1500
"""Therapies that are looked at in a note."""
_MOST_TOGETHER = 12
"""Therapies of one course."""
GENERAL = frozenset(
    {
        "chemotherapy",
        "systemic therapy",
        "immunotherapy",
        "anticancer therapy",
        "endocrine therapy",
        "targeted therapy",
        "radiotherapy",
        "local therapy",
        "surgery",
        "chemoradiotherapy",
        "investigational agent",
    }
)


@functools.lru_cache(maxsize=4096)
def within(name: str, above: str) -> bool:
    """`is_a`, remembered."""
    return is_a(name, above)


@functools.lru_cache(maxsize=4096)
def _drugs(name: str) -> frozenset[str]:
    known = therapy(name)
    return frozenset(known.drugs if known is not None and known.drugs else {name}) - {"leucovorin"}


@dataclass(frozen=True, slots=True)
class Course:
    """Therapies named together; offsets in the note's text."""

    start: int
    end: int
    mentions: tuple[TherapyMention, ...]

    @property
    def drugs(self) -> frozenset[str]:
        """Its drugs, regimens taken apart; a class or procedure by its own name."""
        return frozenset().union(*(_drugs(mention.name) for mention in self.mentions))

    @property
    def systemic(self) -> bool:
        """Whether it holds anything but operations, radiotherapy and other local treatment."""
        return any(not _is_local(mention) for mention in self.mentions)

    @property
    def surgical(self) -> bool:
        """Whether it is an operation."""
        return all(_is_surgery(mention) for mention in self.mentions)

    @property
    def radiation(self) -> bool:
        """Whether it holds radiotherapy."""
        return any(_is_radiation(mention) for mention in self.mentions)

    @property
    def general(self) -> bool:
        """Whether it only names a class ("chemotherapy")."""
        return all(mention.kind is TherapyKind.CLASS for mention in self.mentions)

    @property
    def name(self) -> str:
        """What the profile calls it; a combination with +."""
        kept = [
            mention
            for mention in self.mentions
            if mention.kind is not TherapyKind.CLASS
            or mention.name in GENERAL
            or not any(within(drug, mention.name) for drug in self.drugs if drug != mention.name)
        ]
        kept.sort(key=lambda mention: _is_radiation(mention) and mention.name != "chemoradiotherapy")
        return " + ".join(dict.fromkeys(_spoken(mention) for mention in kept))


_PLAIN_SURGERY = re.compile(
    r"(?:surg\w+|(?:complete |wide |gross total |subtotal |local )*(?:resections?|excision|resected)|operat\w+)"
)


def _spoken(mention: TherapyMention) -> str:
    known = therapy(mention.name)
    if known is not None and known.drugs:
        drugs = [drug for drug in known.drugs if drug != "leucovorin"]
        if (
            " and " in known.name
            or known.name.endswith(" regimen")
            or re.search(r"[a-z]{3,}\s?(?:/|\+|and)\s?[a-z]{3,}", mention.quote.lower())
        ):
            return " + ".join(drugs)
        if len(re.sub(r"\W", "", known.name)) <= 3 or "/" in known.name:
            return f"{known.name} ({' + '.join(drugs)})"
        return known.name
    if _is_surgery(mention) and not _PLAIN_SURGERY.fullmatch(mention.quote.lower()):
        return f"surgery ({' '.join(mention.quote.lower().split())})"
    if mention.kind is TherapyKind.ROLE:
        return "radiotherapy"
    if _is_radiation(mention) and mention.name not in {"radiotherapy", "chemoradiotherapy"}:
        return f"radiotherapy ({mention.name})"
    if mention.name == "chemoembolization":
        return "TACE"
    return mention.name


def _is_surgery(mention: TherapyMention) -> bool:
    return mention.name == "surgery" or within(mention.name, "surgery")


def _is_radiation(mention: TherapyMention) -> bool:
    return mention.name in {"radiotherapy", "chemoradiotherapy"} or within(mention.name, "radiotherapy")


def _is_local(mention: TherapyMention) -> bool:
    if mention.name == "chemoradiotherapy":
        return False
    return (
        _is_surgery(mention)
        or _is_radiation(mention)
        or within(mention.name, "local therapy")
        or mention.name == "local therapy"
    )


def courses(note: NoteText) -> list[Course]:
    """Courses that a note names, in its order, given or not."""
    mentions = [mention for mention in find_therapies(note.text) if _against_cancer(note, mention)]
    mentions += _trials(note, mentions) + _operations(note, mentions) + _doses(note, mentions)
    mentions = sorted(mentions, key=lambda one: one.start)[:_MOST]
    found: list[Course] = []
    place = 0
    while place < len(mentions):
        group = [mentions[place]]
        while place + 1 < len(mentions) and len(group) < _MOST_TOGETHER and _together(note, group, mentions[place + 1]):
            place += 1
            group.append(mentions[place])
        place += 1
        found += _parted(group)
    return found


def _trials(note: NoteText, known: list[TherapyMention]) -> list[TherapyMention]:
    found = []
    drugs = Spans((one.start, one.end) for one in known if one.kind is TherapyKind.DRUG)
    for match in _TRIAL.finditer(note.lower):
        if not drugs.near(match.start(), match.end(), _TRIAL_NEAR):
            quote = note.text[match.start() : match.end()]
            found.append(
                TherapyMention(match.start(), match.end(), quote, "investigational agent", TherapyKind.CLASS, 0.6)
            )
    return found


_TRIAL_NEAR = 40
_OPERATION = re.compile(
    r"\b(?:internal |external )?(?:hemipelvectomy|limb[- ]salvage(?: surgery)?|limb[- ]sparing (?:surgery"
    r"|resection)|rotationplasty|metastasectomy|mandibulectomy|maxillectomy|glossectomy|penectomy"
    r"|(?<!un)(?<!completely )(?<!in)resected|laryngopharyngectomy|pelvic exenteration|omentectomy"
    r"|debulk(?:ed)?|neck dissection(?= and|,|\.| \d))\b"
)


_GRAYS = re.compile(r"\b\d{1,2}(?:\.\d{1,2})?\s?gy\b(?:\s?(?:x\s?\d+|/\s?\d+\s?(?:fx|fractions)?))?")
_RADIATION_NEAR = 60


def _doses(note: NoteText, known: list[TherapyMention]) -> list[TherapyMention]:
    """Radiotherapy told only by its dose ("8 Gy x1 to L4")."""
    found = []
    radiation = Spans((one.start, one.end) for one in known if _is_radiation(one))
    for match in _GRAYS.finditer(note.lower):
        if not radiation.near(match.start(), match.end(), _RADIATION_NEAR):
            quote = note.text[match.start() : match.end()]
            found.append(TherapyMention(match.start(), match.end(), quote, "radiotherapy", TherapyKind.PROCEDURE, 0.7))
    return found


def _operations(note: NoteText, known: list[TherapyMention]) -> list[TherapyMention]:
    """Operations that the vocabulary does not hold."""
    taken = Spans((one.start, one.end) for one in known)
    return [
        TherapyMention(
            match.start(), match.end(), note.text[match.start() : match.end()], "surgery", TherapyKind.PROCEDURE, 0.8
        )
        for match in _OPERATION.finditer(note.lower)
        if not taken.near(match.start(), match.end())
    ]


def _against_cancer(note: NoteText, mention: TherapyMention) -> bool:
    if mention.name in _NEVER_CANCER or (mention.kind is TherapyKind.ROLE and not within(mention.name, "radiotherapy")):
        return False
    quote = mention.quote.lower()
    if mention.name.startswith("anti-") and not re.search(
        r"anti|target|direct|inhib|car|tcr|therap|cells?|vaccin", quote
    ):
        return False  # a bare antigen
    if quote.startswith("anti-") and therapy(mention.name) is None and not _AGENT.match(note.lower, mention.end):
        return False  # an antibody of the patient's own ("anti-dsDNA")
    if mention.quote == "TTF" and note.text[mention.end : mention.end + 2] == "-1":
        return False
    rest = note.lower[mention.start : mention.start + 40]
    if _SURGEON.match(rest) or mention.confidence < 0.5:
        return False
    if mention.name in _GYN_SURGERY and not _GYNECOLOGIC.search(note.lower):
        return False
    if mention.name == "stem cell transplant" and not _STEM.search(quote) and not _BLOOD.search(note.lower):
        return False
    if _NOT_FOR_CANCER.search(note.lower, max(0, mention.start - 50), mention.end + 30) and mention.name in {
        "methotrexate",
        "cyclophosphamide",
        "rituximab",
    }:
        return False
    if mention.kind is TherapyKind.ROLE:
        return True
    if mention.name in {
        "chemotherapy",
        "anticancer therapy",
        "systemic therapy",
        "chemoradiotherapy",
        "immunotherapy",
        "investigational agent",
    }:
        return True
    if mention.kind is not TherapyKind.REGIMEN and (
        any(within(mention.name, one) for one in _WITH_DRUGS) or mention.name in _WITH_DRUGS
    ):
        return _beside_drug(note, mention)
    known = therapy(mention.name)
    if known is None:
        return any(within(one, "anticancer therapy") for one in mention.classes) or mention.kind is TherapyKind.CLASS
    if known.kind is TherapyKind.REGIMEN:
        return True
    return within(mention.name, "anticancer therapy")


def _beside_drug(note: NoteText, mention: TherapyMention) -> bool:
    """Whether a steroid is part of a regimen ("bortezomib/lenalidomide/dexamethasone")."""
    before, after = note.lower[max(0, mention.start - 3) : mention.start], note.lower[mention.end : mention.end + 3]
    return "/" in before or before.endswith(("+ ", "-")) or after.startswith(("/", " +", "-"))


def _together(note: NoteText, group: list[TherapyMention], other: TherapyMention) -> bool:
    last = group[-1]
    between = note.lower[last.end : other.start]
    if len(between) > 40:
        return False
    if _ALIAS.fullmatch(between) and other.name == last.name:
        return True
    if "(" in between and re.fullmatch(r"\s*(?:regimen\s*)?\(\s*", between) and last.kind is TherapyKind.CLASS:
        return True
    if not between.strip() and last.kind is TherapyKind.DRUG and other.kind is TherapyKind.DRUG:
        return False
    if _JOIN.fullmatch(between) or _MODIFIED.fullmatch(between):
        return not (not between.strip() and last.kind is not TherapyKind.CLASS)
    if _AND.fullmatch(between) or _COMMA.fullmatch(between):
        single = all(one.kind is TherapyKind.DRUG for one in (*group, other))
        told = note.before(group[0].start, 90)
        if _AND.fullmatch(between) and "," not in between:
            return single and len(group) == 1 and not _SEQUENTIAL.search(told) and not _sequel(note, other)
        # "vincristine, doxorubicin and cyclophosphamide": a list that ends in "and" and comes as one.
        tail = note.lower[other.end : other.end + 40]
        listed = re.match(r",?\s*(?:\w+,\s*)?(?:and|\+)\s+\w+", tail) is not None or "and" in between
        return (
            single
            and listed
            and len(group) >= 1
            and bool(re.search(r"\b(?:with|of|regimen|combination|chemotherapy)\s*[:(]?\s*$", told))
        )
    return False


def _sequel(note: NoteText, other: TherapyMention) -> bool:
    return re.match(r"\s*(?:maintenance|as \d|\(2)", note.lower[other.end : other.end + 20]) is not None


def _parted(group: list[TherapyMention]) -> list[Course]:
    """Operations and radiotherapy without drugs are courses of their own."""
    kept: list[list[TherapyMention]] = []
    together: list[TherapyMention] = []
    systemic = [one for one in group if not _is_local(one)]
    split = any(one.name == "temozolomide" for one in systemic) and all(
        one.name in {"temozolomide", "chemoradiotherapy"} for one in systemic
    )
    named = [one for one in systemic if one.kind in {TherapyKind.DRUG, TherapyKind.REGIMEN}]
    for one in group:
        if (
            _is_surgery(one)
            or one.name.endswith("stem cell transplant")
            or (_is_local(one) and (not systemic or split or not _is_radiation(one)))
        ):
            kept.append([one])
        elif one.name == "chemoradiotherapy" and named:
            radiation = TherapyMention(
                one.start, one.end, one.quote, "radiotherapy", TherapyKind.PROCEDURE, one.confidence
            )
            if split:
                kept.append([radiation])
            else:
                together.append(radiation)
        elif (
            one.kind is TherapyKind.CLASS
            and one.name in {"chemotherapy", "systemic therapy"}
            and named
            and _describes(one, group)
        ):
            continue
        else:
            together.append(one)
    if together:
        kept.append(together)
    kept = [
        part
        for part in kept
        if not all(within(one.name, "corticosteroid") for one in part if one.kind is TherapyKind.DRUG)
        or any(one.kind is not TherapyKind.DRUG for one in part)
    ]
    made = [Course(part[0].start, part[-1].end, tuple(part)) for part in kept]
    return sorted(made, key=lambda one: one.start)


def _describes(one: TherapyMention, group: list[TherapyMention]) -> bool:
    """Whether "chemotherapy" only introduces the drugs behind it, and is no part ("pembrolizumab + chemo")."""
    return one is group[0]
