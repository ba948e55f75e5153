"""A search request, read from an address, a form or a JSON body: everything unknown or malformed is refused by name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from api import values
from api.filters import NAMES as FILTER_NAMES
from api.filters import FilterError, parse_filters, unknown_names
from api.labels import count_label
from api.problems import FieldError, ProblemError, ProblemKind
from api.settings import ServeSettings
from search.gazetteer import Gazetteer, bundled_gazetteer
from search.query import Filters, Query
from search.query_parser import Choice, clean, concept_key, parse_query, with_choices

Places = Callable[[], Gazetteer]
MAX_CURSOR = 500
GET_NAMES = ("q", "size", "cursor", "explain", "facets", "concept", "as_typed", *FILTER_NAMES)
JSON_NAMES = ("query", "filters", "size", "cursor", "explain", "facets", "concept", "as_typed")
FORM_NAMES = (*JSON_NAMES, "remove", "choose", *FILTER_NAMES)
"""A form gives filters by name, or as a JSON object in `filters`. `remove` takes filters away again, for the page's
buttons: `name:value`, `name:` or `*`. `choose` is the page's button of a concept; it takes the place of `concept`."""
POST_HINT = 'Send it in the body of POST /search, as JSON or a form: {"query": "…"}.'


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A search as asked for."""

    query: Query
    given: str
    """The text as it was given, cleaned; `query.text` is without the NCT ids it names."""
    size: int
    cursor: str | None = None
    explain: bool = False
    facets: bool = True
    choices: tuple[tuple[str, Choice], ...] = ()
    """What was chosen for concepts of the text, by their keys; only those that the text has."""
    as_typed: bool = False
    """Whether words that look misspelt are left as they are."""
    read: Query = field(default_factory=Query)
    """The query as read from the text, before anything was chosen."""
    ignored_characters: int = 0
    """Control characters and unpaired surrogates that were left out of the text."""

    @property
    def filters(self) -> Filters:
        """The filters of the query."""
        return self.query.filters

    @property
    def options(self) -> list[tuple[str, str]]:
        """What the address of the search needs beside the text and the filters."""
        chosen = [("concept", f"{key}:{choice}") for key, choice in self.choices]
        return [
            *([("explain", "true")] if self.explain else []),
            *([("as_typed", "true")] if self.as_typed else []),
            *chosen,
        ]

    @property
    def notices(self) -> tuple[str, ...]:
        """What the person who asked should know about the request, in sentences."""
        if not self.ignored_characters:
            return ()
        return (f"{count_label(self.ignored_characters, 'character')} of the text stood for nothing and fell away.",)


def from_address(
    pairs: Iterable[tuple[str, str]], settings: ServeSettings, places: Places = bundled_gazetteer
) -> SearchRequest:
    """Read `GET /search`. `places` gives the gazetteer in which the text's places are looked up.

    Raises:
        ProblemError: unknown names, invalid values, a text that is too long for an address.
    """
    raw = _grouped(pairs)
    _refuse_unknown(raw, GET_NAMES)
    text = _one(raw, "q", "")
    if len(text) > settings.max_get_text:
        detail = f"`q` takes at most {settings.max_get_text:,} characters in an address. {POST_HINT}"
        raise ProblemError.of(ProblemKind.TEXT_TOO_LONG, detail, FieldError("q", detail))
    return build_request(text, {name: raw[name] for name in FILTER_NAMES if name in raw}, raw, settings, places)


async def from_body(request: Request, settings: ServeSettings, places: Places = bundled_gazetteer) -> SearchRequest:
    """Read the body of `POST /search`, JSON or form; `places` as in `from_address`.

    Raises:
        ProblemError: as `from_address`; also an unreadable body or an unknown media type.
    """
    if request.query_params:
        names = ", ".join(f"`{error.field}`" for error in unknown_names(list(request.query_params), ()))
        raise ProblemError.of(
            ProblemKind.UNKNOWN_PARAMETER,
            f"POST /search takes everything in its body; the address has {names or 'parameters'}.",
        )
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return await run_in_threadpool(_from_form, await form_pairs(request), settings, places)
    body = read_json(kind, await request.body())
    _refuse_unknown(body, JSON_NAMES)
    raw = {name: [value] for name, value in body.items()}
    return await run_in_threadpool(
        build_request, _text(body.get("query"), "query"), json_filters(body.get("filters")), raw, settings, places
    )


async def form_pairs(request: Request) -> list[tuple[str, str]]:
    """The fields of a form, in order. Files are refused."""
    async with request.form(max_files=0, max_fields=2000) as form:
        pairs = form.multi_items()
    if any(isinstance(value, UploadFile) for _, value in pairs):
        raise ProblemError.of(ProblemKind.MALFORMED_BODY, "The form must not hold files.")
    return [(name, str(value)) for name, value in pairs]


def read_json(media_type: str, body: bytes) -> Mapping[str, object]:
    """A JSON object from a body.

    Raises:
        ProblemError: it is none.
    """
    if media_type and media_type != "application/json" and not media_type.endswith("+json"):
        raise ProblemError.of(
            ProblemKind.MEDIA_TYPE, "Send application/json, application/x-www-form-urlencoded or multipart/form-data."
        )
    try:
        value = json.loads(body)
    except UnicodeDecodeError as error:
        raise ProblemError.of(ProblemKind.MALFORMED_BODY, "The body is not UTF-8.") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ProblemError.of(ProblemKind.MALFORMED_BODY, f"The body is not JSON: it breaks off at {where}.") from None
    except (RecursionError, ValueError) as error:
        raise ProblemError.of(
            ProblemKind.MALFORMED_BODY, "The JSON of the body is nested too deep, or has a number too long."
        ) from error
    if not isinstance(value, dict):
        raise ProblemError.of(ProblemKind.MALFORMED_BODY, 'The body must be a JSON object, as {"query": "…"}.')
    return value


def _from_form(pairs: list[tuple[str, str]], settings: ServeSettings, places: Places) -> SearchRequest:
    raw = _grouped(pairs)
    _refuse_unknown(raw, FORM_NAMES)
    filters: dict[str, list[object]] = {name: list(raw[name]) for name in FILTER_NAMES if name in raw}
    text = _one(raw, "filters", "").strip()
    if text:
        for name, listed in json_filters(read_json("", text.encode("utf-8", "replace"))).items():
            filters.setdefault(name, []).extend(listed)
    for name, _, value in (entry.partition(":") for entry in raw.get("remove", ())):
        if name == "*":
            filters = {}
            continue
        kept = [v for v in values.split(map(str, filters.get(name, ()))) if value and v != value]
        filters[name] = list(kept)
    return build_request(_one(raw, "query", ""), filters, raw, settings, places)


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    raw: dict[str, list[str]] = {}
    for name, value in pairs:
        raw.setdefault(name, []).append(value)
    return raw


def _refuse_unknown(names: Iterable[str], valid: tuple[str, ...]) -> None:
    errors = unknown_names(list(names), valid)
    if errors:
        raise ProblemError.of_errors(ProblemKind.UNKNOWN_PARAMETER, errors)


def _one(raw: Mapping[str, Sequence[str]], name: str, default: str) -> str:
    given = raw.get(name, ())
    if len(given) > 1:
        detail = f"`{name}` is given {len(given)} times; give it once."
        raise ProblemError.of(ProblemKind.INVALID_REQUEST, detail, FieldError(name, detail))
    return given[0] if given else default


def _text(value: object, name: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        detail = f"`{name}` must be a text."
        raise ProblemError.of(ProblemKind.INVALID_REQUEST, detail, FieldError(name, detail))
    return value


def json_filters(value: object) -> dict[str, list[object]]:
    """The member `filters` of a body as values by name.

    Raises:
        ProblemError: it is no object, or names a filter that does not exist.
    """
    if value is None:
        return {}
    if not isinstance(value, dict):
        detail = '`filters` must be an object, as {"status": ["RECRUITING"]}.'
        raise ProblemError.of(ProblemKind.INVALID_REQUEST, detail, FieldError("filters", detail))
    _refuse_unknown(value, FILTER_NAMES)
    return {name: [listed] for name, listed in value.items()}


def build_request(
    text: str,
    filters: Mapping[str, Sequence[object]],
    raw: Mapping[str, Sequence[object]],
    settings: ServeSettings,
    places: Places = bundled_gazetteer,
) -> SearchRequest:
    """A search of a text, filters by name, and the options among `raw`; `places` as in `from_address`.

    Raises:
        ProblemError: the text is too long, or a value is not valid.
    """
    errors: list[FieldError] = []
    if len(text) > settings.max_text:
        detail = f"The text has more than {settings.max_text:,} characters; shorten it."
        raise ProblemError.of(ProblemKind.TEXT_TOO_LONG, detail, FieldError("query", detail))
    options: dict[str, object] = {"size": settings.default_page, "cursor": None, "explain": False, "facets": True}
    options["as_typed"] = False
    for name in options:
        given = [value for value in raw.get(name, ()) if value not in (None, "")]
        if len(given) > 1:
            errors.append(FieldError(name, f"`{name}` is given {len(given)} times; give it once."))
        elif given:
            try:
                options[name] = _option(name, given[0], settings)
            except ValueError as error:
                errors.append(FieldError(name, str(error)))
    chosen = _choices(raw, errors)
    if errors:
        raise ProblemError.of_errors(ProblemKind.INVALID_REQUEST, errors)
    try:
        parsed = parse_filters(filters)
    except FilterError as error:
        raise ProblemError.of_errors(error.kind, error.errors) from None
    cursor = options["cursor"]
    size = options["size"]
    assert isinstance(size, int)
    given_text = clean(text)
    as_typed = options["as_typed"] is True
    read = parse_query(text, parsed, correct=not as_typed, gazetteer=places() if text else None)
    keys = {concept_key(one) for one in read.concepts}
    known = {key: choice for key, choice in chosen.items() if key in keys}
    return SearchRequest(
        query=with_choices(read, known),
        choices=tuple(known.items()),
        as_typed=as_typed,
        read=read,
        given=given_text,
        size=size,
        cursor=cursor if isinstance(cursor, str) else None,
        explain=options["explain"] is True,
        facets=options["facets"] is True,
        ignored_characters=_ignored(text),
    )


_CHOICE = re.compile(r"(?P<key>[0-9a-f]{8}):(?P<choice>include|exclude|unknown|remove|)")
_MOST_CHOICES = 200


def _choices(raw: Mapping[str, Sequence[object]], errors: list[FieldError]) -> dict[str, Choice]:
    """Choices by key; a later one takes the place of an earlier one, an empty one takes it back."""
    chosen: dict[str, Choice] = {}
    for name in ("concept", "choose"):
        given = [item for value in raw.get(name, ()) for item in (value if isinstance(value, list) else [value])]
        for item in [one for one in given if one not in (None, "")][:_MOST_CHOICES]:
            match = _CHOICE.fullmatch(item) if isinstance(item, str) else None
            if match is None:
                detail = f"`{name}` must be a concept's `key` and a choice, as `0a1b2c3d:exclude`."
                errors.append(FieldError(name, detail, ("include", "exclude", "unknown", "remove")))
                return {}
            chosen.pop(match["key"], None)
            if match["choice"]:
                chosen[match["key"]] = Choice(match["choice"])
    return chosen


def _option(name: str, value: object, settings: ServeSettings) -> object:
    if name == "size":
        return values.whole(value, "size", 1, settings.max_page)
    if name == "cursor":
        if not isinstance(value, str) or len(value) > MAX_CURSOR or not value.isascii():
            raise ValueError("`cursor` must be the `next_cursor` of an answer.")
        return value
    return values.flag(value, name)


def _ignored(text: str) -> int:
    """How many characters are no text: controls other than white space, and unpaired surrogates."""
    if text.isprintable():
        return 0
    return sum(
        1 for c in text if (ord(c) < 32 and c not in "\t\n\r") or 127 <= ord(c) < 160 or 0xD800 <= ord(c) < 0xE000
    )
