"""What `check` does with functions that print, leave, loop for ever, or are interrupted."""

import _thread
import sys
import threading
import time

import nbformat
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from verdicts import checked

from colorkit import classroom
from colorkit.classroom import attempt, exercises, trial

CHROMA = exercises.find("01-c").reference


@pytest.fixture(autouse=True, scope="module")
def notebook():
    InteractiveShell.instance()
    yield
    InteractiveShell.clear_instance()


@pytest.fixture
def quickly(monkeypatch):
    monkeypatch.setattr(trial, "TIME_LIMIT", 0.3)


# --- output ---


def test_what_is_printed_is_counted_and_cut():
    def chatty(ab):
        for number in range(400):
            print("line", number, "x" * 500)
        print("to stderr", file=sys.stderr)
        display({"text/plain": "a picture"}, raw=True)
        return CHROMA(ab)

    text = checked(chatty)
    assert text.startswith("✓ Exercise 01-c: right.")
    lines = text.splitlines()
    assert lines[2] == "  It printed 1,203 lines in all trials:" and lines[3].startswith("  line 0 xxx")
    assert lines[-2:] == ["  ...", "  What it displayed, 3 in all trials, is not shown here."]
    assert len(text) < 1000


def test_one_printed_line_is_shown_as_it_is():
    asked = []

    def answer(ab):
        if not asked:
            print(ab.shape, end="")
        asked.append(ab)
        return CHROMA(ab)

    assert checked(answer).endswith("\n  It printed 1 line:\n  (5, 6, 2)")


# --- the end of Python, and endless loops ---


def raise_system_exit():
    raise SystemExit(3)


@pytest.mark.parametrize("leave", [sys.exit, exit, quit, raise_system_exit])
def test_a_function_cannot_end_python(leave):
    def ends(ab):
        leave()

    text = checked(ends)
    line = "raise SystemExit(3)" if leave is raise_system_exit else "leave()"
    assert "It tried to end Python in line" in text and f"`{line}`. A function ends with return." in text
    assert not sys.stdin.closed


def test_input_is_not_waited_for():
    text = checked(lambda ab: float(input("How much? ")))
    assert "with RuntimeError: nobody is there to answer input()" in text


def plain(ab):
    while True:
        pass


def catches(ab):
    while True:
        try:
            sum(number for number in range(1000))
        except Exception:
            pass


def catches_all(ab):
    while True:
        try:
            np.ones((50, 50)) @ np.ones((50, 50))
        except:  # noqa: E722
            pass


def catches_all_twice(ab):
    while True:
        try:
            catches_all(ab)
        except BaseException as error:
            print(error)


def never_leaves(ab):
    while True:
        try:
            sum(ab.ravel())
        finally:
            continue  # noqa: B012


def prints(ab):
    while True:
        print("still here")


@pytest.mark.parametrize("answer", [plain, catches, catches_all, catches_all_twice, never_leaves, prints])
def test_an_endless_loop_is_stopped(quickly, answer):
    before = threading.active_count()
    text = checked(answer)
    assert text.startswith("✗ Exercise 01-c: not yet right.\n  It was still running after 0.3 s in line ")
    assert ". Is there a loop that never ends?" in text and "could not be stopped" not in text
    assert threading.active_count() == before
    assert sys.gettrace() is None or "coverage" in sys.modules
    assert len(text) < 600


def test_what_cannot_be_stopped_is_said_and_the_notebook_goes_on(quickly, monkeypatch):
    monkeypatch.setattr(attempt, "GRACE", 0.2)
    text = checked(lambda ab: time.sleep(1.5))
    assert text.endswith(
        "It was still running after 0.3 s. Is there a loop that never ends? It could not be stopped, and slows down "
        "what follows: restart the kernel."
    )
    assert checked(lambda ab: np.hypot(ab[..., 0], ab[..., 1])).startswith("✓")


def test_the_time_is_for_all_trials(monkeypatch):
    monkeypatch.setattr(trial, "TIME_LIMIT", 1.5)

    def slow(ab):
        time.sleep(0.7)
        return CHROMA(ab)

    assert "It was still running after 1.5 s" in checked(slow)


def test_a_learner_s_own_interrupt_works_and_leaves_nothing_behind():
    before, streams = threading.active_count(), (sys.stdout, sys.stderr, sys.stdin)
    timer = threading.Timer(0.5, _thread.interrupt_main)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        classroom.check("01-c", catches_all)
    timer.join()
    assert threading.active_count() == before
    assert (sys.stdout, sys.stderr, sys.stdin) == streams


def test_in_a_notebook_s_kernel(tmp_path):
    from nbclient import NotebookClient

    checking = "from colorkit.classroom import trial\nfrom colorkit import check\ntrial.TIME_LIMIT = 0.5"
    bodies = [
        "exit()",
        "quit()",
        "import sys; sys.exit()",
        "raise SystemExit",
        "input()",
        "while True: print('x')",
        "get_ipython().ask_exit()",
        "1 / 0",
    ]
    cells = [f"def chroma(ab):\n    {body}\n\n\nchroma = check('01-c', chroma)" for body in bodies]
    cells.append("chroma([[3.0, 4.0]])")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in [checking, *cells]])
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(tmp_path)}}).execute()
    verdicts = [cell.outputs for cell in notebook.cells[1:-1]]
    assert [len(outputs) for outputs in verdicts] == [1] * len(bodies)
    assert {outputs[0].data[classroom.CHECK_MIME]["state"] for outputs in verdicts} == {"wrong"}
    messages = [outputs[0].data[classroom.CHECK_MIME]["message"] for outputs in verdicts]
    assert messages[0] == "It tried to end Python in line 2, `exit()`. A function ends with return."
    assert messages[-1] == "It stopped in line 2, `1 / 0`, with ZeroDivisionError: division by zero"
    assert notebook.cells[-1].outputs[0].data["text/plain"] == "array([5.])"
