"""Has the patient had a therapy, in the setting, with the outcome and at the time a trial names?"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace

from search.eligibility.assessment import Basis, Judgement, Truth
from search.eligibility.criterion import PriorTherapy, Requirement
from search.eligibility.known import Known, given
from search.eligibility.settings import Setting, agrees, settings_of
from search.patient import Origin, Treatment
from search.terminology.therapies import TherapyKind, is_a, leaves, therapy

_PROGRESSED = re.compile(r"progress|refractory|relaps|recurr|failed|failure|resistan|no response", re.I)
_NOT_PROGRESSED = re.compile(r"without progression|no progression|not progress", re.I)
_REFRACTORY = re.compile(r"refractory|resistan|no response", re.I)
_INTOLERANT = re.compile(r"intoleran|toxicit|side effect|adverse", re.I)
_RESPONDED = re.compile(r"respon|remission|stable|\bCR\b|\bPR\b|\bSD\b", re.I)
_BROAD = frozenset(
    {"standard therapy", "anticancer therapy", "systemic therapy", "first-line therapy", "second-line therapy"}
)


@dataclass(frozen=True, slots=True)
class _Answer:
    truth: Truth
    reason: str
    item: Treatment | None = None
    recoverable: bool = False
    margin: float | None = None


_SETTING_BEHIND = re.compile(
    r"\b(?:after|for|in|following|since)\s+(?:the\s+)?(?:\w+\s+){0,2}?(?P<setting>recurren\w+|relaps\w+|metasta\w+|advanced)\b",
    re.I,
)
_WEEKLY = re.compile(r"(?<!three-)(?<!3-)(?<!every 3 )\bweekly\b|\bqw\b|\bq1w\b", re.I)
_THREE_WEEKLY = re.compile(r"\bq3w\b|every (?:3|three) weeks|(?:3|three)-weekly|\bq21d\b", re.I)
_WASHOUT = re.compile(r"wash-?out|recovered|since (?:the )?(?:last|prior)|adequate (?:time|interval)", re.I)


def judge_therapy(
    fact: PriorTherapy, requirement: Requirement, known: Known, words: str = "", near: str = ""
) -> Judgement:
    """One treatment that fits in everything is enough; the history is taken to be told in full.

    Args:
        fact: the therapies, and their setting, outcome and window.
        requirement: whether they are asked or forbidden.
        known: the patient.
        words: the criterion's clause in the registry text.
        near: the criterion's evidence with the words right behind it.
    """
    if requirement is Requirement.PROHIBITED and settings_of(fact.setting) <= {Setting.LATE}:
        behind = _SETTING_BEHIND.search(near)  # nearer to the text than a reader's word for it
        fact = fact if behind is None else replace(fact, setting=behind["setting"])
    names = " or ".join(fact.therapies)
    if known.patient.treatments is None:
        return Judgement(Truth.UNKNOWN, f"not stated whether {names} was given", missing=("prior_therapies",))
    bare = replace(fact, therapies=())  # trials ask for the same therapy beside ever other ones
    answers = [_judge_one(bare, name, requirement, known, near) for name in fact.therapies]
    met = next((answer for answer in answers if answer.truth is Truth.MET), None)
    timeless = fact.within_days is None and fact.half_lives is None
    if met is not None and requirement is Requirement.PROHIBITED and timeless and _WASHOUT.search(words):
        return Judgement(
            Truth.UNKNOWN,
            f"{met.reason}; how long ago it must be is not said",
            recoverable=True,
            missing=("prior_therapies",),
        )
    if met is not None:
        basis = Basis.KNOWN if met.item is not None and names in met.item.parts else Basis.DERIVED
        return Judgement(Truth.MET, met.reason, basis, met.recoverable, met.margin)
    unknown = next((answer for answer in answers if answer.truth is Truth.UNKNOWN), None)
    if unknown is not None:
        return Judgement(Truth.UNKNOWN, unknown.reason, missing=("prior_therapies",), recoverable=unknown.recoverable)
    told = [answer for answer in answers if answer.item is not None]
    if requirement is Requirement.REQUIRED and _is_beside_lines(fact) and _of_lines_alone(known):
        return Judgement(Truth.UNKNOWN, f"not stated whether {names} was given", missing=("prior_therapies",))
    if not known.patient.treatments.complete:
        return Judgement(Truth.UNKNOWN, f"not stated whether {names} was given", missing=("prior_therapies",))
    if told:
        return Judgement(Truth.NOT_MET, told[0].reason, Basis.DERIVED)
    return Judgement(Truth.NOT_MET, f"{names} is not among the treatments that are told of", Basis.ASSUMED)


_EARLY = frozenset({Setting.NEOADJUVANT, Setting.ADJUVANT, Setting.EARLY})
_LOCAL = ("radiotherapy", "surgery", "chemoradiotherapy")


def _is_beside_lines(fact: PriorTherapy) -> bool:
    """Whether a therapy is none that lines are counted of: curative, or local."""
    early = bool(settings_of(fact.setting) & _EARLY)
    return early or all(any(is_a(name, local) for local in _LOCAL) for name in fact.therapies)


def _of_lines_alone(known: Known) -> bool:
    """Whether a typed "first line" or "untreated" is all that is told of treatment: it speaks of lines, not of cure."""
    told = known.patient.treatments
    return told is not None and not told.items and told.source.origin is Origin.QUERY


def heeded(fact: PriorTherapy, requirement: Requirement, clause: str, near: str) -> tuple[str, str]:
    """What `judge_therapy` heeds of a criterion's clause and of the words near it: judged alike with that alone."""
    forbidden = requirement is Requirement.PROHIBITED
    timeless = fact.within_days is None and fact.half_lives is None
    washout = "washout" if forbidden and timeless and _WASHOUT.search(clause) else ""
    behind = _SETTING_BEHIND.search(near) if forbidden and settings_of(fact.setting) <= {Setting.LATE} else None
    schedule = "weekly " if _WEEKLY.search(near) else ""
    if forbidden and fact.outcome == "refractory" and _only_refractory(near):
        schedule += "refractory "
    return washout, schedule + (f"in {behind['setting'].lower()}" if behind else "")


@functools.lru_cache(maxsize=16384)
def _judge_one(fact: PriorTherapy, name: str, requirement: Requirement, known: Known, near: str) -> _Answer:
    answers = [_judge_item(fact, name, requirement, item, near, since=_since(item, known)) for item in known.treatments]
    for truth in (Truth.MET, Truth.UNKNOWN):
        for answer in answers:
            if answer.truth is truth:
                return answer
    had = next((answer for answer in answers if answer.item is not None), None)
    return had or _Answer(Truth.NOT_MET, f"{name} is not among the treatments that are told of")


_RETURNED = ("recurrent", "relapsed", "progressive", "refractory")


def _since(item: Treatment, known: Known) -> bool:
    """Whether the disease is known to have come back or grown after local treatment; of drugs it must be told."""
    if not any(is_a(part, "radiotherapy") or is_a(part, "surgery") for part in item.parts):
        return False
    implied = (known.extent.get(value) for value in _RETURNED)
    return any(one is not None and one.true for one in implied)


def _judge_item(
    fact: PriorTherapy, name: str, requirement: Requirement, item: Treatment, near: str, *, since: bool = False
) -> _Answer:
    had = _scheduled(held(name, item), item, near)
    if had is Truth.NOT_MET:
        return _Answer(Truth.NOT_MET, "")
    truths: list[Truth] = [had]
    reasons = [f"{item.text} is {name}" if had is Truth.MET else f"{item.text} may have held {name}"]
    if fact.setting is not None:
        fits = agrees(fact.setting, item.setting, item.line)
        if fits is None and requirement is Requirement.REQUIRED and Setting.OTHER in settings_of(fact.setting):
            fits = True  # words that are no setting ("castration") do not make a given therapy another one
        elif fits is False and requirement is Requirement.REQUIRED:
            fits = None  # settings are told too loosely to rule out by them alone
        truths.append(_kleene(fits))
        reasons.append(f"{'' if fits else 'not ' if fits is False else 'perhaps '}in the setting {fact.setting}")
    if fact.outcome is not None:
        came = _outcome(fact.outcome, item, requirement, near)
        if came is None and since and requirement is Requirement.REQUIRED and fact.outcome in _CAME:
            came = not _NOT_PROGRESSED.search(item.outcome or "")
        truths.append(_kleene(came))
        reasons.append(f"outcome {item.outcome or 'not stated'} ({fact.outcome} is asked)")
    margin = None
    if fact.within_days is not None or fact.half_lives is not None:
        within, margin, words = _window(fact, item)
        truths.append(_kleene(within))
        reasons.append(words)
    reason = ", ".join(reasons)
    if Truth.NOT_MET in truths:
        return _Answer(Truth.NOT_MET, reason, item)
    timed = fact.within_days is not None or fact.half_lives is not None
    if Truth.UNKNOWN in truths:
        only_time = timed and truths[:-1].count(Truth.UNKNOWN) == 0
        return _Answer(Truth.UNKNOWN, reason, item, recoverable=only_time)
    return _Answer(Truth.MET, reason, item, recoverable=timed, margin=margin)


_CAME = frozenset({"progressed", "relapsed", "failed"})


def _scheduled(had: Truth, item: Treatment, near: str) -> Truth:
    """A weekly schedule that the text names must be that of the treatment."""
    told = f"{item.text} {item.detail or ''}"
    if had is not Truth.MET or not _WEEKLY.search(near) or _WEEKLY.search(told):
        return had
    return Truth.NOT_MET if _THREE_WEEKLY.search(told) else Truth.UNKNOWN


def _kleene(answer: bool | None) -> Truth:
    return Truth.UNKNOWN if answer is None else Truth.MET if answer else Truth.NOT_MET


_JOINT = re.compile(r"\s*\+\s*")


def held(name: str, item: Treatment) -> Truth:
    """Whether a treatment held a therapy, or all parts of a combination."""
    wanted = therapy(name)
    if wanted is None and "+" in name:
        parts = [held(part, item) for part in _JOINT.split(name) if part]
        if Truth.NOT_MET in parts:
            return Truth.NOT_MET
        return Truth.UNKNOWN if Truth.UNKNOWN in parts else Truth.MET
    if given(item, name):
        return Truth.MET
    if is_a(name, "chemoradiotherapy") and _CHEMORADIATION.search(f"{item.setting or ''} {item.detail or ''}"):
        return Truth.MET
    if wanted is None:
        folded = name.lower()
        same = any(folded in part.lower() or part.lower() in folded for part in (*item.parts, item.text))
        return Truth.MET if same else Truth.NOT_MET
    if wanted.kind is TherapyKind.REGIMEN:
        parts = [held(drug, item) for drug in wanted.drugs]
        return Truth.MET if set(parts) == {Truth.MET} else Truth.NOT_MET
    if wanted.kind is TherapyKind.ROLE:
        return _plays(wanted.name, item)
    target = _target(name)
    if target is not None and (others := _targets(item.text)) and target not in others:
        return Truth.NOT_MET  # cells against another antigen
    asked = leaves(name)
    for part in item.parts:
        own = therapy(part)
        if own is None or own.kind is not TherapyKind.CLASS:
            continue
        if asked & leaves(part) and not is_a(name, "radiotherapy"):
            return Truth.UNKNOWN  # "chemotherapy", and whether this drug was in it was not told
    return Truth.NOT_MET


_CHEMORADIATION = re.compile(r"\bchemo-?radi|\bradio-?chemo", re.I)
"""A setting in which drug and radiation are told one by one."""
_AGAINST = re.compile(r"^anti-(?P<target>[A-Za-z0-9-]+)$")
_ANTIGEN = re.compile(
    r"\b(?:MAGE-?A\d+|NY-ESO-1|PRAME|CD\d+|BCMA|GPRC5D|mesothelin|GPC3|PSMA|HER2|CLDN18\.2|B7-H3|GD2|WT1|AFP|HPV|KRAS)\b",
    re.I,
)


def _target(name: str) -> str | None:
    found = _AGAINST.match(name)
    return found["target"].upper() if found is not None else None


def _targets(text: str) -> frozenset[str]:
    """Antigens that a treatment's words name."""
    return frozenset(match.group().upper() for match in _ANTIGEN.finditer(text))


def _plays(role: str, item: Treatment) -> Truth:
    """A role is played by what was given in it; "standard therapy" by any systemic anticancer therapy."""
    words = f"{item.setting or ''} {item.text} {item.detail or ''}".lower()
    if role.startswith("investigational"):
        return Truth.MET if "investigational" in words or "experimental" in words else Truth.NOT_MET
    first = role.split(maxsplit=1)[0].split("-", maxsplit=1)[0]
    if first in words:
        return Truth.MET
    if role in _BROAD and any(is_a(part, "anticancer therapy") for part in item.parts):
        if role == "standard therapy" and not any(is_a(part, "systemic therapy") for part in item.parts):
            return Truth.UNKNOWN
        if role == "first-line therapy":
            return Truth.MET if item.line == 1 else Truth.NOT_MET if item.line else Truth.UNKNOWN
        if role == "second-line therapy":
            return Truth.MET if (item.line or 0) >= 2 else Truth.NOT_MET
        return Truth.MET
    return Truth.NOT_MET


_REFRACTORY_ONLY = re.compile(r"refractory", re.I)
_RESISTANT = re.compile(r"resistan", re.I)


def _only_refractory(near: str) -> bool:
    """Whether the text says refractory, and not resistant: "resistant" is a wider word of the same outcome."""
    return _REFRACTORY_ONLY.search(near) is not None and _RESISTANT.search(near) is None


def _outcome(asked: str, item: Treatment, requirement: Requirement, near: str = "") -> bool | None:
    told = item.outcome
    if told is None:
        return None
    if asked == "refractory" and requirement is Requirement.PROHIBITED and _PROGRESSED.search(told):
        refractory, resistant = _REFRACTORY_ONLY.search(told) is not None, _RESISTANT.search(told) is not None
        if not (refractory or resistant) or (not refractory and _only_refractory(near)):
            return None  # progression within which time, nobody said
    if requirement is Requirement.PROHIBITED and asked == "progressed" and not _PROGRESSED.search(told):
        return False  # told in full, it ended otherwise
    if asked in {"progressed", "relapsed", "failed"}:
        if _NOT_PROGRESSED.search(told):
            return False
        return True if _PROGRESSED.search(told) else False if _INTOLERANT.search(told) else None
    if asked == "refractory":
        if _NOT_PROGRESSED.search(told):
            return False
        # Whether a progression was a refractory one depends on dates that are seldom told.
        if _REFRACTORY.search(told) or _PROGRESSED.search(told):
            return True
        return False if requirement is Requirement.PROHIBITED and _RESPONDED.search(told) else None
    if asked == "intolerant":
        return bool(_INTOLERANT.search(told))
    if asked == "response":
        return True if _RESPONDED.search(told) else False if _PROGRESSED.search(told) else None
    return True if asked.lower() in told.lower() else None


_DAYS = re.compile(r"(\d+)\s*(day|week|month|year)s?\s*ago", re.I)
_LENGTH = {"day": 1, "week": 7, "month": 30, "year": 365}


def days_since(item: Treatment) -> float | None:
    """Days since the last dose, as a number or in the words of the setting or detail ("19 days ago")."""
    if item.days_ago is not None:
        return item.days_ago
    for text in (item.setting, item.detail, item.text):
        found = _DAYS.search(text or "")
        if found:
            return float(int(found[1]) * _LENGTH[found[2].lower()])
    return None


def _window(fact: PriorTherapy, item: Treatment) -> tuple[bool | None, float | None, str]:
    if (item.setting or "").lower() == "ongoing" or (item.outcome or "").lower() == "ongoing":
        return True, None, "ongoing"
    ago = days_since(item)
    asked = fact.within_days
    if ago is None:
        return None, None, "the date of the last dose is not stated"
    if asked is None:
        return None, None, f"{fact.half_lives:g} half-lives are asked, and the half-life is not known"
    margin = (ago - asked) / asked if asked else None
    if ago >= asked:
        return False, margin, f"{ago:g} days ago, {asked} are asked"
    if fact.half_lives is not None and fact.shorter:
        return None, margin, f"{ago:g} days ago, {asked} or {fact.half_lives:g} half-lives are asked"
    return True, margin, f"{ago:g} days ago, {asked} are asked"
