"""A real Elasticsearch for the tests: one that is named, or one that is started once per session and stopped again.

Looked for in this order:

1. `ONCOMATCH_TEST_ELASTICSEARCH`: the URL of a running server, which the tests may write to.
2. `ELASTICSEARCH_HOME`: an unpacked distribution, started here on a free port.
3. `ONCOMATCH_TEST_ELASTICSEARCH_DIR` (default `../shared/elasticsearch` beside the checkout): a folder whose
   `run-elasticsearch start DIR --port P` starts a server and `run-elasticsearch stop DIR` stops it.

Otherwise the tests that need one are skipped, or fail where `ONCOMATCH_REQUIRE` names `elasticsearch`.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, absent

HEAP = "512m"
_READY_SECONDS = 120
_ROOM = 4 << 30
_NOBODY = 65534


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    """URL of a server, `http://host:port`."""
    named = os.environ.get("ONCOMATCH_TEST_ELASTICSEARCH")
    home = os.environ.get("ELASTICSEARCH_HOME")
    script = (
        Path(os.environ.get("ONCOMATCH_TEST_ELASTICSEARCH_DIR", ROOT.parent / "shared" / "elasticsearch"))
        / "run-elasticsearch"
    )
    if named:
        if not _answers(named):
            pytest.fail("no Elasticsearch answers at the URL that ONCOMATCH_TEST_ELASTICSEARCH names")
        yield named.rstrip("/")
    elif home:
        yield from _distribution(Path(home))
    elif script.is_file():
        yield from _script(script)
    else:
        absent(
            "elasticsearch",
            "no Elasticsearch: ONCOMATCH_TEST_ELASTICSEARCH names a URL, ELASTICSEARCH_HOME an unpacked distribution",
        )


@pytest.fixture
def elastic_alias_url(elasticsearch_url: str) -> Iterator[str]:
    """URL of an alias of its own; whatever the test left behind it is deleted."""
    alias = f"test-{secrets.token_hex(6)}"
    yield f"{elasticsearch_url}/{alias}"
    delete_alias(elasticsearch_url, alias)


def delete_alias(url: str, alias: str) -> None:
    """Delete all indices whose names begin with a test's alias."""
    from elasticsearch import Elasticsearch

    with Elasticsearch(url, request_timeout=60) as client:
        for index in client.indices.get(index=f"{alias}-*", expand_wildcards="all"):
            client.indices.delete(index=index)


def _script(script: Path) -> Iterator[str]:
    folder = _open_folder()
    port = free_port()
    try:
        # Its transport listens a hundred ports higher.
        done = subprocess.run(
            [script, "start", folder, "--port", str(port), "--heap", HEAP], capture_output=True, text=True, timeout=300
        )
        if done.returncode != 0:
            pytest.fail(f"{script} did not start a server: {done.stderr.strip()[-500:]}")
        yield f"http://127.0.0.1:{port}"
    finally:
        subprocess.run([script, "stop", folder], capture_output=True, timeout=120)
        shutil.rmtree(folder, ignore_errors=True)


def _distribution(home: Path) -> Iterator[str]:
    folder = _open_folder()
    config = folder / "config"
    shutil.copytree(home / "config", config)
    # The server refuses root, so root starts it as the user that owns nothing.
    as_nobody: dict[str, Any] = {}
    if os.geteuid() == 0:
        as_nobody = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}
        for path in (folder, config, *config.rglob("*")):
            os.chown(path, _NOBODY, _NOBODY)
    port = free_port()
    settings = {
        "path.data": folder / "data",
        "path.logs": folder / "logs",
        "http.host": "127.0.0.1",
        "http.port": port,
        "transport.host": "127.0.0.1",
        "transport.port": free_port(),
        "discovery.type": "single-node",
        "xpack.security.enabled": "false",
        "cluster.routing.allocation.disk.threshold_enabled": "false",
    }
    command = [str(home / "bin" / "elasticsearch"), *(f"-E{name}={value}" for name, value in settings.items())]
    environment = {**os.environ, "ES_PATH_CONF": str(config), "ES_JAVA_OPTS": f"-Xms{HEAP} -Xmx{HEAP}"}
    java = shutil.which("java")
    if java and not (home / "jdk").is_dir():
        environment.setdefault("ES_JAVA_HOME", str(Path(java).resolve().parent.parent))
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            command, stdout=log, stderr=log, env=environment, cwd=folder, start_new_session=True, **as_nobody
        )
    try:
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + _READY_SECONDS
        while not _answers(url):
            if server.poll() is not None or time.monotonic() > deadline:
                pytest.fail("the Elasticsearch in ELASTICSEARCH_HOME did not start: " + _tail(folder / "log"))
            time.sleep(0.5)
        yield url
    finally:
        # The launcher starts the server as a child in the same, new process group.
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port that nobody listens on, nor on the one a hundred higher."""
    for _ in range(50):
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 100))
            except (OSError, OverflowError):
                continue
            return port
    raise RuntimeError("no two free ports a hundred apart")


def _open_folder() -> Path:
    """A new folder that an ordinary user can enter, as the server runs as one; pytest's own are closed to others.

    In memory where there is room: a server that flushes every small change to a disk spends its time on that.
    """
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM
    folder = Path(tempfile.mkdtemp(prefix="oncomatch-elasticsearch-", dir=memory if roomy else None))
    folder.chmod(0o755)
    return folder


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_cluster/health?timeout=1s", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _tail(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-500:]
