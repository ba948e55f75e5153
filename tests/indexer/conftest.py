"""A complete fictitious study in API v2 form, written for these tests."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def full_study() -> dict[str, Any]:
    return {
        "protocolSection": {
            "identificationModule": {
                "nctId": "NCT99012345",
                "nctIdAliases": ["NCT99012344"],
                "orgStudyIdInfo": {"id": "FICT-01"},
                "secondaryIdInfos": [{"id": "2031-000001-11", "type": "EUDRACT_NUMBER"}, {"id": "FICT-01"}],
                "briefTitle": "Imaginib &amp; Standard Care\r\n in Lung Cancer",
                "officialTitle": "A Phase I/II Trial of Imaginib",
                "acronym": "IMAGINE",
                "organization": {"fullName": "Fictitious Cooperative Group", "class": "NETWORK"},
            },
            "statusModule": {
                "statusVerifiedDate": "2031-05",
                "overallStatus": "UNKNOWN",
                "lastKnownStatus": "RECRUITING",
                "whyStopped": "Nothing stopped",
                "startDateStruct": {"date": "2030-01-15", "type": "ACTUAL"},
                "primaryCompletionDateStruct": {"date": "2032-12", "type": "ESTIMATED"},
                "completionDateStruct": {"date": "2033"},
                "studyFirstPostDateStruct": {"date": "2029-11-02", "type": "ACTUAL"},
                "lastUpdatePostDateStruct": {"date": "2031-05-20", "type": "ESTIMATED"},
                "resultsFirstPostDateStruct": {"date": "2034-02-01", "type": "ACTUAL"},
            },
            "sponsorCollaboratorsModule": {
                "leadSponsor": {"name": "Fictitious Cooperative Group", "class": "NETWORK"},
                "collaborators": [{"name": "Imaginary Pharma", "class": "INDUSTRY"}],
            },
            "descriptionModule": {
                "briefSummary": "First line\r\nage \\> 18 and \\[here\\]",
                "detailedDescription": "Long &lt; short",
            },
            "conditionsModule": {"conditions": ["NSCLC", "KRAS P.G12C"], "keywords": ["KRAS"]},
            "designModule": {
                "studyType": "INTERVENTIONAL",
                "phases": ["PHASE1", "PHASE2"],
                "designInfo": {
                    "allocation": "RANDOMIZED",
                    "interventionModel": "PARALLEL",
                    "primaryPurpose": "TREATMENT",
                    "maskingInfo": {"masking": "DOUBLE", "whoMasked": ["PARTICIPANT"]},
                },
                "enrollmentInfo": {"count": 120, "type": "ESTIMATED"},
            },
            "armsInterventionsModule": {
                "armGroups": [
                    {
                        "label": "Arm A",
                        "type": "EXPERIMENTAL",
                        "description": "New",
                        "interventionNames": ["Drug: Imaginib", "Drug: Carboplatin"],
                    },
                    {
                        "label": "Arm B",
                        "type": "PLACEBO_COMPARATOR",
                        "interventionNames": ["Drug: Placebo", "Drug: Carboplatin"],
                    },
                ],
                "interventions": [
                    {
                        "type": "DRUG",
                        "name": "Imaginib",
                        "description": "Tablets",
                        "otherNames": ["FCT-816", "FCT-816"],
                        "armGroupLabels": ["Arm A"],
                    },
                    {"type": "DRUG", "name": "Carboplatin", "armGroupLabels": ["Arm A", "Arm B"]},
                    {"type": "DRUG", "name": "Placebo", "armGroupLabels": ["Arm B"]},
                ],
            },
            "outcomesModule": {
                "primaryOutcomes": [{"measure": "PFS", "timeFrame": "2 years", "description": "By RECIST"}],
                "secondaryOutcomes": [{"measure": "OS"}],
                "otherOutcomes": [{"measure": "ctDNA"}],
            },
            "eligibilityModule": {
                "eligibilityCriteria": "Inclusion Criteria:\r\n\r\n* ANC \\> 1.5 x 10\\^9/L &amp; stable\r\n",
                "healthyVolunteers": False,
                "sex": "ALL",
                "genderBased": False,
                "minimumAge": "18 Years",
                "maximumAge": "70 Years",
                "stdAges": ["ADULT", "OLDER_ADULT"],
                "studyPopulation": "Adults",
            },
            "contactsLocationsModule": {
                "centralContacts": [{"name": "Nobody Anywhere", "phone": "000", "email": "nobody@example.org"}],
                "overallOfficials": [{"name": "Nobody Else", "role": "PRINCIPAL_INVESTIGATOR"}],
                "locations": [
                    {
                        "facility": "First Hospital",
                        "city": "Ankara",
                        "zip": "06000",
                        "country": "Turkey (Türkiye)",
                        "status": "RECRUITING",
                        "geoPoint": {"lat": 39.91987, "lon": 32.85427},
                        "contacts": [{"name": "Nobody Here"}],
                    },
                    {
                        "facility": "Second Hospital",
                        "city": "Ankara",
                        "country": "Türkiye",
                        "status": "COMPLETED",
                        "geoPoint": {"lat": 39.91987, "lon": 32.85427},
                    },
                    {
                        "facility": "Lone Clinic",
                        "city": "Seoul",
                        "country": "Korea, Republic of",
                        "geoPoint": {"lat": 37.566, "lon": 126.9784},
                    },
                    {"city": "Nowhere"},
                ],
            },
        },
        "derivedSection": {
            "miscInfoModule": {"versionHolder": "2031-06-01", "removedCountries": ["France"]},
            "conditionBrowseModule": {
                "meshes": [{"id": "D002289", "term": "Carcinoma, Non-Small-Cell Lung"}],
                "ancestors": [{"id": "D008175", "term": "Lung Neoplasms"}],
            },
        },
        "hasResults": False,
    }
