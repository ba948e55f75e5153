"""Every error of the API is an RFC 9457 problem (`application/problem+json`); this is the list of kinds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

CONTENT_TYPE = "application/problem+json"


class ProblemKind(Enum):
    """A kind of problem: its name in the `type` URI, the HTTP status, the title, and what it means."""

    INVALID_REQUEST = (
        "invalid-request",
        422,
        "The request is not valid",
        "A value is missing, malformed or out of range.",
    )
    UNKNOWN_PARAMETER = (
        "unknown-parameter",
        422,
        "Unknown parameter",
        "Unknown parameters are refused, not ignored: without a filter, another question would be answered.",
    )
    CONTRADICTORY_FILTERS = (
        "contradictory-filters",
        422,
        "The filters contradict each other",
        "No trial could ever satisfy these filters together.",
    )
    INVALID_CURSOR = (
        "invalid-cursor",
        422,
        "The cursor cannot be followed",
        "A cursor continues the very query that gave it, on the same index generation.",
    )
    TEXT_TOO_LONG = (
        "text-too-long",
        422,
        "The text is too long",
        "Long texts and notes belong into the body of POST /search.",
    )
    MALFORMED_BODY = (
        "malformed-body",
        400,
        "The body cannot be read",
        "The body is not valid JSON, or not a valid form.",
    )
    BAD_REQUEST = ("bad-request", 400, "The request cannot be read", "The request is not well-formed.")
    NOT_FOUND = ("not-found", 404, "Not found", "There is no such page.")
    TRIAL_NOT_FOUND = ("trial-not-found", 404, "Trial not found", "The index holds no trial of this id.")
    METHOD_NOT_ALLOWED = ("method-not-allowed", 405, "Method not allowed", "See the header Allow.")
    BODY_TOO_LARGE = (
        "body-too-large",
        413,
        "The body is too large",
        "The body has more bytes than the server accepts.",
    )
    ADDRESS_TOO_LONG = ("address-too-long", 414, "The address is too long", "Use POST /search for long requests.")
    MEDIA_TYPE = (
        "unsupported-media-type",
        415,
        "Unsupported media type",
        "Bodies are application/json, application/x-www-form-urlencoded or multipart/form-data.",
    )
    INTERNAL = ("internal-error", 500, "Internal error", "A fault of the server; nothing was changed.")
    UNAVAILABLE = (
        "index-unavailable",
        503,
        "The index cannot answer",
        "There is no index yet, it is being opened, or it cannot be reached. Try again later.",
    )

    def __init__(self, slug: str, status: int, title: str, meaning: str) -> None:
        self.slug = slug
        self.status = status
        self.title = title
        self.meaning = meaning


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field of the request. Values that a person typed are never repeated."""

    field: str
    detail: str
    allowed: tuple[str, ...] = ()
    suggestion: str | None = None

    def to_json(self) -> dict[str, object]:
        """The error as a member of a problem's `errors`."""
        body: dict[str, object] = {"field": self.field, "detail": self.detail}
        if self.allowed:
            body["allowed"] = list(self.allowed)
        if self.suggestion:
            body["suggestion"] = self.suggestion
        return body


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem as RFC 9457 describes it, with `errors` as an extension member."""

    kind: ProblemKind
    detail: str
    errors: tuple[FieldError, ...] = ()
    headers: tuple[tuple[str, str], ...] = field(default=())

    def to_json(self) -> dict[str, object]:
        """The problem as a JSON object."""
        body: dict[str, object] = {
            "type": f"/problems#{self.kind.slug}",
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail,
        }
        if self.errors:
            body["errors"] = [error.to_json() for error in self.errors]
        return body


class ProblemError(Exception):
    """Ends the request with a problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.kind.slug)
        self.problem = problem

    @classmethod
    def of(cls, kind: ProblemKind, detail: str, *errors: FieldError) -> ProblemError:
        """A problem of one sentence."""
        return cls(Problem(kind, detail, tuple(errors)))

    @classmethod
    def of_errors(cls, kind: ProblemKind, errors: Sequence[FieldError]) -> ProblemError:
        """A problem whose detail is the first error, with all of them listed."""
        more = f" ({len(errors) - 1} more in `errors`)" if len(errors) > 1 else ""
        return cls(Problem(kind, errors[0].detail + more, tuple(errors)))
