"""`split_passages`: a trial's text as passages that the encoder reads whole.

Three sections: overview (title, acronym, conditions, keywords, brief summary), inclusion (the inclusion part of the
eligibility text, and the study population), interventions (names, first other names, the beginnings of the arms'
descriptions). Exclusion text is in none of them: it must never earn a match.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from indexer.packing import Counted, Piece, TokenCounter, chunks, clip, count, join, listing, prose
from search.config import DEFAULT_CONFIG, PassageConfig
from search.eligibility_text import unescaped
from search.extraction.segment import section_text
from search.index.document import Passage
from search.trial import Trial

OVERVIEW, INCLUSION, INTERVENTIONS = "overview", "inclusion", "interventions"

_HEADING = re.compile(
    r"^\W*(?:(?:key |main |major |general |subject |patient )?inclusion criteria?|(?:eligibility |key )?criteria)"
    r"\s*(?::\W*|\W*$)",
    re.IGNORECASE,
)


# Words of a condition that do not tell which disease it is.
_GENERIC = frozenset(
    {
        "adult",
        "advanced",
        "cancer",
        "cancers",
        "carcinoma",
        "childhood",
        "disease",
        "diseases",
        "disorder",
        "disorders",
        "early",
        "healthy",
        "locally",
        "malignancies",
        "malignancy",
        "malignant",
        "metastases",
        "metastasis",
        "metastatic",
        "neoplasm",
        "neoplasms",
        "newly",
        "nos",
        "other",
        "patients",
        "primary",
        "progressive",
        "recurrent",
        "refractory",
        "relapsed",
        "secondary",
        "solid",
        "stage",
        "stages",
        "syndrome",
        "tumor",
        "tumors",
        "tumour",
        "tumours",
        "unspecified",
    }
)
_WORD = re.compile(r"[^\W_]{3,}")
_STEM = 5


@dataclass(frozen=True, slots=True)
class PassageSplit:
    """The passages of a trial, in order, and how many were left out by `PassageConfig.max_passages`."""

    passages: tuple[Passage, ...]
    dropped: int = 0


def split_passages(
    trial: Trial, counter: TokenCounter, config: PassageConfig = DEFAULT_CONFIG.passages
) -> PassageSplit:
    """Cut a trial into passages; the same trial, tokenizer and configuration give the same passages.

    No passage is longer than the model reads. A section that is longer is cut at lines and sentences into even
    parts, and each part after the overview's first begins with the (shortened) title. A section that is too short
    to mean something alone joins the overview where that has room. There is always one passage at least.

    Args:
        trial: the trial.
        counter: the encoder, or whatever counts its tokens.
        config: lengths.
    """
    room = max(8, min(config.max_tokens, counter.max_tokens) - counter.overhead)
    prefix = _prefix(trial, counter, min(config.prefix_tokens, room // 2))
    prefix_tokens = counter.count_all([prefix])[0]
    later = room - prefix_tokens
    overview = count(_overview(trial), counter, later)
    runs: list[tuple[str, list[Counted], bool]] = []
    apart: list[tuple[str, list[Counted]]] = []
    for section, items in (
        (INCLUSION, count(_inclusion(trial), counter, later)),
        (INTERVENTIONS, _interventions(trial, counter, config, later)),
    ):
        if not items:
            continue
        short = sum(item.tokens for item in items) < config.min_tokens
        if short and len(chunks([*overview, *items], room, later)) == len(chunks(overview, room, later)):
            overview = [*overview, *items]
        else:
            apart.append((section, items))
    runs += [(OVERVIEW, run, i > 0) for i, run in enumerate(chunks(overview, room, later))]
    for section, items in apart:
        runs += [(section, run, True) for run in chunks(items, later, later)]
    return _assemble(runs, prefix, config)


def inclusion_text(trial: Trial) -> str:
    """The inclusion part of the eligibility text, readable (escapes and entities resolved), without its heading."""
    raw = section_text(trial.eligibility.criteria or "", "inclusion")
    lines = (_HEADING.sub("", line) for line in unescaped(raw).splitlines())
    return "\n".join(line for line in lines if line.strip())


def _assemble(runs: Iterable[tuple[str, list[Counted], bool]], prefix: str, config: PassageConfig) -> PassageSplit:
    kept: dict[str, list[Passage]] = {}
    seen: set[str] = set()
    dropped = 0
    for section, run, prefixed in runs:
        text = f"{prefix}\n{join(run)}" if prefixed and prefix else join(run)
        passages = kept.setdefault(section, [])
        if text in seen:
            continue
        if len(passages) >= config.max_passages:
            dropped += 1
            continue
        seen.add(text)
        passages.append(Passage(section, text))
    return PassageSplit(tuple(passage for passages in kept.values() for passage in passages), dropped)


def _prefix(trial: Trial, counter: TokenCounter, room: int) -> str:
    """The title, shortened; the first condition before it where the title names none of them."""
    title = _line(trial.title)
    conditions = _distinct(trial.conditions)
    short = clip(title, counter, room)
    if conditions and not _telling(conditions) & _telling([short]):
        short = clip(f"{clip(conditions[0], counter, room // 2)}. {title}", counter, room)
    return short


def _telling(texts: Sequence[str]) -> set[str]:
    """Beginnings of the words that tell a disease (beginnings, so that prostate meets prostatic)."""
    words = {word for text in texts for word in _WORD.findall(text.casefold())}
    return {word[:_STEM] for word in words - _GENERIC}


def _overview(trial: Trial) -> list[Piece]:
    title = _line(trial.title)
    acronym = _line(trial.acronym or "")
    if acronym and acronym.casefold() not in title.casefold():
        title = f"{title} ({acronym})"
    conditions = _distinct(trial.conditions)
    keywords = _distinct(trial.keywords, known=conditions)
    return [
        Piece(title),
        *listing("Conditions: ", conditions, "; "),
        *listing("Keywords: ", keywords, "; "),
        *prose(unescaped(trial.brief_summary or trial.detailed_description or "")),
    ]


def _inclusion(trial: Trial) -> list[Piece]:
    population = prose(unescaped(trial.eligibility.study_population or ""))
    return [*population, *prose(inclusion_text(trial))]


def _interventions(trial: Trial, counter: TokenCounter, config: PassageConfig, room: int) -> list[Counted]:
    """All names; of the arms, what fits into the passage that the names leave unfinished."""
    names = [_intervention(item.name, item.other_names[: config.other_names]) for item in trial.interventions]
    counted = count(listing("Interventions: ", _distinct(names), "; "), counter, room)
    runs = chunks(counted, room, room)
    left = min(room, config.arms_within) - sum(item.tokens for item in runs[-1]) if runs else config.arms_within
    known = {intervention.name.casefold() for intervention in trial.interventions}
    arms = []
    for arm in trial.arms:
        told = ": ".join(_distinct([arm.label, unescaped(arm.description or "")]))
        if told and told.casefold() not in known:
            arms.append(Piece(clip(told, counter, config.arm_tokens), "\n"))
    for item in count(arms, counter, room):
        if item.tokens > left:
            break
        left -= item.tokens
        counted.append(item)
    return counted


def _intervention(name: str, others: Sequence[str]) -> str:
    name = _line(name)
    others = _distinct(others, known=[name])
    return f"{name} ({', '.join(others)})" if others else name


def _distinct(values: Sequence[str], known: Sequence[str] = ()) -> list[str]:
    """Non-empty values on one line each, without repetitions (case ignored), in order."""
    seen = {value.casefold() for value in known}
    kept = []
    for value in map(_line, values):
        if value and value.casefold() not in seen:
            seen.add(value.casefold())
            kept.append(value)
    return kept


def _line(text: str) -> str:
    return " ".join(text.split())
