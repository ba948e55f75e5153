from __future__ import annotations

import json
import random
from urllib.parse import quote, urlencode

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from api.parameters import BY_NAME
from api.schemas import ProblemAnswer, SearchAnswer

NASTY = (
    "",
    " ",
    "\x00",
    "a\x00b\x1b[31m\x7f\x85",
    "\ud800",
    "x\udfff y",
    "😀 \u202e\ufeff",
    '"',
    "(((",
    "AND OR NOT",
    "title:x^5 AND [a TO b] ~2 +must -not /regex.*/ {!func}",
    "*:*",
    "%s %d {0} ${x} {{7*7}}",
    "'; DROP TABLE trials; --",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "9" * 400,
    "NCT00000000",
    "NCT99000001 NCT00000000",
    "-1",
    "1e309",
    "nan",
)


def check(response: Response) -> None:
    """Never a fault; an error is a problem, an answer has the documented form."""
    assert response.status_code < 500, response.text
    if response.status_code >= 400:
        assert response.headers["content-type"] == "application/problem+json"
        problem = ProblemAnswer.model_validate(response.json())
        assert problem.status == response.status_code
        assert problem.detail
    elif response.status_code == 200 and response.url.path == "/search":
        SearchAnswer.model_validate(response.json())


@pytest.mark.parametrize("text", NASTY)
def test_nasty_texts_are_answered_everywhere(client: TestClient, text: str) -> None:
    shown = text.encode("utf-8", "surrogatepass")
    for path in ("/search?q=", "/suggest?q=", "/trials/", "/search?cursor=", "/search?size=", "/search?near=", "/"):
        check(client.get(path + quote(shown)))
    for name in BY_NAME:
        check(client.get(f"/search?{name}={quote(shown)}"))
    for body in ({"query": text}, {"query": "x", "cursor": text}, {"filters": {"city": [text]}}, {text: text}):
        check(client.post("/search", content=json.dumps(body), headers={"content-type": "application/json"}))
    check(client.post("/suggest", content=json.dumps({"q": text})))
    check(
        client.post(
            "/search",
            content=b"query=" + quote(shown).encode(),
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
    )


def test_unpaired_surrogates_and_controls_are_left_out_and_told(client: TestClient) -> None:
    response = client.post("/search", content=b'{"query": "lung \\ud800\\u0000cancer"}')
    answer = response.json()
    assert response.status_code == 200
    assert answer["query"]["text"].split() == ["lung", "cancer"]
    assert answer["notices"] == ["2 characters of the text stood for nothing and fell away."]


def test_names_are_refused_with_a_neighbour_and_never_echoed_blindly(client: TestClient) -> None:
    problem = client.get("/search?q=x&statsu=RECRUITING&<b>=1").json()
    assert problem["type"] == "/problems#unknown-parameter"
    assert [(error["field"], error.get("suggestion")) for error in problem["errors"]] == [
        ("statsu", "status"),
        ("?", None),
    ]
    assert client.get("/search?query=x").json()["errors"][0]["suggestion"] == "q"
    assert client.post("/search", json={"q": "x"}).json()["errors"][0]["suggestion"] == "query"
    assert client.post("/search", json={"filters": {"countries": ["x"]}}).json()["errors"][0]["suggestion"] == "country"
    assert client.get("/trials/NCT99000001?expand=1").status_code == 422
    assert client.get("/readyz?x=1").status_code == 422
    assert client.post("/search?q=lung", json={"query": "x"}).status_code == 422


def test_an_option_is_given_once(client: TestClient) -> None:
    for query in ("q=a&q=b", "size=1&size=2", "cursor=c1&cursor=c2", "explain=1&explain=0"):
        assert client.get(f"/search?{query}").status_code == 422
    assert client.get("/suggest?q=a&q=b").status_code == 422


def test_long_texts_are_sent_to_the_post(client: TestClient) -> None:
    problem = client.get("/search", params={"q": "x" * 1001}).json()
    assert problem["type"] == "/problems#text-too-long"
    assert "POST /search" in problem["detail"]
    assert client.get("/search", params={"q": "x" * 1000}).status_code == 200
    problem = client.get("/suggest", params={"q": "x" * 61}).json()
    assert "POST /search" in problem["detail"]
    assert client.get("/suggest", params={"q": "x" * 60}).status_code == 200
    assert client.post("/suggest", json={"q": "x" * 61}).status_code == 422


def test_a_hundred_kilobytes_are_answered_and_more_is_refused(client: TestClient) -> None:
    assert client.post("/search", json={"query": "note " * 20_000}).status_code == 200
    assert client.post("/search", data={"query": "é" * 100_000}).status_code == 200
    assert client.post("/search", json={"query": "x" * 100_001}).json()["type"] == "/problems#text-too-long"
    large = client.post("/search", content=b"{" + b" " * 1_048_576)
    assert (large.status_code, large.json()["type"]) == (413, "/problems#body-too-large")

    def chunks() -> object:
        for _ in range(40):
            yield b" " * 32_768

    assert client.post("/search", content=chunks()).status_code == 413  # type: ignore[arg-type]
    far = client.get("/search?" + urlencode({"q": "x" * 50_000}))
    assert (far.status_code, far.headers["content-type"]) == (414, "application/problem+json")
    assert "POST /search" in far.json()["detail"]


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"size": ' + b"9" * 5000 + b"}", "application/json", 400),
        (b'{"size": NaN}', "application/json", 422),
        (b'{"query": 5}', "application/json", 422),
        (b'{"query": null, "filters": null, "cursor": null}', "application/json", 200),
        (b'{"filters": []}', "application/json", 422),
        (b'{"filters": {"status": [["RECRUITING"]]}}', "application/json", 422),
        (b'{"filters": {"age": [1, 2]}}', "application/json", 422),
        (b'{"filters": {"stage": ["IV"]}}', "application/json", 200),
        (b'{"filters": {"stage": [["IV"]]}}', "application/json", 422),
        (b'{"filters": {"biomarker": [true]}}', "application/json", 422),
        (b'{"filters": {"ecog": 1.5}}', "application/json", 422),
        (b'{"explain": "perhaps"}', "application/json", 422),
        (b'{"size": 0}', "application/json", 422),
        (b'{"size": 101}', "application/json", 422),
        (b'{"size": 2.5}', "application/json", 422),
        (b'{"cursor": "damaged"}', "application/json", 422),
        (b'{"cursor": {"a": 1}}', "application/json", 422),
        (b"query=x", "text/plain", 415),
        (b"<query/>", "application/xml", 415),
        (b"filters=%7B", "application/x-www-form-urlencoded", 400),
        (b"filters=%5B%5D", "application/x-www-form-urlencoded", 400),
        (b"no boundary", "multipart/form-data", 400),
        (b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n", "multipart/form-data; boundary=b", 400),
        (
            b'--b\r\nContent-Disposition: form-data; name="query"; filename="f"\r\n\r\nx\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
            400,
        ),
        (
            b'--b\r\nContent-Disposition: form-data; name="query"\r\n\r\nlung\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
            200,
        ),
    ],
)
def test_bodies_that_cannot_be_read(client: TestClient, body: bytes, media_type: str, status: int) -> None:
    response = client.post("/search", content=body, headers={"content-type": media_type})
    assert response.status_code == status, response.text
    check(response)


def test_random_requests_never_end_in_a_fault(client: TestClient) -> None:
    pick = random.Random(20260101)
    names = [
        *BY_NAME,
        "q",
        "query",
        "size",
        "cursor",
        "explain",
        "facets",
        "filters",
        "remove",
        "x y",
        "\ud800",
    ]
    values: list[object] = [
        *NASTY,
        "RECRUITING",
        "PHASE1",
        "54",
        "48,2,50",
        "2024",
        "lung",
        None,
        True,
        5,
        -1.5,
        [],
        {},
        [[1]],
        {"lat": 1},
    ]

    def value() -> object:
        return [pick.choice(values) for _ in range(pick.randrange(3))] if pick.random() < 0.3 else pick.choice(values)

    statuses = set()
    for _ in range(400):
        chosen = [(pick.choice(names), value()) for _ in range(pick.randrange(5))]
        encoded = "&".join(
            quote(str(part).encode("utf-8", "surrogatepass")) + "=" + quote(str(item).encode("utf-8", "surrogatepass"))
            for part, item in chosen
        )
        match pick.randrange(6):
            case 0 | 1:
                response = client.get(pick.choice(("/search?", "/suggest?")) + encoded)
            case 2:
                body = dict(chosen) if pick.random() < 0.5 else {"query": value(), "filters": dict(chosen)}
                response = client.post(
                    pick.choice(("/search", "/suggest")), content=json.dumps(pick.choice((body, [body], 5)))
                )
            case 3:
                headers = {"content-type": "application/x-www-form-urlencoded"}
                response = client.post("/search", content=encoded, headers=headers)
            case 4:
                response = client.get("/trials/" + quote(str(value()).encode("utf-8", "surrogatepass")))
            case _:
                method = pick.choice(("PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "GET"))
                response = client.request(
                    method, pick.choice(("/search", "/trials/x", "/nowhere", "/static/x", "/readyz"))
                )
                if method == "HEAD":
                    assert response.status_code < 500
                    assert response.content == b""
                    continue
        check(response)
        statuses.add(response.status_code)
    assert {200, 400, 404, 405, 422} <= statuses
