"""The patient's cancer as one OncoTree code, the most specific that site, histology and defining markers name.

Another malignancy, past or present, is told apart: it is a condition ("second malignancy"), never the diagnosis.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from search.extraction.notes.assertion import is_negated, is_relative
from search.extraction.notes.text import NoteFact, NoteText
from search.terminology import oncotree
from search.terminology.cancers import CancerMention, find_cancers

_PAST = re.compile(
    r"\b(?:history of|h/o|hx of|hx:?|pmh\w*:?|past|remote|prior|previous(?:ly)?|s/p|contralateral|childhood"
    r"|excised|cured|treated in|resected in)\b[^.;]{0,50}$"
)
_YEARS_BACK = re.compile(
    r"^[^.;]{0,60}?(?:\b(?:19|20)\d\d\b|\d+ ?(?:y(?:ea)?rs?|y|mo(?:nth)?s?) (?:ago|earlier|prior)|\bexcised"
    r"|\bcured|\bcurative|\bresected|\bin remission|\btreated|\b(?:active )?surveillance|\bwatchful)"
)
_OTHER_LIKE = re.compile(r"\b(?:basal cell|bcc|cutaneous scc|skin|dcis|in situ|cin|cis)\b")
_HIDDEN = re.compile(
    r"\b(?:screen\w*|risk of|rule out|r/o|exclude|negative for|no evidence of|r/o'?d|suspected|vs\.?|versus"
    r"|not)\s[^.;,]{0,20}$"
)
_SYNDROME = re.compile(
    r"\s*(?:features?|components?|differentiation|elements?|morpholog\w+|pattern|syndrome|screening|clinic|center|centre|gene|risk|antigen|registry|conference|board|research|marker)"
)
_BONE = re.compile(
    r"\b(?:femur|femoral|tibia\w*|fibula\w*|humer\w+|pelvi\w+|ili(?:ac|um)|rib|sacr\w+|scapula\w*|radius|ulna"
    r"|vertebra\w*|acetabul\w+|pub\w+|bone|skull)\b"
)
_TOO_MANY = 400
_DEFINED = (("BCR-ABL1", "BLL", "BLLBCRABL1"), ("BCR-ABL1", "CML", "CMLBCRABL1"))
"""Markers that define a type: with the marker positive the first code becomes the second (WHO classification)."""
_UNTYPED_ORGANS = frozenset({"_ANY_", "_SOLID_", "_LIQUID_"})
_SQUAMOUS = re.compile(r"(?<!non-)(?<!non)(?<!non )(?<!skin )\bsquamous\b(?! cell (?:skin|carcinoma of the skin))")
_GLANDULAR = re.compile(r"\badenocarcinoma\b(?! of the (?:colon|prostate|stomach|breast))")
_TOO_WIDE = 8


def diagnosis(note: NoteText, positive: frozenset[str] = frozenset()) -> Iterator[NoteFact]:
    """The cancer, and other malignancies as conditions.

    Args:
        note: the note.
        positive: markers found positive, which may define the type.
    """
    mentions = [one for one in find_cancers(note.text)[:_TOO_MANY] if _counts(note, one)]
    own, others = _split(note, mentions)
    squamous = _squamous(note)
    if squamous and own and own[0].start == squamous[0].start:
        # What stands elsewhere ("stage I prostate cancer 2 years ago") is not the site of a bare "SCC".
        others = [*(one for one in own[1:] if not _related(one, squamous[0])), *others]
        own = squamous + [one for one in own[1:] if _related(one, squamous[0])]
    if squamous and (not own or (own[0].start > squamous[0].start and not _related(own[0], squamous[0]))):
        others = [
            *(
                one
                for one in own
                if _PAST.search(note.before(one.start, 70)) or _YEARS_BACK.match(note.after(one.end, 80))
            ),
            *others,
        ]
        own = squamous
    if own:
        first = own[0]
        codes = _narrowed(first, own)
        code = _one(codes, note)
        if code == "NSCLC":
            code = _of_nsclc(note)
        for marker, broad, narrow in _DEFINED:
            if marker in positive and code == broad:
                code = narrow
        code = _told_apart(note, code)
        if code is not None:
            named = next((one for one in own if code in one.codes), first)
            yield note.fact("cancer", code, named.start, named.end)
    for other in others:
        yield note.fact("conditions", {"second malignancy": _at_length(note, other.start)}, other.start, other.end)
    for match in () if others else _SKIN.finditer(note.lower):
        if not is_negated(note, match.start(), match.end()) and not is_relative(note, match.start(), match.end()):
            told = f"{_SKIN_NAMES[match['b'] is None]} {_at_length(note, match.end())}".strip()
            yield note.fact("conditions", {"second malignancy": told}, match.start(), match.end())


_SKIN = re.compile(
    r"\b(?:(?P<b>bcc|basal cell (?:skin )?(?:ca(?:rcinoma|ncer)?|epithelioma)s?)"
    r"|cscc|(?:cutaneous|skin) scc|(?:cutaneous )?squamous cell (?:skin )?ca(?:rcinoma|ncer)? of (?:the )?skin)\b"
)
_SKIN_NAMES = ("basal cell carcinoma", "squamous cell carcinoma of the skin")
_CLAUSE_END = re.compile(r"[.;]|,(?= (?:no|ecog|labs)\b)|$")
_LONGEST = 80


def _at_length(note: NoteText, start: int) -> str:
    """The rest of the clause: how another malignancy was treated and when decides whether it matters."""
    stop = _CLAUSE_END.search(note.lower, start, min(len(note.lower), start + _LONGEST))
    return " ".join(note.text[start : stop.start() if stop is not None else start + _LONGEST].split()).strip(" ,")


_TOLD_APART: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("DLBCLNOS", re.compile(r"(?<!non-)(?<!non )\bgcb\b|(?<!non-)(?<!non )\bgerminal[- ]cent(?:er|re)\b"), "GCB"),
    ("OVARY", re.compile(r"\bhgs\b|\bhigh[- ]grade serous\b"), "HGSOC"),
    (
        "MEL",
        re.compile(
            r"\bmelanoma (?:of|on) (?:the |her |his )?(?:left |right |l |r |upper |lower )*"
            r"(?:back|arm|forearm|leg|trunk|scalp|face|cheek|thigh|shoulder|chest|abdomen|calf|flank|ear|neck|skin|nose|temple|forehead)\b"
            r"|\b(?:cutaneous|skin|superficial spreading|nodular) melanoma"
        ),
        "SKCM",
    ),
    ("BREAST", re.compile(r"\b(?:nst|no special type|invasive ductal|infiltrating ductal)\b"), "IDC"),
    (
        "BREAST",
        re.compile(
            r"\binvasive (?:breast )?(?:ca\b|cancer|carcinoma)|\bmetasta|\bmets\b|\bstage (?:ii|iii|iv)|\btnbc\b"
        ),
        "BRCA",
    ),
)
"""A code, and the words elsewhere in the note that make it a narrower one; cancer that has spread is invasive."""
_ANAPLASTIC = re.compile(r"\banaplastic (?:transformation|dedifferentiation|thyroid|carcinoma)")


def _told_apart(note: NoteText, code: str | None) -> str | None:
    if code is None:
        return None
    if oncotree.node(code).tissue == "THYROID" and any(
        not is_negated(note, match.start(), match.end()) for match in _ANAPLASTIC.finditer(note.lower)
    ):
        return "THAP"
    return next((narrow for broad, words, narrow in _TOLD_APART if code == broad and words.search(note.lower)), code)


_SCC = re.compile(r"\bSCC\b(?: (?:of )?(?:the )?)?")
_BRACKETS = re.compile(r"\([^()]{0,40}\)")


def _squamous(note: NoteText) -> list[CancerMention]:
    """ "SCC larynx", "pyriform (hypopharynx) SCC": an abbreviation that only its site makes a name."""
    for match in list(_SCC.finditer(note.text))[:3]:
        head = _BRACKETS.sub(" ", note.text[max(0, match.start() - 60) : match.start()])
        tail = note.text[match.end() : match.end() + 40]
        bracket = re.search(r"\(([^()]{3,30})\)[\s,]*$", note.text[max(0, match.start() - 40) : match.start()])
        inner = f"{bracket[1]} squamous cell carcinoma" if bracket else ""
        for words in (
            f"squamous cell carcinoma of the {tail}",
            f"{head.split('.')[-1]} squamous cell carcinoma",
            inner,
        ):
            for found in find_cancers(" ".join(words.split())):
                if (
                    found.codes
                    and not found.codes <= _UNTYPED_ORGANS
                    and "squamous" in found.quote
                    and len(found.codes) <= _TOO_WIDE
                ):
                    return [CancerMention(match.start(), match.end(), match.group(), found.codes)]
    return []


def _of_nsclc(note: NoteText) -> str:
    """The type of a non-small cell lung cancer whose histology stands apart from its name."""
    squamous, glandular = _SQUAMOUS.search(note.lower), _GLANDULAR.search(note.lower)
    if (squamous is None) == (glandular is None):
        return "NSCLC"
    return "LUSC" if squamous is not None else "LUAD"


def _counts(note: NoteText, mention: CancerMention) -> bool:
    if not mention.codes or len(mention.codes) > _TOO_WIDE or mention.codes <= _UNTYPED_ORGANS:
        return False
    if _SYNDROME.match(note.lower, mention.end):
        return False
    before = note.before(mention.start, 60)
    return not (
        _HIDDEN.search(before)
        or is_negated(note, mention.start, mention.end)
        or is_relative(note, mention.start, mention.end)
    )


def _tissues(mention: CancerMention) -> frozenset[str]:
    return frozenset(oncotree.node(code).tissue for code in mention.codes)


def _related(one: CancerMention, other: CancerMention) -> bool:
    return any(oncotree.related(a, b) for a in one.codes for b in other.codes)


def _split(note: NoteText, mentions: list[CancerMention]) -> tuple[list[CancerMention], list[CancerMention]]:
    """The patient's cancer, and other malignancies."""
    own: list[CancerMention] = []
    others: list[CancerMention] = []
    for mention in mentions:
        past = bool(_PAST.search(note.before(mention.start, 70)))
        back = bool(_YEARS_BACK.match(note.after(mention.end, 80)))
        minor = bool(_OTHER_LIKE.search(mention.quote.lower()))
        if own and not _related(own[0], mention) and (not _tissues(own[0]) & _tissues(mention) or minor):
            if past or back or minor:
                others.append(mention)
        elif (minor and len(mentions) > 1) or (
            past and back and not own and any(not _related(mention, one) for one in mentions)
        ):
            others.append(mention)
        else:
            own.append(mention)
    if not own and others:
        own, others = others[:1], others[1:]
    return own, others


def _narrowed(first: CancerMention, own: list[CancerMention]) -> frozenset[str]:
    """The first mention's codes, narrowed by later mentions that say more of the same disease."""
    codes = first.codes
    for other in own[1:]:
        below = frozenset(code for code in other.codes if any(one in oncotree.ancestors(code) for one in codes))
        shared = codes & other.codes
        if below:
            codes = below
        elif shared and len(shared) < len(codes):
            codes = shared
    return oncotree.without_ancestors(codes)


def _one(codes: frozenset[str], note: NoteText) -> str | None:
    """One code for several: what stands above them all in their organ, else the one whose tissue the note speaks of."""
    if len(codes) == 1:
        return next(iter(codes))
    if not codes:
        return None
    tissues = Counter(oncotree.node(code).tissue for code in codes)
    if len(tissues) > 1:
        preferred = (
            "BONE"
            if "BONE" in tissues and _BONE.search(note.lower)
            else min(tissues, key=lambda one: (-tissues[one], one))
        )
        codes = frozenset(code for code in codes if oncotree.node(code).tissue == preferred)
        if len(codes) == 1:
            return next(iter(codes))
    chains = [(code, *oncotree.ancestors(code)) for code in sorted(codes)]
    return next((code for code in chains[0] if all(code in chain for chain in chains)), None)
