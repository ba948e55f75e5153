"""Generations on an Elasticsearch: the only package that imports its client.

Raises:
    ClientMissingError: the client is not installed; the message names the extra that brings it.
"""

from search.index.base import IndexUnavailableError


class ClientMissingError(IndexUnavailableError, ImportError):
    """The package `elasticsearch` is not installed."""


try:
    import elasticsearch as _client  # noqa: F401
except ImportError as error:
    raise ClientMissingError(
        "An Elasticsearch index needs the package elasticsearch, which is not installed:"
        " pip install 'oncomatch[elasticsearch]'."
    ) from error
