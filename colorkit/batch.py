"""Many pieces of work, through any executor of `concurrent.futures`: on this computer's cores or on a cluster.

A worker that dies loses nothing: what it had is tried again.
"""

import contextlib
import functools
import logging
import multiprocessing
import os
import signal
from collections import deque
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from concurrent.futures.process import ProcessPoolExecutor
from typing import Any, NamedTuple

from colorkit import preset
from colorkit.files import FileProblem

_PATIENCE = 10  # seconds that a cluster has to answer
_HOPELESS = 3  # pieces of work whose processes died before any was done: not they are at fault
_DIED = "the process that worked on it died, twice; it may need more memory than there is: close other programs"


class Outcome(NamedTuple):
    """What became of one piece of work.

    Attributes
    ----------
    item : object
        What was given to the function.
    value : object
        What the function returned; None if it did not.
    problem : Exception or None
        What it raised. `FileProblem` if the worker died on it.
    """

    item: Any
    value: Any
    problem: Exception | None


class Here(Executor):
    """An executor that works in this very thread, at once: no start, and Ctrl-C reaches the work itself."""

    def submit(self, function, /, *arguments, **named):
        """Run a function; return a future that is done."""
        future = Future()
        try:
            future.set_result(function(*arguments, **named))
        except Exception as error:
            future.set_exception(error)
        return future


def local(workers):
    """Return an executor on this computer.

    Parameters
    ----------
    workers : int
        How many processes; 1 is this very process.

    Returns
    -------
    concurrent.futures.Executor
    """
    if workers == 1:
        return Here()
    threads = max(1, preset.processor_cores() // workers)
    # Not forked: TensorFlow's threads would not come along.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(threads,))


def _begin(threads):
    """Prepare a worker: processes share the cores, and Ctrl-C in a terminal ends each without a word."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, str(threads))


@contextlib.contextmanager
def on_cluster(address):
    """Give a function that returns an executor on a Dask cluster, and how many items it shall have at a time.

    Parameters
    ----------
    address : str
        Of the cluster's scheduler, for example ``"tcp://10.0.0.5:8786"``.

    Yields
    ------
    start : callable
    window : int

    Raises
    ------
    FileProblem
        If Dask is not installed, or no scheduler or no worker answers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise FileProblem("a cluster needs Dask; `pip install 'colorkit[cluster]'`.") from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # What it says of a lost worker needs nobody's help.
    try:
        client = Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise FileProblem(
            f"no Dask scheduler answers at {address!r} ({_reason(error)}); check the address, which begins with tcp://."
        ) from error
    with client:
        workers = sum(client.nthreads().values())
        if not workers:
            raise FileProblem(f"the cluster at {address} has no workers; start some with `dask worker {address}`.")
        # Each call is a task of its own, also where the same one was asked for before.
        yield functools.partial(client.get_executor, pure=False), 2 * workers


def _reason(error):
    return " ".join(str(error).split())[:100] or type(error).__name__


def run(function, items, start, window):
    """Work on many items, and yield what became of each as soon as it is done.

    Parameters
    ----------
    function : callable
        Takes an item. For other processes it must be picklable: a function of a module, or `functools.partial` of one.
    items : iterable
        In the order in which they shall begin; they end in any.
    start : callable
        Returns an executor. It is called again when the processes of one have died: what they had is then tried once
        more, each piece alone, so that only the one that kills its worker fails.
    window : int
        How many items are in the executor's hands at a time.

    Yields
    ------
    Outcome
        One for each item.

    Raises
    ------
    FileProblem
        If the executor gives up work that is not done, as a cluster does whose scheduler is gone.

    Examples
    --------
    >>> for outcome in run(int, ["7", "x"], Here, window=1):
    ...     print(outcome.item, outcome.value, type(outcome.problem).__name__)
    7 7 NoneType
    x None ValueError
    """
    waiting, running, executor = deque(items), {}, start()
    alive = False
    try:
        while waiting or running:
            while waiting and len(running) < window:
                item = waiting.popleft()
                try:
                    running[executor.submit(function, item)] = item
                except BrokenExecutor:
                    waiting.appendleft(item)
                    break
            done = wait(running, return_when=FIRST_COMPLETED).done
            broken = not running or any(_broken(future) for future in done)
            if broken:  # Each of them is done now: with its result, or because the processes died.
                done = wait(running).done
            suspects = []
            for future in done:
                item = running.pop(future)
                if _broken(future):
                    suspects.append(item)
                else:
                    alive = True
                    yield _outcome(item, future)
            if broken:
                executor.shutdown(wait=False)
                executor = start()
            for number, item in enumerate(suspects):
                if number == _HOPELESS and not alive:
                    raise FileProblem("the processes die as soon as they begin; work in one: --jobs 1.")
                running[executor.submit(function, item)] = item
                (future,) = wait(running).done
                running.clear()
                if _broken(future):
                    yield Outcome(item, None, FileProblem(_DIED))
                    executor.shutdown(wait=False)
                    executor = start()
                else:
                    alive = True
                    yield _outcome(item, future)
    finally:
        for future in running:  # Dask's executor has no `cancel_futures`.
            future.cancel()
        executor.shutdown(wait=True)


def _broken(future):
    return not future.cancelled() and isinstance(future.exception(), BrokenExecutor)


def _outcome(item, future):
    if future.cancelled() or isinstance(future.exception(), CancelledError):
        raise FileProblem("the workers have given up (is the cluster's scheduler gone?); run the same command again.")
    problem = future.exception()
    return Outcome(item, None if problem else future.result(), problem)
