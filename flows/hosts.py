"""Hosts that are asked for pages: one request at a time each, with a pause between, and only what their robots.txt lets us."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from protego import Protego

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

LONGEST_WAIT = 60.0  # seconds that a run waits for a host; one that asks for more is left for the next run
ROBOTS_BYTES = 500 * 1024  # of a robots.txt; RFC 9309, section 2.5, asks for at least as many
OK, CLIENT_ERROR, TOO_MANY, SERVER_ERROR = 200, 400, 429, 500  # HTTP status


class HostError(Exception):
    """A host that is not asked, and why, in one line for people; another run may have more luck."""


class ForbiddenError(HostError):
    """A page that its host wants nobody to fetch, in this run or another."""


@dataclass(slots=True)
class Host:
    """What is known of one host during a run."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    next_at: float = 0.0  # monotonic seconds: not before then
    robots: Protego | None = None
    fault: str | None = None  # why nothing more is asked of it in this run


class Hosts:
    """The hosts of a run. `get_robots` fetches the text of a robots.txt: its status, and the text itself."""

    def __init__(self, agent: str, pause: float, get_robots: Callable[[str], tuple[int, str]]) -> None:
        self._agent, self._pause, self._get_robots = agent, pause, get_robots
        self._hosts: dict[str, Host] = {}
        self._lock = threading.Lock()

    def of(self, url: httpx.URL) -> Host:
        """Return what is known of a URL's host and port."""
        with self._lock:
            return self._hosts.setdefault(f"{url.scheme}://{url.netloc.decode('ascii')}", Host())

    @contextmanager
    def turn(self, url: httpx.URL) -> Iterator[None]:
        """Wait until it is our turn with a URL's host, and have it for the length of the block.

        Raises HostError where robots.txt forbids the URL, or the host is not to be asked again in this run.
        """
        host = self.of(url)
        with host.lock:
            if host.robots is None and host.fault is None:
                self._read_robots(host, url)
            if host.fault or host.robots is None:
                raise HostError(host.fault)
            if not host.robots.can_fetch(str(url), self._agent):
                msg = "robots.txt forbids it"
                raise ForbiddenError(msg)
            self._wait(host)
            try:
                yield
            finally:
                pause = max(self._pause, min(host.robots.crawl_delay(self._agent) or 0.0, LONGEST_WAIT))
                host.next_at = max(host.next_at, time.monotonic() + pause)

    def put_off(self, url: httpx.URL, seconds: float) -> None:
        """Ask nothing of a URL's host for so long, as it asks with Retry-After."""
        host = self.of(url)
        host.next_at = max(host.next_at, time.monotonic() + seconds)

    def give_up(self, url: httpx.URL, fault: str) -> None:
        """Ask nothing more of a URL's host in this run: it does not answer."""
        self.of(url).fault = fault

    def _wait(self, host: Host) -> None:
        seconds = host.next_at - time.monotonic()
        if seconds > LONGEST_WAIT:
            msg = f"its host asks to wait {seconds:.0f} s"
            raise HostError(msg)
        if seconds > 0:
            time.sleep(seconds)

    def _read_robots(self, host: Host, url: httpx.URL) -> None:
        """Read a host's rules; as RFC 9309 has it, none for a client error, and no access for a server's."""
        status, text = self._get_robots(str(url.copy_with(raw_path=b"/robots.txt", fragment=None)))
        if status >= SERVER_ERROR or status == TOO_MANY:
            host.fault = f"its host does not give its robots.txt: {status}"
            return
        host.robots = Protego.parse(text if status < CLIENT_ERROR else "")
        host.next_at = time.monotonic() + self._pause
