"""The process that handed-in functions run in: it has loaded the libraries, and forks a child for each function.

It never sees what a right answer is. For each job it gets a folder, limits and one end of a socket; the child locks
itself down, and talks through that socket to whoever grades.
"""

import contextlib
import importlib
import json
import linecache
import os
import random
import select
import shutil
import signal
import socket
import sys
import time

from colorkit.classroom import attempt, trial
from colorkit.classroom.sandbox import lockdown, wire

CHUNK = 1 << 16  # bytes of a job's description, at most
MESSAGE_BYTES = 32 << 20  # of a message to a child
MOST_NUMBERS = 200_000  # of a result
FOLDER_BYTES = 50_000_000  # of all files that a function writes
_LOOK_SECONDS = 0.2  # between two looks at the folder
_MARGIN = 0.5  # seconds that are left for saying where a function was, before its process is ended
_PRELOADED = (
    "numpy scipy.spatial scipy.stats scipy.ndimage skimage.color skimage.transform colorkit.lab colorkit.metrics "
    "colorkit.bins colorkit.photos colorkit.world colorkit.models.spec colorkit.models.sight colorkit.show"
).split()


def main(control):
    """Serve until whoever started it hangs up.

    Parameters
    ----------
    control : int
        File descriptor of a socket on which jobs come.
    """
    control = socket.socket(fileno=control)
    for name in _PRELOADED:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    wake, woken = os.pipe()
    os.set_blocking(woken, False)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    control.sendall(b"ready\n")
    while job := _next_job(control):
        settings, channel = job
        child = os.fork()
        if child == 0:
            try:
                _become(channel, settings, control, (wake, woken))
            finally:
                os._exit(1)
        os.close(channel)
        control.sendall(json.dumps(_watch(child, settings, control, wake)).encode() + b"\n")


def _next_job(control):
    """Return what a job needs and the file descriptor of its socket; None at the end."""
    text, channels = b"", []
    while not text.endswith(b"\n"):
        data, more, _, _ = socket.recv_fds(control, CHUNK, 1)
        if not data:
            return None
        text, channels = text + data, channels + list(more)
    return json.loads(text), channels[0]


def _watch(child, settings, control, wake):
    """Wait for a child's end, and bring it about when it is over its limits. Return how it ended."""
    begin, why = time.monotonic(), ""
    while True:
        left = begin + settings["seconds"] + settings["loading"] - time.monotonic()
        ready, _, _ = select.select([wake, control], [], [], max(min(left, _LOOK_SECONDS), 0))
        if wake in ready:
            os.read(wake, 4096)
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        if control in ready:  # whoever asked has gone
            why = "gone"
        elif left <= 0:
            why = "time"
        elif _bytes_in(settings["folder"]) > FOLDER_BYTES:
            why = "files"
        if why:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child, signal.SIGKILL)
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            break
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)  # what it may have started
    if why == "gone":
        sys.exit()
    return {"status": os.waitstatus_to_exitcode(status), "why": why}


def _bytes_in(folder):
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(place, name)).st_size
    return total


# --- the child ---


def _become(channel, settings, control, wakers):
    """Be the process of one function, from here to its end."""
    os.setsid()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    os.dup2(channel, 3)
    os.closerange(4, max(channel, nowhere, control.detach(), *wakers, 256) + 1)  # above all the way to the server
    folder = settings["folder"]
    os.chdir(folder)
    os.environ.clear()
    os.environ |= settings["environment"] | {"HOME": folder, "TMPDIR": folder}
    sys.dont_write_bytecode = True
    random.seed()
    lockdown.resources(settings["seconds"] + settings["loading"], settings["memory"])
    closed_folders = lockdown.folders(folder)
    closed_calls = lockdown.calls()
    if not closed_calls:
        lockdown.processes_crudely()
    with socket.socket(fileno=3) as speaking:
        job = wire.receive(speaking, MESSAGE_BYTES, lambda number: _asking(speaking, number))
        said = _work(job, settings["seconds"], settings["loading"])
        wire.send(speaking, {"done": {**said, "folders": closed_folders, "calls": closed_calls}})
    os._exit(0)


def _asking(speaking, number):
    """Return a stand-in for a function that stays with whoever grades: it sends what it is given, gets the answer."""

    def ask(*arguments):
        wire.send(speaking, {"ask": number, "arguments": arguments})
        answer = wire.receive(speaking, MESSAGE_BYTES)
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer["answer"]

    return ask


def _work(job, seconds, loading):
    """Define a function and try it. Return what there is to say."""
    output = attempt.Output()
    attempt.GRACE = _MARGIN / 2
    last = time.monotonic() + seconds + loading - _MARGIN
    names = {"__name__": "__main__", "__builtins__": __builtins__}
    failed = _define(job["code"], names, output, last, seconds + loading)
    end = min(last, time.monotonic() + seconds)
    if failed:
        return {"state": "tried", "results": [_sendable(failed)], "printed": trial.said(output)}
    function = names.get(job["name"])
    if not callable(function):
        text = f"`{job['name']}` is no function here, but of type {type(function).__name__}."
        return {"state": "tried", "results": [text], "printed": trial.said(output)}
    if trial.is_blank(function):
        return {"state": "blank", "results": [], "printed": ""}
    results = []
    for arguments in job["trials"]:
        got = trial.run(function, arguments, output, seconds=end - time.monotonic(), limit=seconds)
        results.append(_sendable(got))
        if isinstance(got, trial.Failure | str):
            break
    return {"state": "tried", "results": results, "printed": trial.said(output)}


def _define(code, names, output, end, seconds):
    """Run the statements that a function needs. Return a Failure if one of them cannot be run."""
    for where, line, text in code:
        source = "\n" * (line - 1) + text
        linecache.cache[where] = (len(source), None, source.splitlines(keepends=True), where)

        def run(source=source, where=where):
            exec(compile(source, where, "exec"), names)

        outcome = attempt.run(run, (), end - time.monotonic(), output)
        if outcome.error is not None:
            failure = trial.failure(outcome, {where}, seconds)
            return trial.Failure(failure.kind, failure.text, f"{where.capitalize()}: {failure.says}")
    return None


def _sendable(got):
    if isinstance(got, trial.Failure):
        return {"failure": [got.kind, got.text[:2000], got.says.replace(trial.RUNS_ON, "")[:2000]]}
    if not isinstance(got, str) and got.size > MOST_NUMBERS:
        return f"It returned {got.size:,} numbers, in shape {got.shape}. That is far too many."
    return got


def start(control, paths):
    """Begin, in a process of its own, in a folder that is removed in the end.

    Parameters
    ----------
    control : int
        File descriptor of a socket on which jobs come.
    paths : list of str
        Where Python finds colorkit, if not with its packages.
    """
    sys.path += [path for path in paths if path not in sys.path]
    folder = os.getcwd()
    with contextlib.suppress(SystemExit, ConnectionError):  # whoever started it has gone, and may have been killed
        main(control)
    shutil.rmtree(folder, ignore_errors=True)
