"""What it costs to understand a query and a note, as ratios to reading the facts of the same text as a note."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from search.extraction.note import read_note
from search.query_parser import parse_query
from search.query_parser.parser import _understood
from search.query_parser.spelling import corrected
from search.terminology.spelling import fold

pytestmark = pytest.mark.bench

NOTE = (
    "A 61-year-old woman with stage IV lung adenocarcinoma (EGFR exon 19 deletion, PD-L1 TPS 20%) presents with new "
    "back pain. She received osimertinib from 2021 until progression in March, then carboplatin and pemetrexed for "
    "four cycles with partial response. MRI of the brain was clear. Past medical history is significant for "
    "hypertension and type 2 diabetes on metformin. Her mother had breast cancer. ECOG 1. Creatinine 0.9 mg/dL, "
    "hemoglobin 11.2 g/dL, "
    "platelets 210. She denies chest pain, cough or fever. "
)


def queries() -> list[str]:
    table = Path(__file__).parents[1] / "search" / "query_parser" / "queries.tsv"
    lines = table.read_text(encoding="utf-8").splitlines()
    return [line.split("\t")[0] for line in lines if line and not line.startswith("#")]


def cost(texts: Sequence[str], work: Callable[[str], object]) -> float:
    """CPU-milliseconds a text, median of five rounds; nothing is remembered from round to round."""
    rounds = []
    for _ in range(5):
        _understood.cache_clear()
        corrected.cache_clear()
        fold.cache_clear()
        began = time.process_time()
        for text in texts:
            work(text)
        rounds.append(1000 * (time.process_time() - began) / len(texts))
    return statistics.median(rounds)


def test_a_short_query() -> None:
    texts = queries()
    for text in texts:
        parse_query(text)  # loads the tables
        read_note(text)
    note, took = cost(texts, read_note), cost(texts, parse_query)
    print(f"\nquery: {took:.2f} CPU-ms (n = {len(texts)}), {took / note:.1f} times reading it as a note ({note:.2f})")
    assert took < 5 * note


def test_a_note() -> None:
    texts = [NOTE * times for times in (1, 2, 3)]
    for text in texts:
        parse_query(text)
    note, took = cost(texts, read_note), cost(texts, parse_query)
    print(f"\nnote: {took:.1f} CPU-ms (n = {len(texts)}), {took / note:.1f} times reading its facts ({note:.1f})")
    assert took < 3 * note


def test_a_long_text_costs_in_proportion() -> None:
    short, long = NOTE * 4, NOTE * 64
    parse_query(short)
    one, sixteen = cost([short], parse_query), cost([long], parse_query)
    print(f"\n{len(short):,} characters {one:.1f} CPU-ms, {len(long):,} characters {sixteen:.1f} CPU-ms")
    assert sixteen < 40 * one
