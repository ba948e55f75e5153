"""Lines that ask nothing of a patient: labels, places left empty, remarks that only point elsewhere.

They are shown with the text, as headings are, and end in no criterion. Whatever might be a statement is none of them.
"""

from __future__ import annotations

import re

from search.extraction.reading import CriteriaText, Line

_EMPTY = re.compile(
    r"\W*(?:none|not specified|not applicable|n/?a|no|or|and|key|note|other|unspecified|unknown"
    r"|other protocol[- ]defined"
    r"|healthy volunteers allowed|accepts healthy volunteers|not provided"
    r"|see (?:the )?(?:disease characteristics|patient characteristics|prior concurrent therapy|(?:bio)?chemo\w*"
    r"|radiotherapy|surgery|endocrine therapy|biologic therapy|general eligibility criteria|above|below))?\W*"
)
_LABEL = re.compile(
    r"\W*(?:(?:key |main |major |general )?(?:inclusion|exclusion|eligibility)(?: criteria)?|criteria|age|sex|gender"
    r"|menopausal status|performance status|life expectancy|ha?ematopoietic|ha?ematolog(?:y|ic|ical)|hepatic|renal"
    r"|cardiac|cardiovascular|pulmonary|neurologic(?:al)?|immunologic(?:al)?|gastrointestinal|chemistry|coagulation"
    r"|biologic therapy|chemotherapy|endocrine therapy|hormonal therapy|radiotherapy|radiation therapy|surgery"
    r"|(?:prior|concurrent|prior/concurrent|prior concurrent) therapy|hormone receptor status"
    r"|laboratory(?: values| parameters)?"
    r"|disease(?: characteristics| status)?|patient characteristics|diagnosis|stage|histology|pathology"
    r"|(?:cohort|part|arm|phase|group) [a-z0-9]{1,3})\W*"
)
_LONGEST = 60
_OPENS = re.compile(
    r":\W*$|\b(?:defined|listed|described|outlined|shown|specified|indicated)(?: \w+)? below\W*$|\bas follows\W*$"
    r"|\b(?:defined|listed|described|outlined|shown|specified) in (?:the )?(?:following )?table(?: below| \d)?\W*$"
)
_TESTED = re.compile(
    r"^\d+(?:\.\d+)+|\(?\b(?:obtained |performed |measured |assessed |done )?(?:within|=<|<=|\u2264) ?\d+ "
    r"(?:calendar )?(?:days?|weeks?|hours?)\b"
)
"""Numbers that say nothing of how many of a list count: of the item, and when a test is done."""
_LONGEST_OPENING = 200
_STATES = re.compile(
    r"\b(?:no|not|non|without|never|eligible|ineligible|excluded|required|provided|unknown|prior|previous(?:ly)?|newly"
    r"|diagnos\w+|confirmed|proven|treated|received|undergone|failed|history|active|uncontrolled|tumou?r)\b"
    r"|[.;] [a-z]|[a-z]\) "
)
"""Words of an opening that its list need not repeat: where the list is not indented below it, it stays a statement."""
_SAYS_MORE = re.compile(
    r"\b(?:any|either|one|two|three|four|[1-9]|at least|alternatively|includ\w*|such as|limited|e\.g"
    r"|unless|except\w*|if)\b"
)
"""Words with which a line that opens a list says how many of it count, or more than the list."""


def asks_nothing(line: Line, text: CriteriaText) -> bool:
    """Whether a line that no reader understood is a label, an empty place, or no more than the opening of a list."""
    words = " ".join(line.folded.split())
    if len(words) <= _LONGEST and (_EMPTY.fullmatch(words) or _LABEL.fullmatch(words)):
        return True
    if not _OPENS.search(words):
        return False
    if not _governs(line, text) and (
        len(words) > _LONGEST_OPENING or not _precedes(line, text) or _STATES.search(words) is not None
    ):
        return False
    return not _SAYS_MORE.search(_TESTED.sub("", words))


def _governs(line: Line, text: CriteriaText) -> bool:
    following = line.index + 1
    return following < len(text.lines) and text.lines[following].parent == line.index


def _precedes(line: Line, text: CriteriaText) -> bool:
    """Whether a list may follow that is not indented below its opening."""
    following = line.index + 1
    return following < len(text.lines) and text.lines[following].section is line.section
