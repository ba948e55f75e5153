"""`oncomatch evaluate`: an index or TREC runs against judgements, as a table or JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search.config import DEFAULT_CONFIG, RankingConfig

if TYPE_CHECKING:
    from search.engine import SearchEngine
    from search.evaluation.measures import Ties
    from search.evaluation.topics import Topic
    from search.evaluation.trec import Qrels, Run

INDEX = "index"
"""Name of the run that the index gives."""
_FEW = 5


class EvaluationError(Exception):
    """Input that cannot be scored, in one sentence."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is scored, and how."""

    qrels: Path
    topics: Path | None = None
    runs: tuple[Path, ...] = ()
    baseline: str | None = None
    """A run's file, or `index`."""
    properties: Path | None = None
    """Of topics, for slices; the topics themselves where none is given."""
    condensed: bool = False
    ties: Ties = "worst"
    depth: int = 1000
    as_json: bool = False
    by_topic: bool = False
    ranking: RankingConfig = DEFAULT_CONFIG.ranking
    """What the index ranks with, for the experiment log."""
    log: Path | None = None
    quepid: Path | None = None
    rank_eval: Path | None = None


def run_evaluate(request: Request, engine: SearchEngine | None, say: Callable[[str], None]) -> str:
    """Score an index, runs, or both.

    Args:
        request: files and settings.
        engine: ranks the topics, where an index is scored.
        say: told of progress and of topics that are left out.

    Returns:
        What goes to standard output.

    Raises:
        EvaluationError: input that cannot be read or does not belong together; the message names file and line.
    """
    from search.evaluation.report import as_json, as_table, report
    from search.evaluation.trec import FormatError

    try:
        topics, qrels = _judged(request, say)
        runs = _runs(request, topics, qrels, engine, say)
        _export(request, topics, qrels, engine, say)
        told = report(
            runs,
            qrels,
            condensed=request.condensed,
            baseline=_baseline(request, runs),
            slices=_slices(request, qrels),
            ties=request.ties,
        )
    except FormatError as error:
        raise EvaluationError(f"{error}.") from error
    except OSError as error:
        raise EvaluationError(f"{error.filename} cannot be read or written: {error.strerror}.") from error
    if request.log is not None:
        _write_log(request, request.log, told, topics, qrels, engine)
        say(f"figures appended to {request.log}")
    if not request.as_json:
        return as_table(told, by_topic=request.by_topic)
    from api.responses import to_bytes

    return to_bytes(as_json(told)).decode() + "\n"


def _judged(request: Request, say: Callable[[str], None]) -> tuple[list[Topic], Qrels]:
    """The topics (none where no file is given) and the judgements of just these."""
    from search.evaluation.topics import load_topics
    from search.evaluation.trec import read_qrels

    qrels = read_qrels(request.qrels)
    if request.topics is None:
        return [], qrels
    topics = load_topics(request.topics)
    names = ["_".join(topic.query_id.split()) for topic in topics]
    kept = {name: qrels[name] for name in names if name in qrels}
    if not kept:
        theirs = _some(list(qrels))
        raise EvaluationError(
            f"{request.qrels} judges other topics ({theirs}) than those of {request.topics} ({_some(names)})."
        )
    unjudged, unknown = [name for name in names if name not in qrels], [name for name in qrels if name not in names]
    if unjudged:
        say(f"{len(unjudged)} topics have no judgement and are left out: {_some(unjudged)}")
    if unknown:
        say(f"{len(unknown)} judged topics are not among the topics and are left out: {_some(unknown)}")
    return [topic for topic, name in zip(topics, names, strict=True) if name in kept], kept


def _runs(
    request: Request,
    topics: Sequence[Topic],
    qrels: Qrels,
    engine: SearchEngine | None,
    say: Callable[[str], None],
) -> dict[str, Run]:
    from search.evaluation.run import rank_topics
    from search.evaluation.trec import read_run_file

    runs: dict[str, Run] = {}
    for path in _files(request):
        run = read_run_file(path)
        common = [topic for topic in run if topic in qrels]
        if not common:
            raise EvaluationError(
                f"{path} ranks other topics ({_some(list(run))}) than those that are judged ({_some(list(qrels))})."
            )
        if len(common) < len(run):
            say(f"{path}: {len(run) - len(common)} of its {len(run)} topics are not judged and are left out")
        runs[str(path)] = run
    if engine is not None:
        step = max(1, len(topics) // 10)

        def progress(done: int) -> None:
            if done % step == 0 or done == len(topics):
                say(f"{done} of {len(topics)} topics ranked")

        runs[INDEX] = rank_topics(engine, topics, request.depth, progress)
    return runs


def _files(request: Request) -> list[Path]:
    """Run files, the baseline first, each once."""
    first = [] if request.baseline in (None, INDEX) else [Path(str(request.baseline))]
    return list(dict.fromkeys([*first, *request.runs]))


def _baseline(request: Request, runs: dict[str, Run]) -> str | None:
    if request.baseline is None:
        return None
    name = INDEX if request.baseline == INDEX else str(Path(request.baseline))
    if name not in runs:
        raise EvaluationError("The baseline is the index, but no index is given: add --index.")
    if len(runs) < 2:
        raise EvaluationError("There is nothing to compare with the baseline: add --run or --index.")
    return name


def _slices(request: Request, qrels: Qrels) -> dict[str, list[str]]:
    from search.evaluation.slices import read_properties, slices

    source = request.properties or request.topics
    if source is None or (request.properties is None and source.suffix not in (".jsonl", ".ndjson")):
        return {}
    return slices(read_properties(source), qrels)


def _export(
    request: Request, topics: Sequence[Topic], qrels: Qrels, engine: SearchEngine | None, say: Callable[[str], None]
) -> None:
    """Write judgements for other tools, where asked."""
    from search.evaluation.export import quepid_csv, rank_eval_body

    if (request.quepid or request.rank_eval) and not topics:
        raise EvaluationError("An export needs the topics' texts: add --topics.")
    if request.quepid:
        request.quepid.write_text(quepid_csv(topics, qrels), encoding="utf-8")
        say(f"{request.quepid} written, for a case of Quepid")
    if request.rank_eval:
        import orjson

        manifest = engine.manifest() if engine is not None else None
        name = manifest.generation if manifest else "oncomatch"
        body = rank_eval_body(topics, qrels, name)
        request.rank_eval.write_bytes(orjson.dumps(body, option=orjson.OPT_INDENT_2))
        say(f"{request.rank_eval} written, a body for _rank_eval")


def _write_log(
    request: Request, log: Path, told: Any, topics: Sequence[Topic], qrels: Qrels, engine: SearchEngine | None
) -> None:
    from search.evaluation.experiments import Experiment, ExperimentLog, data_hash, index_hash, settings_hash
    from search.evaluation.slices import ALL

    for run in told.runs:
        ours = run.name == INDEX and engine is not None
        ExperimentLog(log).append(
            Experiment(
                kind="evaluation",
                name=run.name,
                config=settings_hash(request.ranking) if ours else "",
                data=data_hash(topics, qrels),
                index=index_hash(engine.manifest()) if ours and engine is not None else "",
                setting="condensed" if told.condensed else "full",
                topics=told.topics,
                figures={name: mean.value for name, mean in run.means[ALL].items()},
                settings={},
            )
        )


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_FEW]) + (", …" if len(names) > _FEW else "")
