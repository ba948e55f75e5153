"""`parse_study`: a ClinicalTrials.gov API v2 study becomes a `Trial`. What cannot be read is None, never an error."""

from __future__ import annotations

import re
from collections.abc import Mapping

from indexer import modules
from indexer.dates import date_struct, partial_date
from indexer.enums import member, phases
from indexer.fields import Object, flag, line, lines, obj, objects, prose
from indexer.sites import sites
from search.trial import OverallStatus, StudyType, Trial

_NCT_ID = re.compile(r"NCT[0-9]{8}")
_SECTIONS = ("protocolSection", "derivedSection", "resultsSection", "annotationSection", "documentSection")


class RecordError(ValueError):
    """A record that no trial can be read from. `reason` is one clear sentence; id and place where they are known."""

    def __init__(self, reason: str, nct_id: str | None = None, place: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.nct_id = nct_id
        self.place = place

    def __str__(self) -> str:
        return ": ".join(part for part in (self.place, self.nct_id, self.reason) if part)


def nct_id_of(value: object) -> str | None:
    """An NCT id in its one spelling ("nct 0123 4567" is NCT01234567), or None."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    folded = "".join(value.split()).upper()
    return folded if _NCT_ID.fullmatch(folded) else None


def is_fictitious(nct_id: str) -> bool:
    """Whether an id lies in the block of the bundled sample, NCT99000001 to NCT99099999."""
    return nct_id.startswith("NCT990") and nct_id >= "NCT99000001"


def parse_study(record: Mapping[str, object]) -> Trial:
    """Read a study. An NCT id and any one module beside it are enough.

    Raises:
        RecordError: the record is no object, has no usable NCT id, or holds nothing but its id.
    """
    if not isinstance(record, Mapping):
        raise RecordError("The record is not a JSON object.")
    protocol, derived = obj(record, "protocolSection"), obj(record, "derivedSection")
    identification = obj(protocol, "identificationModule")
    nct_id = nct_id_of(identification.get("nctId"))
    if nct_id is None:
        given = identification.get("nctId")
        raise RecordError(
            "The record has no protocolSection.identificationModule.nctId."
            if given is None
            else f"The record's nctId is not an NCT id: {str(given)[:40]!r}."
        )
    if not _says_something(record, identification):
        raise RecordError("The record holds nothing but its id.", nct_id)
    status, description = obj(protocol, "statusModule"), obj(protocol, "descriptionModule")
    sponsors, conditions = obj(protocol, "sponsorCollaboratorsModule"), obj(protocol, "conditionsModule")
    design, arms_module = obj(protocol, "designModule"), obj(protocol, "armsInterventionsModule")
    arms = modules.arms(arms_module)
    condition_mesh, condition_ancestors = modules.mesh(obj(derived, "conditionBrowseModule"))
    intervention_mesh, intervention_ancestors = modules.mesh(obj(derived, "interventionBrowseModule"))
    return Trial(
        nct_id=nct_id,
        aliases=_aliases(identification, nct_id),
        secondary_ids=_secondary_ids(identification),
        brief_title=line(identification.get("briefTitle")),
        official_title=line(identification.get("officialTitle")),
        acronym=line(identification.get("acronym")),
        overall_status=member(OverallStatus, status.get("overallStatus")),
        last_known_status=member(OverallStatus, status.get("lastKnownStatus")),
        why_stopped=line(status.get("whyStopped")),
        status_verified=partial_date(status.get("statusVerifiedDate")),
        start=date_struct(status, "startDateStruct"),
        primary_completion=date_struct(status, "primaryCompletionDateStruct"),
        completion=date_struct(status, "completionDateStruct"),
        first_posted=date_struct(status, "studyFirstPostDateStruct"),
        last_update_posted=date_struct(status, "lastUpdatePostDateStruct"),
        results_first_posted=date_struct(status, "resultsFirstPostDateStruct"),
        lead_sponsor=modules.sponsor(obj(sponsors, "leadSponsor")),
        collaborators=tuple(
            s for item in objects(sponsors, "collaborators") if (s := modules.sponsor(item)) is not None
        ),
        brief_summary=prose(description.get("briefSummary")),
        detailed_description=prose(description.get("detailedDescription")),
        conditions=lines(conditions.get("conditions")),
        keywords=lines(conditions.get("keywords")),
        study_type=member(StudyType, design.get("studyType")),
        phases=phases(design.get("phases")),
        design=modules.design(design),
        arms=arms,
        interventions=modules.interventions(arms_module, arms),
        outcomes=modules.outcomes(obj(protocol, "outcomesModule")),
        eligibility=modules.eligibility(obj(protocol, "eligibilityModule")),
        sites=sites(obj(protocol, "contactsLocationsModule")),
        condition_mesh=condition_mesh,
        condition_ancestors=condition_ancestors,
        intervention_mesh=intervention_mesh,
        intervention_ancestors=intervention_ancestors,
        has_results=_has_results(record),
        version_holder=partial_date(obj(derived, "miscInfoModule").get("versionHolder")),
        fictitious=is_fictitious(nct_id),
    )


def _says_something(record: Object, identification: Object) -> bool:
    if any(key != "nctId" and value for key, value in identification.items()):
        return True
    return any(
        isinstance(module, Mapping) and module and name != "identificationModule"
        for section in _SECTIONS
        for name, module in obj(record, section).items()
    )


def _aliases(identification: Object, nct_id: str) -> tuple[str, ...]:
    ids = (nct_id_of(text) for text in lines(identification.get("nctIdAliases")))
    return tuple(dict.fromkeys(alias for alias in ids if alias is not None and alias != nct_id))


def _secondary_ids(identification: Object) -> tuple[str, ...]:
    infos = (obj(identification, "orgStudyIdInfo"), *objects(identification, "secondaryIdInfos"))
    return tuple(dict.fromkeys(text for info in infos if (text := line(info.get("id"))) is not None))


def _has_results(record: Object) -> bool | None:
    stated = flag(record.get("hasResults"))
    return True if stated is None and obj(record, "resultsSection") else stated
