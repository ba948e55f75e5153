"""Agreement with annotated criteria, coverage of real oncology records, and false finds on others."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from search.terminology.cancers import cancer_types_of, find_cancers
from search.terminology.oncotree import related, without_ancestors, without_descendants
from search.trial import MeshTerm, Trial

pytestmark = pytest.mark.data


def studies(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def as_trial(study: dict[str, Any]) -> Trial:
    protocol = study["protocolSection"]
    named, conditions = protocol["identificationModule"], protocol.get("conditionsModule", {})
    meshes = study.get("derivedSection", {}).get("conditionBrowseModule", {}).get("meshes", [])
    return Trial(
        named["nctId"],
        brief_title=named.get("briefTitle"),
        official_title=named.get("officialTitle"),
        conditions=tuple(conditions.get("conditions", ())),
        keywords=tuple(conditions.get("keywords", ())),
        condition_mesh=tuple(MeshTerm(mesh["term"]) for mesh in meshes),
    )


def gold(data_dir: Path) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """(wanted, found) codes of every unambiguous cancer item."""
    for folder in ("oncology_criteria", "disease_criteria"):
        base = data_dir / "gold" / folder
        contexts = {}
        for line in (base / "studies.jsonl").read_text(encoding="utf-8").splitlines():
            trial = as_trial(json.loads(line))
            contexts[trial.nct_id] = ". ".join([trial.title, *trial.conditions])
        for path in sorted(base.glob("NCT*.json")):
            annotated = json.loads(path.read_text(encoding="utf-8"))
            for item in annotated["criteria"]:
                if item["kind"] == "cancer" and not item.get("ambiguous"):
                    mentions = find_cancers(item["quote"], contexts[annotated["nct_id"]])
                    found = frozenset(code for mention in mentions for code in mention.codes)
                    yield frozenset(item["codes"]), found


def test_codes_agree_with_annotated_criteria(data_dir: Path) -> None:
    pairs = list(gold(data_dir))
    exact = sum(wanted in (found, without_ancestors(found), without_descendants(found)) for wanted, found in pairs)
    consistent = sum(
        bool(found) and all(any(related(code, other) for other in wanted) for code in found) for wanted, found in pairs
    )
    overlapping = sum(not wanted.isdisjoint(found) for wanted, found in pairs)
    print(f"n {len(pairs)} exact {exact / len(pairs):.3f} consistent {consistent / len(pairs):.3f} ", end="")
    print(f"overlapping {overlapping / len(pairs):.3f}")
    assert exact / len(pairs) >= 0.82
    assert consistent / len(pairs) >= 0.88
    assert overlapping / len(pairs) >= 0.92


def share(data_dir: Path, *names: str) -> float:
    found = [bool(cancer_types_of(as_trial(study))) for name in names for study in studies(data_dir / "ctgov" / name)]
    print(f"{names}: n {len(found)}, with a cancer type {sum(found) / len(found):.4f}")
    return sum(found) / len(found)


def test_nearly_every_oncology_trial_gets_a_cancer_type(data_dir: Path) -> None:
    assert share(data_dir, "ctgov_v2_oncology.jsonl.gz", "oncology_more.jsonl.gz") >= 0.97


def test_hardly_any_other_trial_gets_one(data_dir: Path) -> None:
    assert share(data_dir, "ctgov_v2_nononcology.jsonl.gz") <= 0.01
