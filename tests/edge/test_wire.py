"""What never becomes a request: bytes that are not HTTP, heads and bodies without end, senders that stop."""

import json
import socket
import time

import pytest

from hub import serve
from tests.edge.shape import refused
from tests.edge.wire import Wire, question

GOOD = question("POST", b"/graphql", {"content-type": b"application/json"}, b'{"query":"{__typename}"}')
POST = b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"


def answers(wire):
    """True if the next question on this connection is answered."""
    return json.loads(wire.exchange(GOOD).content)["data"] == {"__typename": "Query"}


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64,
        b"HELLO\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /graphql\r\n\r\n",
        b"GET /graphql HTTP/9.9\r\n\r\n",
        b"CONNECT elsewhere:80 HTTP/1.1\r\nhost: elsewhere:80\r\n\r\n",
        b"BREW /graphql HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /\xe4\xbd\xa0 HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /graphql HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET /graphql HTTP/1.1\r\na: \x00\r\n\r\n",
        b"GET /graphql HTTP/1.1\r\n folded: x\r\n\r\n",
        POST + b"content-length: -1\r\n\r\n",
        POST + b"content-length: 1e3\r\n\r\n",
        POST + b"content-length: 99999999999999999999999\r\n\r\n",
        POST + b"content-length: 5\r\ncontent-length: 6\r\n\r\nabcdef",
        POST + b"content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + b"transfer-encoding: chunked\r\n\r\nzz\r\n",
        b"\x00" * 500,
    ],
)
def test_what_is_not_http_is_400_in_the_one_shape(wire, sent):
    """A parser's complaint reaches the caller as a refusal like any other, and the connection ends."""
    assert answers(wire)
    answered = wire.exchange(sent)
    refused(answered, 400, "BAD_REQUEST")
    assert answered.headers["connection"] == "close"
    assert answers(wire)


@pytest.mark.parametrize(
    "start", [b"GET /graphql?query=", b"GET /graphql HTTP/1.1\r\na: ", b"GET /graphql HTTP/1.1\r\n"]
)
def test_a_head_without_end_is_413(wire, start):
    """An address or a header that goes on and on is cut off while it is still being sent."""
    endless = [b"x" * 8_192] * (serve.MAX_HEAD_BYTES // 8_192 + 1)
    lines = [b"".join(b"a%d: b\r\n" % number for number in range(9_000))] if start.endswith(b"\r\n") else endless
    refused(wire.exchange(start, *lines), 413, "PAYLOAD_TOO_LARGE")
    assert answers(wire)


def test_a_body_without_end_is_answered_and_then_cut_off(wire, monkeypatch):
    """413 comes at the limit; who goes on sending beyond all reason loses the connection."""
    monkeypatch.setattr(serve, "MAX_REQUEST_BYTES", 1_000_000)
    chunk = b"4000\r\n" + b"x" * 16_384 + b"\r\n"
    answered = wire.exchange(POST + b"transfer-encoding: chunked\r\n\r\n", *[chunk] * 20)
    refused(answered, 413, "PAYLOAD_TOO_LARGE")
    with pytest.raises(ConnectionError):
        wire.exchange(*[chunk] * 200)


def test_a_body_that_is_too_long_may_be_sent_to_its_end(wire):
    """After 413 the rest of a declared body is ignored, and the same connection serves the next question."""
    refused(wire.exchange(POST + b"content-length: 2000000\r\n\r\n", b"x" * 2_000_000), 413, "PAYLOAD_TOO_LARGE")
    assert answers(wire)
    assert wire.opened == 1


@pytest.mark.parametrize(
    "sent", [b"", b"GET /gra", b"GET /graphql HTTP/1.1\r\nhost: x\r\n", POST + b"content-length: 9\r\n\r\n{"]
)
def test_a_sender_that_stops_is_let_go(stand, monkeypatch, sent):
    """A request has a time to arrive in; then it is refused and the connection closed, so that none are hoarded."""
    monkeypatch.setattr(serve, "ARRIVAL_SECONDS", 0.2)
    with socket.create_connection(("127.0.0.1", stand.port), timeout=10) as connection:
        connection.sendall(sent)
        received = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert received.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"BAD_REQUEST" in received


def test_one_byte_at_a_time_does_not_help(stand, monkeypatch):
    """The time is counted from the first byte, however steadily the others follow."""
    monkeypatch.setattr(serve, "ARRIVAL_SECONDS", 0.2)
    connection = socket.create_connection(("127.0.0.1", stand.port), timeout=10)
    with connection, pytest.raises(OSError, match=r"reset|Broken pipe"):
        drip(connection, b"x" * 1_000)


def drip(connection, sent):
    """Send a hundred bytes a second."""
    for byte in sent:
        connection.sendall(bytes([byte]))
        time.sleep(0.01)


def test_requests_in_pieces_and_in_rows_are_answered(wire):
    """A request may come byte by byte, or several in one piece; each is answered in turn."""
    assert answers(wire)
    assert json.loads(wire.exchange(*[GOOD[at : at + 1] for at in range(len(GOOD))]).content)["data"]
    answered = [wire.exchange(GOOD * 5), *(wire.receive() for _ in range(4))]
    assert [json.loads(one.content)["data"] for one in answered] == [{"__typename": "Query"}] * 5
    assert wire.opened == 1


def test_a_client_that_waits_for_leave_gets_it(stand):
    """`Expect: 100-continue` is answered before the body is sent."""
    body = b'{"query":"{__typename}"}'
    with socket.create_connection(("127.0.0.1", stand.port), timeout=10) as connection:
        connection.sendall(POST + b"expect: 100-continue\r\ncontent-length: %d\r\n\r\n" % len(body))
        assert connection.recv(100).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
        connection.sendall(body)
        assert connection.recv(4_096).startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_client_that_hangs_up_harms_nobody(stand, wire):
    """A question whose asker has gone half-way leaves the hub as it was."""
    for sent in (GOOD[:-5], GOOD, POST + b'transfer-encoding: chunked\r\n\r\n4\r\n{"q'):
        passing = Wire(stand.port)
        connection = socket.create_connection(("127.0.0.1", stand.port), timeout=10)
        connection.sendall(sent)
        connection.close()
        passing.close()
    assert answers(wire)


def test_an_offer_of_another_protocol_is_ignored(wire):
    """Java's own client offers HTTP/2 with every question in clear; the question is answered all the same."""
    offer = {"connection": b"Upgrade, HTTP2-Settings", "upgrade": b"h2c", "http2-settings": b"AAEAAEAAAAIAAAABAAMAAABk"}
    headers = {**offer, "content-type": b"application/json"}
    assert wire.exchange(question("POST", b"/graphql", headers, b'{"query":"{__typename}"}')).status_code == 200
    assert answers(wire)
    assert wire.opened == 1


def test_an_answer_is_sent_at_once():
    """The listening socket bequeaths TCP_NODELAY: head and body are two writes, and the second may not wait."""
    with serve.listening("127.0.0.1", 0) as bound:
        assert bound.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_port_that_is_taken_is_named():
    """Who cannot have the port learns which one."""
    with serve.listening("127.0.0.1", 0) as bound:
        port = bound.getsockname()[1]
        with pytest.raises(OSError, match=f"127.0.0.1:{port}"):
            serve.listening("127.0.0.1", port)
