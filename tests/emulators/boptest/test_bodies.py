"""Request bodies: what was expected here came from Express 4.21 (body-parser 1.20, qs 6.13) on Node 20."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest

from emulators.boptest.dialects.bodies import read_body
from emulators.boptest.dialects.express import WebTierError
from emulators.boptest.dialects.forms import FormError, parse_form
from emulators.boptest.server import BoptestServer
from emulators.http.messages import Request
from tests.emulators.boptest.peer import ask, select
from tests.emulators.boptest.plant import TOY, ToyPlant

FORM = "application/x-www-form-urlencoded"
STEP = b'{"step": 60}'
ZIPPED = gzip.compress(STEP, mtime=0)


@pytest.fixture(scope="module")
def server() -> Iterator[BoptestServer]:
    with BoptestServer({TOY: lambda: ToyPlant(TOY)}) as running:
        yield running


@pytest.fixture(scope="module")
def testid(server: BoptestServer) -> str:
    return select(server, TOY)


def read(body: bytes, content_type: str = "application/json", **headers: str) -> object:
    dashed = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {"content-type": content_type, "content-length": str(len(body)), **dashed}
    return read_body(Request("PUT", "/step/x", headers=sent, body=body))


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("", {}),
        ("a=1&b", {"a": "1", "b": ""}),
        ("a+b=+%C3%BC+", {"a b": " ü "}),
        ("a=%zz%20&b=%e4", {"a": "%zz%20", "b": "%e4"}),
        ("=1&&__proto__=1", {}),
        ("a=1&a=2", {"a": ["1", "2"]}),
        ("a[]=1", {"a": ["1"]}),
        ("a%5B%5d=1&a[]=2&a=3&a[0]=4&a=", {"a": ["1", "2", "3", "", "4"]}),
        ("a[1]=y&a[0]=x", {"a": ["x", "y"]}),
        ("a[7]=y&a[3]=x", {"a": ["x", "y"]}),
        ("a[01]=x&a[101]=y", {"a": {"01": "x", "101": "y"}}),
        ("a[b][c][]=1&a[b][c][]=2", {"a": {"b": {"c": ["1", "2"]}}}),
        ("a[0][b]=1&a[0][c]=2", {"a": [{"b": "1", "c": "2"}]}),
        ("a=1&a[b]=2", {"a": ["1", {"b": "2"}]}),
        ("a[b]=2&a=c", {"a": {"b": "2", "c": True}}),
        ("a[]=1&a[b]=2", {"a": {"0": "1", "b": "2"}}),
        ("[][2]=x&[b=1&c]=2", {"2": "x", "[b": "1", "c]": "2"}),
    ],
)
def test_a_form_is_read_as_by_express(text: str, members: object) -> None:
    assert parse_form(text) == members


@pytest.mark.parametrize(
    ("text", "message"),
    [("a=1" + 1000 * "&a=1", "too many parameters"), ("a" + 33 * "[b]" + "=1", "The input exceeded the depth")],
)
def test_a_form_has_limits(text: str, message: str) -> None:
    with pytest.raises(FormError, match=message):
        parse_form(text)
    assert parse_form(text.removesuffix("&a=1").replace("[b]", "", 1))


@pytest.mark.parametrize("form", ["point_names[]=PHeaCoo_y", "point_names=PHeaCoo_y", "point_names[0]=PHeaCoo_y"])
def test_point_names_come_as_any_array_of_a_form(server: BoptestServer, testid: str, form: str) -> None:
    body = f"{form}&start_time=0&final_time=1e9".encode()
    answer = ask(server, "PUT", f"/results/{testid}", body, {"Content-Type": FORM})
    assert list(answer.json["payload"]) == ["PHeaCoo_y", "time"]


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (ZIPPED, "gzip"),
        (ZIPPED, "GZIP"),
        (ZIPPED + bytes(3), "gzip"),
        (zlib.compress(STEP), "deflate"),
        (STEP, "identity"),
    ],
)
def test_a_compressed_body_is_read(server: BoptestServer, testid: str, body: bytes, encoding: str) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    assert ask(server, "PUT", f"/step/{testid}", body, headers).json["payload"] == {"step": 60}


@pytest.mark.parametrize(
    ("body", "encoding", "message"),
    [
        (ZIPPED, "br", 'unsupported content encoding "br"'),
        (ZIPPED, "gzip, deflate", 'unsupported content encoding "gzip, deflate"'),
        (STEP, "gzip", "incorrect header check"),
        (ZIPPED[:-3], "gzip", "unexpected end of file"),
        (b"", "gzip", "unexpected end of file"),
        (ZIPPED + ZIPPED, "gzip", "Unexpected non-whitespace character after JSON at position 12"),
    ],
)
def test_a_body_that_cannot_be_decompressed_is_a_500_of_plain_text(
    server: BoptestServer, testid: str, body: bytes, encoding: str, message: str
) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    answer = ask(server, "PUT", f"/step/{testid}", body, headers)
    assert (answer.status, answer.text) == (500, message)


@pytest.mark.parametrize("padding", [102_393, 102_394])
def test_the_limit_holds_for_what_was_decompressed(padding: int) -> None:
    body = gzip.compress(padding * b" " + b'{"a":1}', mtime=0)
    if padding + 7 <= 102_400:
        assert read(body, content_encoding="gzip") == {"a": 1}
    else:
        with pytest.raises(WebTierError, match="request entity too large"):
            read(body, content_encoding="gzip")


def test_a_small_body_that_would_become_huge_fills_no_memory() -> None:
    bomb = gzip.compress(bytes(20_000_000), mtime=0)
    tracemalloc.start()
    with pytest.raises(WebTierError, match="request entity too large"):
        read(bomb, content_encoding="gzip")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


@pytest.mark.parametrize("content_type", ["application/json;", "application/x-www-form-urlencoded; charset="])
def test_a_malformed_content_type_is_none(content_type: str) -> None:
    assert read(b'{"a": 1}', content_type) == {}


def test_a_form_is_utf_8(server: BoptestServer, testid: str) -> None:
    assert read(b"a=1", f'{FORM}; charset="UTF-8"') == {"a": "1"}
    with pytest.raises(WebTierError, match='unsupported charset "LATIN1"'):
        read(b"a=1", f"{FORM}; charset=latin1")


@pytest.mark.parametrize(("method", "path"), [("PUT", "/step/nosuch"), ("GET", "/version"), ("POST", "/nosuch")])
def test_a_body_is_read_before_a_route_is_looked_for(server: BoptestServer, method: str, path: str) -> None:
    answer = ask(server, method, path, b"{", {"Content-Type": "application/json"})
    assert (answer.status, answer.text) == (500, "Expected property name or '}' in JSON at position 1")


@pytest.mark.parametrize("path", ["/results", "/forecast"])
def test_null_has_no_point_names_for_the_web_tier(server: BoptestServer, testid: str, path: str) -> None:
    answer = ask(server, "PUT", f"{path}/{testid}", b"null", {"Content-Type": "application/json"})
    assert (answer.status, answer.text) == (500, "Cannot read properties of null (reading 'point_names')")
    assert ask(server, "PUT", f"{path}/nosuch", b"null", {"Content-Type": "application/json"}).status == 400


def test_a_body_of_many_megabytes_is_refused_without_being_kept(server: BoptestServer, testid: str) -> None:
    body = bytes(60_000_000)
    tracemalloc.start()
    answer = ask(server, "PUT", f"/step/{testid}", body, {"Content-Type": "application/json"})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (answer.status, answer.text) == (500, "request entity too large")
    assert peak < 30_000_000
    assert ask(server, "GET", f"/step/{testid}").status == 200
