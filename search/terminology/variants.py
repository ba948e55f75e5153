"""States of biomarkers as sets of leaves: a state → the finest states it is made of.

`state_leaves("EGFR", "sensitising mutation")` holds exon 19 deletion and L858R and not exon 20 insertion;
`state_leaves("HER2", "low")` is IHC 1+ and IHC 2+ without amplification. Protein changes that no row names
(KRAS G12F) still belong to their residue's family and to the gene's mutations.

States of one marker need not exclude each other (a tumor may carry L858R and T790M): a patient has a set of results,
and each is compared with what a trial asks by `satisfies`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from types import MappingProxyType

from search.terminology.tables import read_table

_ANY_MARKER = "*"
# X stands for any residue ("G12X"), so it is no change of its own.
_CHANGE = re.compile(r"(?:p\.)?([A-Z]\d{1,4})(?:[A-WYZ]|fs\*?\d*|\*|del|dup)")
_RESIDUE = re.compile(r"[A-Z]\d{2,4}")
"""A residue alone ("Q61"): any change of it."""
_CANONICAL = {
    "wildtype": "wild type",
    "wild-type": "wild type",
    "wt": "wild type",
    "mutated": "mutation",
    "mutant": "mutation",
    "mutations": "mutation",
    "amplified": "amplification",
    "rearrangement": "fusion",
    "rearranged": "fusion",
    "translocation": "fusion",
    "deleted": "deletion",
    "ex19del": "exon 19 deletion",
    "19del": "exon 19 deletion",
    "del19": "exon 19 deletion",
    "exon 19 deletions": "exon 19 deletion",
    "ex20ins": "exon 20 insertion",
    "exon 20 insertions": "exon 20 insertion",
    "20ins": "exon 20 insertion",
    "exon 14 skipping mutation": "exon 14 skipping",
    "ex14 skipping": "exon 14 skipping",
    "sensitizing mutation": "sensitising mutation",
    "activating mutation": "sensitising mutation",
    "overexpression": "expression",
    "0": "IHC 0",
    "1+": "IHC 1+",
    "2+": "IHC 2+",
    "3+": "IHC 3+",
    "ihc 0": "IHC 0",
    "ihc 1+": "IHC 1+",
    "ihc 2+": "IHC 2+",
    "ihc 3+": "IHC 3+",
    "ihc 2+/ish+": "IHC 2+/ISH+",
    "ihc 2+/fish+": "IHC 2+/ISH+",
    "ihc 2+/ish-": "IHC 2+/ISH-",
    "ihc 2+/fish-": "IHC 2+/ISH-",
}
_KNOWN = "known"
"""Any result will do: the marker must have been tested."""
_GERMLINE = "germline mutation"
_ORIGINS = {_GERMLINE: "mutation", "somatic mutation": "mutation"}
_ALLELE = re.compile(r"(HLA-[A-Z]+\d?)\*([\d:]+)")
_EQUIVALENT = (
    # Deficient mismatch repair and high microsatellite instability show the same defect by protein and by DNA.
    (("MMR", "deficient"), ("MSI", "high")),
    (("MMR", "proficient"), ("MSI", "non-high")),
    (("BCR-ABL1", "positive"), ("BCR-ABL1", "fusion")),
)


@functools.cache
def _parts() -> Mapping[tuple[str, str], tuple[str, ...]]:
    rows = read_table("variants.tsv")
    return MappingProxyType({(row["marker"], row["state"]): tuple(row["parts"].split("; ")) for row in rows})


def canonical_state(marker: str, words: str) -> str:
    """A state as the table spells it; words that it does not know come back folded to single spaces."""
    plain = " ".join(words.split())
    change = _CHANGE.fullmatch(plain)
    if change:
        return plain.removeprefix("p.")
    lowered = plain.lower()
    for (of, state), parts in _parts().items():
        if of in (marker, _ANY_MARKER):
            for known in (state, *parts):
                if known.lower() == lowered:
                    return known
    if _RESIDUE.fullmatch(plain) and (marker, f"{plain}X") in _parts():
        return f"{plain}X"
    return _CANONICAL.get(lowered, plain)


def _children(marker: str, state: str) -> tuple[str, ...]:
    parts = _parts().get((marker, state))
    if parts is None and not any(of == marker and one == state for of, one in _parts()):
        parts = _parts().get((_ANY_MARKER, state))
    if parts is None:
        return ()
    # A residue's family has a leaf for the changes that no row names.
    if state.endswith("X") and f"other {state}" not in parts:
        return (*parts, f"other {state}")
    return parts


@functools.cache
def state_leaves(marker: str, state: str) -> frozenset[str]:
    """The finest states that a state of a marker is made of; a state that is not divided denotes itself."""
    named = canonical_state(marker, state)
    children = _children(marker, named)
    if children:
        return frozenset().union(*(state_leaves(marker, child) for child in children))
    return frozenset({_family(marker, named)})


def _family(marker: str, state: str) -> str:
    """The leaf that stands for a protein change: itself where a row names it, else the rest of its family."""
    change = _CHANGE.fullmatch(state)
    if any(of == marker and state in (whole, *parts) for (of, whole), parts in _parts().items()):
        return state
    if change is None:
        return "other mutation" if _RESIDUE.fullmatch(state) else state
    residue = change.group(1)
    known = {one for (of, whole), parts in _parts().items() if of == marker for one in (whole, *parts)}
    if f"{residue}X" in known:
        return f"other {residue}X" if _parts().get((marker, f"{residue}X")) else f"{residue}X"
    if residue in known:
        return f"other {residue}" if f"other {residue}" in known else residue
    return "other mutation"


def satisfies(marker: str, known: str, wanted: str) -> bool | None:
    """Whether a known result of a marker has a wanted state: True, False, or None where the result is too coarse."""
    has, asks = canonical_state(marker, known), canonical_state(marker, wanted)
    if has == asks or asks == _KNOWN:
        return True
    if not _divides_by_origin(marker):
        if asks == _GERMLINE:
            # The origin of a mutation that is only known as such stays open.
            return None if satisfies(marker, has, "mutation") is not False else False
        has, asks = _ORIGINS.get(has, has), _ORIGINS.get(asks, asks)
        if has == asks:
            return True
    result, target = state_leaves(marker, has), state_leaves(marker, asks)
    if _CHANGE.fullmatch(asks) and target != {asks}:
        # The wanted change is named by no row: only the very same change has it, a different change has not.
        return False if _CHANGE.fullmatch(has) or result.isdisjoint(target) else None
    if result <= target:
        return True
    return False if result.isdisjoint(target) else None


def _divides_by_origin(marker: str) -> bool:
    """Whether the table divides a marker's mutations into germline and somatic ones."""
    return _GERMLINE in _parts().get((marker, "mutation"), ())


def equivalents(marker: str, state: str) -> frozenset[tuple[str, str]]:
    """Other (marker, state) pairs that say the same: MMR deficient and MSI high, HLA-A*02:01 and HLA-A with A*02:01."""
    leaves = state_leaves(marker, state)
    found = set()
    allele = _ALLELE.fullmatch(marker)
    if allele and state == "positive":
        found.add((allele.group(1), f"{allele.group(1).removeprefix('HLA-')}*{allele.group(2)}"))
    elif marker.startswith("HLA-") and _ALLELE.fullmatch(f"HLA-{state}"):
        found.add((f"HLA-{state}", "positive"))
    for pair in _EQUIVALENT:
        for one, other in (pair, pair[::-1]):
            if one[0] == marker and leaves <= state_leaves(*one) and other != (marker, state):
                found.add(other)
    return frozenset(found)
