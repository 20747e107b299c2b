"""Any application of ours over TLS 1.3, served from a thread of this process."""

import socket
import threading
from contextlib import contextmanager

import uvicorn


@contextmanager
def served_over_tls(app, make_context):
    """The address of ``app``; ``make_context`` gives the server's TLS context."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        ssl_context_factory=lambda _config, _default: make_context(),
        log_config=None,
        access_log=False,
        lifespan="off",
        proxy_headers=False,  # it would believe a header of anybody on this computer; see http/client_address.py
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
