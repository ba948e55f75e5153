"""Kinds of a cancer that a text lists by their first word alone: "melanoma, including cutaneous, ocular or mucosal".

Such a list includes its kinds, and says nothing of others: the disease itself stays among what satisfies.
"""

from __future__ import annotations

import re

from search.terminology import oncotree
from search.terminology.cancers import CancerMention, find_cancers

INCLUDES = re.compile(r"[\s,]*\(?\s*(?:including|includes?|inclusive of|such as|e\.g\.,?|eg,)\s+")
"""What opens a list of kinds, from the end of the disease's name on; folded text."""
_LIST = re.compile(
    r"[a-z-]+(?: (?!or\b|and\b)[a-z-]+)?(?:(?:\s*[,/]\s*(?:or |and |and/or )?|\s+(?:or|and|and/or)\s+)[a-z-]+)+"
)
_SPLITS = re.compile(r"\s*[,/]\s*(?:(?:or|and|and/or) )?|\s+(?:or|and|and/or)\s+")
_REACH = 120
"""Characters behind the disease in which its kinds are read."""
_NOUN = re.compile(r"[a-z]+$")
_GENERIC = frozenset(
    ["cancer", "cancers", "carcinoma", "carcinomas", "tumor", "tumors", "tumour", "tumours", "malignancies"]
)


def with_listed_kinds(folded: str, mentions: list[CancerMention]) -> list[CancerMention]:
    """The mentions of a line, those of kinds listed behind a disease being part of the disease's own.

    Args:
        folded: the line, lower case.
        mentions: the cancers named in it, in order.
    """
    found: list[CancerMention] = []
    reach = 0
    for mention in mentions:
        if mention.start < reach:
            last = found[-1]
            end = max(last.end, mention.end)
            found[-1] = CancerMention(last.start, end, last.quote, last.codes | mention.codes)
            continue
        head = _head(mention)
        end, codes = _listed(folded, head)
        if codes:
            reach = end
            whole = head.codes | mention.codes | codes
            mention = CancerMention(head.start, max(end, mention.end), head.quote, whole)  # noqa: PLW2901
        found.append(mention)
    return found


def _head(mention: CancerMention) -> CancerMention:
    """The disease alone, where a mention goes on into its list ("melanoma (including ocular")."""
    inside = INCLUDES.search(mention.quote.lower())
    if inside is None or not inside.start():
        return mention
    quote = mention.quote[: inside.start()]
    return CancerMention(mention.start, mention.start + len(quote), quote, _codes(quote) or mention.codes)


def _listed(folded: str, mention: CancerMention) -> tuple[int, frozenset[str]]:
    """Where the list of kinds behind a disease ends, and the codes of those that are known."""
    opens = INCLUDES.match(folded, mention.end, mention.end + _REACH)
    listed = _LIST.match(folded, opens.end(), opens.end() + _REACH) if opens else None
    noun = _NOUN.search(mention.quote.lower())
    if listed is None or noun is None:
        return mention.end, frozenset()
    kinds = [
        frozenset(code for code in _codes(f"{kind} {noun.group()}") if _is_kind(code, mention, noun.group()))
        for kind in _SPLITS.split(listed.group())
    ]
    known = [codes for codes in kinds if codes]
    return (listed.end(), frozenset().union(*known)) if len(known) * 2 >= len(kinds) else (mention.end, frozenset())


def _is_kind(code: str, mention: CancerMention, noun: str) -> bool:
    """Whether a code is a kind of a disease: below it, or at another site under its name (ocular melanoma)."""
    below = any(oncotree.related(code, one) for one in mention.codes)
    return below or (noun not in _GENERIC and noun in oncotree.node(code).name.lower())


def _codes(name: str) -> frozenset[str]:
    """Codes of a name, if it is one name and no more."""
    named = find_cancers(name)
    return named[0].codes if len(named) == 1 and named[0].start == 0 else frozenset()
