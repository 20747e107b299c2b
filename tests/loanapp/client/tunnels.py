"""A proxy that makes tunnels, for real: what it is asked and what passes through it is recorded."""

import contextlib
import socket
import ssl
import threading
from socketserver import StreamRequestHandler, ThreadingTCPServer

NAME = "lender.example"


class Handler(StreamRequestHandler):
    timeout = 5

    def handle(self):
        proxy = self.server.proxy
        head = b""
        with contextlib.suppress(OSError):
            while not head.endswith(b"\r\n\r\n") and (line := self.rfile.readline()):
                head += line
            proxy.heads.append(head)
            if proxy.refusal:
                self.wfile.write(f"HTTP/1.1 {proxy.refusal} no\r\nContent-Length: 0\r\n\r\n".encode())
                return
            with socket.create_connection(("127.0.0.1", proxy.port_behind), timeout=5) as behind:
                self.wfile.write(b"HTTP/1.1 200 made\r\n\r\n")
                self._pass_on(proxy, behind)

    def _pass_on(self, proxy, behind):
        if proxy.stranger is None:
            self._both_ways(self.connection, behind, proxy.seen)
            return
        with contextlib.suppress(OSError), proxy.stranger.wrap_socket(self.connection, server_side=True) as opened:
            self._both_ways(opened, behind, proxy.seen)

    def _both_ways(self, here, behind, seen):
        back = threading.Thread(target=self._copy, args=(behind, here, None))
        back.start()
        self._copy(here, behind, seen)
        back.join()

    @staticmethod
    def _copy(source, target, seen):
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                if seen is not None:
                    seen.append(piece)
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)


class TunnelProxy:
    """Leads every tunnel to ``lender``; with ``refusal`` (a status) to nobody.

    With ``stranger`` (an authority) it opens the connection itself, as a company's inspection does.
    """

    def __init__(self, lender, *, refusal=0, stranger=None):
        self.port_behind, self.refusal = lender.port, refusal
        self.heads, self.seen, self.stranger = [], [], None
        if stranger is not None:
            self.stranger = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            stranger.issue_cert(NAME).configure_cert(self.stranger)
        self.server = ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.proxy = self
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def url(self, known=""):
        return f"http://{known}127.0.0.1:{self.server.server_address[1]}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
