"""How the server listens, and the sizes it accepts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """Everything that can be set about serving. Sizes bound what one request can cost."""

    host: str = "127.0.0.1"
    """Address to bind. Only this machine by default: the server has no accounts."""
    port: int = 8000
    """Port to bind; 0 lets the system choose."""
    max_get_text: int = 1000
    """Characters of `q` that `GET /search` takes; longer texts, and notes, belong into `POST /search`."""
    max_suggest_text: int = 60
    """Characters of a prefix that `/suggest` completes."""
    max_text: int = 100_000
    """Characters of `query` that `POST /search` takes: a long patient record fits."""
    max_body_bytes: int = 1_048_576
    """Bytes of a request body; more is answered 413. A text of `max_text` fits, percent-encoded too."""
    max_target_bytes: int = 16_384
    """Bytes of a path with its query string; more is answered 414."""
    default_page: int = 10
    """Hits on a page where the request names no `size`."""
    max_page: int = 100
    """Largest `size` of a page."""
    max_suggestions: int = 20
    """Largest `size` of `/suggest`."""
    retry_seconds: float = 5.0
    """Pause before an index that could not be opened is tried again; also the `Retry-After` of a 503."""
    shutdown_seconds: float = 5.0
    """How long requests under way may take to finish after SIGINT or SIGTERM."""
