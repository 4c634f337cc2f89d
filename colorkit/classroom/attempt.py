"""One run of a learner's function: limited in time, what it prints held back, no way to end Python."""

import builtins
import contextlib
import contextvars
import ctypes
import functools
import io
import sys
import threading
import time
from dataclasses import dataclass

GRACE = 2  # seconds in which a function that ran too long is stopped, before it is left to itself
_KEPT = 2000  # characters of what is printed


class TimeIsUp(Exception):
    """A function ran too long; the traceback tells where it was."""


class _Stop(BaseException):
    """Raised inside a thread that runs too long."""


@dataclass
class Outcome:
    """How a run ended.

    Attributes
    ----------
    result : object
        What the function returned.
    error : BaseException or None
        What it raised; `TimeIsUp` if it ran too long.
    running : bool
        Whether it could not be stopped, and still runs.
    """

    result: object = None
    error: BaseException | None = None
    running: bool = False


class Output(io.TextIOBase):
    """Takes what a function prints and displays, counts it, and keeps the beginning.

    Attributes
    ----------
    text : str
        The first characters.
    displayed : int
        How many pictures and other rich outputs there were.
    """

    encoding = "utf-8"

    def __init__(self):
        self.text = ""
        self.displayed = 0
        self._ends = 0
        self._last = "\n"

    @property
    def lines(self):
        """Return how many lines were printed; one that was begun counts."""
        return self._ends + (self._last != "\n")

    def writable(self):
        """Say to Python that this can be written to."""
        return True

    def write(self, text):
        """Take text that is printed."""
        if text:
            self.text += text[: max(_KEPT - len(self.text), 0)]
            self._ends += text.count("\n")
            self._last = text[-1]
        return len(text)


def run(function, arguments, seconds, output):
    """Call a function that may do anything, and come back.

    It runs in a thread of its own: that works in a notebook's kernel and in plain Python on every system, and a real
    Interrupt, which reaches the main thread, cannot be taken for an error of the function. In one that runs too long an
    exception is raised, and again at each further line, since an ``except:`` in its loop may catch the first.

    What no thread can be kept from: ending the process (`os._exit`, a crash in C), filling the memory, writing from C
    or from another process, changing what it can import. One long call into C (``time.sleep``, a sum over 10**12
    numbers) is not stopped. If it lets Python go on meanwhile, this function comes back on time and says that the call
    still runs; if not, this waits as long as it does. Who must be safe from such code runs it in another process.

    Parameters
    ----------
    function : callable
        What to call.
    arguments : tuple
        Its arguments.
    seconds : float
        The most it may take.
    output : Output
        Gets what is printed and displayed meanwhile.

    Returns
    -------
    Outcome
    """
    worker = _Worker(function, arguments)
    with _held(output):
        worker.start()
        try:
            ended = worker.wait(seconds)
        finally:  # also when the learner interrupts
            stopped = _stop(worker)
    if ended:
        return worker.outcome
    error = worker.outcome.error
    place = error.__traceback__ if isinstance(error, _Stop) else None
    return Outcome(error=TimeIsUp().with_traceback(place), running=not stopped)


class _Worker(threading.Thread):
    """Calls a function, and can be waited for; `join` takes a thread for ended once it was interrupted itself."""

    def __init__(self, function, arguments):
        super().__init__(daemon=True)
        self.outcome = Outcome()
        self._call = functools.partial(contextvars.copy_context().run, function, *arguments)
        self._busy = threading.Lock()
        self._busy.acquire()

    def run(self):
        """Do the work of the thread."""
        try:
            try:
                self.outcome.result = self._call()
            except BaseException as error:  # SystemExit and KeyboardInterrupt too
                self.outcome.error = error
            finally:
                sys.settrace(None)
        except _Stop:  # one that arrives late
            pass
        finally:
            self._busy.release()

    def wait(self, seconds):
        """Wait for the end in short steps, since on Windows a wait cannot be interrupted. Tell whether it came."""
        end = time.monotonic() + seconds
        while not self._busy.acquire(timeout=min(max(end - time.monotonic(), 0), 0.05)):
            if time.monotonic() >= end:
                return False
        self._busy.release()
        return True


def _stop(worker):
    """Raise `_Stop` in a thread until it ends, or for so long that it never will. Tell whether it ended.

    An ``except:`` in a loop would catch it for ever, if it came only once in a while. So it is raised at each further
    line too, thus also at the line of the ``except:``, where nothing catches it.
    """
    if worker.wait(0):
        return True
    with _stop_at_each_line(worker) as first:
        end = time.monotonic() + GRACE
        while time.monotonic() < end:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(worker.ident), ctypes.py_object(first))
            if worker.wait(0.1):
                return True
    return False


@contextlib.contextmanager
def _stop_at_each_line(worker):
    """Arrange that `_Stop` is raised at each line that a thread runs. Gives the exception that must be raised first."""
    if not hasattr(sys, "monitoring"):  # Python 3.11
        yield _StopAndTrace
        return

    def raise_there(code, line):
        if threading.get_ident() == worker.ident and code.co_filename not in (__file__, threading.__file__):
            raise _Stop

    monitoring = sys.monitoring
    tool = next((number for number in range(6) if monitoring.get_tool(number) is None), None)
    if tool is not None:  # else debuggers have all of them
        monitoring.use_tool_id(tool, "colorkit")
        monitoring.register_callback(tool, monitoring.events.LINE, raise_there)
        monitoring.set_events(tool, monitoring.events.LINE)
    try:
        yield _Stop
    finally:
        if tool is not None:
            monitoring.set_events(tool, 0)
            monitoring.register_callback(tool, monitoring.events.LINE, None)
            monitoring.free_tool_id(tool)


class _StopAndTrace(_Stop):
    """For Python 3.11: after this, a thread raises `_Stop` at each line by itself.

    Python makes the exception in the thread that it is meant for, and only from there can that be traced. A trace
    function that raises is dropped; this one asks Python to raise soon. It is in C, lest that happen in itself, and
    leaves alone what a trace function gets (frame, event, argument).
    """

    def __init__(self):
        ask = ctypes.PYFUNCTYPE(None, ctypes.c_ulong, *[ctypes.py_object] * 4)(_SET_EXCEPTION)
        trace = functools.partial(ask, threading.get_ident(), _Stop)
        frame = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename != __file__:
            frame.f_trace = trace
            frame = frame.f_back
        sys.settrace(trace)


_SET_EXCEPTION = ctypes.cast(ctypes.pythonapi.PyThreadState_SetAsyncExc, ctypes.c_void_p).value


@contextlib.contextmanager
def _held(output):
    """Lead what is printed and displayed into `output`, and close the ways in which one line ends a session."""
    with contextlib.ExitStack() as swaps:
        swaps.enter_context(_swapped(sys, "stdout", output))
        swaps.enter_context(_swapped(sys, "stderr", output))
        swaps.enter_context(_swapped(sys, "stdin", io.StringIO()))  # plain Python's exit() closes it
        swaps.enter_context(_swapped(builtins, "input", _no_input))
        shell = _shell()
        if shell is not None:
            swaps.enter_context(_swapped(shell, "display_pub", _counting_publisher(output)))
            if hasattr(shell, "ask_exit"):  # as IPython's exit() does
                swaps.enter_context(_swapped(shell, "ask_exit", sys.exit))
        yield


@contextlib.contextmanager
def _swapped(owner, name, value):
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


def _no_input(prompt=""):
    raise RuntimeError("nobody is there to answer input(); take what you need from the arguments")


def _shell():
    if "IPython" not in sys.modules:
        return None
    from IPython import get_ipython

    return get_ipython()


def _counting_publisher(output):
    from IPython.core.displaypub import DisplayPublisher

    class Publisher(DisplayPublisher):
        def publish(self, *arguments, **settings):
            output.displayed += 1

        def clear_output(self, wait=False): ...

    return Publisher()
