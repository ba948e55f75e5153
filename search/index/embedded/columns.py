"""Filter values of all trials as NumPy columns. Trials are numbered in the order of their ids ("ordinals")."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.index.document import CnsPolicy, EligibilityValues, FilterValues, SiteValues, days
from search.index.eligibility_terms import ecog_facets, marker_facets, stage_facets, stage_families
from search.index.embedded.layout import NAMES
from search.trial import InterventionType, OverallStatus, PartialDate, Phase, Sex, SponsorClass, StudyType

ABSENT = 255
"""Code of an enumeration's value that is not stated."""
LOWEST, HIGHEST = np.iinfo(np.int32).min, np.iinfo(np.int32).max
"""Stand for limits that are not stated."""
NEVER_FIRST, NEVER_LAST = HIGHEST, LOWEST
"""First and last day of a missing date: no range overlaps it."""

ENUMS: Mapping[str, type[StrEnum]] = {
    "status": OverallStatus,
    "phase": Phase,
    "study_type": StudyType,
    "intervention_type": InterventionType,
    "sponsor_class": SponsorClass,
    "sex": Sex,
    "cns": CnsPolicy,
}
TAG = "\x1f"
"""Between the kind of a tag and its value."""


@dataclass(frozen=True, slots=True)
class Columns:
    """One array for each field; shapes: T trials, S sites, P pairs of a code (or country) and a trial."""

    status: NDArray[np.uint8]
    phase: NDArray[np.uint16]
    """A bit for each phase."""
    study_type: NDArray[np.uint8]
    intervention_type: NDArray[np.uint16]
    """A bit for each type."""
    sponsor_class: NDArray[np.uint8]
    sex: NDArray[np.uint8]
    minimum_age: NDArray[np.int32]
    maximum_age: NDArray[np.int32]
    """Days; where no limit is stated, the smallest or largest number."""
    start: NDArray[np.int32]
    completion: NDArray[np.int32]
    last_update: NDArray[np.int32]
    """Shape (T, 2): the first and the last day that the date can mean, since 1970-01-01."""
    has_results: NDArray[np.int8]
    """1, 0, or -1 where it is not stated."""
    code_offsets: NDArray[np.int64]
    code_trials: NDArray[np.int32]
    """Trials of cancer type i: `code_trials[code_offsets[i]:code_offsets[i + 1]]`, ascending."""
    country_offsets: NDArray[np.int64]
    country_trials: NDArray[np.int32]
    """Trials with a site in country i, likewise."""
    tag_offsets: NDArray[np.int64]
    tag_trials: NDArray[np.int32]
    """Trials whose criteria have tag i (see `tags`), likewise."""
    minimum_prior_lines: NDArray[np.int32]
    maximum_prior_lines: NDArray[np.int32]
    minimum_ecog: NDArray[np.int32]
    maximum_ecog: NDArray[np.int32]
    """Where no limit is stated, the smallest or largest number."""
    cns: NDArray[np.uint8]
    site_trial: NDArray[np.int32]
    site_status: NDArray[np.uint8]
    site_country: NDArray[np.int32]
    site_state: NDArray[np.int32]
    site_city: NDArray[np.int32]
    """Numbers of the names in `Names`; -1 where there is none."""
    site_lat: NDArray[np.float64]
    site_lon: NDArray[np.float64]
    """Degrees, NaN where the site has no coordinates."""

    def __len__(self) -> int:
        return len(self.status)


@dataclass(frozen=True, slots=True)
class Names:
    """Names that the columns hold as numbers, sorted."""

    codes: tuple[str, ...]
    countries: tuple[str, ...]
    states: tuple[str, ...]
    cities: tuple[str, ...]
    tags: tuple[str, ...]


def tags(values: EligibilityValues) -> set[str]:
    """The sets of a trial's criteria values, as one set of tags: what they are, `TAG`, and the value."""
    kinds = {
        "stage": stage_facets(values.stages),
        "stage_leaf": values.stages,
        "stage_family": stage_families(values.stages),
        "stage_excluded": values.stages_excluded,
        "extent": values.extents,
        "extent_excluded": values.extents_excluded,
        "biomarker": marker_facets(values.biomarkers),
        "biomarker_leaf": values.biomarkers,
        "biomarker_excluded": values.biomarkers_excluded,
        "ecog": ecog_facets(values.minimum_ecog, values.maximum_ecog),
    }
    return {f"{kind}{TAG}{value}" for kind, several in kinds.items() for value in several}


def build(values: Sequence[FilterValues]) -> tuple[Columns, Names]:
    """Columns of trials, in the order given."""
    sites = [(ordinal, site) for ordinal, value in enumerate(values) for site in dict.fromkeys(value.sites)]
    criteria = [value.eligibility for value in values]
    tagged = [(tag, ordinal) for ordinal, own in enumerate(criteria) for tag in tags(own)]
    names = Names(
        codes=tuple(sorted({code for value in values for code in value.cancer_types})),
        countries=tuple(sorted({site.country for _, site in sites if site.country is not None})),
        states=tuple(sorted({site.state for _, site in sites if site.state is not None})),
        cities=tuple(sorted({site.city for _, site in sites if site.city is not None})),
        tags=tuple(sorted({tag for tag, _ in tagged})),
    )
    by_tag = _postings(names.tags, tagged)
    codes = _postings(names.codes, [(code, o) for o, value in enumerate(values) for code in value.cancer_types])
    countries = _postings(names.countries, [(site.country, o) for o, site in sites if site.country is not None])
    columns = Columns(
        status=_codes("status", [value.status for value in values]),
        phase=_bits("phase", [value.phases for value in values]),
        study_type=_codes("study_type", [value.study_type for value in values]),
        intervention_type=_bits("intervention_type", [tuple(value.intervention_types) for value in values]),
        sponsor_class=_codes("sponsor_class", [value.sponsor_class for value in values]),
        sex=_codes("sex", [value.sex for value in values]),
        minimum_age=_bounds([value.minimum_age_days for value in values], LOWEST),
        maximum_age=_bounds([value.maximum_age_days for value in values], HIGHEST),
        start=_dates([value.start for value in values]),
        completion=_dates([value.completion for value in values]),
        last_update=_dates([value.last_update for value in values]),
        has_results=np.array([-1 if v.has_results is None else v.has_results for v in values], dtype=np.int8),
        code_offsets=codes[0],
        code_trials=codes[1],
        country_offsets=countries[0],
        country_trials=countries[1],
        tag_offsets=by_tag[0],
        tag_trials=by_tag[1],
        minimum_prior_lines=_bounds([own.minimum_prior_lines for own in criteria], LOWEST),
        maximum_prior_lines=_bounds([own.maximum_prior_lines for own in criteria], HIGHEST),
        minimum_ecog=_bounds([own.minimum_ecog for own in criteria], LOWEST),
        maximum_ecog=_bounds([own.maximum_ecog for own in criteria], HIGHEST),
        cns=_codes("cns", [own.cns for own in criteria]),
        site_trial=_int32([ordinal for ordinal, _ in sites]),
        site_status=_codes("status", [site.status for _, site in sites]),
        site_country=_numbers(names.countries, [site.country for _, site in sites]),
        site_state=_numbers(names.states, [site.state for _, site in sites]),
        site_city=_numbers(names.cities, [site.city for _, site in sites]),
        site_lat=_degrees(sites, "lat"),
        site_lon=_degrees(sites, "lon"),
    )
    return columns, names


def save(folder: Path, columns: Columns, names: Names) -> None:
    """Write one `.npy` file a column, and the names."""
    folder.mkdir()
    for field in fields(Columns):
        np.save(folder / f"{field.name}.npy", getattr(columns, field.name), allow_pickle=False)
    stored = {field.name: getattr(names, field.name) for field in fields(Names)}
    (folder / NAMES).write_text(json.dumps(stored, ensure_ascii=False), encoding="utf-8")


def load(folder: Path) -> tuple[Columns, Names]:
    """Map the columns into memory.

    Raises:
        OSError: a file is missing.
        ValueError: a file is damaged.
    """
    columns = Columns(**{field.name: mapped(folder / f"{field.name}.npy") for field in fields(Columns)})
    stored = json.loads((folder / NAMES).read_text(encoding="utf-8"))
    return columns, Names(**{field.name: tuple(stored[field.name]) for field in fields(Names)})


def mapped(file: Path) -> NDArray[Any]:
    """An array that the system reads from disk as it is used (an empty one cannot be mapped)."""
    array = np.load(file, mmap_mode="r", allow_pickle=False) if file.stat().st_size > 128 else np.load(file)
    return np.asarray(array)


def code(name: str, value: StrEnum) -> int:
    """Number of an enumeration's value: its place in the declaration."""
    return list(ENUMS[name]).index(value)


def _codes(name: str, values: Sequence[StrEnum | None]) -> NDArray[np.uint8]:
    numbers = {member: number for number, member in enumerate(ENUMS[name])}
    return np.array([ABSENT if value is None else numbers[value] for value in values], dtype=np.uint8)


def _bits(name: str, values: Sequence[Sequence[StrEnum]]) -> NDArray[np.uint16]:
    bits = {member: 1 << number for number, member in enumerate(ENUMS[name])}
    return np.array([sum({bits[v] for v in several}) for several in values], dtype=np.uint16)


def _int32(values: Sequence[int]) -> NDArray[np.int32]:
    return np.array(values, dtype=np.int64).clip(np.iinfo(np.int32).min, np.iinfo(np.int32).max).astype(np.int32)


def _bounds(values: Sequence[int | None], missing: int) -> NDArray[np.int32]:
    return _int32([missing if value is None else value for value in values])


def _dates(values: Sequence[PartialDate | None]) -> NDArray[np.int32]:
    pairs = [(NEVER_FIRST, NEVER_LAST) if d is None else (days(d.first_day), days(d.last_day)) for d in values]
    return np.array(pairs, dtype=np.int32).reshape(-1, 2)


def _numbers(names: Sequence[str], values: Sequence[str | None]) -> NDArray[np.int32]:
    numbers = {name: number for number, name in enumerate(names)}
    return _int32([-1 if value is None else numbers[value] for value in values])


def _degrees(sites: Sequence[tuple[int, SiteValues]], name: str) -> NDArray[np.float64]:
    values = [getattr(site, name) if site.lat is not None and site.lon is not None else np.nan for _, site in sites]
    return np.array(values, dtype=np.float64)


def _postings(names: Sequence[str], pairs: Sequence[tuple[str, int]]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Offsets and ascending, distinct ordinals for each name."""
    numbers = {name: number for number, name in enumerate(names)}
    distinct = sorted({(numbers[name], ordinal) for name, ordinal in pairs})
    counts = np.bincount([number for number, _ in distinct], minlength=len(names)) if distinct else [0] * len(names)
    offsets = np.concatenate(([0], np.cumsum(counts, dtype=np.int64))).astype(np.int64)
    return offsets, _int32([ordinal for _, ordinal in distinct])
