"""From a trial to its filter values."""

from __future__ import annotations

from search.index.document import NO_ELIGIBILITY, EligibilityValues, FilterValues
from search.index.places import site_values
from search.trial import DateStruct, PartialDate, Trial


def _date(struct: DateStruct | None) -> PartialDate | None:
    return struct.date if struct else None


def filter_values(
    trial: Trial, cancer_types: frozenset[str] = frozenset(), eligibility: EligibilityValues = NO_ELIGIBILITY
) -> FilterValues:
    """The filterable part of a trial.

    Args:
        trial: the record.
        cancer_types: OncoTree codes of the trial and all their ancestors.
        eligibility: what its criteria say (`search.index.eligibility_values`).
    """
    limits = trial.eligibility
    return FilterValues(
        status=trial.overall_status,
        phases=tuple(dict.fromkeys(trial.phases)),
        study_type=trial.study_type,
        cancer_types=cancer_types,
        intervention_types=frozenset(i.type for i in trial.interventions if i.type),
        sponsor_class=trial.lead_sponsor.sponsor_class if trial.lead_sponsor else None,
        sex=limits.sex,
        minimum_age_days=limits.minimum_age_days,
        maximum_age_days=limits.maximum_age_days,
        sites=tuple(map(site_values, trial.sites)),
        start=_date(trial.start),
        completion=_date(trial.primary_completion),
        last_update=_date(trial.last_update_posted),
        has_results=trial.has_results,
        eligibility=eligibility,
    )
