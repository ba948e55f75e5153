"""An `IndexDocument` as an Elasticsearch document, and back again what `fetch` gives."""

from __future__ import annotations

import base64
import zlib
from typing import Any

import numpy as np
import orjson

from search.eligibility.codec import decode_criteria, encode_criteria
from search.index.base import StoredDocument
from search.index.document import TEXT_FIELDS, EligibilityValues, FilterValues, IndexDocument, SiteValues, days
from search.index.elastic.mapping import NOTHING
from search.index.eligibility_terms import ecog_facets, marker_facets, stage_facets, stage_families
from search.text import fold_name
from search.trial import PartialDate, Trial
from search.trial_codec import decode_trial, encode_trial

Body = dict[str, Any]

SEPARATOR = "\x1f"
"""Between the parts of a name: its kind (`c`ondition or `i`ntervention), its folded form, and how it is written."""

NAME_LENGTH = 900
"""Longer names are not completed (`ignore_above` of the mapping): no prefix above 1,000 can be asked for."""

_ID_LENGTH = 256

_DIGITS = 9
"""Decimals of a written vector component: finer than float32 near one, and shorter than its full repr."""


def to_source(document: IndexDocument) -> Body:
    """The document that Elasticsearch indexes; only `record` is kept as it is.

    Values that are not stated are left out, except that a text field without tokens holds `NOTHING` (see `mapping`).

    Raises:
        KeyError: a text field that is none of `TEXT_FIELDS`.
    """
    trial = document.trial
    for name in document.text:
        if name not in TEXT_FIELDS:
            raise KeyError(f"there is no text field {name!r}")
    source: Body = {
        "nct_id": trial.nct_id,
        "ids": {
            "nct_id": id_key(trial.nct_id),
            "aliases": [id_key(alias) for alias in trial.aliases],
            "secondary_ids": [id_key(other) for other in trial.secondary_ids],
        },
        "names": _names(trial),
        "record": pack(document),
        "text": {name: " ".join(document.text.get(name, ())) or NOTHING for name in TEXT_FIELDS},
        "passages": [{"vector": row} for row in np.round(document.vectors.astype(np.float64), _DIGITS).tolist()],
        **_values(document.values),
    }
    return {name: value for name, value in source.items() if value not in (None, [])}


def id_key(identifier: str) -> str:
    """An id without regard to case and spaces, and of a length that can be one."""
    return "".join(identifier.split()).casefold().encode("utf-8", "replace").decode("utf-8")[:_ID_LENGTH]


def pack(document: IndexDocument) -> str:
    """The record, its passages and criteria, compressed, in base64: the form of a `binary` field."""
    passages = orjson.dumps([passage.text for passage in document.passages])
    criteria = encode_criteria(document.criteria)
    sizes = b"".join(len(part).to_bytes(4, "big") for part in (passages, criteria))
    parts = sizes + passages + criteria + encode_trial(document.trial)
    return base64.b64encode(zlib.compress(parts)).decode("ascii")


def unpack(record: str, *, criteria: bool = True) -> StoredDocument:
    """What `pack` packed.

    Raises:
        ValueError: these are no such bytes, or those of another version.
    """
    try:
        parts = zlib.decompress(base64.b64decode(record, validate=True))
    except zlib.error as error:
        raise ValueError("a stored record is damaged") from error
    middle = 8 + int.from_bytes(parts[:4], "big")
    end = middle + int.from_bytes(parts[4:8], "big")
    trial = decode_trial(parts[end:])
    passages = tuple(orjson.loads(parts[8:middle]))
    if not criteria:
        return StoredDocument(trial, passages)
    return StoredDocument(trial, passages, decode_criteria(parts[middle:end], trial.eligibility.criteria or ""))


def _names(trial: Trial) -> Body:
    """What the search bar completes."""
    named = [("c", name) for name in trial.conditions] + [("i", i.name) for i in trial.interventions]
    folded = [(kind, fold_name(name), " ".join(name.split())) for kind, name in named]
    kept = [parts for parts in folded if parts[1]]
    return {
        "folded": sorted({SEPARATOR.join(parts[:2]) for parts in kept}),
        "written": sorted({SEPARATOR.join(parts) for parts in kept}),
    }


def _values(values: FilterValues) -> Body:
    return {
        "status": values.status,
        "phase": list(values.phases),
        "study_type": values.study_type,
        "cancer_type": sorted(values.cancer_types),
        "intervention_type": sorted(values.intervention_types),
        "sponsor_class": values.sponsor_class,
        "sex": values.sex,
        "countries": sorted({site.country for site in values.sites if site.country}),
        "has_results": values.has_results,
        "minimum_age_days": values.minimum_age_days,
        "maximum_age_days": values.maximum_age_days,
        # Many facilities of one city differ in nothing that can be asked for.
        "sites": [_site(site) for site in dict.fromkeys(values.sites)],
        **_dates("start", values.start),
        **_dates("completion", values.completion),
        **_dates("last_update", values.last_update),
        **_criteria(values.eligibility),
    }


def _criteria(values: EligibilityValues) -> Body:
    return {
        "stage": sorted(stage_facets(values.stages)),
        "stage_leaf": sorted(values.stages),
        "stage_family": sorted(stage_families(values.stages)),
        "stage_excluded": sorted(values.stages_excluded),
        "extent": sorted(values.extents),
        "extent_excluded": sorted(values.extents_excluded),
        "biomarker": sorted(marker_facets(values.biomarkers)),
        "biomarker_leaf": sorted(values.biomarkers),
        "biomarker_excluded": sorted(values.biomarkers_excluded),
        "ecog": list(ecog_facets(values.minimum_ecog, values.maximum_ecog)),
        "minimum_prior_lines": values.minimum_prior_lines,
        "maximum_prior_lines": values.maximum_prior_lines,
        "minimum_ecog": values.minimum_ecog,
        "maximum_ecog": values.maximum_ecog,
        "cns": values.cns,
    }


def _site(site: SiteValues) -> Body:
    body: Body = {"country": site.country, "state": site.state, "city": site.city, "status": site.status}
    if site.lat is not None and site.lon is not None and abs(site.lat) <= 90 and abs(site.lon) <= 180:
        body["point"] = {"lat": site.lat, "lon": site.lon}
    return {name: value for name, value in body.items() if value is not None}


def _dates(name: str, date: PartialDate | None) -> Body:
    if date is None:
        return {}
    return {f"{name}_first": days(date.first_day), f"{name}_last": days(date.last_day)}
