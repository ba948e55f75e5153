"""Disease of the central nervous system: metastases in their states, leptomeningeal disease, cord compression.

A mention takes its state from the adjectives that stand directly before it ("symptomatic or untreated brain
metastases") or in the clause behind it ("that are symptomatic"); without one it is any brain metastasis. What an
exception says of treated or stable disease is a fact of its own, allowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from search.eligibility.criterion import Cns, Requirement, Section
from search.extraction.flow import flow
from search.extraction.normal import fold
from search.extraction.polarity import sentence, stance
from search.extraction.reading import CriteriaText, Finding, Line, Reader

ANY, ACTIVE, UNTREATED, SYMPTOMATIC = "any brain metastases", "active", "untreated", "symptomatic"
STABLE, LEPTOMENINGEAL, CORD = "treated_stable", "leptomeningeal", "spinal cord compression"

_SURE, _LIKELY, _GUESS = 0.93, 0.85, 0.7
"""Confidence in an exclusion or a negation, in a permission, in a direction that was inferred."""
_BEHIND = 90
"""Characters behind a mention in which its state may follow."""
_AHEAD = 110
"""Characters before a mention in which its adjectives may stand."""

_REACH = 600
"""Characters of the sentence, on either side of a mention, that are looked at."""
_TRIED = 24
"""Mentions that are looked at in a line."""

_BRAIN = (
    r"(?:brain|cns|central nervous system(?: \(cns\))?|cerebral|intra-?cranial|intracerebral"
    r"|intra-?axial|brain parenchym\w+)"
)
_ELLIPSIS = (
    r"(?:[ ,/]+(?:and/or|or|and|(?:lepto)?meningeal|leptomeninges|spinal(?: cord)?|parenchymal"
    r"|epidural|other|cns|brain|liver|hepatic|bone|lung|visceral|central nervous system))*"
)
_MENTION = re.compile(
    rf"\b(?<!primary )(?<!non-)(?<!extra-){_BRAIN}\b(?: \(cns\))?{_ELLIPSIS}[ ,/-]+"
    r"(?:\(cns\) )?(?:metasta\w+|mets\b|secondaries|metastatic \w+"
    r"|(?:parenchymal |tumou?r |malignant )?(?:lesions?|involvement|disease(?!s)(?!,? (?:such|like"
    r"|including))|spread|infiltration)\b"
    r"|leuk[ae]emia|(?:lympho\w+|multiple myeloma|myeloma|malignan\w+)(?! (?:prophyl|direct|therap)))"
    r"|\bmetast\w+(?: (?:disease|lesions?|spread|tumou?rs?|cancer))?(?: is| are| present)? (?:to|in|of"
    r"|involving|within|into) (?:the )?(?:brain|cns\b|central nervous)"
    r"|\b(?:involvement|spread|infiltration) (?:of|to|in|into) (?:the )?(?:brain|cns\b|central nervous)"
    r"|\b(?:brain|cns) (?:or \w+ )?mets\b"
    r"|(?P<lepto>\bleptomening\w+|\b(?:carcinomatous|neoplastic|lymphomatous|leuk[ae]emic|malignant) mening\w+"
    r"|\bmeningeal (?:metast\w+|carcinom\w+|involve\w+|disease|leuk\w+|spread|infiltr\w+|lymphom\w+)"
    r"|\bmeningitis carcinomatosa|\bmeningeosis|\blmd\b)"
    r"|(?P<cord>\b(?:spinal )?cord compression|\bcompression of the spinal cord)"
)
_STATES = {
    ACTIVE: r"active|uncontrolled|progress(?:ive|ing)|unstable|unresolved|rapidly progress\w+|growing"
    r"|new(?:ly diagnosed)?|not (?:controlled|stable)",
    UNTREATED: r"untreated|un-treated|non-treated|not (?:yet |been |previously |adequately "
    r"|definitively )*treated|without (?:prior )?treatment",
    SYMPTOMATIC: r"symptomatic|symptom-producing|clinically (?:significant|relevant)",
    STABLE: r"(?:previously[- ]|definitively |adequately |locally |pre-?|already |radically |surgically "
    r"|successfully )*"
    r"(?:treated|irradiated|resected)|stable|asymptomatic|controlled|inactive|non-?progressive|quiescent",
}
_ADJECTIVE = re.compile("|".join(f"(?P<s{n}>\\b(?:{p})\\b)" for n, p in enumerate(_STATES.values())))
_FILLER = (
    r"known|suspected|any|all|documented|clinically|clinical|evidence|current|currently|history|of|or|and"
    r"|and/or|either|the|a|an|presence"
    r"|with|evident|new|large|multiple|limited|radiologically|radiographically|radiographic|mri|ct|detected"
    r"|detectable|concurrent|having"
    r"|have|has|previous|prior|concomitant|small|solitary|single|existing|neurologically|measurable"
    r"|malignant|solid|tumou?r|leukemic"
    r"|metastatic|secondary|ongoing|overt|parenchymal|untreated|symptomatic|definite|signs|symptoms|visible"
    r"|diagnosis|confirmed|for|their|no|not|without"
)
_CHAIN = re.compile(rf"(?:(?:{_FILLER}|{'|'.join(_STATES.values())})\b(?:\([^)]{{0,20}}\))?[ ,/()-]*)+$")
_LINK = re.compile(
    r"^[ ,(]*(?:\([^)]{0,40}\) ?)?(?:,? ?(?:that|which|who|who are|with|are|is|and (?:is|are)|if|and/or"
    r"|either|causing|whose|where)\b|[(:,-])"
)
_CUT = re.compile(
    r"[.;]|\b(?:unless|except|but|however|provided|as long as|are (?:eligible|allowed|permitted|excluded)"
    r"|other than|with the exception)\b"
)
_NEEDS = re.compile(
    r"^[ ,(]*(?:(?:that|which|witch|and|or) )*(?:are )?(?:requir\w+|in need of|needing"
    r"|need)\b[^.;]{0,40}(?:treat|therap|steroid|cortico|intervention|radiation|surgery|dexameth)"
)
_SYMPTOMS = re.compile(r"^[ ,(]*(?:with|causing|and) (?:\w+ )?(?:neurologic\w* )?symptoms")
_EXCEPTION = re.compile(r"\b(?:unless|except\w*|with the exception|other than|provided|as long as|but)\b")
_TREATED = re.compile(
    r"\b(?:previously |adequately |definitively )*(?:treated|irradiated|resected|radiotherapy|radiosurgery"
    r"|stable|stability|asymptomatic|controlled|no evidence of progression|local therapy)\b"
)
_UNDER_STUDY = re.compile(r"brain|\bcns\b|central nervous|mening|intracranial|cerebral|spinal|\blmd\b")
_TALK = re.compile(
    r" (?:screening|imaging|mri|ct|scans?|evaluation|assessment|surveillance)\b(?: \w+){0,3} (?:is|are"
    r"|will be|must be|should be)\b"
)
_TO_BE_RULED_OUT = re.compile(
    r"[^.;]{0,60}\bmust (?:have|undergo)\b[^.;]{0,60}\b(?:ct|mri|scans?|imaging)\b[^.;]{0,40}\bnegative\b"
)
"""Behind a suspicion of metastases: an examination that must find none."""
_WITHOUT = re.compile(r"\b(?:without|w/o) (?:\w+ ){0,2}$")
_SIZE = re.compile(
    r"[ ,(]*(?:(?:that|which) are |of |measuring |lesions? |tumou?rs? |size |in |diameter |with |a )*"
    r"(?:[>\u2265]=?|=>|greater than|larger than|more than|at least|exceeding)(?: or equal to)? ?\d+"
    r"(?:\.\d+)? ?(?:mm|cm)\b(?: (?:in )?(?:size|diameter|longest diameter))?"
)
"""A size behind a mention: what is smaller is not meant."""
_REASON = re.compile(r"\b(?:because|on the grounds that|the reason (?:is|being) that)\b(?! of\b)[^.;]*$")
"""Before a mention that only says why something is so."""
_ASIDE = re.compile(  # what is done for the metastases, or another disease that reaches the brain
    r"\b(?:steroids?|corticosteroids?|dexamethasone|prednisone|symptoms|edema|oedema|radiotherapy"
    r"|radiation(?: therapy)?|craniotomy|surgery"
    r"|sbrt|srs|wbrt)\b[^.;,]{0,40}\b(?:for|of|from|to)(?: the| their| any| symptoms of| known| treatment of"
    r"| previous| prior)* $"
    r"|\b(?:autoimmun\w+|infection|vasculitis|lupus)\b[^.;,]{0,40}$"
)


class CnsReader:
    """Reads states of CNS disease."""

    triggers: tuple[str, ...] = (
        "brain", "cns", "central nervous", "cerebral", "cranial", "mening", "cord compression", "spinal cord", "lmd",
    )  # fmt: skip

    def __call__(self, line: Line, text: CriteriaText) -> Iterator[Finding]:
        """All CNS facts of the line, each state once a sentence and direction."""
        flowing = flow(line.folded)
        words = flowing.text
        seen: set[tuple[str, Requirement, int]] = set()
        for match in islice(_MENTION.finditer(words), _TRIED):
            start = line.start + flowing.original(match.start())
            end = line.start + flowing.original(match.end() - 1) + 1
            first, last = sentence(line, start, end)
            before = " ".join(line.folded[max(first, start - line.start - _REACH) : start - line.start].split()) + " "
            after = " " + " ".join(line.folded[end - line.start : min(last, end - line.start + _REACH)].split())
            if _ASIDE.search(before) or _REASON.search(before) or (match.lastgroup is None and _TALK.match(after)):
                continue
            said = stance(line, start, end, text)
            if line.section is Section.EXCLUSION and _WITHOUT.search(before):
                continue  # "bone metastases without cord compression"
            if line.section is Section.INCLUSION and _TO_BE_RULED_OUT.match(after):
                continue
            size = _SIZE.match(words, match.end()) if said.requirement is Requirement.PROHIBITED else None
            exception = said.exception
            if size is not None and exception is None:
                exception = end, line.start + flowing.original(size.end() - 1) + 1
            ahead = _chain(before)
            offset = match.start() - len(ahead)
            begin = line.start + flowing.original(max(0, offset)) if ahead.strip() else start
            for state in self._states(match, ahead, after):
                requirement, confidence = _direction(state, said.requirement, line, text)
                key = (state, requirement, first)
                if key not in seen:
                    seen.add(key)
                    yield Finding(Cns(state), max(begin, line.start), end, requirement, confidence, exception=exception)
            stable = _stable_exception(after) if match.lastgroup is None else None
            where = words.find(stable, match.end()) if stable else -1
            key = (STABLE, Requirement.ALLOWED, first)
            if stable and where >= 0 and said.requirement is Requirement.PROHIBITED and key not in seen:
                seen.add(key)
                begin = line.start + flowing.original(where)
                end = line.start + flowing.original(where + len(stable) - 1) + 1
                yield Finding(Cns(STABLE), begin, end, Requirement.ALLOWED, _LIKELY)

    @staticmethod
    def _states(match: re.Match[str], ahead: str, after: str) -> list[str]:
        if match["lepto"]:
            return [LEPTOMENINGEAL]
        if match["cord"]:
            return [CORD]
        states = _adjectives(ahead)
        cut = _CUT.search(after)
        behind = after[: min(cut.start() if cut else _BEHIND, _BEHIND)]
        if not states and _LINK.match(behind):
            states = _adjectives(behind)
        if not states and _NEEDS.match(after):
            states = [ACTIVE]
        if not states and _SYMPTOMS.match(after):
            states = [SYMPTOMATIC]
        if STABLE in states and (UNTREATED in states or SYMPTOMATIC in states or ACTIVE in states):
            states = [ANY]  # "treated or untreated": whichever
        states = states or [ANY]
        return [*states, LEPTOMENINGEAL] if "mening" in match.group() else states


def _chain(before: str) -> str:
    found = _CHAIN.search(before[-_AHEAD:])
    return found.group() if found else ""


def _adjectives(words: str) -> list[str]:
    """States named by a chain of adjectives; of two that stand together without "or" the one about treatment counts."""
    names = list(_STATES)
    states: list[str] = []
    end = -1
    for match in _ADJECTIVE.finditer(words):
        state = names[int((match.lastgroup or "s0")[1:])]
        if state == ACTIVE and match.group().startswith("new") and "progress" in words:
            continue
        apposed = bool(states) and not re.search(r"\b(?:or|and|and/or|with)\b|/", words[end : match.start()])
        end = match.end()
        if apposed and {state, states[-1]} == {ACTIVE, UNTREATED}:
            states[-1] = UNTREATED
        elif apposed and STABLE in (state, states[-1]) and SYMPTOMATIC not in (state, states[-1]):
            states[-1] = UNTREATED if UNTREATED in (state, states[-1]) else STABLE
        elif state not in states:
            states.append(state)
    return states


def _stable_exception(after: str) -> str | None:
    """The words of an exception that lets in treated or stable disease."""
    exception = _EXCEPTION.search(after)
    if exception is None:
        return None
    treated = _TREATED.search(after, exception.end(), exception.end() + 2 * _BEHIND)
    return treated.group() if treated else None


def _direction(state: str, said: Requirement, line: Line, text: CriteriaText) -> tuple[Requirement, float]:
    if said is Requirement.ALLOWED:
        return said, _LIKELY
    if said is Requirement.PROHIBITED:
        return said, _SURE if state != STABLE else _GUESS
    if line.section is Section.EXCLUSION:
        return Requirement.PROHIBITED, _GUESS
    if _UNDER_STUDY.search(fold(" ; ".join((text.title, *text.conditions)))):
        return Requirement.REQUIRED, _GUESS
    if state in (ANY, STABLE):
        return Requirement.ALLOWED, _GUESS
    return Requirement.PROHIBITED, _GUESS


CNS: Reader = CnsReader()
