"""A small engine in memory over made-up trials: plain word matching, the real meaning of filters."""

from __future__ import annotations

import re
import threading
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

from search.cursor import CursorError
from search.eligibility.assess import assess
from search.eligibility.assessment import Verdict
from search.extraction.criteria import read_criteria
from search.gazetteer import Gazetteer, bundled_gazetteer
from search.index.base import IndexUnavailableError, Manifest, StoredDocument, Suggestion
from search.index.document import FACETS, FilterValues
from search.index.eligibility_terms import ecog_facets, marker_facets, stage_facets
from search.index.eligibility_values import eligibility_values
from search.index.filters import matches, nearest_km
from search.index.values import filter_values
from search.patient import Patient
from search.query import Filters, Query
from search.ranking.rescoring import Ineligible
from search.results import Explanation, Highlight, Hit, SearchResult
from search.trial import (
    Arm,
    DateStruct,
    Design,
    Eligibility,
    GeoPoint,
    GeoQuality,
    Intervention,
    InterventionRole,
    InterventionType,
    MeshTerm,
    Outcome,
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

CRITERIA = """Inclusion Criteria:

* Histology proven nasopharyngeal carcinoma, stage IVB
* Age \\<= 70 years
   * ANC \\>= 1.5 x 10\\^9/L
1. ECOG 0 or 1

Exclusion Criteria:

* Earlier radiotherapy of the neck <b>"quoted"</b>
A line without a bullet."""

PARIS = Site(
    "Hôpital Imaginaire",
    "Paris",
    None,
    "France",
    None,
    OverallStatus.RECRUITING,
    GeoPoint(48.8566, 2.3522),
    GeoQuality.SITE,
)
HOUSTON = Site(
    "Made-up Medical Center",
    "Houston",
    "Texas",
    "United States",
    "77000",
    OverallStatus.COMPLETED,
    GeoPoint(29.76, -95.37),
    GeoQuality.SITE,
)
SEOUL = Site(
    "Invented Hospital",
    "Seoul",
    None,
    "South Korea",
    None,
    OverallStatus.RECRUITING,
    GeoPoint(37.57, 126.98),
    GeoQuality.CITY_CENTROID,
)


def _trial(number: int, title: str, condition: str, drug: str, **others: object) -> Trial:
    trial = Trial(
        nct_id=f"NCT99{number:06d}",
        brief_title=title,
        overall_status=OverallStatus.RECRUITING,
        brief_summary=f"We try {drug} in people with {condition}.",
        conditions=(condition,),
        study_type=StudyType.INTERVENTIONAL,
        phases=(Phase.PHASE2,),
        interventions=(Intervention(drug, InterventionType.DRUG, role=InterventionRole.EXPERIMENTAL),),
        eligibility=Eligibility(
            criteria=CRITERIA, minimum_age="18 Years", minimum_age_days=6574, sex=Sex.ALL, healthy_volunteers=False
        ),
        lead_sponsor=Sponsor("Institute of Examples", SponsorClass.OTHER),
        sites=(PARIS,),
        last_update_posted=DateStruct(PartialDate(2026, 1, number), actual=True),
        has_results=False,
        fictitious=True,
    )
    return replace(trial, **others)  # type: ignore[arg-type]


TRIALS: tuple[Trial, ...] = (
    _trial(
        1,
        "Reduced against full target IMRT in metastatic nasopharyngeal carcinoma",
        "Nasopharyngeal Carcinoma (NPC)",
        "IMRT <reduced>",
        aliases=("NCT98000001",),
        secondary_ids=("MADEUP-1",),
        acronym="NARROW",
        official_title="A made-up trial",
        phases=(Phase.PHASE3,),
        interventions=(
            Intervention(
                "IMRT <reduced>",
                InterventionType.RADIATION,
                "Less volume",
                ("RT",),
                ("A",),
                InterventionRole.EXPERIMENTAL,
            ),
            Intervention("Cisplatin", InterventionType.DRUG, role=InterventionRole.BACKGROUND),
        ),
        arms=(Arm("A", "EXPERIMENTAL", "Reduced target", ("Radiation: IMRT <reduced>",)),),
        outcomes=(Outcome("primary", "PFS", "as usual", "2 years"), Outcome("secondary", "OS")),
        sites=(PARIS, HOUSTON, SEOUL),
        status_verified=PartialDate(2026, 6),
        start=DateStruct(PartialDate(2025, 3), actual=True),
        primary_completion=DateStruct(PartialDate(2028), actual=False),
        design=Design(allocation="RANDOMIZED", primary_purpose="TREATMENT", enrollment=240, enrollment_actual=False),
        condition_mesh=(MeshTerm("Nasopharyngeal Carcinoma"),),
        keywords=("radiotherapy",),
        detailed_description="First part.\n\nSecond part with <script>alert(1)</script>.",
    ),
    _trial(
        2,
        "Osimertinib for EGFR L858R lung cancer",
        "Non-small Cell Lung Cancer",
        "Osimertinib",
        phases=(Phase.PHASE1, Phase.PHASE2),
    ),
    _trial(
        3,
        "Watching melanoma",
        "Melanoma",
        "Nothing",
        study_type=StudyType.OBSERVATIONAL,
        phases=(),
        overall_status=OverallStatus.COMPLETED,
        has_results=True,
    ),
    _trial(
        4,
        "Ovarian cancer maintenance with olaparib",
        "Ovarian Cancer",
        "Olaparib",
        eligibility=Eligibility(sex=Sex.FEMALE, minimum_age_days=6574),
        sites=(HOUSTON,),
    ),
    _trial(
        5,
        "Prostate cancer in older people",
        "Prostate Cancer",
        "Abiraterone",
        eligibility=Eligibility(sex=Sex.MALE),
        sites=(SEOUL,),
        overall_status=OverallStatus.TERMINATED,
        why_stopped="Slow accrual",
    ),
    Trial("NCT99000006"),
    Trial(
        "NCT01234567", brief_title="A trial without the mark of the sample \ud800", overall_status=OverallStatus.UNKNOWN
    ),
    *(
        _trial(number, f"CAR-T number {number} for multiple myeloma", "Multiple Myeloma", f"Cells {number}")
        for number in range(8, 28)
    ),
)
CANCER_CODES = {
    "Melanoma": "MEL",
    "Non-small Cell Lung Cancer": "NSCLC",
    "Ovarian Cancer": "OVARY",
    "Prostate Cancer": "PRAD",
}
MANIFEST = Manifest(
    generation="g20260101T000000-fake",
    schema_version=1,
    created="2026-01-01T00:00:00Z",
    trials=len(TRIALS),
    passages=40,
    sites=30,
    quarantined=0,
    data_timestamp="2026-01-27",
    encoder="none",
    encoder_name="made-up",
    dimensions=8,
    content_hash="0",
    fictitious=False,
)


@cache
def _values(trial: Trial) -> FilterValues:
    code = CANCER_CODES.get(trial.conditions[0]) if trial.conditions else None
    return filter_values(trial, frozenset({code}) if code else frozenset(), eligibility_values(read_criteria(trial)))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


class FakeEngine:
    """Speaks the protocol of `api.service.SearchService`."""

    def __init__(self, trials: tuple[Trial, ...] = TRIALS, manifest: Manifest = MANIFEST) -> None:
        self.trials = {trial.nct_id: trial for trial in trials}
        self._manifest = manifest
        self.queries: list[Query] = []
        self.fault: BaseException | None = None
        self.hook: Callable[[Query], None] = lambda query: None
        self.closed = False
        self._lock = threading.Lock()

    def search(
        self,
        query: Query,
        patient: Patient | None = None,
        *,
        size: int = 10,
        cursor: str | None = None,
        facets: bool = True,
        explain: bool = False,
        ineligible: Ineligible = Ineligible.RANKED,
    ) -> SearchResult:
        self.manifest()
        self.hook(query)
        with self._lock:
            self.queries.append(query)
        if query.nct_ids and not query.text:
            found = [self.trials[i] for i in query.nct_ids if i in self.trials]
            missing = [i for i in query.nct_ids if i not in self.trials]
            reason = f"{missing[0]} is not in this index." if missing else None
            return SearchResult(
                query, tuple(Hit(t.nct_id, 1.0, t) for t in found), len(found), {}, self._manifest, reason=reason
            )
        mark = f"{'' if patient is None else zlib.crc32(repr(patient).encode())}{ineligible.mark}"
        start = self._offset(cursor, mark)
        ranked = self._for(patient, self._ranked(query.text, query.filters), ineligible)
        hits = tuple(self._hit(trial, score, query, explain) for score, trial in ranked[start : start + size])
        following = start + len(hits)
        counts = {facet: self._counts(facet, query) for facet in FACETS} if facets else {}
        reason = None if ranked else "No trial passes." if query.filters.active() else "Nothing like it."
        return SearchResult(
            query,
            hits,
            len(ranked),
            counts,
            self._manifest,
            f"c{following}{mark}" if following < len(ranked) else None,
            reason,
            {"fetch": 0.1},
        )

    def _for(
        self, patient: Patient | None, ranked: list[tuple[float, Trial]], ineligible: Ineligible
    ) -> list[tuple[float, Trial]]:
        """The ranking for a person: who is ruled out scores a twentieth."""
        if patient is None:
            return ranked
        judged = [(score, trial, assess(patient, read_criteria(trial), trial)) for score, trial in ranked]
        scored = [
            (score * (0.05 if one.verdict.exported == "ineligible" else 1), trial) for score, trial, one in judged
        ]
        out = {trial.nct_id for _, trial, one in judged if one.verdict.exported == "ineligible"}
        if ineligible is Ineligible.HIDDEN:
            scored = [(score, trial) for score, trial in scored if trial.nct_id not in out]
        last = ineligible is Ineligible.LAST
        return sorted(scored, key=lambda pair: (last and pair[1].nct_id in out, -pair[0], pair[1].nct_id))

    def rank(self, query: Query, depth: int, patient: Patient | None = None) -> list[tuple[str, float]]:
        self.manifest()
        ranked = self._for(patient, self._ranked(query.text, query.filters), Ineligible.RANKED)
        return [(trial.nct_id, score) for score, trial in ranked[:depth]]

    def documents(self, nct_ids: Sequence[str]) -> list[StoredDocument | None]:
        found = (self.trial(nct_id) for nct_id in nct_ids)
        return [one[1] if one is not None else None for one in found]

    def verdicts(self, patient: Patient) -> dict[Verdict, int]:
        self.manifest()
        found = [assess(patient, read_criteria(trial), trial).verdict for trial in self.trials.values()]
        return {verdict: found.count(verdict) for verdict in Verdict}

    def _offset(self, cursor: str | None, mark: str) -> int:
        if cursor is None:
            return 0
        found = re.fullmatch(r"c(\d{1,4}?)" + re.escape(mark), cursor)
        if found is None:
            raise CursorError("The cursor is damaged: search again from the first page.")
        return int(found[1])

    def _ranked(self, text: str, filters: Filters) -> list[tuple[float, Trial]]:
        wanted = set(_words(text))
        found = []
        for trial in self.trials.values():
            have = set(_words(f"{trial.title} {' '.join(trial.conditions)} {trial.brief_summary}"))
            score = len(wanted & have) / len(wanted) if wanted else 0.0
            if (score or not text) and matches(_values(trial), filters):
                found.append((score, trial))
        return sorted(found, key=lambda pair: (-pair[0], pair[1].nct_id))

    def _hit(self, trial: Trial, score: float, query: Query, explain: bool) -> Hit:
        highlights = []
        for field, item, text in (
            ("title", 0, trial.title),
            *(("conditions", i, c) for i, c in enumerate(trial.conditions)),
            ("summary", 0, trial.brief_summary or ""),
        ):
            spans = tuple((m.start(), m.end()) for m in re.finditer(r"\w+", text) if m[0].lower() in _words(query.text))
            if spans:
                highlights.append(Highlight(field, text, 0, spans, item))
        explanation = Explanation(score, "words", (Explanation(score, "share of words"),)) if explain else None
        passage = None if highlights else trial.brief_summary
        return Hit(
            trial.nct_id, score, trial, tuple(highlights), passage, explanation, nearest_km(trial.sites, query.filters)
        )

    def _counts(self, facet: str, query: Query) -> dict[str, int]:
        counts: dict[str, int] = {}
        filters = replace(query.filters, **{facet: getattr(Filters(), facet)})
        for _, trial in self._ranked(query.text, filters):
            values = _values(trial)
            listed: dict[str, set[str]] = {
                "status": {values.status} if values.status else set(),
                "phase": set(values.phases),
                "study_type": {values.study_type} if values.study_type else set(),
                "cancer_type": set(values.cancer_types),
                "intervention_type": set(values.intervention_types),
                "sponsor_class": {values.sponsor_class} if values.sponsor_class else set(),
                "countries": {site.country for site in trial.sites if site.country},
                "has_results": set() if values.has_results is None else {"true" if values.has_results else "false"},
                "stage": set(stage_facets(values.eligibility.stages)),
                "extent": set(values.eligibility.extents),
                "biomarker": set(marker_facets(values.eligibility.biomarkers)),
                "ecog": set(ecog_facets(values.eligibility.minimum_ecog, values.eligibility.maximum_ecog)),
                "cns": {values.eligibility.cns} if values.eligibility.cns else set(),
            }
            for value in listed[facet]:
                counts[str(value)] = counts.get(str(value), 0) + 1
        return counts

    def trial(self, identifier: str) -> tuple[str, StoredDocument] | None:
        self.manifest()
        key = identifier.strip().upper()
        for trial in self.trials.values():
            if key in (trial.nct_id, *trial.aliases, *trial.secondary_ids):
                return trial.nct_id, StoredDocument(trial, (), read_criteria(trial))
        return None

    def suggest(self, prefix: str, size: int = 8) -> list[Suggestion]:
        self.manifest()
        counts: dict[tuple[str, str], int] = {}
        for trial in self.trials.values():
            named = [
                *((c, "condition") for c in trial.conditions),
                *((i.name, "intervention") for i in trial.interventions),
            ]
            for key in (*named, (trial.nct_id, "nct_id")):
                if key[0].lower().startswith(prefix.lower()):
                    counts[key] = counts.get(key, 0) + 1
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return [Suggestion(text, kind, number) for (text, kind), number in ranked[:size]]

    def gazetteer(self) -> Gazetteer:
        return bundled_gazetteer()

    def manifest(self) -> Manifest:
        if self.fault is not None:
            raise self.fault
        return self._manifest

    def warm_up(self) -> None:
        self.search(Query())

    def close(self) -> None:
        self.closed = True


def unavailable() -> IndexUnavailableError:
    return IndexUnavailableError("There is no index at here; build one with `oncomatch build`.")
