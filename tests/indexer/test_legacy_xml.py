from __future__ import annotations

import pytest

from indexer.legacy_xml import study_from_xml
from indexer.study import RecordError, parse_study
from search.trial import (
    DateStruct,
    InterventionRole,
    InterventionType,
    MeshTerm,
    OverallStatus,
    PartialDate,
    Phase,
    Sex,
    SponsorClass,
    StudyType,
)

STUDY = """<?xml version="1.0" encoding="UTF-8"?>
<clinical_study>
  <required_header>
    <download_date>ClinicalTrials.gov processed this data on April 27, 2031</download_date>
  </required_header>
  <id_info>
    <org_study_id>FICT-XML</org_study_id><secondary_id>2031-1</secondary_id>
    <nct_id>NCT99000300</nct_id><nct_alias>NCT99000299</nct_alias>
  </id_info>
  <brief_title>Imaginib
     for Melanoma</brief_title>
  <official_title>Official</official_title>
  <acronym>IMAX</acronym>
  <sponsors>
    <lead_sponsor><agency>Fictitious Agency</agency><agency_class>U.S. Fed</agency_class></lead_sponsor>
    <collaborator><agency>Imaginary Pharma</agency><agency_class>Industry</agency_class></collaborator>
  </sponsors>
  <brief_summary><textblock>
      First line&#xD;
      second line.&#xD;
&#xD;
        -  indented&#xD;
  </textblock></brief_summary>
  <overall_status>Unknown status</overall_status>
  <last_known_status>Recruiting</last_known_status>
  <start_date>October 1998</start_date>
  <completion_date type="Anticipated">June 3, 2003</completion_date>
  <primary_completion_date type="Actual">2003</primary_completion_date>
  <phase>Phase 1/Phase 2</phase>
  <study_type>Observational [Patient Registry]</study_type>
  <study_design_info>
    <allocation>N/A</allocation>
    <intervention_model>Single Group Assignment</intervention_model>
    <masking>Double (Participant, Investigator)</masking>
  </study_design_info>
  <primary_outcome><measure>Response</measure><time_frame>6 months</time_frame></primary_outcome>
  <enrollment type="Actual">150</enrollment>
  <condition>Melanoma</condition>
  <condition>Skin Cancer</condition>
  <arm_group><arm_group_label>Only</arm_group_label><arm_group_type>Experimental</arm_group_type></arm_group>
  <intervention>
    <intervention_type>Dietary Supplement</intervention_type>
    <intervention_name>Imaginib</intervention_name>
    <arm_group_label>Only</arm_group_label>
    <other_name>FCT-1</other_name>
  </intervention>
  <eligibility>
    <criteria><textblock>
        Inclusion Criteria:&#xD;
          -  ANC &gt; 1.5&#xD;
    </textblock></criteria>
    <gender>Both</gender>
    <minimum_age>6 Months</minimum_age>
    <maximum_age>N/A</maximum_age>
    <healthy_volunteers>Accepts Healthy Volunteers</healthy_volunteers>
  </eligibility>
  <overall_contact><last_name>Nobody Anywhere</last_name><phone>000</phone></overall_contact>
  <location>
    <facility><name>First Hospital</name>
      <address><city>Seoul</city><zip>03080</zip><country>Korea, Republic of</country></address></facility>
    <status>Active, not recruiting</status>
    <contact><last_name>Nobody Here</last_name></contact>
  </location>
  <verification_date>July 2012</verification_date>
  <study_first_posted type="Estimate">November 3, 1999</study_first_posted>
  <last_update_posted type="Actual">July 26, 2012</last_update_posted>
  <keyword>melanoma</keyword>
  <condition_browse><mesh_term>Melanoma</mesh_term></condition_browse>
  <intervention_browse><mesh_term>Pyrimidines</mesh_term></intervention_browse>
  <clinical_results><participant_flow/></clinical_results>
</clinical_study>
"""


def test_a_legacy_study_is_read_completely() -> None:
    trial = parse_study(study_from_xml(STUDY.encode()))
    assert (trial.nct_id, trial.aliases, trial.secondary_ids) == (
        "NCT99000300",
        ("NCT99000299",),
        ("FICT-XML", "2031-1"),
    )
    assert (trial.brief_title, trial.official_title, trial.acronym) == ("Imaginib for Melanoma", "Official", "IMAX")
    assert trial.overall_status is OverallStatus.UNKNOWN
    assert trial.last_known_status is OverallStatus.RECRUITING
    assert trial.start == DateStruct(PartialDate(1998, 10))
    assert trial.completion == DateStruct(PartialDate(2003, 6, 3), actual=False)
    assert trial.primary_completion == DateStruct(PartialDate(2003), actual=True)
    assert trial.first_posted == DateStruct(PartialDate(1999, 11, 3), actual=False)
    assert trial.last_update_posted == DateStruct(PartialDate(2012, 7, 26), actual=True)
    assert (trial.status_verified, trial.version_holder) == (PartialDate(2012, 7), PartialDate(2031, 4, 27))
    assert trial.lead_sponsor is not None
    assert trial.lead_sponsor.sponsor_class is SponsorClass.FED
    assert trial.collaborators[0].sponsor_class is SponsorClass.INDUSTRY
    assert trial.phases == (Phase.PHASE1, Phase.PHASE2)
    assert trial.study_type is StudyType.OBSERVATIONAL
    assert (trial.design.allocation, trial.design.intervention_model, trial.design.masking) == (
        "NA",
        "SINGLE_GROUP",
        "DOUBLE",
    )
    assert (trial.design.enrollment, trial.design.enrollment_actual) == (150, True)
    assert trial.conditions == ("Melanoma", "Skin Cancer")
    (item,) = trial.interventions
    assert (item.type, item.role) == (InterventionType.DIETARY_SUPPLEMENT, InterventionRole.EXPERIMENTAL)
    assert item.other_names == ("FCT-1",)
    assert [(outcome.kind, outcome.time_frame) for outcome in trial.outcomes] == [("primary", "6 months")]
    assert (trial.eligibility.sex, trial.eligibility.healthy_volunteers) == (Sex.ALL, True)
    assert (trial.eligibility.minimum_age_days, trial.eligibility.maximum_age) == (182, None)
    (site,) = trial.sites
    assert (site.facility, site.city, site.country) == ("First Hospital", "Seoul", "South Korea")
    assert site.status is OverallStatus.ACTIVE_NOT_RECRUITING
    assert trial.condition_mesh == (MeshTerm("Melanoma"),)
    assert trial.intervention_mesh == (MeshTerm("Pyrimidines"),)
    assert trial.has_results is True
    assert "Nobody" not in repr(trial)


def test_criteria_keep_their_indentation_and_prose_loses_it() -> None:
    trial = parse_study(study_from_xml(STUDY.encode()))
    criteria = "\n        Inclusion Criteria:\r\n          -  ANC > 1.5\r\n    "
    assert trial.eligibility.criteria == criteria
    assert trial.brief_summary == "First line\nsecond line.\n\n  -  indented"


def test_countries_stand_in_where_no_site_is_given() -> None:
    xml = (
        "<clinical_study><id_info><nct_id>NCT99000301</nct_id></id_info>"
        "<location_countries><country>France</country><country>Turkey</country></location_countries></clinical_study>"
    )
    trial = parse_study(study_from_xml(xml.encode()))
    assert [site.country for site in trial.sites] == ["France", "Turkey"]
    assert trial.has_results is False


def test_older_date_names_stand_in() -> None:
    xml = (
        "<clinical_study><id_info><nct_id>NCT99000301</nct_id></id_info>"
        "<firstreceived_date>May 1, 2001</firstreceived_date><lastchanged_date>June 2, 2002</lastchanged_date>"
        "</clinical_study>"
    )
    trial = parse_study(study_from_xml(xml.encode()))
    assert trial.first_posted == DateStruct(PartialDate(2001, 5, 1))
    assert trial.last_update_posted == DateStruct(PartialDate(2002, 6, 2))


def test_an_id_alone_stays_an_empty_record() -> None:
    record = study_from_xml(b"<clinical_study><id_info><nct_id>NCT99000301</nct_id></id_info></clinical_study>")
    with pytest.raises(RecordError, match="nothing but its id"):
        parse_study(record)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entity_bombs_and_outside_files_are_refused(encoding: str) -> None:
    bomb = (
        '<!DOCTYPE clinical_study [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">'
        '<!ENTITY c SYSTEM "file:///etc/hostname">]><clinical_study>&b;&c;</clinical_study>'
    )
    with pytest.raises(RecordError, match="document type declaration, which is refused"):
        study_from_xml(bomb.encode(encoding))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<clinical_study><id_info></clinical_study>", "cannot be read: mismatched tag"),
        (b"<clinical_study>", "cannot be read"),
        (b"", "cannot be read"),
        (b"<clinical_study>\xff</clinical_study>", "cannot be read"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "cannot be read"),
        (b"<topics/>", "root is 'topics', not 'clinical_study'"),
    ],
)
def test_other_xml_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(RecordError, match=reason):
        study_from_xml(data)
