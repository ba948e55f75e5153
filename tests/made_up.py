"""Made-up corpora, filters and requests from a seed, for suites that build an index once and ask it much.

Like `tests.index_strategies`, whose vocabularies they share, but drawn with `random` and so the same in every run.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from search.index.base import SCHEMA_VERSION, IndexStore, Manifest, Retrieval, now
from search.index.document import FACETS, IndexDocument, Passage
from search.index.eligibility_values import eligibility_values
from search.index.values import filter_values
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
from tests.criteria_strategies import ASKED, TEXT, made_up_criteria
from tests.index_strategies import CANCER_TYPES, CITIES, CODES, COUNTRIES, POINTS, STATES, WORDS, text_of, unit_rows

DIMENSIONS = 8

T = TypeVar("T")


def made_up_documents(count: int, seed: int = 0, dimensions: int = DIMENSIONS) -> list[IndexDocument]:
    """Documents `NCT99000001` and up, in a shuffled order, any part of which may be missing."""
    pick = random.Random(seed)
    made = []
    for number in range(1, count + 1):
        trial = made_up_trial(number, pick)
        passages = tuple(Passage("overview", f"passage {i} of {trial.nct_id}") for i in range(pick.randrange(4)))
        vectors = unit_rows(seed * 1_000_003 + number, len(passages), dimensions)
        codes = frozenset(pick.sample(CANCER_TYPES, pick.randrange(4)))
        read = made_up_criteria(pick)
        trial = replace(trial, eligibility=replace(trial.eligibility, criteria=TEXT))
        values = filter_values(trial, codes, eligibility_values(read))
        text = dict(text_of(trial))
        if codes:
            text["concepts"] = tuple(f"cancer:{code}" for code in sorted(codes))
        made.append(IndexDocument(trial, text, values, passages, vectors, read))
    pick.shuffle(made)
    return made


def made_up_trial(number: int, pick: random.Random) -> Trial:
    """A trial with anything missing."""
    return Trial(
        nct_id=f"NCT99{number:06d}",
        aliases=(f"NCT98{number:06d}",) if pick.random() < 0.3 else (),
        secondary_ids=(f"MADE UP-{number}", "2020-0000") if pick.random() < 0.3 else (),
        brief_title=_maybe(pick, _words(pick, 8)),
        brief_summary=_maybe(pick, _words(pick, 30)),
        conditions=tuple(pick.sample(("Lung cancer", "lung  Cancer", "Melanoma", "Lymphoma"), pick.randrange(3))),
        overall_status=_maybe(pick, pick.choice(tuple(OverallStatus)[:5])),
        phases=tuple(pick.sample(tuple(Phase), pick.randrange(3))),
        study_type=_maybe(pick, pick.choice(tuple(StudyType))),
        interventions=tuple(
            Intervention(name, _maybe(pick, pick.choice(tuple(InterventionType)[:4])))
            for name in pick.sample(CODES, pick.randrange(3))
        ),
        lead_sponsor=_maybe(pick, Sponsor("Made-up Institute", _maybe(pick, pick.choice(tuple(SponsorClass)[:4])))),
        eligibility=Eligibility(
            minimum_age_days=_maybe(pick, pick.choice((0, 6570))),
            maximum_age_days=_maybe(pick, pick.choice((23741, 36500))),
            sex=_maybe(pick, pick.choice(tuple(Sex))),
        ),
        sites=tuple(_site(pick) for _ in range(pick.randrange(5))),
        start=_date(pick),
        primary_completion=_date(pick),
        last_update_posted=_date(pick),
        has_results=_maybe(pick, pick.random() < 0.5),
        fictitious=True,
    )


def made_up_filters(pick: random.Random) -> Filters:
    """Up to three conditions, not always satisfiable."""
    point = _point(pick)
    every = Filters(
        status=_some(pick, tuple(OverallStatus)[:5]),
        phase=_some(pick, tuple(Phase)),
        study_type=_some(pick, tuple(StudyType)),
        cancer_type=_some(pick, CANCER_TYPES),
        intervention_type=_some(pick, tuple(InterventionType)[:4]),
        sponsor_class=_some(pick, tuple(SponsorClass)[:4]),
        sex=pick.choice(tuple(Sex)),
        age_days=pick.choice((0, 6569, 6570, 23741, 23742, 40000)),
        site_status=_some(pick, (OverallStatus.RECRUITING, OverallStatus.COMPLETED)),
        countries=_some(pick, (*COUNTRIES, "turkey", "south korea", "Atlantis")),
        states=_some(pick, (*STATES, "ohio")),
        cities=_some(pick, (*CITIES, "SAO PAULO", "")),
        near=Near(point.lat, point.lon, pick.choice((0.0, 30.0, 504.0, 7000.0, 21000.0))),
        start=_range(pick),
        completion=_range(pick),
        last_update=_range(pick),
        has_results=pick.random() < 0.5,
        stage=_some(pick, ASKED["stage"]),
        extent=_some(pick, ASKED["extent"]),
        biomarker=_some(pick, ASKED["biomarker"]),
        not_excluding=_some(pick, ASKED["biomarker"]),
        prior_lines=pick.randrange(5),
        ecog=pick.randrange(5),
        brain_metastases=pick.random() < 0.5,
        cns=_some(pick, ASKED["cns"]),
        include_unspecified=pick.random() < 0.5,
    )
    kept = pick.sample(list(Filters.__dataclass_fields__), pick.choice((0, 1, 1, 2, 2, 3)))
    return Filters(**{name: getattr(every, name) for name in kept})


def made_up_request(pick: random.Random, dimensions: int = DIMENSIONS) -> Retrieval:
    """Terms, a vector, both or neither, with filters and all facets."""
    found = terms(_words(pick, 5)) if pick.random() < 0.8 else ()
    vector = unit_rows(pick.randrange(10_000), 1, dimensions)[0] if pick.random() < 0.7 else None
    weighted = tuple((term, pick.choice((1.0, 1.0, 0.5))) for term in dict.fromkeys(found))
    return Retrieval(weighted, vector, made_up_filters(pick), FACETS)


def encoder_folder(parent: Path) -> Path:
    """A folder that stands for an exported encoder."""
    folder = parent / "made-up-encoder"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "encoder.json").write_text('{"name": "made-up"}', encoding="utf-8")
    (folder / "model.onnx").write_bytes(b"made up")
    return folder


def manifest_for(generation: str, documents: Sequence[IndexDocument], **changes: object) -> Manifest:
    """The manifest of a generation that holds the documents."""
    values: dict[str, object] = {
        "generation": generation,
        "schema_version": SCHEMA_VERSION,
        "created": now(),
        "trials": len(documents),
        "passages": sum(len(document.passages) for document in documents),
        "sites": sum(len(document.trial.sites) for document in documents),
        "quarantined": 0,
        "data_timestamp": "2020-12-31",
        "encoder": "0123456789abcdef",
        "encoder_name": "made-up",
        "dimensions": DIMENSIONS,
        "content_hash": "made-up",
        "fictitious": True,
        "extra": {"note": "made up"},
    }
    return Manifest(**{**values, **changes})  # type: ignore[arg-type]


def build_generation(store: IndexStore, documents: Sequence[IndexDocument], encoder: Path) -> str:
    """Write a generation, complete it, and return its id. It is not promoted."""
    writer = store.begin(DIMENSIONS)
    half = len(documents) // 2
    writer.add(documents[:half])
    writer.add(iter(documents[half:]))
    writer.finish(manifest_for(writer.generation, documents), encoder)
    return writer.generation


def _maybe(pick: random.Random, value: T) -> T | None:
    return value if pick.random() < 0.8 else None


def _some(pick: random.Random, values: Sequence[T]) -> frozenset[T]:
    return frozenset(pick.sample(tuple(values), pick.choice((1, 1, 2))))


def _words(pick: random.Random, most: int) -> str:
    return " ".join(pick.choice(WORDS) for _ in range(pick.randint(1, most)))


def _point(pick: random.Random) -> GeoPoint:
    if pick.random() < 0.1:
        return GeoPoint(pick.uniform(-90, 90), pick.uniform(-180, 180))
    return GeoPoint(*pick.choice(POINTS))


def _site(pick: random.Random) -> Site:
    return Site(
        city=_maybe(pick, pick.choice(CITIES)),
        state=_maybe(pick, pick.choice(STATES)),
        country=_maybe(pick, pick.choice(COUNTRIES)),
        status=_maybe(pick, pick.choice((OverallStatus.RECRUITING, OverallStatus.WITHDRAWN, OverallStatus.COMPLETED))),
        point=_maybe(pick, _point(pick)),
        geo_quality=GeoQuality.SITE,
    )


def _date(pick: random.Random) -> DateStruct | None:
    month = _maybe(pick, pick.choice((1, 2, 12)))
    day = _maybe(pick, pick.choice((1, 28))) if month else None
    return _maybe(pick, DateStruct(PartialDate(pick.randint(2019, 2021), month, day)))


def _range(pick: random.Random) -> DateRange:
    days = [dt.date(y, m, d) for y in (2019, 2020, 2021) for m, d in ((1, 1), (2, 28), (12, 31))]
    return DateRange(_maybe(pick, pick.choice(days)), _maybe(pick, pick.choice(days)))
