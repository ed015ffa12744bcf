"""A small HTTP/1.1 server for one WSGI application that keeps connections open.

The development servers of moto close the connection after each answer, which takes longer than most calls.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from datetime import timezone
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from clock import CLOCK


def _handler(application: Callable[..., Any]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        server: ThreadingHTTPServer
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # otherwise an answer in two writes waits 40 ms for the client
        wbufsize = -1

        def _body(self) -> bytes:
            if "chunked" not in self.headers.get("Transfer-Encoding", ""):
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)

        def _environ(self, body: bytes) -> dict[str, Any]:
            path, _, query = self.path.partition("?")
            environ: dict[str, Any] = {
                "REQUEST_METHOD": self.command,
                "PATH_INFO": unquote(path, "latin-1"),
                "QUERY_STRING": query,
                "RAW_URI": self.path,
                "SCRIPT_NAME": "",
                "SERVER_PROTOCOL": self.request_version,
                "SERVER_NAME": "127.0.0.1",
                "SERVER_PORT": str(self.server.server_port),
                "REMOTE_ADDR": "127.0.0.1",
                "wsgi.url_scheme": "http",
                "wsgi.version": (1, 0),
                "wsgi.errors": sys.stderr,
                "wsgi.multithread": True,
                "wsgi.multiprocess": False,
                "wsgi.run_once": False,
                "wsgi.input": io.BytesIO(body),
                "wsgi.input_terminated": True,
                "CONTENT_LENGTH": str(len(body)),
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            }
            for name, value in self.headers.items():
                key = f"HTTP_{name.upper().replace('-', '_')}"
                if key not in ("HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"):
                    environ[key] = value if key not in environ else f"{environ[key]},{value}"
            return environ

        def _answer(self) -> None:
            answered: list[Any] = []

            def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
                answered[:] = [status, headers]
                return lambda _: None

            content = b"".join(application(self._environ(self._body()), start))
            code, _, reason = answered[0].partition(" ")
            # The Date is that of the virtual clock, and only in successful answers of RDS: a client that compares it
            # with the clock of the machine would retry every error as a clock skew.
            self.send_response_only(int(code), reason)
            named = {name.lower() for name, _ in answered[1]}
            if code == "200" and "/rds/aws4_request" in self.headers.get("Authorization", ""):
                self.send_header("Date", format_datetime(CLOCK.now().replace(tzinfo=timezone.utc), usegmt=True))
            for name, value in answered[1]:
                if name.lower() not in ("date", "server", "connection"):
                    self.send_header(name, value)
            if "content-length" not in named and int(code) not in (204, 304):
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = _answer

        def log_message(self, *_: object) -> None:
            pass

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        pass  # a client that closes its connection is not an error


def listen(port: int, application: Callable[..., Any]) -> ThreadingHTTPServer:
    """Binds 127.0.0.1, on a free port when the port is 0; call `serve_forever` to answer."""
    return _Server(("127.0.0.1", port), _handler(application))
