"""Codes that are facts: a table of ICD-10-CM, LOINC and SNOMED CT codes, and the displays that say the same."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from search.fhir.resources import Concept
from search.terminology.analytes import analyte, find_analytes
from search.terminology.cancers import find_cancers, resolve_cancer
from search.terminology.markers import find_markers
from search.terminology.oncotree import leaves_of
from search.terminology.tables import read_table

_SECONDARY = re.compile(r"\b(?:secondary|metasta\w+)\b", re.I)
_CANCER = re.compile(
    r"\b(?:malignan\w+|cancer|carcinoma|tumou?r|neoplasm|leuk\w+|lymphoma|sarcoma|melanoma|myeloma)\b", re.I
)
_REMARK = re.compile(
    r"\s*\((?:disorder|finding|qualifier value|procedure|substance|product|regime/therapy|body structure"
    r"|morphologic abnormality)\)\s*$"
)
_FEMALE = re.compile(r"\b(?:female|male|unspecified site of|unspecified part of|(?:right|left)(?: side of)?) ", re.I)


@functools.cache
def _table() -> Mapping[tuple[str, str], Mapping[str, str]]:
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in read_table("fhir_codes.tsv"):
        found.setdefault((row["system"], row["code"]), {})[row["key"]] = row["value"]
    return found


@functools.cache
def _loinc() -> Mapping[str, str]:
    """LOINC codes of analytes by the table of analytes."""
    codes = {}
    for row in read_table("analytes.tsv"):
        if row["loinc"] and row["side"] != "none":
            codes[row["loinc"]] = row["name"]
    return codes


def meanings(concept: Concept) -> dict[str, str]:
    """What the codes of a concept mean, by key of the table; of an ICD-10 code by its longest row."""
    found: dict[str, str] = {}
    for system, code in concept.codes:
        if system == "icd10":
            whole = code.upper()
            for end in range(len(whole), 2, -1):
                for key, value in _table().get((system, whole[:end].rstrip(".")), {}).items():
                    found.setdefault(key, value)
        else:
            for key, value in _table().get((system, code), {}).items():
                found.setdefault(key, value)
    return found


def plain(words: str) -> str:
    """A display without the remark that SNOMED CT puts behind it."""
    return _REMARK.sub("", words)


def is_secondary(concept: Concept) -> bool:
    """Whether a condition is a metastasis."""
    return "extent" in meanings(concept) or any(
        _SECONDARY.search(words) and _CANCER.search(words) for words in concept.words
    )


def is_cancer(concept: Concept) -> bool:
    """Whether a condition is a cancer."""
    return bool(cancers(concept)) or any(
        _CANCER.search(words) and not re.search(r"benign|screening|history", words, re.I) for words in concept.words
    )


def cancers(concept: Concept) -> frozenset[str]:
    """OncoTree codes of a diagnosis: by its words, else by its code; where one lies within the other, the narrower."""
    named: frozenset[str] = frozenset()
    for given in map(plain, concept.words):
        words = _FEMALE.sub("", f"{given} ").strip()
        named = resolve_cancer(words) or frozenset(code for mention in find_cancers(words) for code in mention.codes)
        if named:
            break
    coded = frozenset(filter(None, meanings(concept).get("cancer", "").split(",")))
    return narrower(named, coded)


def narrower(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """The set whose leaves lie within the other's; the first where neither does."""
    if not one or not other:
        return one or other
    return other if leaves_of(other) < leaves_of(one) else one


def histology(base: frozenset[str], site: str, words: Concept) -> frozenset[str]:
    """A diagnosis made narrower by a histology that is told beside it."""
    for name in map(plain, words.words):
        for mention in find_cancers(name, site):
            if leaves_of(mention.codes) < leaves_of(base):
                return mention.codes
    return base


def analyte_of(concept: Concept) -> str | None:
    """The analyte that an observation measures."""
    found = meanings(concept).get("lab")
    if found:
        return found
    for system, code in concept.codes:
        if system == "loinc" and code in _loinc():
            return _loinc()[code]
    for words in concept.words:
        row = analyte(words)
        if row is not None:
            return row.name
        mentions = find_analytes(words)
        if mentions and mentions[0].start <= len(words) // 3:
            return mentions[0].name
    return None


def markers_of(concept: Concept) -> tuple[str, ...]:
    """The biomarkers that an observation is about."""
    found = meanings(concept).get("marker")
    if found:
        return (found,)
    for words in concept.words:
        mentions = find_markers(words)
        if mentions:
            return mentions[0].markers
    return ()


def ucum(unit: str) -> str:
    """A UCUM unit in the spelling that the tables of units know."""
    written = unit.replace("10*", "10^").replace("[IU]", "IU").replace("{1.73_m2}", "1.73m2")
    written = re.sub(r"\{(?:INR|ratio)\}", "ratio", written, flags=re.I)
    return re.sub(r"\{[^}]*\}", "", written) or unit
