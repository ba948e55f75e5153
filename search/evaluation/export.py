"""Judgements in the formats of other tools: Elasticsearch's ranking evaluation, and Quepid."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from search.config import DEFAULT_CONFIG, RankingConfig
from search.evaluation.topics import Topic
from search.evaluation.trec import Qrels
from search.index.elastic.requests import lexical_body
from search.query_parser import parse_query
from search.text import terms


def words_request(text: str, ranking: RankingConfig = DEFAULT_CONFIG.ranking) -> dict[str, Any]:
    """The search by words alone that the engine sends for a text, filters included: what a server can rank by itself.

    Fusion with vectors and re-scoring by eligibility happen outside the server, and no ranking evaluation sees them.
    """
    query = parse_query(text)
    distinct = tuple(dict.fromkeys(terms(query.text)))[: ranking.lexical.max_terms]
    body = lexical_body([(term, 1.0) for term in distinct], query.effective_filters(), ranking.lexical)
    return {"query": body["query"]}


def rank_eval_body(
    topics: Iterable[Topic],
    qrels: Qrels,
    index: str,
    request: Callable[[str], Mapping[str, Any]] = words_request,
    k: int = 10,
) -> dict[str, Any]:
    """The body of `POST /<index>/_rank_eval` (https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-rank-eval).

    The measure is `dcg`, normalised; the server's gain is 2^grade - 1 where ours is the grade, so its figures are not
    those of `search.evaluation.measures`.

    Args:
        topics: what is asked; topics without judgements are left out.
        qrels: grades by topic; document ids are NCT ids.
        index: name of the index or alias, as the server reports it for a hit: for an alias, the index behind it.
        request: the search for a topic's text.
        k: depth of the measure.
    """
    requests = [
        {
            "id": topic.query_id,
            "request": dict(request(topic.text)),
            "ratings": [
                {"_index": index, "_id": trial, "rating": grade}
                for trial, grade in sorted(qrels[topic.query_id].items())
                if grade > 0
            ],
        }
        for topic in topics
        if qrels.get(topic.query_id)
    ]
    return {"requests": requests, "metric": {"dcg": {"k": k, "normalize": True}}}


def quepid_csv(topics: Iterable[Topic], qrels: Qrels) -> str:
    """Judgements as Quepid imports them into a case: CSV with the columns `query`, `docid` and `rating`.

    Source of the format: Quepid, "Import ratings" (https://github.com/o19s/quepid). Line breaks in a note become
    blanks, since a query of a case is one line.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["query", "docid", "rating"])
    for topic in topics:
        for trial, grade in sorted(qrels.get(topic.query_id, {}).items()):
            writer.writerow([" ".join(topic.text.split()), trial, grade])
    return out.getvalue()
