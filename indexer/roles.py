"""What each intervention is in its trial: the thing tested, what it is compared with, or the background of both."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from search.trial import Arm, Intervention, InterventionRole

_COMPARATORS = frozenset({"ACTIVE_COMPARATOR", "PLACEBO_COMPARATOR", "SHAM_COMPARATOR", "NO_INTERVENTION"})
_SHAM = re.compile(r"\b(?:placebos?|sham)\b", re.IGNORECASE)
_BACKGROUND_NAME = re.compile(
    r"\b(?:background|backbone|standard[ -]of[ -]care|SOC|(?:best )?supportive care"
    r"|standard (?:therapy|treatment|care|chemotherapy|chemoradiotherapy|radiotherapy))\b",
    re.IGNORECASE,
)
_BACKGROUND_SAID = re.compile(
    r"\b(?:background (?:therapy|treatment|regimen|medication|drug)|backbone (?:therapy|treatment|regimen)"
    r"|(?:as|is|are|per|part of)(?: the| a| local| institutional)* (?:standard[ -]of[ -]care|SOC|backbone))\b",
    re.IGNORECASE,
)
_SAID_WITHIN = 300
"""A description says at its start what an intervention is; further down it tells of the other arms."""


def with_roles(interventions: Sequence[Intervention], arms: Sequence[Arm]) -> tuple[Intervention, ...]:
    """Give each intervention its role.

    Only in experimental arms: EXPERIMENTAL (BACKGROUND where its name or the start of its description says so).
    Only in comparator arms: COMPARATOR. In both: BACKGROUND, unless the trial would then test nothing (it compares
    doses or schedules of one treatment): then EXPERIMENTAL. A placebo is always a COMPARATOR. In a trial of one
    experimental arm, an intervention without arm labels belongs to that arm. All others: UNKNOWN.
    """
    types = {_key(arm.label): arm.type for arm in arms}
    roles = [_role(item, types) for item in interventions]
    if InterventionRole.EXPERIMENTAL not in roles:
        roles = [
            InterventionRole.EXPERIMENTAL if role is InterventionRole.BACKGROUND and not _background(item) else role
            for role, item in zip(roles, interventions, strict=True)
        ]
    return tuple(replace(item, role=role) for item, role in zip(interventions, roles, strict=True))


def _role(item: Intervention, types: Mapping[str, str | None]) -> InterventionRole:
    labels = [_key(label) for label in item.arm_labels] or (list(types) if len(types) == 1 else [])
    kinds = {types.get(label) for label in labels}
    experimental, compared = "EXPERIMENTAL" in kinds, not kinds.isdisjoint(_COMPARATORS)
    if not experimental and not compared:
        return InterventionRole.UNKNOWN
    if not experimental or _SHAM.search(item.name):
        return InterventionRole.COMPARATOR
    if compared or _background(item):
        return InterventionRole.BACKGROUND
    return InterventionRole.EXPERIMENTAL


def _background(item: Intervention) -> bool:
    if _BACKGROUND_NAME.search(item.name):
        return True
    return item.description is not None and _BACKGROUND_SAID.search(item.description[:_SAID_WITHIN]) is not None


def _key(label: str) -> str:
    return label.casefold()
