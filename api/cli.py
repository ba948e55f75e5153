"""The command line: `oncomatch`. The composition root: the only module that sees both applications.

Standard output carries the answer and nothing else; progress, warnings and counts go to standard error.
Exit codes: 0 all was answered, or the new generation is promoted; 1 it could not be done; 2 wrong usage; 3 some input
was not answered; 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from search.config import DEFAULT_CONFIG, Config
from search.index.base import IndexStore, IndexUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from search.engine import SearchEngine
    from search.evaluation.measures import Ties
    from search.results import SearchResult
    from search.trial import Trial

app = typer.Typer(
    name="oncomatch",
    help="Search and rank cancer clinical trials, with the evidence shown.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
index_app = typer.Typer(help="Look after the generations of an index.", no_args_is_help=True)
app.add_typer(index_app, name="index")

IndexOption = Annotated[
    str,
    typer.Option(
        "--index", "-i", help="A folder, or the URL of an Elasticsearch (its path names the alias).", metavar="DIR|URL"
    ),
]


ConfigOption = Annotated[
    Path | None,
    typer.Option(
        help='Ranking settings, JSON: {"fusion.dense_weight": 0.4}; the others keep their defaults.', metavar="FILE"
    ),
]

INTERRUPTED = 130
"""Exit code after SIGINT, as shells have it."""


class CommandError(Exception):
    """Something that ends the command with one sentence."""


def main() -> None:
    """Run the command line; no stack trace reaches a user."""
    from search.cursor import CursorError

    try:
        app(standalone_mode=True)
    except (IndexUnavailableError, CursorError, CommandError) as error:
        _say(f"oncomatch: {error}")
        sys.exit(1)
    except KeyboardInterrupt:  # outside a command; inside, Typer exits with the same code
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output is gone (head, less): not an error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


@app.command(
    epilog="Examples:  oncomatch build --from sample --index var/sample   |   "
    "oncomatch build --from studies.jsonl.gz --from more/ --index http://localhost:9200/oncomatch"
)
def build(
    sources: Annotated[
        list[str],
        typer.Option(
            "--from",
            help="A file, folder or - (standard input) of registry records in any form; `sample` is the bundled "
            "sample. May be repeated; a later one wins among equally new records.",
            metavar="SOURCE",
        ),
    ],
    index: IndexOption,
    model: Annotated[
        str | None, typer.Option(help="A sentence-transformers model by name or path.", metavar="MODEL")
    ] = None,
) -> None:
    """Read registry records and promote a new generation of an index."""
    from indexer.build import BuildError, build_index
    from indexer.sources import SourceError

    try:
        report = build_index(sources, _store(index), _with_model(model), progress=_say)
    except (BuildError, SourceError) as error:
        raise CommandError(str(error)) from error
    except KeyboardInterrupt:
        _say("oncomatch: interrupted; what was finished is kept, and the same command goes on from there.")
        raise typer.Exit(INTERRUPTED) from None
    _say(report.summary())


@app.command(
    epilog='Examples:  oncomatch search "KRAS G12C lung cancer" --index var/sample   |   '
    'oncomatch search "glioma" -i var/sample --filter status=RECRUITING --filter near=48.1,11.6,100 --json'
)
def search(
    query: Annotated[str, typer.Argument(help="What to search for; - reads it from standard input.")],
    index: IndexOption,
    filters: Annotated[
        list[str] | None,
        typer.Option("--filter", "-f", help="name=value as in the API; may be repeated.", metavar="NAME=VALUE"),
    ] = None,
    size: Annotated[int, typer.Option(min=1, max=100, help="Hits to show.")] = 10,
    cursor: Annotated[str | None, typer.Option(help="next_cursor of the page before.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show where each score comes from.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the object that GET /search answers.")] = False,
) -> None:
    """Search an index from the terminal."""
    from api.filters import FilterError, parse_filters
    from search.query_parser import parse_query

    pairs = [tuple(item.partition("=")[::2]) for item in filters or []]
    try:
        parsed = parse_filters([(name, value) for name, value in pairs])
    except FilterError as error:
        raise typer.BadParameter(str(error), param_hint="--filter") from error
    text = sys.stdin.read() if query == "-" else query
    engine = _engine(index)
    read = parse_query(text, parsed, gazetteer=engine.gazetteer())
    result = engine.search(read, size=size, cursor=cursor, explain=explain)
    if as_json:
        from api.answers import search_answer
        from api.responses import to_bytes

        sys.stdout.write(to_bytes(search_answer(result)).decode() + "\n")
    else:
        sys.stdout.write(_readable(result, explain=explain))


@app.command(epilog="Example:  oncomatch serve --index var/sample --port 8000")
def serve(
    index: IndexOption,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
) -> None:
    """Serve the search page and the API."""
    from api.server import run as run_server

    store = _store(index)
    store.open().close()  # a missing or unreadable index is told now, not at the first search
    run_server(lambda: _engine(index), host, port)


@app.command(epilog="Example:  oncomatch run --index var/sample --topics topics.jsonl --depth 500 > run.txt")
def run(
    index: IndexOption,
    topics: Annotated[
        str, typer.Option(help="JSON Lines with query_id and text, or TREC XML; - is standard input.", metavar="FILE")
    ],
    depth: Annotated[int, typer.Option(min=1, max=10_000, help="Trials for each topic.")] = 1000,
    tag: Annotated[str, typer.Option(help="Name of the run.")] = "oncomatch",
    config: ConfigOption = None,
) -> None:
    """Rank for many topics; prints a TREC run."""
    from search.evaluation.run import run_topic
    from search.evaluation.topics import read_topics

    engine = _engine(index, config)
    answered, complaints = 0, 0
    try:
        for topic in read_topics(topics):
            if isinstance(topic, str):
                complaints += 1
                _say(f"oncomatch: {topics}: {topic}")
                continue
            answered += 1
            for line in run_topic(engine, topic, depth, tag):
                sys.stdout.write(line + "\n")
    except OSError as error:
        raise CommandError(f"{topics} cannot be read: {error.strerror}.") from error
    _say(f"{answered} topics answered, {complaints} lines could not be read")
    if complaints:
        raise typer.Exit(3)


@app.command(
    epilog="Examples:  oncomatch evaluate --index var/sample --topics sample --qrels sample   |   "
    "oncomatch evaluate --topics t.jsonl --qrels q.txt --run new.txt --baseline old.txt --condensed"
)
def evaluate(
    qrels: Annotated[
        str, typer.Option(help="Judgements, TREC qrels; `sample` is the list over the sample.", metavar="FILE")
    ],
    topics: Annotated[
        str | None,
        typer.Option(help="JSON Lines or TREC XML; `sample` is the list over the sample.", metavar="FILE"),
    ] = None,
    index: Annotated[
        str | None, typer.Option("--index", "-i", help="An index that is to rank the topics.", metavar="DIR|URL")
    ] = None,
    runs: Annotated[
        list[Path] | None, typer.Option("--run", help="A TREC run to score; may be repeated.", metavar="FILE")
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(help="A TREC run that the others are compared with; `index` takes the index.", metavar="FILE"),
    ] = None,
    slices: Annotated[
        Path | None, typer.Option(help="Properties of topics, JSON Lines; else those of the topics.", metavar="FILE")
    ] = None,
    condensed: Annotated[
        bool, typer.Option("--condensed/--full", help="Remove unjudged trials, or count them as wrong.")
    ] = False,
    ties: Annotated[str, typer.Option(help="How equal scores are settled: worst, best or id.")] = "worst",
    depth: Annotated[int, typer.Option(min=1, max=10_000, help="Trials that the index ranks for each topic.")] = 1000,
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, figures of every topic included.")] = False,
    by_topic: Annotated[bool, typer.Option("--by-topic", help="List every topic.")] = False,
    log: Annotated[Path | None, typer.Option(help="An experiment log to append to.", metavar="FILE")] = None,
    quepid: Annotated[Path | None, typer.Option(help="Also write the judgements for Quepid.", metavar="FILE")] = None,
    rank_eval: Annotated[
        Path | None, typer.Option(help="Also write a body for Elasticsearch's _rank_eval.", metavar="FILE")
    ] = None,
) -> None:
    """Score an index or TREC runs against judgements, with intervals and tests against a baseline."""
    from api.evaluate_command import EvaluationError, Request, run_evaluate
    from indexer.judgements import qrels_path, topics_path

    if index is None and not runs and baseline is None:
        raise typer.BadParameter("give an index, a run, or both", param_hint="--index / --run")
    if index is not None and topics is None:
        raise typer.BadParameter("an index needs topics to rank for", param_hint="--topics")
    if ties not in ("worst", "best", "id"):
        raise typer.BadParameter("is one of worst, best, id", param_hint="--ties")
    request = Request(
        qrels=qrels_path() if qrels == "sample" else Path(qrels),
        topics=topics_path() if topics == "sample" else Path(topics) if topics else None,
        runs=tuple(runs or ()),
        baseline=baseline,
        properties=slices,
        condensed=condensed,
        ties=cast("Ties", ties),
        depth=depth,
        as_json=as_json,
        by_topic=by_topic,
        ranking=_with_settings(config).ranking,
        log=log,
        quepid=quepid,
        rank_eval=rank_eval,
    )
    engine = _engine(index, config) if index else None
    try:
        sys.stdout.write(run_evaluate(request, engine, _say))
    except EvaluationError as error:
        raise CommandError(str(error)) from error


@app.command(
    epilog="Examples:  oncomatch criteria studies.jsonl.gz > criteria.jsonl   |   oncomatch criteria - < study.json"
)
def criteria(
    studies: Annotated[
        list[str],
        typer.Argument(
            help="Files, folders or - (standard input) of registry records in any form; `sample` is the bundled "
            "sample.",
            metavar="STUDIES...",
        ),
    ],
) -> None:
    """Read eligibility criteria; prints JSON Lines with the criteria of each trial and their evidence."""
    from api.responses import to_bytes
    from search.eligibility.flat import flat_by_cohort
    from search.extraction.criteria import read_criteria

    answered, complaints = 0, [0]
    for trial in _trials(studies, complaints):
        answer = {"nct_id": trial.nct_id, "criteria": flat_by_cohort(read_criteria(trial))}
        sys.stdout.write(to_bytes(answer).decode() + "\n")
        answered += 1
    _say(f"{answered} trials answered, {complaints[0]} records could not be read")
    if complaints[0]:
        raise typer.Exit(3)


@app.command(epilog="Example:  oncomatch assess --patients patients.jsonl --studies studies.jsonl.gz > verdicts.jsonl")
def assess(
    patients: Annotated[
        str, typer.Option(help="JSON Lines with id, nct_id and profile or note; - is standard input.", metavar="FILE")
    ],
    studies: Annotated[
        list[str], typer.Option("--studies", help="Registry records that the lines name.", metavar="STUDIES")
    ],
) -> None:
    """Assess patients against trials: a verdict, a score and the criteria that decide, with their quotes."""
    from api.assess_command import run_assess
    from search.extraction.note import patient_of_note

    complaints = [0]
    try:
        code = run_assess(
            patients,
            _trials(studies, complaints),
            sys.stdout,
            _say,
            patient_of_note,
        )
    except OSError as error:
        raise CommandError(f"{patients} cannot be read: {error.strerror}.") from error
    if code or complaints[0]:
        raise typer.Exit(3)


@app.command("parse-note", epilog="Example:  oncomatch parse-note notes.jsonl > profiles.jsonl")
def parse_note(
    notes: Annotated[str, typer.Argument(help="JSON Lines with id and note; - is standard input.", metavar="NOTES")],
) -> None:
    """Read clinical notes into patient profiles; prints a JSON line a note."""
    from api.parse_note_command import run_parse_note

    try:
        code = run_parse_note(notes, sys.stdout, _say)
    except OSError as error:
        raise CommandError(f"{notes} cannot be read: {error.strerror}.") from error
    if code:
        raise typer.Exit(code)


@app.command("parse-query", epilog="Example:  oncomatch parse-query queries.jsonl > concepts.jsonl")
def parse_query_command(
    queries: Annotated[
        str, typer.Argument(help="JSON Lines with id and query; - is standard input.", metavar="QUERIES")
    ],
) -> None:
    """Read search queries into concepts; prints a JSON line a query."""
    from api.parse_query_command import run_parse_query

    try:
        code = run_parse_query(queries, sys.stdout, _say)
    except OSError as error:
        raise CommandError(f"{queries} cannot be read: {error.strerror}.") from error
    if code:
        raise typer.Exit(code)


def _trials(studies: list[str], complaints: list[int]) -> Iterator[Trial]:
    """The trials of all sources; what cannot be read is said and counted in `complaints[0]`."""
    from indexer.sample import sample_path
    from indexer.sources import SourceError, iter_records
    from indexer.study import RecordError, parse_study

    for source in studies:
        try:
            for found in iter_records(sample_path() if source == "sample" else source):
                reason = found.error or "unreadable"
                if found.record is not None:
                    try:
                        yield parse_study(found.record)
                    except RecordError as error:
                        reason = error.reason
                    else:
                        continue
                complaints[0] += 1
                _say(f"oncomatch: {found.place}: {reason}")
        except SourceError as error:
            complaints[0] += 1
            _say(f"oncomatch: {error}")


@index_app.command("list")
def list_generations(index: IndexOption) -> None:
    """List the generations, oldest first; the current one is marked with *."""
    store = _store(index)
    current = store.current()
    for manifest in store.list():
        mark = "*" if manifest.generation == current else " "
        sys.stdout.write(
            f"{mark} {manifest.generation}  {manifest.trials} trials  {manifest.passages} passages  "
            f"data as of {manifest.data_timestamp or 'unknown'}  {manifest.encoder_name}\n"
        )


@index_app.command("promote")
def promote(
    generation: Annotated[str, typer.Argument(help="Id, as `index list` shows it.")], index: IndexOption
) -> None:
    """Make a generation the current one."""
    _store(index).promote(generation)
    _say(f"{generation} is current")


@index_app.command("rollback")
def rollback(index: IndexOption) -> None:
    """Go back to the generation that was current before."""
    _say(f"{_store(index).rollback()} is current")


@index_app.command("gc")
def collect(
    index: IndexOption,
    keep: Annotated[int, typer.Option(min=0, help="How many generations to keep beside the current one.")] = 1,
) -> None:
    """Remove old generations."""
    removed = _store(index).collect(keep)
    _say(f"removed {len(removed)}: {', '.join(removed)}" if removed else "nothing to remove")


def _say(message: str) -> None:
    sys.stderr.write(message + "\n")
    sys.stderr.flush()


def _with_model(model: str | None) -> Config:
    if model is None:
        return DEFAULT_CONFIG
    return replace(DEFAULT_CONFIG, encoder=replace(DEFAULT_CONFIG.encoder, model=model))


def _store(location: str) -> IndexStore:
    from search.index.open import open_store

    return open_store(location)


def _engine(location: str, settings: Path | None = None) -> SearchEngine:
    from search.engine import SearchEngine

    return SearchEngine(_store(location), _with_settings(settings))


def _with_settings(path: Path | None) -> Config:
    """The defaults, with the ranking settings of a file."""
    if path is None:
        return DEFAULT_CONFIG
    from search.evaluation.settings_file import read_settings
    from search.evaluation.trec import FormatError

    try:
        return replace(DEFAULT_CONFIG, ranking=read_settings(path))
    except FormatError as error:
        raise CommandError(f"{error}.") from error
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def _readable(result: SearchResult, *, explain: bool) -> str:
    from api.text import render_result

    return render_result(result, explain=explain)


if __name__ == "__main__":
    main()
