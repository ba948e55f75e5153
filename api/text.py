"""Search results as plain text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from api.render import readable
from search.results import Explanation, Hit, SearchResult


def render_result(result: SearchResult, *, explain: bool = False) -> str:
    """A page of results as text, ending in a line break."""
    return "\n".join(_lines(result, explain=explain)) + "\n"


def _lines(result: SearchResult, *, explain: bool) -> Iterator[str]:
    noun = "trial" if result.total == 1 else "trials"
    yield f"{result.total} {noun} · data as of {result.manifest.data_timestamp or 'unknown'}"
    if result.manifest.fictitious:
        yield "All trials of this index are fictitious."
    if result.reason:
        yield result.reason
    for place, hit in enumerate(result.hits, 1):
        yield ""
        yield from _hit(place, hit, explain=explain)
    if result.next_cursor:
        yield ""
        yield f"More: --cursor {result.next_cursor}"


def _hit(place: int, hit: Hit, *, explain: bool) -> Iterator[str]:
    trial = hit.trial
    mark = " (fictitious)" if trial.fictitious else ""
    yield f"{place:3d}. {hit.nct_id}{mark}  {trial.title}"
    facts = [trial.overall_status.value if trial.overall_status else "status not stated"]
    facts += [" / ".join(phase.value for phase in trial.phases)] if trial.phases else []
    facts += [", ".join(trial.conditions[:3])] if trial.conditions else []
    facts += [f"{hit.distance_km:.0f} km"] if hit.distance_km is not None else []
    yield "     " + " · ".join(facts)
    for highlight in hit.highlights:
        if highlight.field in ("summary", "inclusion"):
            yield f"     {highlight.field}: {_plain(highlight.fragment)}"
            break
    if explain and hit.explanation:
        yield from _explanation(hit.explanation, "     ")


def _plain(text: str) -> str:
    """Registry text in one line for a terminal: markup read, nothing that a terminal could obey."""
    return "".join(c if c.isprintable() else " " for c in " ".join(readable(text).split()))


def _explanation(node: Explanation, indent: str) -> Iterator[str]:
    yield f"{indent}{node.value:.5f}  {node.description}"
    for child in (*node.details, *node.basis):
        yield from _explanation(child, indent + "  ")
