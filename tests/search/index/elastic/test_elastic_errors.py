"""Whatever goes wrong with an Elasticsearch ends in one clear sentence, without credentials and without the query."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from search.config import DEFAULT_CONFIG, ElasticConfig
from search.index.base import IndexUnavailableError
from search.index.elastic.connection import check_response, parse_address
from search.index.elastic.store import ElasticStore
from tests.conftest import ROOT
from tests.elastic_server import free_port

Answer = Callable[[str], tuple[int, str]]
QUICK = ElasticConfig(request_timeout_s=0.3)
SECRET = "s3cret"


@contextmanager
def stub(answer: Answer, *, product: bool = True) -> Iterator[str]:
    """A server that gives the same kind of answer to everything; yields `host:port`."""

    class Handler(BaseHTTPRequestHandler):
        def respond(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            status, body = answer(self.path)
            data = body.encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            if product:
                self.send_header("x-elastic-product", "Elasticsearch")
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_HEAD = respond  # noqa: N815

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def error(status: int, kind: str) -> Answer:
    body = {"error": {"type": kind, "reason": "patient with a secret illness"}, "status": status}
    return lambda _: (status, json.dumps(body))


def message_of(where: str, config: ElasticConfig = QUICK) -> str:
    """What a person reads who looks for the current generation."""
    with (
        closing(ElasticStore(f"http://reader:{SECRET}@{where}/trials", config)) as store,
        pytest.raises(IndexUnavailableError) as caught,
    ):
        store.current()
    return str(caught.value)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (error(401, "security_exception"), "credentials"),
        (error(403, "security_exception"), "rights"),
        (error(429, "es_rejected_execution_exception"), "too busy"),
        (error(503, "cluster_block_exception"), "503"),
        (error(400, "media_type_header_exception"), "major version"),
        (error(400, "parsing_exception"), "parsing_exception"),
        (lambda _: (200, json.dumps({"version": {"number": "9.1.0"}})), "9.1.0"),
        (lambda _: (200, json.dumps({"version": {"number": "7.17.2"}})), "version 8"),
        (lambda _: (200, "{ not json"), "cannot be read"),
        (lambda _: (500, ""), "500"),
    ],
)
def test_every_answer_has_its_sentence(answer: Answer, words: str) -> None:
    with stub(answer) as where:
        message = message_of(where)
    assert words in message
    assert where in message
    assert message.endswith(".")
    assert SECRET not in message
    assert "illness" not in message


def test_something_else_answers() -> None:
    with stub(lambda _: (200, json.dumps({"version": {"number": "8.19.0"}})), product=False) as where:
        assert "no Elasticsearch" in message_of(where)


def test_nothing_answers() -> None:
    assert "start it" in message_of(f"127.0.0.1:{free_port()}")


def test_a_slow_server() -> None:
    def slow(_: str) -> tuple[int, str]:
        time.sleep(1)
        return 200, "{}"

    with stub(slow) as where:
        assert "in time" in message_of(where)


def test_no_certificate_to_trust() -> None:
    with (
        stub(lambda _: (200, "{}")) as where,
        closing(ElasticStore(f"https://{where}/trials", QUICK)) as store,
        pytest.raises(IndexUnavailableError, match=r"certificate|answers"),
    ):
        store.current()


def test_an_error_inside_an_answer() -> None:
    with pytest.raises(IndexUnavailableError, match="no index at here"):
        check_response("here", {"error": {"type": "index_not_found_exception"}, "status": 404})
    check_response("here", {"hits": {}})


def test_addresses() -> None:
    address = parse_address("http://localhost")
    assert (address.server, address.alias, address.auth) == ("http://localhost:9200", "oncomatch", None)
    address = parse_address("https://me:p%40ss@search.example.org/proxy/es/my-trials/")
    assert address.location == "https://search.example.org:443/proxy/es/my-trials"
    assert (address.alias, address.auth) == ("my-trials", ("me", "p@ss"))
    assert parse_address("http://[::1]:9201/x").server == "http://[::1]:9201"


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "ftp://host/x",
        "http://host:port/x",
        "http://host:99999/x",
        "http://host/Upper",
        "http://host/_x",
        "http://host/a*",
    ],
)
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(IndexUnavailableError):
        parse_address(url)


def test_credentials_are_in_no_location() -> None:
    with closing(ElasticStore(f"http://reader:{SECRET}@localhost:9200/trials", DEFAULT_CONFIG.elastic)) as store:
        assert store.location == "http://localhost:9200/trials"


def test_without_the_client_the_extra_is_named() -> None:
    program = (
        "import sys; sys.modules['elasticsearch'] = None\n"
        "from search.index.base import IndexUnavailableError\n"
        "from search.index.open import open_store\n"
        "try:\n    open_store('http://localhost:9200')\n"
        "except IndexUnavailableError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert "oncomatch[elasticsearch]" in done.stdout, done.stderr


def test_the_embedded_back_end_does_not_load_the_client() -> None:
    program = "import sys, search.index.open, search.index.embedded.store; print('elasticsearch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "False", done.stderr
