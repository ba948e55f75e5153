"""One reader for each kind of criterion; `READERS` in the order in which they are asked."""

from __future__ import annotations

from search.extraction.kinds.ages import AGES
from search.extraction.kinds.biomarkers import BIOMARKERS
from search.extraction.kinds.cancers import CANCERS
from search.extraction.kinds.cns import CNS
from search.extraction.kinds.conditions import CONDITIONS
from search.extraction.kinds.extents import EXTENTS
from search.extraction.kinds.fertility import FERTILITY
from search.extraction.kinds.lab_tables import LAB_TABLES
from search.extraction.kinds.labs import LABS
from search.extraction.kinds.line_counts import LINE_COUNTS
from search.extraction.kinds.performance import PERFORMANCE
from search.extraction.kinds.prior_therapy import PRIOR_THERAPY
from search.extraction.kinds.sexes import SEXES
from search.extraction.kinds.stages import STAGES
from search.extraction.reading import Reader

READERS: tuple[Reader, ...] = (
    CANCERS,
    STAGES,
    EXTENTS,
    BIOMARKERS,
    CNS,
    CONDITIONS,
    FERTILITY,
    LABS,
    LAB_TABLES,
    LINE_COUNTS,
    PERFORMANCE,
    PRIOR_THERAPY,
    AGES,
    SEXES,
)
