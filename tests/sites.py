"""Web sites on loopback for tests: real servers, whose pages a test writes."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

TEXT = b"At least two people were killed in Odesa overnight, the mayor said."
WORDS = "".join(
    f"<p>At least {n} people were killed in Odesa overnight, the mayor said, and {n + 3} wounded by drones.</p>"
    for n in range(2, 24)
)
PAGE = f"<!doctype html><html><title>Night in the port</title><body><article>{WORDS[:900]}</article></body></html>"


@dataclass
class Site:
    """A server whose pages are functions of the handler; what it was asked is kept."""

    pages: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str], float]] = field(default_factory=list)
    port: int = 0
    scheme: str = "http"

    def url(self, path: str) -> str:
        """Return a page's address."""
        return f"{self.scheme}://127.0.0.1:{self.port}{path}"

    def paths(self) -> list[str]:
        """Return what was asked for, in order."""
        return [path for path, _, _ in self.asked]


def answer(status: int = 200, body: bytes = TEXT, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def page(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"content_length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return page


@contextmanager
def open_site(tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """Serve a site on loopback for the length of the block, over HTTPS with the certificate of `tls`."""
    made = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append((self.path, dict(self.headers), time.monotonic()))
            page = made.pages.get(self.path.partition("?")[0], answer(404, b""))
            try:
                page(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.port = server.server_port
        if tls:
            made.scheme, server.socket = "https", tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        server.shutdown()
        thread.join()
