"""What a text asks does not depend on how it is laid out: width, bullets, escapes, capitals of headings, units."""

from __future__ import annotations

import gzip
import json
import re
import textwrap
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from search.eligibility.criterion import Criteria, Fact, Opaque, Requirement, Section
from search.extraction.criteria import read_text

Asked = Counter[tuple[Fact, Requirement, Section]]

TEXT = """Inclusion Criteria:

* Histologically confirmed stage IIIB, IIIC or IV non-small cell lung cancer that is not amenable to surgery
* Documented EGFR exon 19 deletion or L858R mutation by a validated test in a certified laboratory
* Disease progression on or after at least one prior line of platinum-based chemotherapy for advanced disease
* Age ≥ 18 years and ECOG performance status of 0 or 1
* Absolute neutrophil count ≥ 1.5 x 10^9/L
* Platelets ≥ 100 x 10^9/L
* Total bilirubin ≤ 1.5 x ULN, or ≤ 3 x ULN in patients with Gilbert's syndrome
* Life expectancy of at least 12 weeks

Exclusion Criteria:

* Untreated or symptomatic brain metastases; treated brain metastases are allowed if stable for four weeks
* Prior treatment with osimertinib or another third-generation EGFR tyrosine kinase inhibitor
* Known active hepatitis B or hepatitis C infection
* Major surgery within 28 days before the first dose
* QTcF > 470 ms
* Pregnant or breastfeeding women
* Another malignancy within the past 3 years, except adequately treated stage I skin cancer
"""
SMALLEST = 20
"""Facts that the text states at the least: a reader that finds nothing passes every comparison."""


def asked(criteria: Criteria) -> Asked:
    """What a text asks, without where and how surely it says so; words nobody understood may be cut otherwise."""
    return Counter((x.fact, x.requirement, x.section) for x in criteria.items if not isinstance(x.fact, Opaque))


def items(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


def wrapped(width: int) -> Callable[[str], str]:
    """Every line broken at a width and indented, as the registry's old files are."""

    def wrap(text: str) -> str:
        return "\n\n".join(
            textwrap.fill(line, width, initial_indent=" " * 10, subsequent_indent=" " * 12, break_on_hyphens=False)
            for line in items(text)
        )

    return wrap


def bulleted(bullet: str) -> Callable[[str], str]:
    return lambda text: re.sub(r"(?m)^\* ", bullet.replace("\\", r"\\"), text)


def numbered(style: str) -> Callable[[str], str]:
    def number(text: str) -> str:
        lines, count = [], 0
        for line in text.splitlines():
            count = count + 1 if line.startswith("* ") else 0 if line.endswith(":") else count
            lines.append(style.format(count) + line[2:] if line.startswith("* ") else line)
        return "\n".join(lines)

    return number


def escaped(text: str) -> str:
    return re.sub(r"([<>*\[\]])", r"\\\1", text.replace("\n* ", "\n\0 ")).replace("\0", "*")


def headings(change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: re.sub(r"(?m)^(?:In|Ex)clusion Criteria:$", lambda match: change(match.group()), text)


CHANGES: dict[str, Callable[[str], str]] = {
    "wrapped at 60": wrapped(60),
    "wrapped at 79": wrapped(79),
    "wrapped at 100": wrapped(100),
    "dashes": bulleted("- "),
    "dots": bulleted("• "),
    "indented bullets": bulleted("    * "),
    "numbers": numbered("{}. "),
    "numbers with brackets": numbered("({}) "),
    "numbers with one bracket": numbered("{}) "),
    "escapes": escaped,
    "carriage returns": lambda text: text.replace("\n", "\r\n"),
    "no blank lines": lambda text: re.sub(r"\n\n+", "\n", text),
    "trailing spaces": lambda text: text.replace("\n", "  \n"),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "capital headings": headings(str.upper),
    "small headings": headings(str.capitalize),
    "headings without colon": headings(lambda heading: heading.rstrip(":")),
    "key headings": headings(lambda heading: "Key " + heading),
    "signs in ascii": lambda text: text.replace("≥", ">=").replace("≤", "<="),
    "signs in html": lambda text: text.replace("≥ ", "&gt;= ").replace("≤ ", "&lt;= "),
    "signs in words": lambda text: text.replace("≥ ", "at least ").replace("≤ ", "at most "),
    "typographic": lambda text: text.replace("'", "\u2019").replace("-", "\u2011"),
    "full stops": lambda text: re.sub(r"(?m)^(\* .*)$", r"\1.", text),
    "semicolons": lambda text: re.sub(r"(?m)^(\* .*)$", r"\1;", text),
}


@pytest.mark.parametrize("name", CHANGES)
def test_layout_leaves_what_is_asked_unchanged(name: str) -> None:
    plain = asked(read_text(TEXT))
    assert plain.total() >= SMALLEST
    changed = asked(read_text(CHANGES[name](TEXT)))
    assert changed - plain == Counter()
    assert plain - changed == Counter()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Platelets ≥ 100,000/mm3", "Platelets ≥ 100 x 10^9/L"),
        ("Platelets ≥ 100,000/mm3", "Platelet count >= 100 000 /µL"),
        ("ANC ≥ 1500/mm3", "ANC ≥ 1.5 x 10^9/L"),
        ("ANC ≥ 1500/mm3", "ANC ≥ 1.5 x 109/L"),
        ("ANC ≥ 1500/mm3", "ANC ≥ 1.5 K/µL"),
        ("Bilirubin ≤ 1.5 x ULN", "Bilirubin ≤ 1.5 times the upper limit of normal"),
        ("Creatinine clearance ≥ 50 mL/min", "Creatinine clearance ≥ 50 ml / minute"),
        ("QTcF ≤ 470 ms", "QTcF ≤ 470 msec"),
        ("Life expectancy ≥ 12 weeks", "Life expectancy ≥ 3 months"),
        ("Age ≥ 18 years", "Aged 18 years or older"),
        ("ECOG performance status 0-1", "ECOG performance status ≤ 1"),
    ],
)
def test_a_unit_or_a_wording_that_keeps_the_value_keeps_the_fact(one: str, other: str) -> None:
    first = asked(read_text(f"Inclusion Criteria:\n\n* {one}\n"))
    assert first
    assert first == asked(read_text(f"Inclusion Criteria:\n\n* {other}\n"))


def test_the_same_threshold_from_either_side() -> None:
    wanted = read_text("Inclusion Criteria:\n\n* Platelets ≥ 100 x 10^9/L\n").items
    refused = read_text("Exclusion Criteria:\n\n* Platelets < 100 x 10^9/L\n").items
    assert [x.fact for x in wanted] == [x.fact for x in refused]


SAMPLE = 60
KEPT = {"carriage returns": 0.995, "trailing spaces": 0.995, "escapes": 0.97, "dots": 0.97, "capital headings": 0.99}
"""Share of facts that real texts keep at the least, change by change: real layouts hold surprises."""


def _real(folder: Path) -> list[str]:
    texts = []
    with gzip.open(folder / "ctgov" / "ctgov_v2_oncology.jsonl.gz", "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % 32 == 0:
                protocol = json.loads(line)["protocolSection"]
                texts.append(protocol.get("eligibilityModule", {}).get("eligibilityCriteria") or "")
    return texts[:SAMPLE]


@pytest.mark.data
@pytest.mark.parametrize("name", KEPT)
def test_layout_of_real_texts(name: str, data_dir: Path) -> None:
    kept = total = 0
    for text in _real(data_dir):
        plain, changed = asked(read_text(text)), asked(read_text(CHANGES[name](text)))
        kept += (plain & changed).total()
        total += max(plain.total(), changed.total())
    print(f"\n{name}: {kept} of {total}")
    assert total > 1000
    assert kept >= KEPT[name] * total
