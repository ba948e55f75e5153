"""Laboratory thresholds, QTc and LVEF: what an eligible patient's value does, for whom, and which are alternatives.

Every threshold is normalised to the eligible side: "ANC < 1.5" among the exclusions is ANC >= 1.5, required.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from search.eligibility.criterion import Lab, Requirement, Section
from search.extraction.flow import flow
from search.extraction.kinds.lab_binding import Slot, slots, useful
from search.extraction.kinds.lab_conditions import (
    NEGATABLE,
    Condition,
    concerns,
    find_condition,
    later_condition,
    negated,
    own_tail,
    split_between,
)
from search.extraction.kinds.lab_groups import renal_group
from search.extraction.kinds.lab_normal import normal_facts, speaks_of_normal
from search.extraction.kinds.lab_page import Fact, Page
from search.extraction.kinds.lab_values import Reading, allowed_op, natural_ops, reading, same_value
from search.extraction.normal import fold
from search.extraction.numbers import LONGEST_LINE, Comparison, comparisons
from search.extraction.polarity_words import Gated
from search.extraction.reading import CriteriaText, Finding, Line, Reader
from search.terminology.analytes import AnalyteMention, find_analytes

_CERTAIN, _LIKELY, _ASSUMED, _UNSURE = 0.97, 0.9, 0.8, 0.6
_TAIL = 140
"""Characters behind a threshold in which its condition may stand."""
_LUNG_DISEASE = re.compile(r"\bcopd\b|obstructive pulmonary|\basthma|obstructive lung")
_LATER = 260
"""Characters behind a threshold in which the sentences after it may set its exception."""
_LIST_TAIL = re.compile(
    r"[\s:)(\],.*-]*(?:(?:must|should|levels?|be|is|are|as|follows|values?|of|the|following|either|both|one"
    r"|measured|results?)\b[\s:)(\],.*-]*)*$"
)
_ALONE = re.compile(
    r"\W*(?:(?:or|and|either|unless|except(?: for| in)?|for|if|in|patients?|participants?|subjects?|those|with"
    r"|without|who|have|has|documented|known|liver|hepatic|bone|metasta\w+|disease|note|exception|gilbert's"
    r"|gilbert|syndrome|may|must|be"
    r"|males?|females?|men|women|are|is|the|where|when|value|values|up|to|presence|of|case|a|history|allowed"
    r"|then|involvement)\b\W*)*$"
)


_UNITS = Gated(
    ("uln", "upper", "limit", "normal", "unl", "ms", "%", "/", "x n", "10^", "10 ^"),
    re.compile(r"uln|upper|limit|normal|unl\b|\bms|%|/ ?mm|/ ?\w?l\b|mg/|g/|x n\b|10 ?\^"),
)
"""What a line without analytes must hold to be worth reading: a threshold that goes on from the line before."""


class LabReader:
    """Reads laboratory values, ejection fraction and QTc."""

    triggers: tuple[str, ...] = (
        "\u2265", "\u2264", "<", ">", "&gt;", "&lt;", "\u2267", "\u2266", "at least", "less than", "greater than",
        "more than", "no greater", "not greater", "no less", "not less", "no more", "not more", "exceed", "lower than",
        "higher than", "above", "below", "over ", "under ", "within", "normal", "minimum", "maximum", "uln",
        "upper limit", "lower limit", "between", "up to", "g/dl", "g/l", "mg/dl", "/mm", "/\u00b5l", "/\u03bcl", "/ul",
        "/mcl", "10^9", "10 ^9", "109/l", "mmol/l", "mol/l", "ml/min", "msec", "superior to", "inferior to", "or more",
        "or less", "or greater", "or higher", "wnl", "%", " ms",
    )  # fmt: skip

    def __call__(self, line: Line, text: CriteriaText) -> Iterable[Finding]:
        """One finding a threshold and analyte."""
        flowing = flow(line.plain[:LONGEST_LINE])
        folded = fold(flowing.text)
        named = find_analytes(flowing.text)
        if not named and not _UNITS.search(folded):
            return
        compared = comparisons(folded)
        if not compared and not speaks_of_normal(folded) and not any(c.isdigit() for c in folded):
            return
        mentions = useful(named, folded, compared)
        before: tuple[AnalyteMention, ...] = ()
        if compared and (not mentions or mentions[0].start > compared[0].start):
            before = _governing(line, text, folded, compared[0])
        page = Page(line, text, flowing, folded)
        found: list[Slot] = []
        if mentions or before:
            shared = _shared_units(folded, compared)
            found = slots(folded, shared, mentions, before, excluding=line.section is Section.EXCLUSION)
        facts = [*_conditioned(page, found), *normal_facts(page, found, mentions)]
        yield from _findings(page, facts)


LABS: Reader = LabReader()


def _shared_units(folded: str, compared: Sequence[Comparison]) -> list[Comparison]:
    """ "Less than 3.0 or greater than 5.5 mEq/L": the unit is said once."""
    answer = list(compared)
    for number in range(len(answer) - 2, -1, -1):
        one, two = answer[number], answer[number + 1]
        if (
            one.unit is None
            and one.number
            and two.unit is not None
            and re.fullmatch(r" ?(?:or|and|but|,|to|-)+ ?", folded[one.end : two.start])
        ):
            answer[number] = replace(one, unit=two.unit)
    return answer


def _governing(line: Line, text: CriteriaText, folded: str, first: Comparison) -> tuple[AnalyteMention, ...]:
    """The analytes that the parent, the heading or the line before names for a line that names none itself."""
    lead = folded[: first.start]
    if not _ALONE.match(lead):
        return ()
    parent = text.parent(line)
    if parent is not None and parent.folded.rstrip().endswith(":"):
        named = _trailing_group(parent)
        if named:
            return named
    if line.index == 0:
        return ()
    before = text.lines[line.index - 1]
    if before.is_heading:
        return _trailing_group(before)
    if before.section is not line.section or before.level > line.level:
        return ()
    return _last_group(before)


def _trailing_group(line: Line) -> tuple[AnalyteMention, ...]:
    mentions = find_analytes(flow(line.plain[:LONGEST_LINE]).text)
    folded = fold(flow(line.plain[:LONGEST_LINE]).text)
    if not mentions or not _LIST_TAIL.match(folded, mentions[-1].end):
        return ()
    return tuple(mentions)


def _last_group(line: Line) -> tuple[AnalyteMention, ...]:
    flowing = flow(line.plain[:LONGEST_LINE])
    folded = fold(flowing.text)
    compared = comparisons(folded)
    mentions = useful(find_analytes(flowing.text), folded, compared)
    found = [slot for slot in slots(folded, compared, mentions) if not slot.clause]
    if found:
        return found[-1].mentions
    return tuple(mentions) if mentions and _LIST_TAIL.match(folded, mentions[-1].end) else ()


def _conditioned(page: Page, found: list[Slot]) -> list[Fact]:
    """Facts of the slots, each with the condition that its neighbouring words set."""
    facts: list[Fact] = []
    folded = page.folded
    floor = 0
    leading_clause: Condition | None = None
    linked = False
    lung = _LUNG_DISEASE.search(folded) is not None
    for number, slot in enumerate(found):
        if lung and slot.names <= {"FEV1", "FVC", "FEV1/FVC"}:
            continue  # defines the disease
        following = found[number + 1] if number + 1 < len(found) else None
        lead = folded[floor : slot.comparison.start]
        stop = min(
            following.comparison.start if following else len(folded), slot.end + _TAIL + (200 if following else 0)
        )
        between = folded[slot.end : stop]
        own = bool(following) and bool(_family(slot.names) & _family(following.names)) if following else False
        if following is None or following.clause:
            cut = len(between) if following is None else following.start - slot.end
            cut = len(own_tail(between[:cut]))
        else:
            cut = split_between(between, same_analyte=own)
        tail = between[: max(cut, 0)][:_TAIL]
        floor = slot.end + max(cut, 0)
        if slot.clause:
            words = page.flowing.text[slot.start : slot.end]
            clause = Condition(" ".join(words.split())[:70], known=False)
            separated = re.search(
                r"[,;.:]\s*(?:or|and|but)?\s*(?:for|in|if|when)?[^,;.]*$",
                lead[: max(0, slot.start - (slot.comparison.start - len(lead)))],
            )
            apart = (
                re.search(r"[;.](?!\d)", lead[: max(0, len(lead) - (slot.comparison.start - slot.start))]) is not None
            )
            if facts and not apart and not (separated and following is not None):
                facts = _closed_by(facts, clause)
            else:
                leading_clause = clause
            floor = slot.end
            continue
        condition = leading_clause
        if condition is None and (number > 0 or _strong_lead(lead)):
            verbatim = number > 0 or lead.lstrip().startswith(("for ", "if ", "in patients"))
            condition = _find(slot, lead[-_TAIL - 60 :], leading=True, verbatim=verbatim)
        if leading_clause is None:
            trailing = _find(slot, tail, verbatim=following is None or not following.clause)
            if trailing is not None and (condition is None or not _strong_lead(lead)):
                condition = trailing
        leading_clause = None
        condition = condition or _footnote(page, slot)
        if not slot.comparison.stated and slot.inherited and condition is None:
            continue
        exception = re.search(r"\b(?:unless|except)\b[^.;]*", tail)
        made = list(_facts(page, slot, condition, exception.span() if exception else None, facts))
        if linked and not slot.inherited and facts and made:
            if made[0].condition is None:
                made = [replace(f, condition=facts[-1].condition) for f in made]
            elif (
                facts[-1].condition is None
                and sum(1 for f in facts if _family(frozenset({f.name})) & _family(slot.names)) > 1
            ):
                facts = [replace(f, condition=made[0].condition) if f.end == facts[-1].end else f for f in facts]
        facts += made
        linked = (
            own and _BARE_OR.fullmatch(folded[slot.end : following.comparison.start]) is not None
            if following
            else False
        )
    return _with_complements(
        page,
        list({(f.name, f.op, f.value.value, f.value.unit, f.condition): f for f in reversed(facts)}.values())[::-1],
    )


def _find(slot: Slot, words: str, *, verbatim: bool, leading: bool = False) -> Condition | None:
    found = find_condition(words, verbatim=verbatim, leading=leading)
    return found if found is None or concerns(found, slot.names) else None


def _strong_lead(lead: str) -> bool:
    return (
        re.search(r"\b(?:unless|except|if|for|in which case|without|with|(?:fe)?males?|(?:wo)?men)\b", lead[-80:])
        is not None
    )


def _family(names: frozenset[str]) -> frozenset[str]:
    return frozenset(name.split()[-1] if name.endswith("bilirubin") else name for name in names)


def _closed_by(facts: list[Fact], clause: Condition) -> list[Fact]:
    """The latest facts hold under a clause that follows them."""
    last = facts[-1]
    return [replace(f, condition=f.condition or clause.name, known=False) if f.end == last.end else f for f in facts]


_BARE_OR = re.compile(
    r"[\s,(]*or[\s,]*(?:a |the |serum |total |direct |conjugated |indirect |bilirubin |level |of |is )*"
)
_FOOTNOTE = re.compile(r"\*\s*(?:note:? *\*?)?\s*(?P<words>(?:in|for|if|unless|only)\b[^*.;]{4,90})")


def _footnote(page: Page, slot: Slot) -> Condition | None:
    """A condition in a footnote that an asterisk points at, in this line or one of the next two."""
    if not re.match(r"\s?\*", page.folded[slot.end : slot.end + 2]):
        return None
    words = [page.folded[slot.end + 1 :]]
    index = page.line.index
    words += [flow(line.plain[:LONGEST_LINE]).text.lower() for line in page.text.lines[index + 1 : index + 3]]
    for piece in words:
        note = _FOOTNOTE.search(piece)
        if note is not None:
            return find_condition(" " + note["words"])
    return None


def _facts(
    page: Page, slot: Slot, condition: Condition | None, exception: tuple[int, int] | None, earlier: list[Fact]
) -> Iterator[Fact]:
    names = {m.name for m in slot.mentions}
    comparison = slot.comparison
    alternatives = page.line.section is Section.INCLUSION and _joined_by_or(page.folded, slot)
    done: set[str] = set()
    for mention in slot.mentions:
        expanded = ("AST", "ALT") if mention.name == "transaminases" else (mention.name,)
        if mention.name == "transaminases" and names & {"AST", "ALT"}:
            continue
        for name in expanded:
            if name in done:
                continue
            done.add(name)
            start = comparison.start if slot.inherited else min(mention.start, comparison.start)
            end = max(comparison.end, mention.end)
            where = condition.name if condition else _adjective(mention, page.folded) or _context(page, name)
            for op, number in _bounds(name, comparison, earlier):
                value = reading(name, comparison, number, page.folded, mention.quote)
                if value is None:
                    continue
                fact = _fact(page, name, op, value, start, end, where)
                if fact is None or any(
                    f.name == name and f.op[0] == fact.op[0] and same_value(name, f.value, value) for f in earlier
                ):
                    continue
                tail = slot.end
                yield replace(
                    fact,
                    known=condition is None or condition.known,
                    group="alternatives" if alternatives and len(names) > 1 else None,
                    exception=(tail + exception[0], tail + exception[1]) if exception else None,
                    confidence=min(fact.confidence, _UNSURE)
                    if not comparison.stated and comparison.high is None
                    else fact.confidence,
                )


def _adjective(mention: AnalyteMention, folded: str) -> str | None:
    words = folded[max(0, mention.start - 14) : mention.start] + mention.quote.lower()
    found = re.search(r"\b(?:non-fasting|fasting|random|postprandial)\b", words)
    return found.group() if found else None


def _context(page: Page, name: str) -> str | None:
    """CD4 counts are asked of people with HIV."""
    return "HIV" if name == "CD4" and "hiv" in page.text.folded else None


def _joined_by_or(folded: str, slot: Slot) -> bool:
    if slot.inherited or len(slot.mentions) < 2:
        return False
    gaps = [folded[a.end : b.start] for a, b in zip(slot.mentions, slot.mentions[1:], strict=False) if a.name != b.name]
    return any(re.search(r"\bor\b", gap) for gap in gaps) and not any(re.search(r"\band\b|/", gap) for gap in gaps)


def _bounds(name: str, comparison: Comparison, earlier: list[Fact]) -> Iterator[tuple[str, float]]:
    if comparison.high is not None:
        if comparison.op in {"=", ">=", ">"} and name != "INR":
            yield ">=", comparison.value
        if comparison.op in {"=", "<=", "<"} or name == "INR":
            yield "<=", comparison.high
        return
    if comparison.op != "=":
        yield comparison.op, comparison.value
        return
    same = [f.op for f in earlier if f.name == name]
    natural = natural_ops(name)
    if same:
        yield same[-1], comparison.value  # "(5 x ULN if liver metastases)" keeps the comparator before it
    elif natural is not None:
        yield (">=" if ">=" in natural else "<="), comparison.value


def _fact(page: Page, name: str, op: str, value: Reading, start: int, end: int, condition: str | None) -> Fact | None:
    natural = natural_ops(name)
    prohibited = page.line.section is Section.EXCLUSION
    if natural is None or (not prohibited and op not in natural):
        prohibited = page.prohibits(start, end)
    settled = allowed_op(name, op, value, prohibited=prohibited)
    if settled is None:
        return None
    confidence = _ASSUMED if value.assumed else _CERTAIN
    if not settled[1]:
        confidence = _UNSURE
    elif natural is None:
        confidence = _LIKELY
    return Fact(name, settled[0], value, start, end, condition, confidence)


def _with_complements(page: Page, facts: list[Fact]) -> list[Fact]:
    """A threshold beside one for patients with liver metastases (Gilbert …) is for those without."""
    named = {
        (key, f.condition)
        for f in facts
        if f.condition in NEGATABLE or f.condition == "liver or bone metastases"
        for key in _family(frozenset({f.name}))
    }
    ahead = _ahead(page, facts)
    behind = max((f.end for f in facts), default=0)
    after = page.folded[behind : behind + _LATER]

    def complement(fact: Fact) -> str | None:
        key = next(iter(_family(frozenset({fact.name}))))
        conditions = [c for k, c in sorted(named, key=str) if k == key] or [c for k, c in ahead if k == key]
        if conditions:
            return negated(str(conditions[0]))
        later = later_condition(after, fact.name)
        return None if later is None else later.name

    return [fact if fact.condition is not None else replace(fact, condition=complement(fact)) for fact in facts]


_MORE_FOR = re.compile(r"liver|hepatic|gilbert|anti-?coag|bone|metast")


def _ahead(page: Page, facts: list[Fact]) -> list[tuple[str, str]]:
    """Conditions that the next lines set for other thresholds of these analytes."""
    answer: list[tuple[str, str]] = []
    names = [f.name for f in facts]
    for line in page.text.lines[page.line.index + 1 : page.line.index + 3]:
        if line.section is not page.line.section or line.is_heading or not _MORE_FOR.search(line.folded):
            continue
        folded = fold(flow(line.plain[:LONGEST_LINE]).text)
        condition = find_condition(folded, verbatim=False)
        if condition is None or condition.name not in NEGATABLE:
            continue
        mentions = {m.name for m in find_analytes(flow(line.plain[:LONGEST_LINE]).text)}
        compared = comparisons(folded)
        starts_alone = bool(compared) and _ALONE.match(folded[: compared[0].start]) is not None and not mentions
        unless = re.match(r"\W*(?:unless|except)", folded) is not None and not mentions
        if starts_alone or unless:
            answer += [(next(iter(_family(frozenset({n})))), condition.name) for n in names[-2:]]
        elif compared:
            answer += [(next(iter(_family(frozenset({n})))), condition.name) for n in names if n in mentions]
    return answer


def _either(page: Page, fact: Fact, facts: list[Fact]) -> str | None:
    """The group of two thresholds of one analyte in two units that "or" joins ("≤ 1.5 x ULN or ≤ 2 mg/dL")."""
    if page.line.section is Section.EXCLUSION:
        return None
    for other in facts:
        if (other.name, other.op[0], other.condition) == (
            fact.name,
            fact.op[0],
            fact.condition,
        ) and other.value.unit != fact.value.unit:
            first, second = sorted((fact, other), key=lambda f: f.end)
            if re.search(r"\bor\b", page.folded[first.end : second.end]):
                return fact.name
    return None


def _findings(page: Page, facts: list[Fact]) -> Iterator[Finding]:
    renal = renal_group(page.line, page.text, page.folded, [(f.name, f.start, f.end) for f in facts])
    for fact in facts:
        start, end = page.raw(fact.start, fact.end)
        group = (
            renal
            if renal and fact.name in {"creatinine", "creatinine clearance"}
            else fact.group or _either(page, fact, facts)
        )
        exception = page.raw(*fact.exception) if fact.exception and fact.exception[1] > fact.exception[0] else None
        lab = Lab(fact.name, fact.op, fact.value.value, fact.value.unit, fact.condition)
        yield Finding(lab, start, end, Requirement.REQUIRED, fact.confidence, group, exception)
