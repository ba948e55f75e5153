"""Deciding matters of lines that no reader understood: what a note that refers a patient would tell.

Most such lines are routine (consent, compliance, organ function "as per protocol"), and the visit settles them. A few
name a fact that the trial turns on: a matched donor, menopause, a cumulative dose, a score. While such a fact is not
told, in whatever words, the trial is no more than possible.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from search.eligibility.known import Known, given
from search.terminology.therapies import find_therapies

_PAST_MENOPAUSE = 60
"""Age from which nobody asks: menopause comes before it in 99 % of women (Gold et al., Am J Epidemiol 2001)."""


@dataclass(frozen=True, slots=True)
class Matter:
    """A deciding matter: the words that name it, in a line and wherever a patient's facts tell of it."""

    name: str
    words: re.Pattern[str]
    unless: re.Pattern[str] | None = None
    """Words with which a line means something else."""


MATTERS = (
    Matter("donor", re.compile(r"\bHLA\b|\b(?:sibling|related|matched|identical|suitable) (?:\w+ )?donors?\b", re.I)),
    Matter(
        "menopause",
        re.compile(r"\b(?:post|pre|peri)-?\s?menopaus|\bmenopausal status\b", re.I),
        re.compile(r"child-?\s?bearing|contracept|amenorr|fertil|pregnan|steril|abstinen|FSH", re.I),
    ),
    Matter("cumulative dose", re.compile(r"\bcumulative (?:\w+ ){0,3}dose\b|\bdose of [^.;]{0,30}mg/m", re.I)),
    Matter(
        "score",
        re.compile(
            r"\b(?:Gleason|ISUP|Breslow|MELD|IPSS(?:-R|-M)?|FLIPI|MIPI|IMDC|MSKCC|D'Amico|NCCN risk|doubling time)\b",
            re.I,
        ),
    ),
)


def by_line(matter: Matter) -> bool:
    """Whether it takes the line's other words, too, to tell whether the matter is told."""
    return matter.name == "cumulative dose"


@functools.lru_cache(maxsize=16384)
def matter_of(line: str) -> Matter | None:
    """The deciding matter that a line names, or None."""
    for matter in MATTERS:
        if matter.words.search(line) and not (matter.unless is not None and matter.unless.search(line)):
            return matter
    return None


def is_told(matter: Matter, line: str, known: Known) -> bool:
    """Whether the patient's facts tell of the matter in any words, or make it void."""
    patient = known.patient
    if matter.name == "menopause" and (
        (patient.sex is not None and patient.sex.value == "male")
        or (patient.age is not None and patient.age.years >= _PAST_MENOPAUSE)
    ):
        return True
    if matter.name == "cumulative dose":
        named = [mention.name for mention in find_therapies(line)]
        if named and not any(given(item, name) for item in known.treatments for name in named):
            return True
    told = [f"{one.topic} {one.detail or ''}" for one in patient.conditions]
    told += [f"{one.marker} {' '.join(one.states)} {one.value or ''}" for one in patient.markers]
    told += [f"{item.text} {item.setting or ''} {item.detail or ''}" for item in known.treatments]
    told += [lab.analyte for lab in patient.labs]
    told += [fact.text for fact in (patient.stage,) if fact is not None]
    told += [patient.cancer.histology or ""] if patient.cancer is not None else []
    return any(
        matter.words.search(words) or (matter.name == "cumulative dose" and _DOSE.search(words)) for words in told
    )


_DOSE = re.compile(r"\bcumulative\b(?! dose not)|mg/m", re.I)
