"""What a note or a profile is about, as a short text: its words are ranked for, and its meaning is searched.

Of a note most words say something else than what is searched for. Where a cancer is told, the facts of the disease
stand for it: its name as written and as the vocabulary has it, stage, extent, markers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from search.patient import Patient
from search.query import Concept
from search.terminology import oncotree
from search.terminology.cancers import display_name


def focus_text(patient: Patient, concepts: Iterable[Concept] = ()) -> str:
    """The facts of the disease in words; empty where no cancer is told.

    Args:
        patient: what is known.
        concepts: of the text that told it, for the names in its own words.
    """
    if patient.cancer is None:
        return ""
    return ", ".join(dict.fromkeys(_facts(patient, concepts)))


def _facts(patient: Patient, concepts: Iterable[Concept]) -> Iterator[str]:
    cancer = patient.cancer
    codes = cancer.codes if cancer is not None else frozenset()
    yield from (one.quote for one in concepts if one.kind == "cancer" and one.codes & codes and not one.negative)
    yield from (display_name(code) for code in sorted(oncotree.without_descendants(codes)))
    if patient.stage is not None:
        yield f"stage {patient.stage.text}"
    yield from (extent.value.replace("_", " ") for extent in patient.extents if extent.present)
    for marker in patient.markers:
        yield " ".join((marker.marker, *marker.states))
