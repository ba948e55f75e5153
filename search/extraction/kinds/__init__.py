"""One reader for each kind of criterion; `READERS` in the order in which they are asked."""

from __future__ import annotations

from search.extraction.kinds.biomarkers import BIOMARKERS
from search.extraction.kinds.cns import CNS
from search.extraction.kinds.conditions import CONDITIONS
from search.extraction.reading import Reader

READERS: tuple[Reader, ...] = (
    BIOMARKERS,
    CNS,
    CONDITIONS,
)
