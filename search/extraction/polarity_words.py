"""The words of polarity: negation, modal verbs, permission, forbiddance, exception, ends of clauses and sentences.

All patterns run over lower-case text with single spaces (except where they bound sentences in the text as it stands).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gated:
    """A pattern that is tried only on text with one of its literals: most text has none, and that is quickly seen."""

    literals: tuple[str, ...]
    pattern: re.Pattern[str]

    def search(self, text: str, start: int = 0) -> re.Match[str] | None:
        """First match from an offset on."""
        for literal in self.literals:
            if literal in text:
                return self.pattern.search(text, start)
        return None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """All matches."""
        for literal in self.literals:
            if literal in text:
                return self.pattern.finditer(text)
        return iter(())


# "no more than", "not limited to", "with or without" … negate nothing.
NEGATION = Gated(
    (
        "no",
        "not",
        "without",
        "never",
        "neither",
        "cannot",
        "can't",
        "absen",
        "free",
        "lack",
        "negative",
        "rule",
        "exclud",
        "ligib",
        "refus",
        "fail",
        "unab",
        "inab",
        "unwill",
        "w/o",
    ),
    re.compile(
        r"\b(?:no(?! (?:more|less|fewer|later|earlier|longer|greater|restriction|limit|upper|lower|minimum"
        r"|maximum|matter)\b)"
        r"|(?<!whether or )(?<!if )(?<!or )not(?! (?:limited|only|otherwise|more|less|necessarily|required"
        r"|exceed|yet|mandatory"
        r"|greater|later|earlier|exclu\w+|due|related|attribut\w+|considered|be considered|count\w*|applicable"
        r"|a contraindication)\b)"
        r"|(?<!with or )(?<!with/)(?<!with and )without(?! regard)"
        r"|(?<!w or )(?<!w/)w/o|none(?= (?:prior|previous|of))|never|neither|nor|cannot|can't|absence of"
        r"|absent|free (?:of|from)"
        r"|lack(?:s|ing)?(?: of)?|negative for|rule[sd]? out|excludes?|excluding the presence of|ineligible"
        r"|refus(?:e|es|ed|al)"
        r"|(?:fail(?:s|ed|ure)|unable|inability|unwilling\w*) to)\b"
    ),
)
MODAL_NO = Gated(
    ("not", "never", "neither", "cannot", "can't"),
    re.compile(
        r"\b(?:must|may|should|shall|can|will)(?: also)? (?:not|never|neither)\b(?! (?:able|limited"
        r"|only|willing|known)\b)"
        r"|\bcannot\b|\bcan't\b"
    ),
)
RELATIVE = re.compile(r"\b(?:who|that|which|whose|if|unless)\b[^,]*$")
MODAL_YES = Gated(
    ("must", "shall", "should", "required to", "need", "has to", "have to"),
    re.compile(
        r"\b(?:must|shall|should|(?:is|are|will be) required to|need(?:s)? to|has to|have to)"
        r"(?! (?:not|never|be excluded|be ineligible|be free|preclude|interfere)\b)(?: also)?\b"
    ),
)
ELIGIBLE = (
    r"(?:allowed|permitted|permissible|eligible|acceptable|allowable|accepted|admissible|enrolled|included"
    r"|(?:able|allowed) to (?:enrol\w*|participate))"
)
PERMISSION = Gated(
    (
        "allow",
        "permi",
        "ligib",
        "accept",
        "admiss",
        "enrol",
        "included",
        "exclu",
        "preclu",
        "disqual",
        "may ",
        "to partic",
        "exception",
        "be considered",
        "need not",
    ),
    re.compile(
        rf"\b(?:(?:is|are|be|being|was|were|remain)(?: also| still| considered"
        rf"| potentially)? {ELIGIBLE}(?!\s+(?:for|to receive|candidates?)\b)"
        r"|(?<!not )(?<!not be )(?<!un)(?:allowed|permitted|permissible|acceptable)(?! (?:methods?|contracept\w+"
        r"|birth|forms?|alternative)\b)"
        r"|(?:does|do|will|would|should|is|are) not (?:be )?(?:an? )?(?:exclu\w+|preclu\w+|disqualif\w+"
        r"|ineligible|considered (?:an )?exclu\w+)"
        r"|not (?:be )?(?:an? |the )?(?:exclu\w+|(?:reasons?|causes?|basis|grounds) (?:for|of) (?:exclu"
        r"|inelig)\w+)|(?:can|may)(?: still)? be (?:enrolled|included|eligible|considered)"
        r"|need not (?:be (?:present|stable|fulfilled|met|measurable|confirmed)|have)\b"
        r"|may (?:still )?(?:participate|enroll?|qualify)|(?<!the )(?:patients|participants|subjects"
        r"|individuals) may (?:still )?(?:have|continue|receive|be receiving|be on)|(?:is|are) (?:an )?exceptions? to"
        r"|(?:is|are|remain) eligible (?=for (?:this|the|enrol\w*|inclusion|participation|study|cohort)|to enrol"
        r"|to participate))"
    ),
)
FORBIDDANCE = Gated(
    ("not ", "ligib", "prohib", "forbid", "disallow", "exclu", "disqual"),
    re.compile(
        r"\b(?:not (?:be |considered |currently |be considered )?"
        r"(?:allowed|permitted|eligible|acceptable|accepted|enrolled|included)"
        r"|ineligible|prohibited|forbidden|disallowed|(?:is|are|be|is to be|will be|should be|must be) excluded"
        r"|exclusionary"
        r"|(?:may|can|will|should|must) not (?:participate|enroll?|be (?:enrolled|included|eligible))"
        r"|(?:will |would |should |must |shall )(?:also )?exclude|disqualif(?:y|ies|ied)"
        r"|exclude (?:the )?(?:patient|participant|subject)s?)\b"
        r"(?! (?:for|to (?:receive|undergo|have)) (?!(?:this|the (?:study|trial|protocol)|enrol|participat"
        r"|inclusion|study)))"
    ),
)
EXCEPTION = Gated(
    ("unless", "except", "exclu", "other", "apart", "aside", "save", "exempt"),
    re.compile(
        r"\b(?:unless|except(?:ions?)?(?: being| are| include| is)?(?: for| that| if| in| when)?"
        r"|with the exceptions?\s+of"
        r"|excepting|(?<!not )(?<!criteria )excluding|other\s+than|apart\s+from|aside\s+from|exclusive\s+of"
        r"|save\s+for|exempt)\b"
    ),
)
NO_EXCEPTION = Gated(("exception",), re.compile(r"\bexceptions? (?:do|does) not (?:include|apply)\b"))
PERMITS_WHEN = re.compile(r"unless|except (?:if|when|in|that)")
_CLAUSE_ENDS = (
    Gated(
        ("but", "however", "though", "whereas", "while", "provided", "as long as", "unless", "except", "nevertheless"),
        re.compile(
            r"\b(?:but|however|although|though|whereas|while|provided|as long as|unless|except(?! for$)|nevertheless)\b"
        ),
    ),
    Gated(
        (" and ",),
        re.compile(
            r" and (?=(?:must|should|shall|patients?|participants?|subjects?|those|have|has|had|is|are|who"
            r"|with(?!out)|adequate|at least)\b)"
        ),
    ),
    Gated((", ",), re.compile(r", (?=(?:must|patients?|participants?|subjects?|those)\b)")),
)
"""Where a clause ends. Three patterns, for two of them begin with a letter that is quickly found."""


def clause_start(words: str) -> int:
    """Where the last clause of the words begins."""
    start = 0
    for pattern in _CLAUSE_ENDS:
        for match in pattern.finditer(words):
            if match.end() > start:
                start = match.end()
    return start


def clause_stop(words: str) -> int | None:
    """Where the first clause of the words ends, if another follows."""
    stops = [match.start() for match in (pattern.search(words) for pattern in _CLAUSE_ENDS) if match is not None]
    if not stops:
        return None
    stop = min(stops)
    return stop - 1 if stop and words[stop - 1] == "," and words[stop] == " " else stop


SUBJECT = Gated(
    (" with", " who"), re.compile(r"\b(?:patients?|participants?|subjects?|individuals?|those) (?:with|who|whose)\b")
)
GOES_ON = re.compile(r"\W*(?:this|these|it|which)(?: may| can| also)* includes?\b")
"""A sentence that only spells out what the one before it says."""
BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
ASIDE = re.compile(r"\((?! ?(?:is |are )?(?:allowed|permitted|acceptable|eligible|excluded|not ))[^()]*\)")
CONDITION = Gated(
    ("provided", "as long as", "if", "so long as", "on condition", "only when"),
    re.compile(r"\b(?:provided|as long as|if|so long as|on condition|only when)\b"),
)
JOINS = re.compile(r",|;|\b(?:and|or|nor|but)\b")
GENERIC = re.compile(
    r"^\W*(?:all |the |any )?(?:patients?|participants?|subjects?|individuals?|women|men|children"
    r"|adults)?\s*$|\bonly (?:if|those)\b"
)


RESUMES = re.compile(r"[;]|,? (?:but|however)\b|, and (?:must|have|has|are|is)\b| - ")
COHORT_LABEL = re.compile(
    r"\W*(?:for |in )?(?:the )?(?:(?:cohorts?|parts?|arms?|phases?|groups?) )?(?:[a-z]?\d{1,2}[a-z]?|[a-z])"
    r"(?:(?:, | and | or |/)(?:[a-z]?\d{1,2}[a-z]?|[a-z])){0,3}:"
)
SETS_APART = re.compile(r"other\s+than|excluding|except(?: for)?$")
WINDOW = re.compile(r"\bwithin (?:the )?(?:last |past |previous |prior )?[<\u2264]?\s*\d+[^,;]* (?:or|and)\b")


HEADS = re.compile(
    r"\bfollowing\b|^\W*(?:except|not |no |must|may|patients?|participants?|subjects?|individuals?|those"
    r"|allowed|permitted)"
)
LEADS = re.compile(r":\s*$|\bfollowing\b[^.]{0,60}$|\b(?:except|unless|including|any of)\W*$")
OPENS_EXCEPTION = re.compile(r"\b(?:except\w*|unless|exception of|other than|excluding|exempt)\b[^.]{0,60}$")
DEFINES = re.compile(r"\b(?:is|are|was|were) defined (?:as|by)\b")
"""Opens the definition of a term."""
STATES = re.compile(
    r"\b(?:no|not|without|never|allowed|permitted|eligible|ineligible|acceptable|excluded|must|should|shall"
    r"|cannot|prohibited|exclude|free|absence)\b"
)
SENTENCE_END = re.compile(r"[.;](?=\s+(?:[a-z\"(\u2265\u2264<>]|\d+\s|\d{1,2} ?[.)]\s)|\s*$)|\n\s*\n")
ABBREVIATION = re.compile(r"(?:\be\.g|\bi\.e|\bvs|\bno|\bdr|\bapprox|\betc|\bincl|\bmax|\bmin|\bresp|\bca)$")


LIST = re.compile(r"(?:e\.g\.|including(?: but not limited to)?|following|such as|any of(?: these)?|i\.e\.),?\s*:")
