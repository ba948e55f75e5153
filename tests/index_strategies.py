"""Made-up trials, filters and index documents, for property tests of every back end (Hypothesis) and for benchmarks.

The vocabularies are small, so that filters, terms and documents meet often. Everything is fictitious (NCT99…).
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from search.config import DEFAULT_CONFIG, RankingConfig
from search.eligibility.criterion import Criteria
from search.index.document import TEXT_FIELDS, EligibilityValues, FilterValues, IndexDocument, Passage
from search.index.eligibility_values import eligibility_values
from search.index.values import filter_values as values_of
from search.query import DateRange, Filters, Near
from search.text import terms
from search.trial import (
    DateStruct,
    Eligibility,
    GeoPoint,
    GeoQuality,
    Intervention,
    InterventionType,
    OverallStatus,
    PartialDate,
    Phase,
    Sex,
    Site,
    Sponsor,
    SponsorClass,
    StudyType,
    Trial,
)
from tests.criteria_strategies import ASKED, TEXT, criteria

WORDS = (
    "lung", "breast", "melanoma", "lymphoma", "carcinoma", "metastases", "EGFR", "KRAS G12C", "PD-L1", "HER2", "CDK4/6",
    "osimertinib", "pembrolizumab", "no", "not", "adult", "stage", "IV", "relapsed", "refractory", "first-line",
    "radiotherapy", "survival", "safety", "dose", "escalation",
)  # fmt: skip
COUNTRIES = ("United States", "China", "Germany", "Türkiye", "Korea, Republic of", "Côte d'Ivoire")
STATES = ("Berlin", "Bavaria", "Ohio", "Île-de-France")
CITIES = ("Berlin", "Munich", "Columbus", "Orléans", "São Paulo")
POINTS = ((52.52, 13.405), (48.137, 11.575), (39.961, -82.999), (-23.55, -46.633), (0.0, 179.9), (0.0, -179.9))
CANCER_TYPES = ("TISSUE", "LUNG", "NSCLC", "LUAD", "BREAST", "SKIN", "MEL")
CODES = ("AZD9291", "JAB-21822", "MK-3475", "osimertinib", "Pembrolizumab")

FIELDED: RankingConfig = replace(
    DEFAULT_CONFIG.ranking,
    lexical=replace(
        DEFAULT_CONFIG.ranking.lexical,
        min_match_short=0.6,
        field_boosts={
            "title": 3.0,
            "acronym": 2.0,
            "conditions": 2.0,
            "keywords": 1.0,
            "interventions": 1.5,
            "summary": 1.0,
            "inclusion": 1.0,
        },
    ),
)
"""A ranking over several fields, so that every field is told apart in tests."""


T = TypeVar("T")


def _maybe(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.none() | strategy


def _some(values: Sequence[T]) -> st.SearchStrategy[frozenset[T]]:
    return st.frozensets(st.sampled_from(values), max_size=2)


def partial_dates() -> st.SearchStrategy[PartialDate]:
    """Years, months and days around 2020, often the same."""
    return st.builds(
        lambda year, month, day: PartialDate(year, month, day if month else None),
        st.integers(2019, 2021),
        _maybe(st.sampled_from((1, 2, 12))),
        _maybe(st.sampled_from((1, 28))),
    )


def _date_structs() -> st.SearchStrategy[DateStruct]:
    return st.builds(DateStruct, partial_dates())


def points() -> st.SearchStrategy[GeoPoint]:
    """A few cities, both sides of the date line, and now and then anywhere."""
    known = st.sampled_from([GeoPoint(lat, lon) for lat, lon in POINTS])
    return known | st.builds(GeoPoint, st.floats(-90, 90), st.floats(-180, 180))


def sites() -> st.SearchStrategy[Site]:
    """Sites with anything missing."""
    return st.builds(
        Site,
        city=_maybe(st.sampled_from(CITIES)),
        state=_maybe(st.sampled_from(STATES)),
        country=_maybe(st.sampled_from(COUNTRIES)),
        status=_maybe(st.sampled_from((OverallStatus.RECRUITING, OverallStatus.WITHDRAWN, OverallStatus.COMPLETED))),
        point=_maybe(points()),
        geo_quality=st.just(GeoQuality.SITE),
    )


def texts(max_words: int = 8) -> st.SearchStrategy[str]:
    """Words of the small vocabulary."""
    return st.lists(st.sampled_from(WORDS), min_size=1, max_size=max_words).map(" ".join)


def trials(number: int = 1) -> st.SearchStrategy[Trial]:
    """A trial with anything missing; its id is made from the number."""
    ages = _maybe(st.sampled_from((0, 6570, 23741, 36500)))
    return st.builds(
        Trial,
        nct_id=st.just(f"NCT99{number:06d}"),
        aliases=st.just((f"NCT98{number:06d}",)) | st.just(()),
        secondary_ids=st.just((f"MADE-UP-{number}", "2020-0000")) | st.just(()),
        brief_title=_maybe(texts()),
        brief_summary=_maybe(texts(20)),
        conditions=st.lists(st.sampled_from(("Lung cancer", "lung  Cancer", "Melanoma")), max_size=2).map(tuple),
        overall_status=_maybe(st.sampled_from(OverallStatus)),
        phases=st.lists(st.sampled_from(Phase), max_size=2, unique=True).map(tuple),
        study_type=_maybe(st.sampled_from(StudyType)),
        interventions=st.lists(
            st.builds(Intervention, st.sampled_from(CODES), _maybe(st.sampled_from(InterventionType))), max_size=2
        ).map(tuple),
        lead_sponsor=_maybe(st.builds(Sponsor, st.just("Made-up Institute"), _maybe(st.sampled_from(SponsorClass)))),
        eligibility=st.builds(
            Eligibility, minimum_age_days=ages, maximum_age_days=ages, sex=_maybe(st.sampled_from(Sex))
        ),
        sites=st.lists(sites(), max_size=4).map(tuple),
        start=_maybe(_date_structs()),
        primary_completion=_maybe(_date_structs()),
        last_update_posted=_maybe(_date_structs()),
        has_results=_maybe(st.booleans()),
        fictitious=st.just(True),
    )


def cancer_types() -> st.SearchStrategy[frozenset[str]]:
    """OncoTree codes of a trial."""
    return st.frozensets(st.sampled_from(CANCER_TYPES), max_size=4)


def criteria_values() -> st.SearchStrategy[EligibilityValues]:
    """Values of made-up criteria, and values that no criteria give."""
    free = st.builds(
        EligibilityValues,
        stages=_some(("IIIA1", "IIIB2", "IVB1", "IVA1", "ISS:II", "VALG:limited")),
        stages_excluded=_some(("IVA1", "IVA2", "ISS:II")),
        extents=_some(ASKED["extent"]),
        extents_excluded=_some(ASKED["extent"]),
        biomarkers=_some(("EGFR", "EGFR:L858R", "HER2:low")),
        biomarkers_excluded=_some(("EGFR", "EGFR:L858R", "HER2:IHC 0")),
        minimum_prior_lines=_maybe(st.integers(0, 3)),
        maximum_prior_lines=_maybe(st.integers(0, 3)),
        minimum_ecog=_maybe(st.integers(0, 3)),
        maximum_ecog=_maybe(st.integers(0, 5)),
    )
    return st.builds(eligibility_values, criteria()) | free


def filter_values() -> st.SearchStrategy[FilterValues]:
    """Filter values of a made-up trial."""
    return st.builds(values_of, trials(), cancer_types(), criteria_values())


def date_ranges() -> st.SearchStrategy[DateRange]:
    """Ranges with one, both or no ends, not always in order."""
    days = st.sampled_from([dt.date(y, m, d) for y in (2019, 2020, 2021) for m, d in ((1, 1), (2, 28), (12, 31))])
    return st.builds(DateRange, _maybe(days), _maybe(days))


def filters() -> st.SearchStrategy[Filters]:
    """Filters that ask for little or much; some contradict themselves."""
    full = st.builds(
        Filters,
        status=_some(tuple(OverallStatus)),
        phase=_some(tuple(Phase)),
        study_type=_some(tuple(StudyType)),
        cancer_type=_some(CANCER_TYPES),
        intervention_type=_some(tuple(InterventionType)),
        sponsor_class=_some(tuple(SponsorClass)),
        sex=_maybe(st.sampled_from(Sex)),
        age_days=_maybe(st.sampled_from((0, 6569, 6570, 23741, 23742, 40000))),
        site_status=_some((OverallStatus.RECRUITING, OverallStatus.COMPLETED)),
        countries=_some((*COUNTRIES, "turkey", "south korea", "Atlantis")),
        states=_some((*STATES, "ohio")),
        cities=_some((*CITIES, "SAO PAULO", "")),
        near=_maybe(
            st.builds(
                lambda point, km: Near(point.lat, point.lon, km),
                points(),
                st.sampled_from((0.0, 30.0, 504.0, 7000.0, 21000.0)),
            )
        ),
        start=_maybe(date_ranges()),
        completion=_maybe(date_ranges()),
        last_update=_maybe(date_ranges()),
        has_results=_maybe(st.booleans()),
        stage=_some(ASKED["stage"]),
        extent=_some(ASKED["extent"]),
        biomarker=_some(ASKED["biomarker"]),
        not_excluding=_some(ASKED["biomarker"]),
        prior_lines=_maybe(st.integers(0, 4)),
        ecog=_maybe(st.integers(0, 4)),
        brain_metastases=_maybe(st.booleans()),
        cns=_some(ASKED["cns"]),
        include_unspecified=st.booleans(),
    )
    names = tuple(Filters.__dataclass_fields__)

    def only(source: Filters, kept: frozenset[str]) -> Filters:
        return Filters(**{name: getattr(source, name) for name in kept})

    return st.builds(only, full, st.frozensets(st.sampled_from(names), max_size=4))


def unit_rows(seed: int, rows: int, dimensions: int) -> NDArray[np.float32]:
    """Random unit vectors, float32, shape `(rows, dimensions)`."""
    values = np.random.default_rng(seed).standard_normal((rows, dimensions))
    return np.asarray(values / np.linalg.norm(values, axis=1, keepdims=True), dtype=np.float32)


def text_of(trial: Trial) -> dict[str, tuple[str, ...]]:
    """Tokens by field, of the fields that need no reading of criteria."""
    fields = {
        "title": (trial.brief_title or "",),
        "conditions": trial.conditions,
        "interventions": tuple(i.name for i in trial.interventions),
        "summary": (trial.brief_summary or "",),
    }
    tokens = {name: tuple(term for text in parts for term in terms(text)) for name, parts in fields.items()}
    return {name: found for name, found in tokens.items() if found}


@st.composite
def documents(draw: st.DrawFn, size: int = 12, dimensions: int = 8) -> list[IndexDocument]:
    """A small corpus, in a shuffled order, with trials that have no text, no passage or nothing at all."""
    made = []
    for number in range(1, draw(st.integers(1, size)) + 1):
        trial = draw(trials(number))
        count = draw(st.integers(0, 3))
        passages = tuple(Passage("overview", f"passage {i} of {trial.nct_id}") for i in range(count))
        vectors = unit_rows(draw(st.integers(0, 50)), count, dimensions)
        read = draw(criteria())
        values = values_of(trial, draw(cancer_types()), eligibility_values(read))
        made.append(IndexDocument(_with_text(trial, read), text_of(trial), values, passages, vectors, read))
    return draw(st.permutations(made))


def _with_text(trial: Trial, read: Criteria) -> Trial:
    return replace(trial, eligibility=replace(trial.eligibility, criteria=TEXT if read.items else None))


def synthetic(count: int, dimensions: int = 384, seed: int = 0, passages: int = 5) -> Iterator[IndexDocument]:
    """A large corpus for benchmarks: Zipf words in every field, clustered vectors, sites in many countries.

    Args:
        count: trials.
        dimensions: of the vectors.
        seed: of everything random.
        passages: passages of each trial.
    """
    rng = np.random.default_rng(seed)
    pick = random.Random(seed)
    lengths = dict(zip(TEXT_FIELDS, (300, 20, 1, 4, 10, 10, 80, 180, 120, 30), strict=True))
    total = sum(lengths.values())
    centres = rng.standard_normal((200, dimensions)).astype(np.float32)
    for number in range(1, count + 1):
        numbers = np.minimum(rng.zipf(1.2, total), 60_000)
        words = [f"w{n}" for n in numbers.tolist()]
        text, at = {}, 0
        for name, length in lengths.items():
            text[name] = tuple(words[at : at + length])
            at += length
        centre = centres[pick.randrange(len(centres))]
        rows = centre + 1.2 * rng.standard_normal((passages, dimensions)).astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        trial = _synthetic_trial(number, pick)
        parts = tuple(Passage("overview", " ".join(words[:60])) for _ in range(passages))
        codes = frozenset(pick.sample(CANCER_TYPES, 2)) | {f"T{pick.randrange(300)}"}
        yield IndexDocument(trial, text, values_of(trial, codes), parts, rows.astype(np.float32))


def _synthetic_trial(number: int, pick: random.Random) -> Trial:
    made_sites = tuple(
        Site(
            city=f"City {pick.randrange(3000)}",
            country=f"Country {min(pick.randrange(80), pick.randrange(80))}",
            status=pick.choice((OverallStatus.RECRUITING, OverallStatus.COMPLETED)),
            point=GeoPoint(pick.uniform(-60, 70), pick.uniform(-180, 180)),
        )
        for _ in range(pick.randrange(1, 15))
    )
    return Trial(
        nct_id=f"NCT99{number:06d}",
        brief_title=f"Made-up trial {number}",
        brief_summary="A made-up summary. " * 40,
        conditions=(f"Condition {pick.randrange(2000)}",),
        interventions=(Intervention(f"Drug {pick.randrange(5000)}", InterventionType.DRUG),),
        overall_status=pick.choice(tuple(OverallStatus)),
        phases=(pick.choice(tuple(Phase)),),
        study_type=pick.choice(tuple(StudyType)),
        sites=made_sites,
        last_update_posted=DateStruct(PartialDate(pick.randrange(2000, 2026), pick.randrange(1, 13), 1)),
        has_results=pick.random() < 0.2,
        fictitious=True,
    )
