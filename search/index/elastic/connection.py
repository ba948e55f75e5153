"""Where an Elasticsearch is, a client for it, and one clear sentence for everything that can go wrong there.

No message carries credentials, and none carries what the server says about a request: it may quote the query.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import elasticsearch
from elasticsearch import Elasticsearch
from elasticsearch.serializer import OrjsonSerializer

from search.config import ElasticConfig
from search.index.base import IndexUnavailableError

DEFAULT_ALIAS = "oncomatch"
_DEFAULT_PORTS = {"http": 9200, "https": 443}
_ALIAS = re.compile(r"[a-z0-9][a-z0-9_.-]{0,100}")


@dataclass(frozen=True, slots=True)
class Address:
    """An Elasticsearch URL, taken apart."""

    server: str
    """`scheme://host:port[/prefix]`, without credentials."""
    alias: str
    auth: tuple[str, str] | None = None

    @property
    def location(self) -> str:
        """The place for messages."""
        return f"{self.server}/{self.alias}"


def parse_address(url: str) -> Address:
    """Take `http(s)://[user:password@]host[:port][/prefix][/alias]` apart.

    The last part of the path is the alias, `oncomatch` where there is none. Without a port, http means 9200 and
    https 443.

    Raises:
        IndexUnavailableError: it is no such URL, or the alias is no name that Elasticsearch takes.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise IndexUnavailableError(
            "The index address is no URL of the form http://host:9200/alias: correct it."
        ) from error
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise IndexUnavailableError("The index address is no URL of the form http://host:9200/alias: correct it.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    path = [part for part in parts.path.split("/") if part]
    alias = path.pop() if path else DEFAULT_ALIAS
    if not _ALIAS.fullmatch(alias):
        raise IndexUnavailableError(
            f"'{alias}' cannot be an Elasticsearch alias: use lower-case letters, digits, '-', '_' and '.'."
        )
    server = "/".join([f"{parts.scheme}://{host}:{port or _DEFAULT_PORTS[parts.scheme]}", *path])
    auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    return Address(server, alias, auth)


def connect(
    address: Address, config: ElasticConfig, *, api_key: str | None = None, ca_certs: str | None = None
) -> Elasticsearch:
    """A client for the server; nothing is sent yet. Safe for use from several threads."""
    options: dict[str, Any] = {}
    if api_key:
        options["api_key"] = api_key
    elif address.auth:
        options["basic_auth"] = address.auth
    if ca_certs:
        options["ca_certs"] = ca_certs
    return Elasticsearch(
        address.server,
        request_timeout=config.request_timeout_s,
        retry_on_timeout=False,
        max_retries=2,
        serializers={"application/json": OrjsonSerializer(), "application/vnd.elasticsearch+json": OrjsonSerializer()},
        **options,
    )


def check_version(client: Elasticsearch, location: str) -> None:
    """Refuse a server whose major version is not the client's.

    Raises:
        IndexUnavailableError: it is another version, or it does not answer.
    """
    with answering(location):
        number = str(client.info()["version"]["number"])
    major = elasticsearch.__version__[0]
    if number.split(".", 1)[0] != str(major):
        raise IndexUnavailableError(
            f"{location} runs Elasticsearch {number}, but this client speaks version {major}:"
            f" use an Elasticsearch {major} or install the client of the server's major version."
        )


@contextmanager
def answering(location: str) -> Iterator[None]:
    """Turn whatever the client raises inside into an `IndexUnavailableError` with one sentence."""
    try:
        yield
    except elasticsearch.UnsupportedProductError:
        raise IndexUnavailableError(f"What answers at {location} is no Elasticsearch: check the address.") from None
    except elasticsearch.ApiError as error:
        raise IndexUnavailableError(sentence(location, error.status_code, _kind(error.body))) from None
    except elasticsearch.ConnectionTimeout:
        raise IndexUnavailableError(
            f"Elasticsearch at {location} did not answer in time: look whether it is overloaded, and try again."
        ) from None
    except elasticsearch.SSLError:
        raise IndexUnavailableError(
            f"The certificate of {location} cannot be verified: name its certificate authority,"
            " or check that it is the right server."
        ) from None
    except elasticsearch.ConnectionError:
        raise IndexUnavailableError(
            f"No Elasticsearch answers at {location}: start it, or check the address."
        ) from None
    except elasticsearch.TransportError as error:
        raise IndexUnavailableError(
            f"The answer of {location} cannot be read ({type(error).__name__}): check the address."
        ) from None


def sentence(location: str, status: int, kind: str) -> str:
    """What an error answer of the server means for a person.

    Args:
        location: where, without credentials.
        status: HTTP status.
        kind: the server's own name of the error, such as `index_not_found_exception`.
    """
    if status == 401:
        return f"Elasticsearch at {location} wants credentials, or refuses the ones given (401): correct them."
    if status == 403:
        return (
            f"Elasticsearch at {location} does not allow this (403, {kind}):"
            " ask its administrator for the rights to this index, or see whether it is blocked for want of disk space."
        )
    if status == 404:
        return f"There is no index at {location} ({kind}): build one with `oncomatch build --index {location}`."
    if status == 429:
        return f"Elasticsearch at {location} is too busy (429, {kind}): try again in a while."
    if kind in {"media_type_header_exception", "content_type_header_exception"}:
        return f"Elasticsearch at {location} is of another major version than this client: use the matching one."
    if status >= 500:
        return f"Elasticsearch at {location} cannot answer now ({status}, {kind}): look at its log and health."
    return (
        f"Elasticsearch at {location} refused a request ({status}, {kind}):"
        " the index may have been built by another version of this program; build it anew."
    )


def check_response(location: str, response: Mapping[str, Any]) -> None:
    """Refuse an error inside an answer of several parts (`_msearch`, `_mget`).

    Raises:
        IndexUnavailableError: the part failed.
    """
    if "error" in response:
        kind = _kind(response)
        status = int(response.get("status", 404 if kind == "index_not_found_exception" else 500))
        raise IndexUnavailableError(sentence(location, status, kind))


def _kind(body: object) -> str:
    """The type of an error body: a fixed name, never the reason, which may quote the query."""
    error = body.get("error") if isinstance(body, Mapping) else None
    kind = error.get("type") if isinstance(error, Mapping) else None
    return str(kind or "no reason given")
