"""The request path on the bundled sample."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from search.config import DEFAULT_CONFIG
from search.cursor import CursorError
from search.eligibility.assessment import Verdict
from search.eligibility.columns import CriteriaColumns, IndexAssessment
from search.eligibility.profile import read_profile
from search.encoder import Encoder
from search.engine import SearchEngine
from search.gazetteer import City
from search.index.base import IndexUnavailableError
from search.index.open import open_store
from search.patient import Patient
from search.query import DateRange, Filters, Near, Query
from search.query_parser import parse_query
from search.results import Explanation
from search.trial import OverallStatus, Phase


@pytest.fixture(scope="module")
def engine(sample_index: Path) -> Iterator[SearchEngine]:
    engine = SearchEngine(open_store(str(sample_index)))
    yield engine
    engine.close()


def test_words_and_meaning_find_the_trial(engine: SearchEngine) -> None:
    result = engine.search(parse_query("EGFR exon 20 insertion lung cancer"))
    first = result.hits[0].trial
    assert any("exon 20" in condition.casefold() for condition in first.conditions)
    assert result.total >= len(result.hits)
    assert result.took_ms is not None
    assert set(result.took_ms) == {"encode", "retrieve", "fuse", "fetch"}


def test_places_are_those_of_the_sites(sample_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def cities(generation: object) -> tuple[City, ...]:
        asked.append(generation)
        return (City("lower kettleby", "pennsylvania", "United States", 40.5, -77.1, 4),)

    monkeypatch.setattr("search.index.embedded.reader.EmbeddedGeneration.cities", cities)
    engine = SearchEngine(open_store(str(sample_index)))
    query = parse_query("glioma near Lower Kettleby", gazetteer=engine.gazetteer())
    assert query.asked.near == Near(40.5, -77.1, 50)
    engine.gazetteer()
    assert len(asked) == 1
    engine.close()


def test_every_node_of_the_waterfall_adds_up_to_the_score(engine: SearchEngine) -> None:
    for hit in engine.search(parse_query("HER2 positive breast cancer"), explain=True).hits:
        assert hit.explanation is not None
        assert hit.explanation.value == hit.score
        check(hit.explanation)


def check(node: Explanation) -> None:
    if node.details:
        assert sum(child.value for child in node.details) == pytest.approx(node.value, abs=1e-4)
    for child in (*node.details, *node.basis):
        check(child)


def test_pages_follow_each_other_without_gap_or_repetition(engine: SearchEngine) -> None:
    query = parse_query("lymphoma")
    whole = [hit.nct_id for hit in engine.search(query, size=100).hits]
    paged: list[str] = []
    cursor = None
    while True:
        result = engine.search(query, size=7, cursor=cursor)
        paged += [hit.nct_id for hit in result.hits]
        cursor = result.next_cursor
        if cursor is None:
            break
    assert paged == whole
    assert len(set(paged)) == len(paged) == result.total


def test_a_cursor_of_another_query_is_refused(engine: SearchEngine) -> None:
    cursor = engine.search(parse_query("lymphoma"), size=1).next_cursor
    with pytest.raises(CursorError):
        engine.search(parse_query("sarcoma"), size=1, cursor=cursor)


def test_an_empty_query_lists_all_newest_first(engine: SearchEngine) -> None:
    result = engine.search(Query(), size=100)
    assert result.total == result.manifest.trials == len(result.hits)
    dates = [str(h.trial.last_update_posted.date) if h.trial.last_update_posted else "" for h in result.hits]
    assert dates == sorted(dates, reverse=True)


def test_filters_hold_for_every_hit_and_the_facet_of_a_filter_leaves_it_out(engine: SearchEngine) -> None:
    plain = engine.search(parse_query("lung cancer"))
    filtered = engine.search(parse_query("lung cancer", Filters(phase=frozenset({Phase.PHASE3}))), size=100)
    assert filtered.hits
    assert all(Phase.PHASE3 in hit.trial.phases for hit in filtered.hits)
    assert filtered.facets["phase"] == plain.facets["phase"]
    assert filtered.total == plain.facets["phase"]["PHASE3"]
    assert sum(filtered.facets["study_type"].values()) <= filtered.total


def test_nothing_found_says_why(engine: SearchEngine) -> None:
    nowhere = engine.search(Query(text="lung", filters=Filters(countries=frozenset({"Atlantis"}))))
    assert (nowhere.total, nowhere.hits) == (0, ())
    assert nowhere.reason is not None
    assert nowhere.reason == "No trial both fits the text and passes the filters: country."
    impossible = DateRange(first=dt.date(2030, 1, 1), last=dt.date(2020, 1, 1))
    contradiction = engine.search(Query(text="lung", filters=Filters(start=impossible)))
    assert contradiction.total == 0
    assert contradiction.reason


def test_ids_are_looked_up_and_never_answered_by_neighbours(engine: SearchEngine) -> None:
    found = engine.search(parse_query("nct99000003"))
    assert [hit.nct_id for hit in found.hits] == ["NCT99000003"]
    absent = engine.search(parse_query("NCT00000001"))
    assert (absent.total, absent.hits) == (0, ())
    assert absent.reason == "NCT00000001 is not in this index."


def test_a_trial_named_among_words_comes_first(engine: SearchEngine) -> None:
    result = engine.search(parse_query("trials like NCT99000003 for melanoma"), explain=True)
    assert result.hits[0].nct_id == "NCT99000003"
    assert result.hits[0].explanation == Explanation(1.0, "named by its id")


def test_secondary_ids_and_aliases_lead_to_their_trial(engine: SearchEngine) -> None:
    everything = [hit.trial for hit in engine.search(Query(), size=100).hits]
    with_id = next(trial for trial in everything if trial.secondary_ids)
    assert engine.search(parse_query(with_id.secondary_ids[0])).hits[0].nct_id == with_id.nct_id
    aliased = next(trial for trial in everything if trial.aliases)
    found = engine.trial(aliased.aliases[0].lower())
    assert found is not None
    assert found[0] == aliased.nct_id
    assert engine.trial("no such id") is None


def test_distances_are_of_the_nearest_site_that_passes(engine: SearchEngine) -> None:
    near = Near(lat=48.1, lon=11.6, km=800)
    result = engine.search(Query(filters=Filters(near=near)), size=100)
    assert result.hits
    assert all(hit.distance_km is not None and hit.distance_km <= 800 for hit in result.hits)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\x00\x01",
        "\ud800",
        '((( AND OR NOT "',
        "*:*",
        "a" * 20_000,
        "ü" * 5_000,
        "no",
        "the of",
        "🙂",
        "-" * 999,
    ],
)
def test_any_text_is_answered(engine: SearchEngine, text: str) -> None:
    result = engine.search(parse_query(text))
    assert result.total >= 0


def test_the_order_does_not_depend_on_the_hash_seed(sample_index: Path) -> None:
    program = (
        "import sys; from search.engine import SearchEngine; from search.index.open import open_store;"
        "from search.query_parser import parse_query;"
        "e = SearchEngine(open_store(sys.argv[1]));"
        "print([(h.nct_id, h.score) for q in ('carcinoma', 'phase 1 solid tumors', '') "
        "for h in e.search(parse_query(q), size=50).hits])"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", program, str(sample_index)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1


def test_a_missing_index_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(IndexUnavailableError, match="oncomatch build"):
        SearchEngine(open_store(str(tmp_path / "nothing"))).search(Query())


def test_one_channel_alone_works(sample_index: Path) -> None:
    for weights in ((1.0, 0.0), (0.0, 1.0)):
        fusion = replace(DEFAULT_CONFIG.ranking.fusion, lexical_weight=weights[0], dense_weight=weights[1])
        config = replace(DEFAULT_CONFIG, ranking=replace(DEFAULT_CONFIG.ranking, fusion=fusion))
        result = SearchEngine(open_store(str(sample_index)), config).search(parse_query("glioma"))
        assert result.hits


def test_status_is_no_filter_unless_asked(engine: SearchEngine) -> None:
    statuses = {hit.trial.overall_status for hit in engine.search(Query(), size=100).hits}
    assert {OverallStatus.COMPLETED, OverallStatus.RECRUITING, OverallStatus.WITHDRAWN} <= statuses


@pytest.mark.parametrize("text", ["!!!", "🙂", '"" ~ ^', "— … —"])
def test_a_text_without_words_is_no_search(engine: SearchEngine, text: str) -> None:
    result = engine.search(parse_query(text))
    assert (result.total, result.hits, result.facets) == (0, (), {})
    assert result.reason is not None
    assert "no word" in result.reason
    assert engine.rank(parse_query(text), 10) == []


def test_the_last_page_says_that_more_trials_match_than_are_ranked(sample_index: Path) -> None:
    ranking = DEFAULT_CONFIG.ranking
    few = replace(
        ranking, lexical=replace(ranking.lexical, window=3), dense=replace(ranking.dense, window=3, matches=3)
    )
    narrow = SearchEngine(open_store(str(sample_index)), replace(DEFAULT_CONFIG, ranking=few))
    query = parse_query("cancer")
    first = narrow.search(query, size=2)
    assert first.reason is None
    last = narrow.search(query, size=50, cursor=first.next_cursor)
    assert last.next_cursor is None
    assert last.total > 2 + len(last.hits)
    assert last.reason == (
        f"The list ends here: of {last.total:,} matching trials the best {2 + len(last.hits)} are ranked. "
        "Filters narrow the search."
    )
    narrow.close()


@pytest.mark.parametrize("file", ["encoder/model.onnx", "encoder/tokenizer.json", "encoder/encoder.json"])
def test_a_damaged_encoder_is_told_in_a_sentence(sample_index: Path, tmp_path: Path, file: str) -> None:
    shutil.copytree(sample_index, tmp_path / "index", symlinks=True)
    (damaged,) = (tmp_path / "index").glob(f"generations/*/{file}")
    broken = bytes(255 - byte for byte in damaged.read_bytes())
    damaged.unlink()  # it may be a hard link
    damaged.write_bytes(broken)
    with pytest.raises(IndexUnavailableError, match="damaged"):
        SearchEngine(open_store(str(tmp_path / "index"))).search(parse_query("lung"))


def test_the_vector_of_a_short_text_is_remembered_and_that_of_a_long_one_is_not(
    sample_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    encode = Encoder.encode_query

    def counted(self: Encoder, text: str, *, max_parts: int) -> NDArray[np.float32]:
        asked.append(text)
        return encode(self, text, max_parts=max_parts)

    monkeypatch.setattr(Encoder, "encode_query", counted)
    engine = SearchEngine(open_store(str(sample_index)))
    short, long = "melanoma of the eye", "a woman with melanoma " * 20
    for text in (short, short, long, long):
        engine.search(Query(text=text, filters=Filters(has_results=False)))
    assert asked == [short, long, long]
    engine.close()


PROFILE = read_profile(
    {
        "age": 61,
        "sex": "female",
        "cancer": "LUAD",
        "stage": "IV",
        "extent": ["metastatic"],
        "biomarkers": [{"marker": "EGFR", "state": "exon 20 insertion"}],
        "prior_therapies": [],
    }
)


def test_a_profile_alone_ranks_trials_and_tells_each_verdict(engine: SearchEngine) -> None:
    hits = engine.search(Query(), PROFILE, size=20).hits
    assert hits
    assert all(hit.verdict is not None and hit.chance is not None for hit in hits)
    assert any("lung" in " ".join(hit.trial.conditions).casefold() for hit in hits[:3])
    assert hits[0].verdict is not Verdict.NOT_ELIGIBLE


def test_those_who_are_not_eligible_sink_and_are_not_hidden(engine: SearchEngine) -> None:
    plain = replace(DEFAULT_CONFIG.ranking, rescoring=replace(DEFAULT_CONFIG.ranking.rescoring, enabled=False))
    without = SearchEngine(engine._store, replace(DEFAULT_CONFIG, ranking=plain))
    query = parse_query("lung cancer")
    before = [nct_id for nct_id, _ in without.rank(query, 1000, PROFILE)]
    after = [nct_id for nct_id, _ in engine.rank(query, 1000, PROFILE)]
    assert set(before) == set(after)
    verdicts = {hit.nct_id: hit.verdict for hit in engine.search(query, PROFILE, size=100).hits}
    sunk = [nct_id for nct_id, verdict in verdicts.items() if verdict is Verdict.NOT_ELIGIBLE]
    assert sunk
    assert sum(map(after.index, sunk)) > sum(map(before.index, sunk))
    without.close()


def test_a_search_says_the_same_before_and_after_the_whole_index_was_assessed(sample_index: Path) -> None:
    engine = SearchEngine(open_store(str(sample_index)))
    before = engine.search(parse_query("lung cancer"), PROFILE, size=100).hits
    counts = engine.verdicts(PROFILE)
    after = engine.search(parse_query("lung cancer"), PROFILE, size=100).hits
    assert [(hit.nct_id, hit.verdict) for hit in before] == [(hit.nct_id, hit.verdict) for hit in after]
    assert [hit.score for hit in before] == pytest.approx([hit.score for hit in after])
    assert sum(counts.values()) == engine.manifest().trials
    engine.close()


def test_counting_and_then_searching_assesses_once(sample_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int | None] = []
    assess = CriteriaColumns.assess

    def counted(self: CriteriaColumns, patient: Patient, rows: Sequence[int] | None = None) -> IndexAssessment:
        asked.append(None if rows is None else len(rows))
        return assess(self, patient, rows)

    monkeypatch.setattr(CriteriaColumns, "assess", counted)
    engine = SearchEngine(open_store(str(sample_index)))
    engine.search(parse_query("melanoma"), PROFILE)
    assert len(asked) == 1
    assert asked[0] is not None
    assert 0 < asked[0] <= engine.manifest().trials
    engine.verdicts(PROFILE)
    engine.search(parse_query("melanoma"), PROFILE)
    assert asked[1:] == [None]
    engine.close()


def test_a_query_without_a_person_has_no_verdicts(engine: SearchEngine) -> None:
    assert {hit.verdict for hit in engine.search(parse_query("randomized phase 2 trial")).hits} == {None}


def test_the_cursor_of_one_profile_is_refused_for_another(engine: SearchEngine) -> None:
    cursor = engine.search(Query(text="cancer"), PROFILE, size=1).next_cursor
    assert engine.search(Query(text="cancer"), PROFILE, size=1, cursor=cursor).hits
    with pytest.raises(CursorError):
        engine.search(Query(text="cancer"), read_profile({"age": 30}), size=1, cursor=cursor)


def test_the_waterfall_of_a_profile_adds_up(engine: SearchEngine) -> None:
    for hit in engine.search(Query(text="lung cancer"), PROFILE, explain=True).hits:
        assert hit.explanation is not None
        assert hit.explanation.value == hit.score
        check(hit.explanation)
        assert any(part.description.startswith("eligibility") for part in hit.explanation.details)


def test_feedback_orders_and_adds_no_trial(engine: SearchEngine) -> None:
    feedback = replace(DEFAULT_CONFIG.ranking.feedback, weight=0.5)
    more = SearchEngine(
        engine._store, replace(DEFAULT_CONFIG, ranking=replace(DEFAULT_CONFIG.ranking, feedback=feedback))
    )
    query = parse_query("EGFR lung cancer osimertinib")
    plain, found = engine.search(query, size=100), more.search(query, size=100)
    assert {hit.nct_id for hit in found.hits} == {hit.nct_id for hit in plain.hits}
    assert found.total == plain.total
    assert [hit.score for hit in found.hits] != [hit.score for hit in plain.hits]
    more.close()


def test_where_no_words_rank_the_newest_come_first_whoever_asks(engine: SearchEngine) -> None:
    person = read_profile({"age": 61, "sex": "female"})
    hits = engine.search(Query(), person, size=100).hits
    assert [hit.nct_id for hit in hits] == [hit.nct_id for hit in engine.search(Query(), size=100).hits]
    assert all(hit.verdict is not None for hit in hits)
