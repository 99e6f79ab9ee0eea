"""A web server on this machine that answers as the test says, and remembers what it was asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Reply:
    """An answer; `after_s` seconds late, with `length` as Content-Length if that is not true."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    after_s: float = 0
    length: int | None = None
    slowly_s: float = 0  # between two bytes


class Site:
    """Addresses with their answers: the first waits to be given, the last is given again and again."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.replies: dict[str, list[Reply]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    def put(self, path: str, *replies: Reply | bytes | str) -> str:
        made = [
            reply if isinstance(reply, Reply) else Reply(reply.encode() if isinstance(reply, str) else reply)
            for reply in replies
        ]
        self.replies[path] = made
        return self.url + path

    def n_asked(self, path: str) -> int:
        return sum(asked == path for asked, _ in self.asked)

    def feed(self, *paths: str, path: str = "/feed.xml", text: str = "", **headers: str) -> str:
        items = "".join(
            f"<item><title>Report {name}</title><link>{self.url}{name}</link><guid>{name}</guid>"
            f"<pubDate>Thu, 07 Mar 2024 10:00:00 GMT</pubDate><description>{text}</description></item>"
            for name in paths
        )
        body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>The Daily</title>{items}</channel></rss>'
        return self.put(path, Reply(body.encode(), headers={"Content-Type": "application/rss+xml", **headers}))


@contextmanager
def serving() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, dict(self.headers)))
            replies = site.replies.get(self.path, [Reply(b"not here", 404)])
            reply = replies.pop(0) if len(replies) > 1 else replies[0]
            etag = reply.headers.get("ETag")
            if etag and self.headers.get("If-None-Match") == etag:
                reply = Reply(status=304)
            time.sleep(reply.after_s)
            try:
                self.send_response(reply.status)
                for name, value in {"Content-Type": "text/html; charset=utf-8", **reply.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body) if reply.length is None else reply.length))
                self.end_headers()
                if not reply.slowly_s:
                    self.wfile.write(reply.body)
                for number in range(len(reply.body) if reply.slowly_s else 0):
                    self.wfile.write(reply.body[number : number + 1])
                    time.sleep(reply.slowly_s)
            except OSError:
                pass  # who asked did not wait

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site = Site(server.server_port)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
