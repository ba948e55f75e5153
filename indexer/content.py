"""What a record says, as a hash: equal for records that differ only in key order or in the snapshot they came from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b

import orjson


def content_hash(record: Mapping[str, object]) -> str:
    """Hash of a record (BLAKE2b, 128 bits, hexadecimal) over its JSON with sorted keys and without `versionHolder`."""
    plain = _without_version_holder(record)
    try:
        data = orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        # Lone surrogates and numbers beyond 64 bits; ASCII escapes carry them.
        data = json.dumps(plain, sort_keys=True, separators=(",", ":")).encode("ascii")
    return blake2b(data, digest_size=16).hexdigest()


def _without_version_holder(record: Mapping[str, object]) -> Mapping[str, object]:
    derived = record.get("derivedSection")
    if not isinstance(derived, Mapping):
        return record
    misc = derived.get("miscInfoModule")
    if not isinstance(misc, Mapping) or "versionHolder" not in misc:
        return record
    kept = {key: value for key, value in misc.items() if key != "versionHolder"}
    others = {key: value for key, value in derived.items() if key != "miscInfoModule"}
    derived = {**others, "miscInfoModule": kept} if kept else others
    outer = {key: value for key, value in record.items() if key != "derivedSection"}
    return {**outer, "derivedSection": derived} if derived else outer
