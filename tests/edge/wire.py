"""HTTP as bytes: sends what no well-behaved client would, and reads the answer strictly."""

import socket
from dataclasses import dataclass

_MOST = 4_194_304


@dataclass(frozen=True, slots=True)
class Answered:
    """A response as it came over the wire; header names are lower-case."""

    status_code: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        """The body, which must be UTF-8."""
        return self.content.decode()


class Wire:
    """One connection, opened again after the server has said that it closes."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None
        self._read = b""
        self.opened = 0

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
        self._socket, self._read = None, b""

    def exchange(self, *sent: bytes, head: bool = False) -> Answered:
        """The response to these bytes, sent one after the other; ConnectionError where there is none."""
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=30)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.opened += 1
        for part in sent:
            self._socket.sendall(part)
        return self.receive(head=head)

    def receive(self, *, head: bool = False) -> Answered:
        """The next response."""
        start, *lines = self._until(b"\r\n\r\n").decode("ascii").split("\r\n")
        version, status, _ = start.split(" ", 2)
        assert version == "HTTP/1.1", start
        if status == "100":
            return self.receive(head=head)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        content = b"" if head or status in ("204", "304") else self._body(headers)
        if headers.get("connection") == "close":
            # What could not be read as HTTP has no method: its refusal has a body, even where HEAD was meant.
            assert head or not self._read, "bytes after the last response"
            self.close()
        return Answered(int(status), headers, content)

    def _body(self, headers: dict[str, str]) -> bytes:
        length = int(headers["content-length"])
        while len(self._read) < length:
            self._more()
        content, self._read = self._read[:length], self._read[length:]
        return content

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._read:
            self._more()
        found, self._read = self._read.split(mark, 1)
        return found

    def _more(self) -> None:
        assert self._socket is not None
        received = self._socket.recv(65_536)
        if not received or len(self._read) > _MOST:
            raise ConnectionError("the server hung up")
        self._read += received


def question(method: str, target: bytes, headers: dict[str, bytes], body: bytes | None = None) -> bytes:
    """A request with the length of its body declared."""
    lines = [method.encode() + b" " + target + b" HTTP/1.1", b"host: 127.0.0.1"]
    lines += [name.encode() + b": " + value for name, value in headers.items()]
    if body is not None:
        lines.append(b"content-length: %d" % len(body))
    return b"\r\n".join([*lines, b"", body or b""])
