"""A small lender that speaks TLS for real: what it answers is scripted by the test, what it got is recorded."""

import contextlib
import json
import socket
import ssl
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import trustme

from loanapp.client.endpoint import Endpoint
from loanapp.domain.clock import SystemClock


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Reply:
    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    hang_up: bool = False
    wait_s: float = 0.0
    endless: bool = False


def problem(status, code, **more):
    return Reply(status, json.dumps({"code": code, "status": status, **more}).encode())


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 5

    def answer(self):
        lender = self.server.lender
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = Request(self.command, self.path, dict(self.headers), body)
        lender.requests.append(request)
        reply = lender.script.popleft() if lender.script else lender.route(request) if lender.route else Reply()
        if reply.wait_s:
            lender.stopping.wait(reply.wait_s)
        if reply.hang_up:
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.endless:
            self.end_headers()
            self.close_connection = True
            while not lender.stopping.is_set():
                self.wfile.write(b"x" * 65536)
            return
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def date_time_string(self, timestamp=None):
        """The header ``Date`` tells the lender's own time."""
        return super().date_time_string(timestamp or self.server.lender.clock.now().timestamp())

    do_GET = do_PUT = do_POST = do_DELETE = answer  # noqa: N815 - names of the standard library

    def log_message(self, *_args):
        """Say nothing: the requests are recorded."""


class Server(ThreadingHTTPServer):
    daemon_threads = False
    lender = None

    def finish_request(self, request, client_address):
        try:
            if self.lender.context is not None:
                request = self.lender.context.wrap_socket(request, server_side=True)
            self.lender.open.append(request)
            super().finish_request(request, client_address)
        except OSError:
            return  # the client would not speak with this server, or went away
        finally:
            request.close()


class TlsLender:
    """Answers in the order of ``script``; once that is empty, by ``route``, or with ``Reply()``."""

    route = None
    clock = SystemClock()

    def __init__(self, *, authority=None, host="127.0.0.1", newest=None, plain=False, **valid):
        """``valid``: ``not_before`` and ``not_after`` of the certificate."""
        self.authority = authority or trustme.CA()
        self.script = deque()
        self.requests = []
        self.open = []
        self.stopping = threading.Event()
        self.context = None if plain else self._context(host, newest, valid)
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.lender = self
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()
        self.scheme = "http" if plain else "https"

    def _context(self, host, newest, valid=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if newest is not None:
            context.maximum_version = newest
        self.authority.issue_cert(host, **(valid or {})).configure_cert(context)
        return context

    def renew(self, authority=None):
        """Take a new key and certificate while serving; by another ``authority``, the root changes too."""
        self.authority = authority or self.authority
        self.authority.issue_cert("127.0.0.1").configure_cert(self.context)

    def hang_up(self):
        """End every connection that is open."""
        for connection in self.open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.open.clear()

    def endpoint(self, **changes):
        facts = {
            "base_url": f"{self.scheme}://127.0.0.1:{self.port}",
            "ca_pem": self.authority.cert_pem.bytes().decode(),
            **changes,
        }
        return Endpoint(**facts)

    def close(self):
        self.stopping.set()
        self.server.shutdown()
        for connection in self.open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server.server_close()
        self.thread.join()
