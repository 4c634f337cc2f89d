"""A place where handed-in functions run and can do little harm: each in its own process, locked down.

What it protects from, and what not, the book's page *Assignments* says.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

import colorkit
from colorkit.classroom.sandbox import wire
from colorkit.classroom.trial import TRIALS, Failure
from colorkit.files import FileProblem

ANSWER_BYTES = 8 << 20  # of a message from a function
_SLOW = re.compile(r"\b(keras|tensorflow|torch|jax|setup|training|checkpoints)\b")  # colorkit's own load Keras, too
_START_SECONDS = 120
_PATIENCE = 20  # seconds for an answer that should come at once
_BOOT = "import sys; sys.path += sys.argv[2:]; from colorkit.classroom.sandbox import server; "
_BOOT += "server.start(int(sys.argv[1]), sys.argv[2:])"


@dataclass(frozen=True)
class Limits:
    """What one function may use.

    Attributes
    ----------
    seconds : float
        From the start of its process to its end.
    loading : float
        So many more if it imports Keras or another library for networks, which takes long.
    memory : int
        Bytes of address space.
    """

    seconds: float = 10.0
    loading: float = 40.0
    memory: int = 3 << 30


@dataclass
class Ran:
    """How a function ran.

    Attributes
    ----------
    state : str
        ``"blank"``, ``"tried"``, or ``"ended"`` if its process ended before it said anything.
    results : list
        For each trial an array, a sentence or a `colorkit.classroom.trial.Failure`.
    printed : str
        What it printed, in lines to be shown.
    folders, calls : bool
        Whether the system hid its files, and refused processes and the network.
    """

    state: str
    results: list = field(default_factory=list)
    printed: str = ""
    folders: bool = False
    calls: bool = False


class Sandbox:
    """Runs handed-in functions, one at a time, in processes that are forked from one that is ready.

    Parameters
    ----------
    limits : Limits
    """

    def __init__(self, limits=None):
        if not hasattr(os, "fork"):
            raise FileProblem("Windows cannot run the sandbox; grade in the Windows Subsystem for Linux, or in Colab.")
        self.limits = limits or Limits()
        self._server = self._control = self._folder = None
        self._stopped = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def run(self, code, name, trials):
        """Define a function and call it.

        Parameters
        ----------
        code : list of (str, int, str)
            Where it stands ("cell 3"), at which line, and the text, for each statement.
        name : str
            The function's.
        trials : list of tuple
            The arguments of each call. Functions among them stay here, and are asked from there.

        Returns
        -------
        Ran
        """
        for _ in range(2):  # a server that was ended from outside gets a successor
            self._start()
            try:
                return self._run(code, name, trials)
            except (OSError, EOFError, ValueError):
                self.close()
                if self._stopped:
                    raise FileProblem("It was stopped; run the same command again, it goes on from there.") from None
        raise FileProblem("The process that runs functions was ended twice; is the memory full? Run the same again.")

    def _run(self, code, name, trials):
        folder = tempfile.mkdtemp(prefix="function-", dir=self._folder)
        loading = self.limits.loading if any(_SLOW.search(text) for _, _, text in code) else 0
        seconds = self.limits.seconds + loading
        ours, theirs = socket.socketpair()
        try:
            settings = {
                "folder": folder,
                "seconds": self.limits.seconds,
                "loading": loading,
                "memory": self.limits.memory,
                "environment": _environment(),
            }
            socket.send_fds(self._control, [json.dumps(settings).encode() + b"\n"], [theirs.fileno()])
            theirs.close()
            ours.settimeout(seconds + _PATIENCE)
            said, problem = self._converse(ours, {"code": code, "name": name, "trials": trials})
            ours.close()
            ended = json.loads(self._line(seconds + _PATIENCE))
        finally:
            ours.close(), theirs.close()
            shutil.rmtree(folder, ignore_errors=True)
        return said or Ran("ended", [problem or _end(ended, seconds)])

    def _converse(self, channel, job):
        """Send a job, answer what it asks, and return what it says in the end, or what is wrong with that."""
        functions = []
        try:
            wire.send(channel, job, functions)
            while message := wire.receive(channel, ANSWER_BYTES):
                if "done" in message:
                    return _ran(message["done"]), ""
                wire.send(channel, _answer(functions, message))
        except (wire.WireError, KeyError, IndexError, TypeError, AttributeError, ValueError):
            return None, "It returned more numbers than can be looked at, or something that is none."
        except OSError:  # it has ended
            pass
        return None, ""

    def _start(self):
        if self._server is not None and self._server.poll() is None:
            return
        self.close()
        self._folder = tempfile.mkdtemp(prefix="colorkit-grading-")
        self._control, theirs = socket.socketpair()
        home = str(Path(colorkit.__file__).resolve().parents[1])
        log = Path(self._folder) / "server.log"
        with log.open("wb") as errors:
            self._server = subprocess.Popen(
                [sys.executable, "-I", "-c", _BOOT, str(theirs.fileno()), home],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                cwd=self._folder,
                env=_environment(),
                start_new_session=True,  # Ctrl-C is for whoever grades
            )
        theirs.close()
        try:
            ready = self._line(_START_SECONDS)
        except (OSError, EOFError):
            ready = ""
        if ready != "ready":
            said = log.read_text("utf-8", "replace").strip().split("\n")[-1] if log.exists() else ""
            self.close()
            raise FileProblem(f"The process that runs functions does not start ({said[:200] or 'it says nothing'}).")

    def _line(self, seconds):
        """Return a line from the server."""
        self._control.settimeout(seconds)
        line = b""
        while not line.endswith(b"\n"):
            block = self._control.recv(4096)
            if not block:
                raise EOFError
            line += block
        return line.decode().strip()

    def stop(self):
        """End what runs at once, from another thread."""
        self._stopped = True
        if self._server is not None:
            with contextlib.suppress(ProcessLookupError):
                self._server.kill()

    def close(self):
        """End the server and what it runs."""
        if self._control is not None:
            self._control.close()
        if self._server is not None:
            try:
                self._server.wait(2)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._server.pid, signal.SIGKILL)
                self._server.wait()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._server = self._control = self._folder = None


def _environment():
    """Return the environment variables of a function, of which none is the user's own."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    named = {"LANG": "C.UTF-8", "PATH": os.defpath, "MPLBACKEND": "Agg", "TF_CPP_MIN_LOG_LEVEL": "3"}
    return named | threads | {"COLORKIT_OFFLINE": "1", "COLORKIT_PRESET": "test", "CUDA_VISIBLE_DEVICES": ""}


def _answer(functions, message):
    function = functions[int(message["ask"])]
    try:
        return {"answer": np.asarray(function(*message["arguments"]))}
    except Exception as error:
        return {"error": str(error)}


def _ran(said):
    """Return what a function's process says as a `Ran`, and believe no more of it than it may say."""
    results = []
    for result in said["results"][:TRIALS]:
        if isinstance(result, dict):
            kind, text, says = map(str, result["failure"])
            results.append(Failure(kind, text, says))
        elif isinstance(result, np.ndarray):
            results.append(np.asarray(result, np.float64))
        else:
            results.append(str(result)[:2000])
    state = "blank" if said["state"] == "blank" else "tried"
    return Ran(state, results, str(said["printed"])[:2000], said["folders"] is True, said["calls"] is True)


def _end(ended, seconds):
    """Say how a process ended that did not say anything itself."""
    status, why = ended["status"], ended["why"]
    if why == "time" or -status == signal.SIGXCPU:
        return f"It was still running after {seconds:g} s. Is there a loop that never ends?"
    if why == "files" or -status == signal.SIGXFSZ:
        return "It wrote more into files than it may. A function needs no files."
    if status >= 0:
        return "It ended Python itself. A function ends with return."
    if -status == signal.SIGKILL:
        return "The system ended it, perhaps for want of memory."
    return f"It crashed Python ({signal.Signals(-status).name})."
