"""Legacy `clinical_study` XML (ClinicalTrials.gov until 2024, the TREC collections) brought into API v2 form.

Coded values keep their legacy spelling: `indexer.enums` reads both. Contact persons are not carried over.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from xml.etree.ElementTree import Element, ParseError, fromstring
from xml.parsers import expat

from indexer.study import RecordError

_PROCESSED = re.compile(r"processed this data on (\w+ \d{1,2}, \d{4})")
_DATES = {
    "startDateStruct": "start_date",
    "primaryCompletionDateStruct": "primary_completion_date",
    "completionDateStruct": "completion_date",
    "studyFirstPostDateStruct": "study_first_posted",
    "lastUpdatePostDateStruct": "last_update_posted",
    "resultsFirstPostDateStruct": "results_first_posted",
}
# Before 2017 the registry published only when records were submitted and changed.
_OLDER = {"studyFirstPostDateStruct": "firstreceived_date", "lastUpdatePostDateStruct": "lastchanged_date"}


def study_from_xml(data: bytes) -> dict[str, object]:
    """Convert one `clinical_study` document.

    Raises:
        RecordError: it is no well-formed XML, carries a document type (which could smuggle in entities that grow
            without bound or name files), or its root is not `clinical_study`.
    """
    try:
        _refuse_doctype(data)
        root = fromstring(data)  # noqa: S314 - document types are refused above
    except (ParseError, expat.ExpatError, ValueError, LookupError) as error:
        if isinstance(error, RecordError):
            raise
        raise RecordError(f"The XML cannot be read: {error}.") from None
    if root.tag != "clinical_study":
        raise RecordError(f"The XML's root is {root.tag[:60]!r}, not 'clinical_study'.")
    return _study(root)


class _Prolog(Exception):  # noqa: N818 - a signal, not an error
    """The root element has begun: what follows can declare nothing."""


def _refuse_doctype(data: bytes) -> None:
    def doctype(*_: object) -> None:
        raise RecordError("The XML carries a document type declaration, which is refused for safety.")

    def element(*_: object) -> None:
        raise _Prolog

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = element
    try:
        parser.Parse(data, True)
    except _Prolog:
        return


def _study(root: Element) -> dict[str, object]:
    dates = {key: _date(root, tag) or _date(root, _OLDER.get(key, tag)) for key, tag in _DATES.items()}
    protocol: dict[str, dict[str, object]] = {
        "identificationModule": {
            "nctId": _text(root, "id_info/nct_id"),
            "nctIdAliases": _texts(root, "id_info/nct_alias"),
            "orgStudyIdInfo": {"id": _text(root, "id_info/org_study_id")},
            "secondaryIdInfos": [{"id": text} for text in _texts(root, "id_info/secondary_id")],
            "briefTitle": _text(root, "brief_title"),
            "officialTitle": _text(root, "official_title"),
            "acronym": _text(root, "acronym"),
        },
        "statusModule": {
            "overallStatus": _text(root, "overall_status"),
            "lastKnownStatus": _text(root, "last_known_status"),
            "whyStopped": _text(root, "why_stopped"),
            "statusVerifiedDate": _text(root, "verification_date"),
            **dates,
        },
        "sponsorCollaboratorsModule": {
            "leadSponsor": _sponsor(root.find("sponsors/lead_sponsor")),
            "collaborators": [_sponsor(item) for item in root.iterfind("sponsors/collaborator")],
        },
        "descriptionModule": {
            "briefSummary": _block(root, "brief_summary"),
            "detailedDescription": _block(root, "detailed_description"),
        },
        "conditionsModule": {"conditions": _texts(root, "condition"), "keywords": _texts(root, "keyword")},
        "designModule": _design(root),
        "armsInterventionsModule": {
            "armGroups": [_arm(item) for item in root.iterfind("arm_group")],
            "interventions": [_intervention(item) for item in root.iterfind("intervention")],
        },
        "outcomesModule": {
            f"{kind}Outcomes": [_outcome(item) for item in root.iterfind(f"{kind}_outcome")]
            for kind in ("primary", "secondary", "other")
        },
        "eligibilityModule": _eligibility(root),
        "contactsLocationsModule": {"locations": _locations(root)},
    }
    derived: dict[str, dict[str, object]] = {
        "miscInfoModule": {"versionHolder": _processed(root)},
        "conditionBrowseModule": {"meshes": _mesh(root, "condition_browse")},
        "interventionBrowseModule": {"meshes": _mesh(root, "intervention_browse")},
    }
    return {
        "protocolSection": _filled(protocol),
        "derivedSection": _filled(derived),
        "hasResults": root.find("clinical_results") is not None,
    }


def _design(root: Element) -> dict[str, object]:
    info = "study_design_info/"
    enrollment = root.find("enrollment")
    return {
        "studyType": _text(root, "study_type"),
        "phases": _texts(root, "phase"),
        "designInfo": {
            "allocation": _text(root, info + "allocation"),
            "interventionModel": _text(root, info + "intervention_model"),
            "observationalModel": _text(root, info + "observational_model"),
            "timePerspective": _text(root, info + "time_perspective"),
            "primaryPurpose": _text(root, info + "primary_purpose"),
            "maskingInfo": {"masking": _text(root, info + "masking")},
        },
        "enrollmentInfo": {}
        if enrollment is None
        else {"count": (enrollment.text or "").strip(), "type": enrollment.get("type")},
    }


def _eligibility(root: Element) -> dict[str, object]:
    where = "eligibility/"
    return {
        "eligibilityCriteria": root.findtext(where + "criteria/textblock"),
        "minimumAge": _text(root, where + "minimum_age"),
        "maximumAge": _text(root, where + "maximum_age"),
        "sex": _text(root, where + "gender"),
        "genderBased": _text(root, where + "gender_based"),
        "healthyVolunteers": _text(root, where + "healthy_volunteers"),
        "studyPopulation": _block(root, where + "study_pop"),
    }


def _locations(root: Element) -> list[dict[str, object]]:
    found: list[dict[str, object]] = [
        {
            "facility": _text(item, "facility/name"),
            "city": _text(item, "facility/address/city"),
            "state": _text(item, "facility/address/state"),
            "zip": _text(item, "facility/address/zip"),
            "country": _text(item, "facility/address/country"),
            "status": _text(item, "status"),
        }
        for item in root.iterfind("location")
    ]
    return found or [{"country": text} for text in _texts(root, "location_countries/country")]


def _sponsor(item: Element | None) -> dict[str, object]:
    # An element without children is false: only `is None` tells whether it is there.
    return {} if item is None else {"name": _text(item, "agency"), "class": _text(item, "agency_class")}


def _arm(item: Element) -> dict[str, object]:
    return {
        "label": _text(item, "arm_group_label"),
        "type": _text(item, "arm_group_type"),
        "description": _text(item, "description"),
    }


def _intervention(item: Element) -> dict[str, object]:
    return {
        "type": _text(item, "intervention_type"),
        "name": _text(item, "intervention_name"),
        "description": _text(item, "description"),
        "otherNames": _texts(item, "other_name"),
        "armGroupLabels": _texts(item, "arm_group_label"),
    }


def _outcome(item: Element) -> dict[str, object]:
    return {
        "measure": _text(item, "measure"),
        "timeFrame": _text(item, "time_frame"),
        "description": _text(item, "description"),
    }


def _mesh(root: Element, where: str) -> list[dict[str, object]]:
    return [{"term": text} for text in _texts(root, f"{where}/mesh_term")]


def _date(root: Element, tag: str) -> dict[str, object] | None:
    item = root.find(tag)
    return None if item is None else {"date": (item.text or "").strip(), "type": item.get("type")}


def _processed(root: Element) -> str | None:
    match = _PROCESSED.search(root.findtext("required_header/download_date") or "")
    return match[1] if match else None


def _text(item: Element, path: str) -> str | None:
    return (item.findtext(path) or "").strip() or None


def _texts(item: Element, path: str) -> list[str]:
    return [text for found in item.iterfind(path) if (text := (found.text or "").strip())]


def _block(root: Element, path: str) -> str | None:
    """A text block without the indentation that the XML form adds to every line."""
    text = root.findtext(f"{path}/textblock")
    return None if text is None else textwrap.dedent(text.replace("\r\n", "\n").expandtabs()).strip() or None


def _filled(section: dict[str, dict[str, object]]) -> dict[str, object]:
    """Without what the document does not say, so that an empty document stays an empty record."""
    kept = {name: {key: value for key, value in module.items() if _any(value)} for name, module in section.items()}
    return {name: module for name, module in kept.items() if module}


def _any(value: object) -> bool:
    if isinstance(value, dict):
        return any(_any(part) for part in value.values())
    if isinstance(value, Iterable) and not isinstance(value, str):
        return any(_any(part) for part in value)
    return value is not None and value != ""
