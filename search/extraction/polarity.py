"""What a statement means for the patient: section, negation, permission and exception resolved around a span.

The algebra (`effective = base xor negation`): the base comes from the section, or from the line or heading that
governs ("must not have any of the following:"), or from a modal verb ("must not" and "must have" mean what they say in
either section). A permission ("are eligible", "is allowed") makes a statement ALLOWED. An exception inverts what it
bounds: what a prohibition excepts is allowed, what a requirement or a permission excepts is prohibited.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from search.eligibility.criterion import Requirement, Section
from search.extraction.reading import CriteriaText, Line

_REQUIRED, _PROHIBITED, _ALLOWED = Requirement.REQUIRED, Requirement.PROHIBITED, Requirement.ALLOWED

# "no more than", "not limited to", "with or without" … negate nothing.
_NEGATION = re.compile(
    r"\b(?:no(?! (?:more|less|fewer|later|earlier|longer|greater|restriction|limit|upper|lower|minimum|maximum|matter)\b)"
    r"|(?<!whether or )(?<!if )(?<!or )not(?! (?:limited|only|otherwise|more|less|necessarily|required|exceed|yet|mandatory"
    r"|greater|later|earlier|exclu\w+|due|related|attribut\w+|considered|be considered|count\w*|applicable|a contraindication)\b)"
    r"|(?<!with or )(?<!with/)(?<!with and )without(?! regard)|never|neither|nor|cannot|can't|absence of|absent|free (?:of|from)"
    r"|lack(?:s|ing)?(?: of)?|negative for|rule[sd]? out|excludes?|excluding the presence of|ineligible|refus(?:e|es|ed|al)"
    r"|(?:fail(?:s|ed|ure)|unable|inability|unwilling\w*) to)\b"
)
_MODAL_NO = re.compile(
    r"\b(?:must|may|should|shall|can|will|are|is|could)(?: also)? (?:not|never|neither)\b(?! (?:able|limited|only|willing|known)\b)"
    r"|\bcannot\b|\bcan't\b"
)
_MODAL_YES = re.compile(
    r"\b(?:must|shall|should|(?:is|are|will be) required to|need(?:s)? to|has to|have to)"
    r"(?! (?:not|never|be excluded|be ineligible|be free|preclude|interfere)\b)(?: also)?\b"
)
_ELIGIBLE = (
    r"(?:allowed|permitted|permissible|eligible|acceptable|allowable|accepted|admissible|enrolled|included"
    r"|(?:able|allowed) to (?:enrol\w*|participate))"
)
_PERMISSION = re.compile(
    rf"\b(?:(?:is|are|be|being|was|were|remain)(?: also| still| considered| potentially)? {_ELIGIBLE}(?!\s+(?:for|to receive|candidates?)\b)"
    r"|(?<!not )(?<!not be )(?<!un)(?:allowed|permitted|permissible|acceptable)(?! (?:methods?|contracept\w+|birth|forms?|alternative)\b)"
    r"|(?:does|do|will|would|should|is|are) not (?:be )?(?:an? )?(?:exclu\w+|preclu\w+|disqualif\w+|ineligible|considered (?:an )?exclu\w+)"
    r"|not (?:an? )?(?:exclu\w+|reasons? for exclu\w+)|(?:can|may)(?: still)? be (?:enrolled|included|eligible|considered)"
    r"|may (?:still )?(?:participate|enroll?|have|continue|receive|be receiving|be on)"
    r"|(?:is|are|remain) eligible (?=for (?:this|the|enrol\w*|inclusion|participation|study|cohort)|to enrol|to participate))"
)
_FORBIDDANCE = re.compile(
    r"\b(?:not (?:be |considered |currently )?(?:allowed|permitted|eligible|acceptable|accepted|enrolled|included)"
    r"|ineligible|prohibited|forbidden|disallowed|(?:is|are|be|is to be|will be|should be|must be) excluded|exclusionary"
    r"|(?:may|can|will|should|must) not (?:participate|enroll?|be (?:enrolled|included|eligible))"
    r"|(?:will |would |should |must |shall )(?:also )?exclude|disqualif(?:y|ies|ied)|exclude (?:the )?(?:patient|participant|subject)s?)\b"
    r"(?! (?:for|to (?:receive|undergo|have)) (?!(?:this|the (?:study|trial|protocol)|enrol|participat|inclusion|study)))"
)
_EXCEPTION = re.compile(
    r"\b(?:unless|except(?:ions?)?(?: being| are| include| is)?(?: for| that| if| in| when)?|with the exceptions?\s+of"
    r"|excepting|(?<!not )(?<!criteria )excluding|other\s+than|apart\s+from|aside\s+from|exclusive\s+of|save\s+for|exempt)\b"
)
_PERMITS_WHEN = re.compile(r"unless|except (?:if|when|in|that)")
_CLAUSE_END = re.compile(
    r"\b(?:but|however|although|though|whereas|while|provided|as long as|unless|except(?! for$)|nevertheless)\b|;"
    r"|,? and (?=(?:must|should|shall|patients?|participants?|subjects?|those|have|has|had|is|are|who|with(?!out)|adequate|at least)\b)"
    r"|, (?=(?:must|patients?|participants?|subjects?|those)\b)"
)
_CONDITION = re.compile(r"\b(?:provided|as long as|if|so long as|on condition|only when)\b")
_JOINS = re.compile(r",|;|\b(?:and|or|nor|but)\b")
_GENERIC = re.compile(
    r"^\W*(?:all |the |any )?(?:patients?|participants?|subjects?|individuals?|women|men|children|adults)?\s*$|\bonly (?:if|those)\b"
)


@dataclass(frozen=True, slots=True)
class Stance:
    """The resolved meaning of a span, and the exception that bounds it (offsets in the raw text)."""

    requirement: Requirement
    exception: tuple[int, int] | None = None


def stance(line: Line, start: int, end: int, text: CriteriaText | None = None) -> Stance:
    """Resolve the meaning of a span inside its line.

    Args:
        line: the line that holds the span.
        start: first offset of the span in the raw text.
        end: offset behind it.
        text: where given, the line or heading that governs this one has its say as well.
    """
    first, last = sentence(line, start, end)
    before = " ".join(line.folded[first : max(first, start - line.start)].split()) + " "
    after = line.folded[end - line.start : last]
    base = _governed(line, text)
    excepted = _exception_before(before)
    if excepted is not None:
        opening = before[: excepted.start()]
        outer = _meaning(opening, "", base) if opening.strip(" (,-") else _meaning("", after, base)
        return Stance(_inverted(outer, excepted))
    following = _EXCEPTION.search(after)
    exception = (end + following.start(), line.start + last) if following else None
    after = " " + " ".join(after.split())
    return Stance(_meaning(before, after, base), exception)


def _meaning(before: str, after: str, base: Requirement) -> Requirement:
    """Requirement of a span between two pieces of its sentence, apart from exceptions."""
    condition = _CONDITION.search(before)
    if condition is not None and _permits(before[: condition.start()]):
        return _ALLOWED  # "are eligible provided they have no …"
    clause_start = 0
    for boundary in _CLAUSE_END.finditer(before):
        clause_start = boundary.end()
    clause = before[clause_start:]
    boundary_after = _CLAUSE_END.search(after)
    rest = after[: boundary_after.start()] if boundary_after else after

    forbidding = _FORBIDDANCE.search(rest) or _FORBIDDANCE.search(clause)
    if forbidding and not _PERMISSION.search(rest) and not _is_double(forbidding):
        return _PROHIBITED
    if _PERMISSION.search(rest):
        return _PROHIBITED if re.search(r"\b(?:no|neither)\b", clause) else _ALLOWED
    if _permits(clause):
        return _ALLOWED
    negations = list(_NEGATION.finditer(clause))
    if negations:
        last = negations[-1]
        double = len(negations) > 1 and not _JOINS.search(clause, negations[-2].end(), last.start())
        if not double and _MODAL_NO.search(clause):
            return _PROHIBITED
        negated = not double
    else:
        negated = False
        if _MODAL_YES.search(clause) and base is not _ALLOWED:
            return _REQUIRED
    if base is _ALLOWED:
        return _PROHIBITED if negated else _ALLOWED
    return _REQUIRED if (base is _REQUIRED) != negated else _PROHIBITED


def _permits(words: str) -> bool:
    """Whether something has been allowed; that patients are eligible if they meet a criterion allows nothing."""
    permitting = _PERMISSION.search(words)
    return permitting is not None and not _GENERIC.search(words[: permitting.start()])


def _is_double(forbidding: re.Match[str]) -> bool:
    """"Will not be excluded": a forbiddance that is itself negated."""
    where = forbidding.string
    negated = re.search(r"\bnot (?:be |an? |considered )*$", where[: forbidding.start()])
    return negated is not None and ("exclu" in forbidding.group() or "disqual" in forbidding.group())


def _inverted(outer: Requirement, exception: re.Match[str]) -> Requirement:
    if outer is _PROHIBITED:
        return _ALLOWED
    if outer is _REQUIRED and _PERMITS_WHEN.match(exception.group()):
        return _ALLOWED  # "must have had X unless contraindicated"
    return _PROHIBITED


def _exception_before(before: str) -> re.Match[str] | None:
    """The last exception that still holds at the end of `before`."""
    found = None
    for match in _EXCEPTION.finditer(before):
        found = match
    if found is None:
        return None
    inside = before[found.end() :]
    if inside.count(")") > inside.count("("):
        return None  # it stood in brackets that are closed
    if not before[: found.start()].strip(" (,-") and "," in inside:
        return None  # "Except for alopecia, …" ends at the comma
    if re.search(r"[;]|,? (?:but|however)\b|, and (?:must|have|has|are|is)\b", inside):
        return None
    return found


def _governed(line: Line, text: CriteriaText | None) -> Requirement:
    """What a plain statement means here: by section, or by the line or heading that opens the list."""
    base = _REQUIRED if line.section is Section.INCLUSION else _PROHIBITED
    if text is None:
        return base
    parent = text.parent(line)
    if parent is not None and _LEADS.search(parent.folded):
        words, base = parent.folded, _governed(parent, text)
    elif line.headings and parent is None:
        words = line.headings[-1]
    else:
        return base
    words = words.rstrip(" :.\r\n\t")
    if _EXCEPTION.search(words) and _OPENS_EXCEPTION.search(words):
        exception = _exception_before(words)
        if exception is not None:
            return _inverted(_meaning(words[: exception.start()], "", base), exception)
    first = max(words.rfind(". ") + 1, 0)
    return _meaning(words[first:] + " ", "", base) if _STATES.search(words[first:]) else base


_LEADS = re.compile(r":\s*$|\bfollowing\b[^.]{0,60}$|\b(?:except|unless|including|any of)\W*$")
_OPENS_EXCEPTION = re.compile(r"\b(?:except\w*|unless|exception of|other than|excluding|exempt)\b[^.]{0,60}$")
_STATES = re.compile(
    r"\b(?:no|not|without|never|allowed|permitted|eligible|ineligible|acceptable|excluded|must|should|shall|cannot|prohibited|exclude|free|absence)\b"
)
_SENTENCE_END = re.compile(r"[.;](?=\s+(?:[a-z\"(\u2265\u2264<>]|\d+\s)|\s*$)|\n\s*\n")
_ABBREVIATION = re.compile(r"(?:\be\.g|\bi\.e|\bvs|\bno|\bdr|\bapprox|\betc|\bincl|\bmax|\bmin|\bresp|\bca)$")


def sentence(line: Line, start: int, end: int) -> tuple[int, int]:
    """Offsets, in the line, of the sentence that holds the span."""
    first, last = 0, len(line.folded)
    for match in _SENTENCE_END.finditer(line.folded):
        if _ABBREVIATION.search(line.folded, max(0, match.start() - 8), match.start()):
            continue
        if match.end() <= start - line.start:
            first = match.end()
        elif match.start() >= end - line.start:
            last = match.end()
            break
    return first, last
