"""Answers as bytes: JSON that no text can break, problems, and which of JSON and HTML a client prefers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import orjson
from fastapi import Request
from starlette.responses import Response

from api.problems import CONTENT_TYPE, Problem

_SURROGATES = re.compile("[\ud800-\udfff]")


def to_bytes(body: Mapping[str, object]) -> bytes:
    """UTF-8 JSON. An unpaired surrogate, which UTF-8 cannot hold, becomes U+FFFD."""
    try:
        return orjson.dumps(body)
    except TypeError:
        # json escapes every surrogate as six ASCII characters; a pair of them would be a character, so they go first.
        return json.dumps(_scrubbed(body), ensure_ascii=False, allow_nan=False).encode()


def _scrubbed(value: object) -> object:
    if isinstance(value, str):
        return _SURROGATES.sub("�", value)
    if isinstance(value, Mapping):
        return {_scrubbed(str(key)): _scrubbed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_scrubbed(item) for item in value]
    return value


def json_response(body: Mapping[str, object], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(to_bytes(body), status, dict(headers or {}), "application/json")


def html_response(text: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A page. Characters that UTF-8 cannot hold are replaced."""
    body = _SURROGATES.sub("�", text).encode()
    return Response(body, status, dict(headers or {}), "text/html; charset=utf-8")


def problem_response(problem: Problem) -> Response:
    """A problem as RFC 9457 writes it."""
    return Response(to_bytes(problem.to_json()), problem.kind.status, dict(problem.headers), CONTENT_TYPE)


def prefers_html(request: Request) -> bool:
    """Whether `Accept` ranks text/html above JSON (RFC 9110 §12.5.1); a tie, or no header, means JSON."""
    ranges = _ranges(request.headers.get("accept", ""))
    return _quality(ranges, "text/html") > _quality(ranges, "application/json")


def _ranges(accept: str) -> list[tuple[str, float]]:
    found = []
    for part in accept.split(",")[:50]:
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                quality = float(value) if re.fullmatch(r"[01](\.\d{0,3})?", value.strip(), re.ASCII) else 0.0
        if media:
            found.append((media, min(quality, 1.0)))
    return found


def _quality(ranges: list[tuple[str, float]], media: str) -> float:
    """The quality of the most specific range that covers a media type."""
    kind = media.split("/", maxsplit=1)[0]
    for wanted in (media, f"{kind}/*", "*/*"):
        for range_, quality in ranges:
            if range_ == wanted:
                return quality
    return 0.0
