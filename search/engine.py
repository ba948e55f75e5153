"""`SearchEngine`: the one request path. Parse, retrieve, fuse, fetch, highlight, explain."""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from search import cursor as cursors
from search.config import DEFAULT_CONFIG, Config, RankingConfig
from search.eligibility.assessment import Verdict
from search.eligibility.columns import IndexAssessment
from search.eligibility.columns.recent import Recent
from search.encoder import Encoder, EncoderError
from search.gazetteer import Gazetteer, bundled_gazetteer
from search.index.base import (
    Candidates,
    Generation,
    IndexStore,
    IndexUnavailableError,
    Manifest,
    Retrieval,
    StoredDocument,
    Suggestion,
)
from search.index.document import FACETS
from search.index.fields import text_fields
from search.index.filters import contradictions
from search.patient import AgeFact, CancerFact, MarkerFact, Patient
from search.query import Filters, Query
from search.query_parser import parse_query
from search.ranking.distance import nearest_km
from search.ranking.explanation import explain as explain_fused
from search.ranking.feedback import expanded
from search.ranking.fusion import Fused, fuse
from search.ranking.highlight import highlight_trial
from search.ranking.planning import Plan, plan
from search.ranking.rescoring import Ineligible, Rescored, Standing, rescore
from search.ranking.suggestions import cancer_types, with_cancer_types
from search.results import Explanation, Hit, SearchResult

_REMEMBERED_CHARS = 200
"""A longer text may be a patient's: its vector is not kept."""
_ASSESSED = 8
"""Persons whose assessments against the whole index are kept, 5 bytes a trial each."""
_NAMED = 1.0
"""Score of a trial that the query names by its id: above all that fusion can give."""


_SOMEBODY = Patient(
    age=AgeFact(60.0), cancer=CancerFact(frozenset({"BREAST"})), markers=(MarkerFact("ERBB2", ("positive",)),)
)
"""Whom the first search is made for: what a typed query mostly states."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An opened generation with the encoder that made its vectors."""

    generation: Generation
    encoder: Encoder


class SearchEngine:
    """Answers searches over the promoted generation of a store. Safe for use from several threads."""

    def __init__(self, store: IndexStore, config: Config = DEFAULT_CONFIG) -> None:
        self._store = store
        self._config = config
        self._lock = threading.Lock()
        self._opened: OrderedDict[str, Opened] = OrderedDict()
        self._encoders: dict[str, Encoder] = {}
        self._current: str | None = None
        self._looked = 0.0
        self._types: Recent[tuple[Suggestion, ...]] = Recent(1)
        self._places: Recent[Gazetteer] = Recent(1)
        self._assessed: Recent[IndexAssessment] = Recent(_ASSESSED)
        self._remembered = lru_cache(config.engine.remembered_queries)(_encoded)

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
        """Rank the trials for a query.

        Args:
            query: text and filters.
            patient: a profile; it takes the place of the facts that the text states of a person. With an empty text,
                the trials are ranked for the profile alone.
            size: hits on the page, at most `EngineConfig.max_page`.
            cursor: `next_cursor` of the page before; the generation it names answers even after a promotion.
            facets: whether to count the facets.
            explain: whether each hit carries its score waterfall.
            ineligible: where trials stand that rule the person out.

        Raises:
            CursorError: the cursor is not of this query, or its generation is gone.
            IndexUnavailableError: the index cannot answer.
        """
        size = max(1, min(size, self._config.engine.max_page))
        digest = cursors.digest(query, self._config.ranking, patient) + ineligible.mark
        place = cursors.decode(cursor, digest) if cursor else None
        opened = self._open_for(place)
        if query.nct_ids and not query.text:
            return self._look_up(query, opened)
        refused = contradictions(query.effective_filters()) or (_NO_WORDS if _wordless(query) else None)
        if refused:
            return SearchResult(query, (), 0, {}, opened.generation.manifest, reason=refused)

        clock = _Clock()
        planned = self._plan(query, patient, opened.encoder, FACETS if facets else ())
        clock.lap("encode")
        candidates = self._retrieved(planned, opened.generation)
        clock.lap("retrieve")
        rescored = self._rescored(matches(rank(candidates, planned.ranking), candidates), planned, opened.generation)
        placed = ineligible.place(rescored.hits, rescored.standings)
        ranked = self._pinned(query, opened.generation, placed)
        clock.lap("fuse")
        offset = place.offset if place else 0
        page = ranked[offset : offset + size]
        hits = self._hits(query, page, planned, opened.generation, rescored.standings, explain=explain)
        clock.lap("fetch")
        following = offset + len(page)
        total = max(candidates.total, len(ranked)) - (len(rescored.hits) - len(placed))
        return SearchResult(
            query=query,
            hits=hits,
            total=total,
            facets=candidates.facets,
            manifest=opened.generation.manifest,
            next_cursor=cursors.encode(opened.generation.manifest.generation, following, digest)
            if following < len(ranked)
            else None,
            reason=_why_nothing(query) if not ranked else _why_no_more(following, len(ranked), total),
            took_ms=clock.laps,
        )

    def rank(self, query: Query, depth: int, patient: Patient | None = None) -> list[tuple[str, float]]:
        """The ranking alone: ids with scores, best first, at most `depth`. The same path as `search`."""
        opened = self._open_for(None)
        if query.nct_ids and not query.text:
            return [(hit.nct_id, hit.score) for hit in self._look_up(query, opened).hits][:depth]
        if _wordless(query):
            return []
        planned = self._plan(query, patient, opened.encoder, ())
        fused = rank(self._retrieved(planned, opened.generation), planned.ranking)
        ranked = self._pinned(query, opened.generation, self._rescored(fused, planned, opened.generation).hits)
        return [(hit.nct_id, hit.score) for hit in ranked[:depth]]

    def trial(self, identifier: str) -> tuple[str, StoredDocument] | None:
        """The trial that an NCT id, alias or secondary id names, with its canonical id; None where there is none."""
        generation = self._open_for(None).generation
        nct_id = generation.resolve(identifier)
        document = generation.fetch([nct_id])[0] if nct_id else None
        return (nct_id, document) if nct_id and document else None

    def documents(self, nct_ids: Sequence[str]) -> list[StoredDocument | None]:
        """Stored trials with their criteria, in the order asked for; None where an id is not in the index."""
        return self._open_for(None).generation.fetch(nct_ids)

    def verdicts(self, patient: Patient) -> dict[Verdict, int]:
        """How many trials of the whole index come to each verdict for a person, best class first.

        A search for the same person right after it finds all trials assessed.
        """
        generation = self._open_for(None).generation
        key = (generation.manifest.generation, patient)
        found = self._assessed.of(key, lambda: generation.columns().assess(patient).closed())
        counts = np.bincount(found.verdict, minlength=len(Verdict))
        return {verdict: int(counts[place]) for place, verdict in enumerate(Verdict)}

    def suggest(self, prefix: str, size: int = 8) -> list[Suggestion]:
        """Completions for the search bar: names and ids that begin with the prefix, and cancer types."""
        generation = self._open_for(None).generation
        return with_cancer_types(generation.suggest(prefix, 2 * size), self._types_in(generation), prefix, size)

    def gazetteer(self) -> Gazetteer:
        """The bundled places with the cities of the promoted generation's sites, for `parse_query`; read once."""
        generation = self._open_for(None).generation
        return self._places.of(
            generation.manifest.generation, lambda: bundled_gazetteer().with_cities(generation.cities())
        )

    def manifest(self) -> Manifest:
        """What the promoted generation says of itself."""
        return self._open_for(None).generation.manifest

    def warm_up(self) -> None:
        """Open the generation, load the encoder, read one query and answer it, so that the first user does not wait.

        Compiled criteria are opened with it; where they have to be compiled anew, this takes as long.
        """
        self.search(Query(text="trial"), _SOMEBODY, size=1)
        self.suggest("trial")
        parse_query("trial", gazetteer=self.gazetteer())

    def close(self) -> None:
        """Close all open generations."""
        with self._lock:
            for opened in self._opened.values():
                opened.generation.close()
            self._opened.clear()
            self._current = None

    def _open_for(self, place: cursors.Place | None) -> Opened:
        with self._lock:
            if place is not None:
                try:
                    return self._opened_generation(place.generation)
                except LookupError as error:
                    raise cursors.CursorError(
                        "The list this page belongs to is no longer kept: search again from the first page."
                    ) from error
            now = time.monotonic()
            if self._current is None or now - self._looked >= self._config.engine.refresh_seconds:
                self._current = self._store.current()
                self._looked = now
            return self._opened_generation(self._current)

    def _opened_generation(self, name: str | None) -> Opened:
        """An open generation by id; the least recently used one makes room.

        It is left to the garbage collector, not closed: another thread may still read from it.
        """
        if name is None or name not in self._opened:
            generation = self._store.open(name)
            name = generation.manifest.generation
            self._opened[name] = Opened(generation, self._encoder(generation))
            while len(self._opened) > self._config.engine.open_generations:
                self._opened.popitem(last=False)
        self._opened.move_to_end(name)
        return self._opened[name]

    def _encoder(self, generation: Generation) -> Encoder:
        identity = generation.manifest.encoder
        if identity not in self._encoders:
            try:
                self._encoders[identity] = Encoder(generation.encoder_path(), threads=1)
            except EncoderError as error:
                raise IndexUnavailableError(str(error)) from error
        return self._encoders[identity]

    def _types_in(self, generation: Generation) -> tuple[Suggestion, ...]:
        """The cancer types of a generation with their trials, counted once."""
        return self._types.of(generation.manifest.generation, lambda: self._counted_types(generation))

    def _counted_types(self, generation: Generation) -> tuple[Suggestion, ...]:
        request = Retrieval((), None, Filters(), ("cancer_type",), lexical=False, dense=False)
        return cancer_types(generation.retrieve(request, self._config.ranking).facets["cancer_type"])

    def _plan(self, query: Query, patient: Patient | None, encoder: Encoder, facets: Sequence[str]) -> Plan:
        parts = self._config.ranking.dense.query_max_passages

        def encode(text: str, private: bool) -> NDArray[np.float32]:
            # Filters, pages and facets ask again with the text of the search before. Notes are not remembered.
            remembered = not private and len(text) <= _REMEMBERED_CHARS
            return (self._remembered if remembered else _encoded)(encoder, text, parts)

        return plan(query, patient, self._config.ranking, encode, facets)

    def _retrieved(self, planned: Plan, generation: Generation) -> Candidates:
        """The answers of all channels; with feedback, those of a second search for words of the first results too."""
        candidates = generation.retrieve(planned.request, planned.ranking)
        feedback = planned.ranking.feedback
        if not feedback.weight or planned.note or not planned.request.terms:
            return candidates
        first = rank(candidates, planned.ranking)[: feedback.documents]
        documents = generation.fetch([hit.nct_id for hit in first], criteria=False)
        read = [
            (hit.score, Counter(text_fields(document.trial, self._config.text).get("combined", ())))
            for hit, document in zip(first, documents, strict=True)
            if document is not None
        ]
        more = replace(planned.request, terms=expanded(planned.request.terms, read, feedback), facets=())
        again = generation.retrieve(more, planned.ranking).lexical
        counted = {hit.nct_id for hit in candidates.lexical}  # the second search orders, and makes no matches
        return replace(candidates, lexical=tuple(hit for hit in again if hit.nct_id in counted))

    def _rescored(self, hits: list[Fused], planned: Plan, generation: Generation) -> Rescored:
        """The hits re-ordered by what the criteria say of the person, if there is one."""
        if planned.person is None or planned.weights is None or not hits:
            return Rescored(hits, {})
        columns = generation.columns()
        rows = [columns.row(hit.nct_id) for hit in hits]
        whole = self._assessed.get((generation.manifest.generation, planned.person))
        if whole is None:
            held = [row for row in rows if row is not None]
            places = iter(range(len(held)))
            rows = [next(places) if row is not None else None for row in rows]
            whole = columns.assess(planned.person, held)
        found = rescore(hits, rows, whole, planned.weights)
        # Where no words rank, the newest come first, whoever asks.
        return found if planned.request.terms else Rescored(hits, found.standings)

    def _pinned(self, query: Query, generation: Generation, ranked: list[Fused]) -> list[Fused]:
        """Trials that the text names by id come first; the text itself may be an id of another kind."""
        named = [generation.resolve(identifier) for identifier in query.nct_ids]
        if not named and cursors.looks_like_an_id(query.text):
            named = [generation.resolve(query.text)]
        ids = [nct_id for nct_id in named if nct_id]
        if not ids:
            return ranked
        by_id = {hit.nct_id: hit for hit in ranked}
        first = [by_id.get(nct_id, Fused(nct_id, 0.0))._replace(score=_NAMED) for nct_id in ids]
        return first + [hit for hit in ranked if hit.nct_id not in ids]

    def _look_up(self, query: Query, opened: Opened) -> SearchResult:
        generation = opened.generation
        resolved = {given: generation.resolve(given) for given in query.nct_ids}
        ids = list(dict.fromkeys(nct_id for nct_id in resolved.values() if nct_id))
        missing = [given for given, nct_id in resolved.items() if not nct_id]
        hits = tuple(
            Hit(nct_id, 1.0, document.trial, explanation=Explanation(1.0, "named by its id"))
            for nct_id, document in zip(ids, generation.fetch(ids, criteria=False), strict=True)
            if document
        )
        reason = None
        if missing:
            names = ", ".join(missing)
            reason = f"{names} is not in this index." if len(missing) == 1 else f"{names} are not in this index."
        elif query.filters.active():
            reason = "A search for nothing but ids looks them up; the filters were left aside."
        return SearchResult(query, hits, len(hits), {}, generation.manifest, reason=reason)

    def _hits(
        self,
        query: Query,
        page: Sequence[Fused],
        planned: Plan,
        generation: Generation,
        standings: Mapping[str, Standing],
        *,
        explain: bool,
    ) -> tuple[Hit, ...]:
        documents = generation.fetch([hit.nct_id for hit in page], criteria=False)
        terms = [term for term, _ in planned.request.terms]
        hits = []
        for fused, document in zip(page, documents, strict=True):
            if document is None:
                continue
            standing = standings.get(fused.nct_id)
            passage = document.passages[fused.dense.passage] if fused.dense else None
            hits.append(
                Hit(
                    nct_id=fused.nct_id,
                    score=fused.score,
                    trial=document.trial,
                    highlights=highlight_trial(document.trial, terms, self._config.highlight),
                    passage=passage,
                    explanation=_explanation(fused, planned, generation, standing) if explain else None,
                    distance_km=nearest_km(document.trial.sites, query.filters),
                    verdict=standing.verdict if standing else None,
                    chance=standing.chance if standing else None,
                )
            )
        return tuple(hits)


def _explanation(fused: Fused, planned: Plan, generation: Generation, standing: Standing | None) -> Explanation:
    if fused.score == _NAMED:
        return Explanation(_NAMED, "named by its id")
    parts = generation.explain_lexical(planned.request, fused.nct_id, planned.ranking) if fused.lexical else None
    return explain_fused(fused, planned.ranking.fusion, parts, standing)


def _encoded(encoder: Encoder, text: str, parts: int) -> NDArray[np.float32]:
    return encoder.encode_query(text, max_parts=parts)


def rank(candidates: Candidates, config: RankingConfig) -> list[Fused]:
    """The order of results: fused channels, or, for an empty query, newest update first."""
    if candidates.browse:
        return [Fused(nct_id, 0.0) for nct_id in candidates.browse]
    return fuse(candidates, config.fusion)


def matches(ranked: list[Fused], candidates: Candidates) -> list[Fused]:
    """The ranked trials that count as matches (see `Candidates`): what is listed is what is counted.

    The dense channel ranks more trials than it matches, so that far neighbours still help to order the lexical matches.
    """
    return [hit for hit in ranked if hit.lexical or not hit.dense or hit.nct_id in candidates.nearest]


def _why_nothing(query: Query) -> str:
    active = [_FILTER_WORDS.get(name, name.replace("_", " ")) for name in query.effective_filters().active()]
    if active and query.text:
        return f"No trial both fits the text and passes the filters: {', '.join(active)}."
    if active:
        return f"No trial of this index passes the filters: {', '.join(active)}."
    return "No trial of this index fits the text." if query.text else "This index holds no trials."


_FILTER_WORDS = {
    "age_days": "age",
    "countries": "country",
    "states": "state",
    "cities": "city",
    "near": "distance",
    "start": "start date",
    "completion": "completion date",
    "has_results": "results",
}
"""Filters whose names are not the words for them."""


_NO_WORDS = "The text holds no word, number or id to search for."


def _wordless(query: Query) -> bool:
    """Whether a text is nothing but punctuation and symbols, which no trial is about."""
    return bool(query.text) and not any(char.isalnum() for char in query.text)


def _why_no_more(following: int, listed: int, total: int) -> str | None:
    """What is said on the last page where more trials match than are ranked."""
    if following < listed or listed == total:
        return None
    return (
        f"The list ends here: of {total:,} matching trials the best {listed:,} are ranked. Filters narrow the search."
    )


class _Clock:
    """Milliseconds by stage."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = round((now - self._last) * 1000, 3)
        self._last = now
