"""Sex, where the text restricts it ("Sex: Female", "Women with …"); both sexes named together restrict nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable

from search.eligibility.criterion import Requirement, Section, SexIs
from search.extraction.reading import CriteriaText, Finding, Line, Reader

_FEMALE = r"(?:females?|wom[ae]n)"
_MALE = r"(?:males?|m[ae]n)"
_WHO = (
    r"(?:adult |elderly |older |young |eligible |all |patients? (?:must be|is|are) |participants? (?:must be|is"
    r"|are) |subjects? (?:must be|is|are) |must be )"
)
_OPENING = re.compile(
    rf"\W*{_WHO}{{0,2}}(?:(?P<female>{_FEMALE})|(?P<male>{_MALE}))\b(?: patients?| participants?| subjects?"
    rf"| gender| sex)?"
    rf"(?=\W*$|,? (?:with|aged?|who (?:have|has|are diagnosed)|diagnosed|undergoing|between|over|at least|older"
    rf"|\u2265|>|=|18|only|scheduled|having|planning|\())"
)
_LABELLED = re.compile(
    rf"\W*(?:sex|gender)\W*(?:is |must be )?(?:(?P<female>{_FEMALE})|(?P<male>{_MALE}))\b(?: only)?\W*$"
)
_UNDER_LABEL = re.compile(rf"\W*(?:(?P<female>{_FEMALE})|(?P<male>{_MALE}))(?: only)?\W*$")
_NOT_WHO = re.compile(
    r"contracept|child-? ?bearing|pregnan|breast-?feeding|lactat|nursing|reproductive|fertil|menopaus|sperm"
    r"|ova\b|condom|partner|qtc|abstinen|birth control|sexual|hysterectom|amenorrh"
    r"|potential|steriliz|egg donation|donat"
)
_CERTAIN, _LIKELY = 0.97, 0.85


class SexReader:
    """Reads the sex a trial is restricted to."""

    triggers: tuple[str, ...] = ("female", "male", "women", "woman", " men", "men ", "man ")

    def __call__(self, line: Line, text: CriteriaText) -> Iterable[Finding]:
        """At most one finding; what the exclusions name is turned round."""
        words = line.folded
        labelled = bool(line.headings) and line.headings[-1].strip(" :") in {"sex", "gender"}
        match = _LABELLED.match(words) or (_UNDER_LABEL.match(words) if labelled else None)
        confidence = _CERTAIN
        if match is None:
            match, confidence = _OPENING.match(words), _LIKELY
            if match is None or _NOT_WHO.search(words) or _both(words):
                return
            if line.section is Section.EXCLUSION and not _UNDER_LABEL.match(
                words.replace(" patients", "").replace(" gender", "").replace(" sex", "")
            ):
                return  # "Women with a positive pregnancy history …" excludes some women, not all
        female = match["female"] is not None
        if line.section is Section.EXCLUSION:
            female = not female
        group = "female" if match["female"] else "male"
        yield Finding(
            SexIs("female" if female else "male"),
            line.start + match.start(group),
            line.start + match.end(group),
            Requirement.REQUIRED,
            confidence,
        )
        del text


def _both(words: str) -> bool:
    return re.search(rf"\b{_FEMALE}\b", words) is not None and re.search(rf"\b{_MALE}\b", words) is not None


SEXES: Reader = SexReader()
