"""Worker processes that may hang or die: the call that did it fails, and the next one finds a fresh worker.

Each thread of the executor owns one process and speaks with it through a pipe of its own, so that a worker that is
killed leaves no lock behind. A worker imports neither Prefect nor Great Expectations, and ends when its parent does.
A call's time is that of the processor, which a busy machine does not shorten; a worker that waits is stopped by the clock.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import resource
import signal
import threading
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, ParamSpec, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from multiprocessing.context import SpawnProcess

P = ParamSpec("P")
R = TypeVar("R")

SECONDS_TO_START = 60  # a spawned Python answers in half a second; a machine that is this late is out of order
SECONDS_TO_END = 5  # of a worker that has nothing to do any more
SECONDS_PER_CALL = 60  # of the processor: a shard of 200 articles takes 1, with its first imports 3
PATIENCE = 6  # times so many seconds by the clock: a worker has a sixth of a processor, or waits and is stopped
MAX_WORKER_BYTES = 3 << 30  # of a worker's memory: the reader takes 0.3 GB, the largest page read 0.5


class WorkerError(BrokenExecutor):
    """The worker of a call died or was killed because it took too long; the message is a reason for the books."""

    has_beaten = True  # it had said that it goes on


_beats: list[tuple[Connection, float]] = []  # of a worker: where it says that it goes on, and a call's seconds


def beat() -> None:
    """Say, within a call, that it goes on: its time begins anew. Outside of a worker nobody hears it."""
    for pipe, seconds in _beats:
        signal.setitimer(signal.ITIMER_PROF, seconds)
        pipe.send((None, None))


Opener: TypeAlias = (
    "Callable[[int], AbstractContextManager[Executor]]"  # of an executor of so many workers; any will do
)


@contextmanager
def open_processes(
    n_workers: int, seconds: float = SECONDS_PER_CALL, prepare: Callable[[], object] = int
) -> Iterator[Executor]:
    """Give an executor of n_workers processes whose calls may take so many seconds of the processor, or so many between two beats.

    By the clock they may take PATIENCE times as many. Ctrl-C reaches this process alone.
    Each process calls `prepare` first, such as to import what takes long. A call's result raises WorkerError when its worker died or was stopped.
    """
    pool = _Processes(n_workers, seconds, prepare)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        with suppress(
            OSError, ValueError
        ):  # of a process or pipe that has ended by itself: what is raised is why we end
            pool.end(is_at_once=True)
        raise
    pool.shutdown()
    pool.end(is_at_once=False)


class _Processes(ThreadPoolExecutor):
    """Threads that each wait for one process."""

    def __init__(self, n_workers: int, seconds: float, prepare: Callable[[], object]) -> None:
        super().__init__(n_workers, "worker")
        self._seconds, self._prepare = seconds, prepare
        self._own = threading.local()
        self._workers: set[_Worker] = set()

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        return super().submit(self._call, fn, args, kwargs)

    def end(self, *, is_at_once: bool) -> None:
        """End the processes, and so what still waits for them."""
        workers = tuple(self._workers)
        for worker in workers:
            worker.hang_up(is_at_once=is_at_once)
        for worker in workers:
            worker.end()

    def _call(self, function: Callable[..., R], args: tuple[object, ...], kwargs: dict[str, object]) -> Any:  # noqa: ANN401  R
        worker: _Worker | None = getattr(self._own, "worker", None)
        if worker is None:
            worker = self._own.worker = _Worker(self._prepare, self._seconds)
            self._workers.add(worker)
        try:
            is_done, result = worker.call((function, args, kwargs))
        except WorkerError:
            worker.hang_up(is_at_once=True)
            worker.end()
            self._workers.discard(worker)
            self._own.worker = None
            raise
        if isinstance(result, BaseException) and not is_done:
            raise result
        return result


class _Worker:
    """One spawned process and this end of its pipe."""

    def __init__(self, prepare: Callable[[], object], seconds: float) -> None:
        self._seconds = seconds
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._ending = threading.Lock()  # its own thread and the pool's may end it at once: a pipe is closed once
        self._process: SpawnProcess = context.Process(target=_serve, args=(theirs, prepare, seconds), daemon=True)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # of this thread; the process inherits it
        self._process.start()
        theirs.close()
        self._receive(SECONDS_TO_START)

    def call(self, message: object) -> tuple[bool, object]:
        """Return what the call gave: (True, its result) or (False, its exception)."""
        try:
            self._pipe.send(message)
        except OSError as error:
            raise self._to_error() from error
        return self._receive(PATIENCE * self._seconds)

    def hang_up(self, *, is_at_once: bool) -> None:
        """Tell the process to end, which it does when it reads the end of the pipe; or kill it."""
        with self._ending:
            if is_at_once:
                self._process.kill()
            else:
                self._pipe.close()

    def end(self) -> None:
        """Wait for the end of the process."""
        with self._ending:
            self._process.join(SECONDS_TO_END)
            self._process.kill()
            self._process.join()
            self._pipe.close()

    def _receive(self, seconds: float) -> tuple[bool, object]:
        fault, has_beaten = WorkerError(f"too slow: a worker was stopped after {seconds:g} s"), False
        try:
            while self._pipe.poll(seconds):
                is_done, result = self._pipe.recv()
                if is_done is not None:
                    return is_done, result
                has_beaten = True
        except (OSError, EOFError):
            fault = self._to_error()
        fault.has_beaten = has_beaten
        raise fault

    def _to_error(self) -> WorkerError:
        self._process.join(1)
        code = self._process.exitcode
        if code == -signal.SIGPROF:
            return WorkerError(f"too slow: a worker was stopped after {self._seconds:g} s of the processor")
        how = signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"
        return WorkerError(f"a worker died: {how}")


def _serve(pipe: Connection, prepare: Callable[[], object], seconds: float) -> None:
    """Do calls until the parent hangs up; this is the worker's whole life."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _bound_memory()
    _beats.append((pipe, seconds))
    prepare()
    pipe.send((True, None))
    while True:
        try:
            function, args, kwargs = pipe.recv()
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_PROF, seconds)  # the kernel ends this process then, whatever it is at
        try:
            reply = pickle.dumps((True, function(*args, **kwargs)))
        except Exception as error:  # noqa: BLE001  it is raised where the result is asked for
            reply = _pickle_error(error)
        signal.setitimer(signal.ITIMER_PROF, 0)
        pipe.send_bytes(reply)


def _pickle_error(error: Exception) -> bytes:
    try:
        reply = pickle.dumps((False, error))  # our own; some exceptions pickle and do not come back:
        pickle.loads(reply)  # noqa: S301  # nosec B301
    except Exception:  # noqa: BLE001  whatever it is, it can't travel
        return pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")))
    return reply


def _bound_memory() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    bound = MAX_WORKER_BYTES if hard == resource.RLIM_INFINITY else min(MAX_WORKER_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (bound, hard))


def _end_with_parent() -> None:
    """End this worker when the run is no more; a killed parent ends nothing by itself."""
    parent = multiprocessing.parent_process()
    if parent:
        wait([parent.sentinel])
        os._exit(1)
