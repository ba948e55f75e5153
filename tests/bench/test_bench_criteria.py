"""How fast criteria are read: trials a second on one core, and what each kind costs."""

from __future__ import annotations

import gzip
import json
import time
from pathlib import Path

import pytest

from search.extraction.criteria import read_text
from search.extraction.kinds import READERS
from search.extraction.lines import criteria_text

pytestmark = [pytest.mark.bench, pytest.mark.data, pytest.mark.timeout(1800)]

Text = tuple[str, str, tuple[str, ...]]


@pytest.fixture(scope="module")
def texts(data_dir: Path) -> list[Text]:
    """Eligibility text, title and conditions of the complete oncology studies."""
    found = []
    with gzip.open(data_dir / "ctgov" / "ctgov_v2_oncology.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            protocol = json.loads(line)["protocolSection"]
            text = protocol.get("eligibilityModule", {}).get("eligibilityCriteria")
            if text:
                conditions = tuple(protocol.get("conditionsModule", {}).get("conditions", ()))
                found.append((text, protocol["identificationModule"].get("briefTitle", ""), conditions))
    for one in found[:50]:
        read_text(*one)  # loads the tables
    return found


def test_every_kind(texts: list[Text]) -> None:
    began = time.process_time()
    items = sum(len(read_text(*one).items) for one in texts)
    took = time.process_time() - began
    rate = len(texts) / took
    print(
        f"\n{rate:.0f} trials/s on one core ({1000 * took / len(texts):.2f} CPU-ms a trial, n = {len(texts)}), ", end=""
    )
    print(f"{items / len(texts):.1f} criteria a trial")
    assert rate > 50


def test_kind_by_kind(texts: list[Text]) -> None:
    began = time.process_time()
    for one in texts:
        criteria_text(*one)
    lines = 1000 * (time.process_time() - began) / len(texts)
    began = time.process_time()
    for one in texts:
        read_text(*one, readers=())
    frame = 1000 * (time.process_time() - began) / len(texts)
    print(f"\nCPU-ms a trial (n = {len(texts)}): lines {lines:.2f}, with assembly but no reader {frame:.2f}")
    for reader in READERS:
        began = time.process_time()
        for one in texts:
            read_text(*one, readers=(reader,))
        alone = 1000 * (time.process_time() - began) / len(texts)
        print(f"  {type(reader).__name__:20} {alone - frame:.2f}")
    assert lines < frame
