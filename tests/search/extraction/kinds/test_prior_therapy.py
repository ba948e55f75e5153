"""Prior therapies: required, prohibited, allowed; washouts and outcomes; what only looks like one."""

from __future__ import annotations

import time

import pytest

from search.eligibility.criterion import Criterion, PriorTherapy, Requirement
from search.extraction.criteria import read_text

REQUIRED, PROHIBITED, ALLOWED = Requirement.REQUIRED, Requirement.PROHIBITED, Requirement.ALLOWED


def therapies(text: str) -> list[tuple[PriorTherapy, Criterion]]:
    return [(item.fact, item) for item in read_text(text).items if isinstance(item.fact, PriorTherapy)]


def said(text: str) -> list[tuple[tuple[str, ...], Requirement, int | None]]:
    return [(fact.therapies, item.requirement, fact.within_days) for fact, item in therapies(text)]


def asked(text: str) -> set[tuple[str, Requirement]]:
    return {(name, item.requirement) for fact, item in therapies(text) for name in fact.therapies}


def included(text: str) -> str:
    return f"Inclusion Criteria:\n\n* {text}"


def excluded(text: str) -> str:
    return f"Exclusion Criteria:\n\n* {text}"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Prior treatment with docetaxel", "docetaxel"),
        ("Must have received a taxane", "taxane"),
        ("Participants previously treated with trastuzumab", "trastuzumab"),
        ("Must have had prior exposure to a PARP inhibitor", "PARP inhibitor"),
        ("Patients should have received platinum chemotherapy unless contraindicated", "platinum chemotherapy"),
        ("Disease progression on or after osimertinib", "osimertinib"),
        ("Refractory to or intolerant of lenalidomide", "lenalidomide"),
        ("Tumour that failed to respond to a BRAF inhibitor", "BRAF inhibitor"),
        ("If olaparib is approved for the disease, participants should have received such treatment", "olaparib"),
        ("Platinum-resistant ovarian cancer", "platinum chemotherapy"),
        ("Progression of disease during adjuvant endocrine treatment", "endocrine therapy"),
        ("Relapse while receiving ibrutinib", "ibrutinib"),
        ("At least a partial response to front line chemotherapy", "chemotherapy"),
        ("No longer benefiting from standard anti-cancer treatment", "anticancer therapy"),
        ("Must have received at least one year of any adjuvant ET", "endocrine therapy"),
    ],
)
def test_required(text: str, name: str) -> None:
    assert (name, REQUIRED) in asked(included(text))
    assert (name, PROHIBITED) not in asked(included(text))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("No prior docetaxel", "docetaxel"),
        ("Must not have received docetaxel", "docetaxel"),
        ("Has not been treated with docetaxel", "docetaxel"),
        ("Docetaxel-naive disease", "docetaxel"),
        ("Naive to docetaxel", "docetaxel"),
        ("Patients who have received docetaxel are not eligible", "docetaxel"),
        ("Treatment-naive disease", "systemic therapy"),
    ],
)
def test_prohibited_among_the_inclusions(text: str, name: str) -> None:
    assert asked(included(text)) == {(name, PROHIBITED)}


@pytest.mark.parametrize(
    "text",
    [
        "Prior docetaxel",
        "Previous treatment with docetaxel",
        "Patients who have received docetaxel",
        "No prior docetaxel",
        "Must not have had prior docetaxel",
        "Any prior or current docetaxel",
        "History of treatment with docetaxel",
    ],
)
def test_prohibited_among_the_exclusions(text: str) -> None:
    assert asked(excluded(text)) == {("docetaxel", PROHIBITED)}


def test_exclusion_of_those_without_it_requires_it() -> None:
    assert asked(excluded("Patients who have not received docetaxel")) == {("docetaxel", REQUIRED)}


@pytest.mark.parametrize(
    "text",
    [
        included("Prior docetaxel is allowed"),
        included("Patients may have received prior docetaxel"),
        excluded("Participants with prior docetaxel can participate"),
        included("Prior systemic treatment is permitted, including docetaxel"),
    ],
)
def test_allowed(text: str) -> None:
    assert ("docetaxel", ALLOWED) in asked(text)
    assert not {requirement for _, requirement in asked(text)} - {ALLOWED}


@pytest.mark.parametrize(
    "text",
    [
        "Laboratory tests done prior to docetaxel",
        "Candidates for docetaxel",
        "Planned to receive docetaxel",
        "Eligible for treatment with docetaxel",
        "Recovered from toxicity of prior docetaxel",
        "Neuropathy due to prior docetaxel",
        "Tumor tissue taken after docetaxel",
        "Known hypersensitivity to docetaxel",
        "No contraindication to docetaxel",
        "Receiving docetaxel as part of this study",
        "Not a good candidate for treatment with docetaxel",
        "Agree to use contraception until 6 months after the last dose of docetaxel",
        "Lesions in a previously irradiated field",
        "Active infection requiring systemic therapy",
        "For whom no standard therapy exists",
        "Prior docetaxel does not count as a line of therapy",
        "Prior malignancy treated with docetaxel more than 5 years ago",
    ],
)
@pytest.mark.parametrize("section", [included, excluded])
def test_no_prior_therapy(text: str, section: object) -> None:
    assert callable(section)
    assert not {pair for pair in asked(section(text)) if pair[1] is not ALLOWED}


@pytest.mark.parametrize(
    "text",
    [
        included("At least 4 weeks since prior docetaxel"),
        included("At least 28 days must have elapsed since the last dose of docetaxel"),
        included("Docetaxel must have been completed at least 4 weeks before enrolment"),
        included("No docetaxel within 4 weeks of study entry"),
        included("Patients may continue docetaxel until 28 days before the first dose"),
        excluded("Docetaxel within 4 weeks prior to day 1"),
        excluded("Has received docetaxel in the last 28 days"),
        excluded("Less than 4 weeks since the last docetaxel"),
        excluded("No docetaxel within 4 weeks of study entry"),
        excluded("Within 4 weeks before day 1, has received docetaxel"),
    ],
)
def test_washout(text: str) -> None:
    assert said(text) == [(("docetaxel",), PROHIBITED, 28)]


def test_washout_in_half_lives() -> None:
    text = excluded("Any investigational agent within 28 days or 5 half-lives, whichever is longer, before day 1")
    ((fact, item),) = therapies(text)
    assert item.requirement is PROHIBITED
    assert (fact.within_days, fact.half_lives, fact.shorter) == (28, 5.0, False)


def test_each_therapy_keeps_its_own_window() -> None:
    text = included("At least 3 weeks since prior chemotherapy (6 weeks for nitrosoureas) and recovered")
    assert said(text) == [(("chemotherapy",), PROHIBITED, 21), (("nitrosourea",), PROHIBITED, 42)]
    text = excluded("Chemotherapy within 21 days, or a monoclonal antibody within 28 days, before day 1")
    assert said(text) == [(("chemotherapy",), PROHIBITED, 21), (("monoclonal antibody",), PROHIBITED, 28)]


def test_a_list_shares_its_window() -> None:
    text = excluded("Prior chemotherapy, immunotherapy or radiotherapy within 2 weeks of enrolment")
    assert said(text) == [
        (("chemotherapy",), PROHIBITED, 14),
        (("immunotherapy",), PROHIBITED, 14),
        (("radiotherapy",), PROHIBITED, 14),
    ]


def test_washouts_as_a_list() -> None:
    text = (
        "Inclusion Criteria:\n\n* The following time must have elapsed since the last dose of:\n"
        "  * chemotherapy 14 days\n  * monoclonal antibody 28 days\n"
    )
    assert said(text) == [(("chemotherapy",), PROHIBITED, 14), (("monoclonal antibody",), PROHIBITED, 28)]


def test_list_governed_by_its_head() -> None:
    text = "Exclusion Criteria:\n\n* Prior treatment with any of the following:\n  * docetaxel\n  * cabazitaxel\n"
    assert asked(text) == {("docetaxel", PROHIBITED), ("cabazitaxel", PROHIBITED)}


def test_or_is_one_requirement_and_is_several() -> None:
    assert said(included("Must have received docetaxel or cabazitaxel")) == [
        (("docetaxel", "cabazitaxel"), REQUIRED, None)
    ]
    assert said(included("Must have received docetaxel and enzalutamide")) == [
        (("docetaxel",), REQUIRED, None),
        (("enzalutamide",), REQUIRED, None),
    ]


def test_banned_combination_is_one_thing() -> None:
    text = included("Must not have received the combination of gemcitabine and paclitaxel")
    assert said(text) == [(("gemcitabine + paclitaxel",), PROHIBITED, None)]


def test_with_or_without_asks_for_the_first_alone() -> None:
    assert asked(included("Prior radiotherapy with or without chemotherapy")) == {("radiotherapy", REQUIRED)}


def test_outcomes_are_alternatives() -> None:
    found = therapies(included("Progressed on or intolerant to enzalutamide"))
    assert {fact.outcome for fact, _ in found} == {"progressed", "intolerant"}
    groups = {item.or_group for _, item in found}
    assert len(groups) == 1
    assert None not in groups


def test_progression_within_a_time_is_no_washout() -> None:
    ((fact, item),) = therapies(included("Progression within 6 months of completing cisplatin"))
    assert (fact.outcome, fact.within_days, item.requirement) == ("progressed", None, REQUIRED)


def test_setting() -> None:
    ((fact, _),) = therapies(excluded("Prior docetaxel in the adjuvant setting"))
    assert fact.setting == "adjuvant"


def test_exception_is_kept() -> None:
    text = included("Must have received a taxane unless contraindicated")
    ((_, item),) = therapies(text)
    assert item.exception is not None
    assert item.exception.quote == "unless contraindicated"


@pytest.mark.parametrize(
    "text",
    [
        excluded("Major surgery within 4 weeks of enrolment"),
        excluded("Prior allogeneic stem cell transplant"),
        excluded("A live vaccine within 30 days of day 1"),
        excluded("Systemic corticosteroids within 7 days of day 1"),
        excluded("Concurrent chemotherapy"),
        excluded("Concomitant use of other anticancer agents"),
        excluded("Currently taking part in another clinical trial"),
    ],
)
def test_topics_of_other_readers(text: str) -> None:
    assert asked(text) == set()


def test_trial_with_a_washout_counts() -> None:
    text = excluded("Participation in another clinical trial within 30 days of enrolment")
    assert said(text) == [(("investigational agent",), PROHIBITED, 30)]


def test_count_of_lines_is_no_therapy_of_its_own() -> None:
    assert asked(included("At least one prior line of chemotherapy")) == set()
    assert asked(included("At least one prior line of systemic therapy including a taxane")) == {("taxane", REQUIRED)}


def test_conditional_statement_asks_nothing() -> None:
    assert asked(included("Patients who have received docetaxel must have a normal blood count")) == set()


@pytest.mark.parametrize(
    "text",
    [
        "Inclusion Criteria:\n\n- No prior\n  docetaxel",
        "INCLUSION CRITERIA:\n\n1. no prior docetaxel",
        "Inclusion criteria\n\n• NO PRIOR DOCETAXEL",
        "Inclusion Criteria:\n\n1\\. No prior docetaxel.",
    ],
)
def test_layout_changes_nothing(text: str) -> None:
    assert asked(text) == {("docetaxel", PROHIBITED)}


def test_quotes_are_exact() -> None:
    text = excluded("Prior\n  docetaxel,  carboplatin or\n  cisplatin within \\< 4 weeks")
    found = therapies(text)
    assert len(found) == 3
    for _, item in found:
        assert text[item.evidence.start : item.evidence.end] == item.evidence.quote


def test_long_text_takes_no_long_time() -> None:
    text = included("prior chemotherapy or ((docetaxel within 4 weeks and at least one ") * 2000
    start = time.process_time()
    therapies(text)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Tumors refractory to, or not a candidate for, current standard treatment", "refractory"),
        ("Failed standard therapy and a salvage regimen", "progressed"),
        ("Intolerant of several cycles of standard treatment", "intolerant"),
    ],
)
def test_failed_standard_therapy_however_far_from_its_cue(text: str, outcome: str) -> None:
    told = [(fact, item) for fact, item in therapies(included(text)) if "standard therapy" in fact.therapies]
    assert [(fact.outcome, item.requirement) for fact, item in told] == [(outcome, Requirement.REQUIRED)]


def test_failed_standard_therapy_is_read_once() -> None:
    told = therapies(included("Relapsed after or refractory to standard therapy"))
    assert told
    assert len({fact.outcome for fact, _ in told}) == len(told)


def test_what_a_permission_includes_is_allowed() -> None:
    text = "Prior radiotherapy is allowed. This includes prior samarium, but patients must not have had strontium."
    told = dict(asked(included(text)))
    assert told["samarium-153"] is Requirement.ALLOWED
    assert told["strontium-89"] is Requirement.PROHIBITED


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("None previous chemotherapy", "chemotherapy"),
        ("No prior intensive treatment for the leukemia", "systemic therapy"),
        (
            "A wash-out of 4 half-lives is required for patients who participated in other clinical trials",
            "investigational agent",
        ),
    ],
)
def test_further_bans_among_the_inclusions(text: str, name: str) -> None:
    assert (name, PROHIBITED) in asked(included(text))
    assert (name, REQUIRED) not in asked(included(text))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Prior therapy targeting CD19", "anti-CD19"),
        ("History of receiving radiation treatment to the chest", "radiotherapy"),
        ("Prior hormonal anti-cancer therapy", "endocrine therapy"),
        ("Any immunocellular therapy received within 3 months", "cell therapy"),
        ("Less than 4 weeks from the last clinical trial", "investigational agent"),
        ("Previous treatment with QXZ-4417", "QXZ-4417"),
    ],
)
def test_further_bans_among_the_exclusions(text: str, name: str) -> None:
    assert (name, PROHIBITED) in asked(excluded(text))


def test_the_drug_of_the_study_is_no_prior_therapy() -> None:
    assert asked(excluded("Unable to swallow before treatment with QXZ-4417")) == set()


def test_a_span_of_time_that_ends_with_a_therapy_bans_no_therapy() -> None:
    text = "Systemic therapy between discontinuation of sorafenib and enrolment"
    assert not any(name == "sorafenib" for name, _ in asked(excluded(text)))


def test_what_a_washout_excepts_is_allowed() -> None:
    found = asked(included("At least 2 weeks since prior chemotherapy except hydroxyurea"))
    assert ("chemotherapy", PROHIBITED) in found
    assert ("hydroxyurea", ALLOWED) in found


def test_essential_thrombocythemia_is_no_endocrine_therapy() -> None:
    assert asked(included("Myelofibrosis after prior ET or PV, treated with ruxolitinib")) == {
        ("ruxolitinib", REQUIRED)
    }


def test_a_definition_negates_no_item_below_it() -> None:
    text = included(
        "Refractory disease is defined as no response to first-line therapy:"
        "\n  * Refractory after autologous stem cell transplant"
    )
    assert ("autologous stem cell transplant", PROHIBITED) not in asked(text)


def test_what_does_not_count_as_a_line_negates_nothing_in_the_next_point() -> None:
    text = "Maintenance alone will not be counted as 1 line; 8) Cohort B: previously received an anthracycline"
    assert ("anthracycline", PROHIBITED) not in asked(included(text))


def test_what_one_antibody_binds_with_another_target_bans_no_other_antibody_against_it() -> None:
    found = asked(excluded("Earlier use of bispecific antibodies targeting both CD20 and CD3"))
    assert ("bispecific antibody", PROHIBITED) in found
    assert ("anti-CD20", PROHIBITED) not in found


def test_a_therapy_that_has_gone_on_for_a_time_is_not_banned_for_it() -> None:
    text = "Women receiving hormonal therapy for at least 2 months prior to the study and continuing it"
    assert ("endocrine therapy", PROHIBITED) not in asked(included(text))
