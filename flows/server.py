"""Prefect's own API app as a child process of the run: quick to come up, quiet, and gone when the run is gone.

The parent binds the port and hands the socket over, so nothing races for it. The child ends when its standard input
closes, which the kernel does for a parent that was killed. docs/decisions/prefect-server.md has what was measured.
"""

from __future__ import annotations

import http.client
import logging
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import IO, TYPE_CHECKING

from filelock import FileLock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, MutableMapping

log = logging.getLogger("tally.server")

START_SECONDS = 180  # a first start in a fresh home took 17 s on two idle cores; ten times that on a busy machine
STOP_SECONDS = 5  # Prefect's own server gets as long (SubprocessASGIServer.stop)
POLL_SECONDS = 0.05
TAIL_LINES = 3  # of a server that did not start: its last words say why
LOOPBACK = "127.0.0.1"
QUIET = {
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_CLI_PROMPT": "false",
}
OURS = {  # for a server that serves one run: nobody will look at its pages or its logs
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_SERVER_UI_ENABLED": "false",
    "PREFECT_SERVER_API_BLOCKS_REGISTER_ON_START": "false",
    "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
}


class ServerError(RuntimeError):
    """Prefect's server did not come up; the message holds its last words."""


def set_quiet(environment: MutableMapping[str, str] = os.environ) -> None:
    """Tell Prefect and Great Expectations to phone nobody; must come before either is imported. What is set, stays."""
    for name, value in QUIET.items():
        environment.setdefault(name, value)
    for name in ("PREFECT_LOGGING_LEVEL", "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"):
        environment.setdefault(name, "CRITICAL")  # no tracebacks: the command says in a line what failed


def prefect_home(environment: MutableMapping[str, str]) -> Path:
    """Return the folder of Prefect's database: PREFECT_HOME, else one in the user's cache by Prefect's version.

    >>> prefect_home({"PREFECT_HOME": "/srv/prefect"}).as_posix()
    '/srv/prefect'
    """
    if given := environment.get("PREFECT_HOME"):
        return Path(given).expanduser()
    cache = Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "tally" / f"prefect-{version('prefect')}"


@contextmanager
def serve_prefect(meanwhile: Callable[[], object], *, is_scheduling: bool = False) -> Iterator[str]:
    """Serve Prefect's API for the length of the block and give its URL; one given in PREFECT_API_URL is used as it is.

    `meanwhile` is called while the server starts: the place for slow imports, which find the URL in the environment.
    A scheduling server also runs the services that turn schedules into runs. Raises ServerError when no server comes up.
    """
    set_quiet(os.environ)
    if given := os.environ.get("PREFECT_API_URL"):
        meanwhile()
        yield given
        return
    is_own_home = "PREFECT_HOME" not in os.environ
    home = prefect_home(os.environ)
    database = home / "prefect.db"
    home.mkdir(parents=True, exist_ok=True)
    with socket.socket() as door:
        door.bind((LOOPBACK, 0))
        url = f"http://{LOOPBACK}:{door.getsockname()[1]}/api"
        os.environ.update({"PREFECT_HOME": str(home), "PREFECT_API_URL": url, **OURS})
        with FileLock(home / "start.lock"):  # the first start migrates, and two migrations at once break each other
            if fault := find_damage(database):
                set_aside(database, fault)
            server = _Server(door, is_scheduling=is_scheduling)
            try:
                meanwhile()
                server.wait(url)
            except ServerError as error:
                if not is_own_home:
                    raise
                set_aside(database, str(error))  # such as a migration that was killed half way
                server = _Server(door, is_scheduling=is_scheduling)
                server.wait(url)
            except BaseException:
                server.stop()
                raise
    try:
        yield url
    finally:
        server.stop()


def find_damage(database: Path) -> str | None:
    """Return what SQLite says is wrong with a database file; None for a sound one, or none at all."""
    if not database.exists():
        return None
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        return str(error) if "locked" not in str(error) else None
    return None if verdict == "ok" else str(verdict)


def set_aside(database: Path, fault: str) -> None:
    """Rename a database that can't be used (with its write-ahead log), and say so: it holds only the story of runs."""
    aside = database.with_name(f"{database.name}.damaged-{time.time_ns()}")
    for suffix in ("", "-wal", "-shm"):
        part = database.with_name(database.name + suffix)
        if part.exists():
            part.replace(aside.with_name(aside.name + suffix))
    log.warning("Prefect's database %s is damaged (%s): kept as %s, built anew", database, fault, aside.name)


class _Server:
    """The child process, and the end of its standard input that keeps it alive."""

    def __init__(self, door: socket.socket, *, is_scheduling: bool) -> None:
        self._words: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  lives as long as the child, closed in stop
        environment = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
        self._child = subprocess.Popen(  # noqa: S603  our own module, no words of a user
            [sys.executable, "-m", "flows.server", str(door.fileno()), "scheduling" if is_scheduling else "plain"],
            stdin=subprocess.PIPE,
            stdout=self._words,
            stderr=self._words,
            env=environment,
            pass_fds=[door.fileno()],
            start_new_session=True,  # Ctrl-C is for the run, which then closes the door itself
        )

    def wait(self, url: str) -> None:
        """Return when the server answers; raise ServerError when it ended or took too long."""
        host, port = url.removeprefix("http://").removesuffix("/api").split(":")
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self._child.poll() is not None:
                raise ServerError(self._last_words())
            with closing(http.client.HTTPConnection(host, int(port), timeout=START_SECONDS)) as connection:
                try:
                    connection.request("GET", "/api/health")
                    if connection.getresponse().status == http.HTTPStatus.OK:
                        return
                except (OSError, http.client.HTTPException):
                    pass
            time.sleep(POLL_SECONDS)
        self.stop()
        msg = f"Prefect's server did not answer within {START_SECONDS} s"
        raise ServerError(msg)

    def stop(self) -> None:
        """End the child and wait for it."""
        if self._child.stdin:
            self._child.stdin.close()
        try:
            self._child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._words.close()

    def _last_words(self) -> str:
        self._words.seek(0)
        lines = self._words.read().decode("utf-8", "replace").strip().splitlines()
        self.stop()
        return " / ".join(lines[-TAIL_LINES:]) or f"exit code {self._child.returncode}"


def _end_with_parent() -> None:
    """Leave at once when standard input closes: the parent closed it, or is no more. SQLite's log bears that."""
    sys.stdin.buffer.read()
    os._exit(0)


def _serve(descriptor: int, *, is_scheduling: bool) -> None:
    """Be the child: Prefect's API app on the socket that was handed over."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    import uvicorn  # after the thread: a parent that dies while this imports is noticed
    from prefect.server.api.server import create_app

    door = socket.socket(fileno=descriptor)
    app = create_app(ephemeral=not is_scheduling, webserver_only=not is_scheduling, final=True)
    uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="on")).run(sockets=[door])


if __name__ == "__main__":
    _serve(int(sys.argv[1]), is_scheduling=sys.argv[2] == "scheduling")
