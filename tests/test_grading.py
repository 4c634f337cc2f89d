"""A class is graded: each known wrong answer, each broken file, each function that means harm gets its own row."""

import ast
import csv
import functools
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import handed_in
import numpy as np
import pytest

from colorkit import batch, commands, files
from colorkit.classroom import assignments, exercises, sandbox, solutions
from colorkit.classroom.assignments import Assignment
from colorkit.classroom.grading import reports, running
from colorkit.classroom.sandbox import Limits, lockdown
from colorkit.classroom.submissions import collecting

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows cannot fork")
closed = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can hide files and refuse calls")

EVERY = Assignment("ALL", "All exercises", 60, 0.5, dict.fromkeys(handed_in.NAMES, 2))
LIMITS = Limits(seconds=3, memory=1 << 30)


@pytest.fixture(scope="module")
def class_(tmp_path_factory):
    """Return the grading of a class, its expected rows, its folder of results, and what must not have changed."""
    folder = tmp_path_factory.mktemp("class")
    handed, results, others = folder / "handed_in", folder / "results", folder / "others"
    for one in (handed, others):
        one.mkdir()
    secret = others / "secret.txt"
    secret.write_text("the expected values")
    expected = {}
    functions = handed_in.hostile_functions(secret, folder / "made_outside")
    made = {f"{name}.ipynb": handed_in.body(text) for name, (text, _, _) in functions.items()}
    expected |= {f"{name}.ipynb": rest for name, (_, *rest) in functions.items()}
    odd = handed_in.odd_notebooks()
    made |= {f"{name}.ipynb": data for name, (data, _, _) in odd.items()}
    expected |= {f"{name}.ipynb": rest for name, (_, *rest) in odd.items()}
    broken = handed_in.broken_files()
    made |= {name: data for name, (data, _, _) in broken.items()}
    expected |= {name: rest for name, (_, *rest) in broken.items()}
    made |= handed_in.known_mistakes()
    for name, data in made.items():
        (handed / name).write_bytes(data)
    before = _state_of(folder)
    begin = time.monotonic()
    grading = running.run(EVERY, collecting.collect(handed), results, seed=1, limits=LIMITS)
    took = time.monotonic() - begin
    reports.write(grading, results)
    changed = {name: state for name, state in _state_of(folder).items() if not name.startswith("results")}
    return grading, expected, results, changed == before, took


def _state_of(folder):
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_nothing_is_lost_and_nothing_else_is_touched(class_):
    grading, expected, results, untouched, took = class_
    assert len(grading.rows) >= 90
    assert {one.name for one, _ in grading.rows} == {*expected, *handed_in.known_mistakes()}
    rows = list(csv.reader(io.StringIO((results / "grades.csv").read_text("utf-8-sig"))))
    assert len(rows) == 1 + len(grading.rows) and len({len(row) for row in rows}) == 1
    assert len(list((results / "feedback").iterdir())) == len(grading.rows)
    assert untouched
    assert not os.path.exists("/tmp/colorkit_was_run")
    assert "the expected values" not in "".join(json.dumps(record) for _, record in grading.rows)
    # Those that hang cost their time, not more: there are about a dozen, and two at a time.
    assert took < 240


@closed
def test_each_file_and_each_hostile_function_gets_the_grade_it_should(class_):
    grading, expected, *_ = class_
    records = {one.name: record for one, record in grading.rows}
    different = {}
    for name, (state, words) in expected.items():
        row = records[name]["exercises"]["01-c"]
        said = f"{records[name]['problem']} {row['message']} {' '.join(records[name]['notes'])}"
        if (row["state"], words in said, row["points"]) != (state, True, {"right": 2, "known": 1}.get(state, 0)):
            different[name] = (state, words, row)
    assert different == {}


def test_each_known_wrong_answer_gets_its_hint_and_its_share_of_the_points(class_):
    grading, *_ = class_
    records = {one.name: record for one, record in grading.rows if one.name.startswith("mistake_")}
    different = {}
    for name in handed_in.NAMES:
        for number, hint in enumerate(exercises.find(name).mistakes):
            row = records[f"mistake_{number:02d}.ipynb"]["exercises"][name]
            if (row["state"], row["hint"], row["points"]) != ("known", hint, 1):
                different[name, hint] = row
    assert different == {}


def test_what_calls_colorkit_s_own_answer_is_marked(class_):
    grading, _, results, *_ = class_
    records = {one.name: record for one, record in grading.rows}
    (mark,) = {one.split(",")[0] for one in records["the_reference.ipynb"]["exercises"]["01-c"]["marks"]}
    assert mark == "It uses colorkit's checks"
    assert records["helpers.ipynb"]["exercises"]["01-c"]["marks"] == []
    page = (results / "summary.html").read_text("utf-8")
    assert "the_reference" in page and "It uses colorkit" in page


def test_pages_escape_what_students_wrote(class_):
    _, _, results, *_ = class_
    (page,) = (results / "feedback").glob("raises_text*")
    text = page.read_text("utf-8")
    assert "<script>" not in text and "&lt;script&gt;" in text


def test_submissions_alike_are_listed_as_pairs_and_a_table_never_computes(tmp_path):
    handed = tmp_path / "in"
    handed.mkdir()
    long = handed_in.CHROMA.replace(
        "return", "a, b = ab[..., 0], ab[..., 1]\n    squares = a * a + b * b\n    return squares +"
    )
    other = long.replace("squares", "s").replace("  return", "  # my own\n    return").replace("a * a", "a  *  a")
    for name, text, student in (
        ("x.ipynb", long, "=HYPERLINK(1)"),
        ("y.ipynb", other, "Ben"),
        ("z.ipynb", handed_in.CHROMA, "Cleo \\ud800"),
        ("blank.ipynb", "def chroma(ab):\n    ...", "Dora"),
        ("empty.ipynb", "def chroma(ab):\n    ...", ""),
    ):
        (handed / name).write_bytes(handed_in.notebook(f'student_name = "{student}"', text))
    assignment = Assignment("ONE", "One <b>", 10, 0, {"01-c": 2})
    grading = running.run(assignment, collecting.collect(handed), tmp_path / "out")
    ((one, another, size),) = reports.pairs(grading)
    assert (one, another) == ("=HYPERLINK(1) (x.ipynb)", "Ben (y.ipynb)") and size > 40
    reports.write(grading, tmp_path / "out")
    table = (tmp_path / "out" / "grades.csv").read_text("utf-8-sig")
    assert "'=HYPERLINK(1)" in table and ",=HYPERLINK" not in table
    summary = (tmp_path / "out" / "summary.html").read_text("utf-8")
    assert "Alike but for names" in summary and "One &lt;b&gt;" in summary and "<b>" not in summary


def test_one_thread_at_a_time_parses(tmp_path, monkeypatch):
    # Where two did, Python 3.11.7 once answered with SystemError, and a right notebook had no points.
    handed = tmp_path / "in"
    handed.mkdir()
    for name in "abcd":
        (handed / f"{name}.ipynb").write_bytes(handed_in.notebook(handed_in.CHROMA, f"NAME = {name!r}"))
    parse, inside, threads, together = ast.parse, [], set(), []

    def slowly(*arguments, **named):
        inside.append(1)
        threads.add(threading.get_ident())
        together.append(len(inside))
        time.sleep(0.005)
        try:
            return parse(*arguments, **named)
        finally:
            inside.pop()

    monkeypatch.setattr(ast, "parse", slowly)
    start = functools.partial(ThreadPoolExecutor, 4)
    one = Assignment("ONE", "One exercise", 60, 0.5, {"01-c": 2})
    grading = running.run(one, collecting.collect(handed), tmp_path / "out", limits=LIMITS, start=start, window=4)
    assert [row["points"] for _, row in grading.rows] == [2, 2, 2, 2]
    assert len(threads) > 1 and max(together) == 1


def test_all_solutions_are_right_and_a_second_run_grades_only_what_changed(tmp_path):
    import inspect

    handed, results = tmp_path / "in", tmp_path / "out"
    handed.mkdir()
    modules = {name[:2]: inspect.getsource(inspect.getmodule(solutions.find(name))) for name in handed_in.NAMES}
    (handed / "all.ipynb").write_bytes(handed_in.notebook(*modules.values()))
    (handed / "one.ipynb").write_bytes(handed_in.notebook(handed_in.CHROMA))
    first = running.run(EVERY, collecting.collect(handed), results, limits=Limits(seconds=10))
    wrong = {name: row for name, row in first.rows[0][1]["exercises"].items() if row["state"] != "right"}
    assert wrong == {} and first.rows[0][1]["points"] == EVERY.most
    (handed / "one.ipynb").write_bytes(handed_in.notebook("def chroma(ab):\n    return ab.sum(axis=-1)"))
    second = running.run(EVERY, collecting.collect(handed), results, limits=Limits(seconds=10))
    assert second.before == 1 and second.seed == first.seed
    assert second.rows[1][1]["exercises"]["01-c"]["state"] == "known"
    with pytest.raises(files.FileProblem, match=f"was graded with the seed {first.seed}"):
        running.run(EVERY, [], results, seed=first.seed + 1)
    with pytest.raises(files.FileProblem, match="holds the results of ALL"):
        running.run(assignments.load("A1"), [], results)


def test_inputs_are_fresh_for_each_grading_and_the_seed_is_written_down(tmp_path):
    seeds = {running.run(EVERY, [], tmp_path / str(number)).seed for number in range(3)}
    assert len(seeds) == 3
    written = {json.loads((tmp_path / str(number) / "grading.json").read_text())["seed"] for number in range(3)}
    assert written == seeds


def test_other_processes_can_do_it_as_those_of_a_cluster(tmp_path):
    """Through the same way as `colorkit color --cluster`, of which tests/test_color.py has a real one."""
    handed = tmp_path / "in"
    handed.mkdir()
    for number in range(3):
        (handed / f"{number}.ipynb").write_bytes(handed_in.notebook(handed_in.CHROMA))
    assignment = Assignment("ONE", "One", 10, 0, {"01-c": 2, "02-b": 1})
    start = functools.partial(batch.local, 2)
    grading = running.run(assignment, collecting.collect(handed), tmp_path / "out", start=start, window=4)
    assert [record["points"] for _, record in grading.rows] == [2, 2, 2]


def test_stopped_with_ctrl_c_it_goes_on_where_it_was(tmp_path):
    handed, results = tmp_path / "in", tmp_path / "out"
    handed.mkdir()
    for number in range(4):
        (handed / f"a{number}.ipynb").write_bytes(handed_in.notebook(handed_in.CHROMA))
    slow = "import time\nPAUSE = 60\ndef chroma(ab):\n    time.sleep(PAUSE)"
    (handed / "b.ipynb").write_bytes(handed_in.notebook(slow))
    command = [sys.executable, "-m", "colorkit", "grade", "A1", str(handed), "--to", str(results), "--seconds", "60"]
    process = subprocess.Popen([*command, "--jobs", "1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 120
    while len(list((results / "records").glob("*.json"))) < 4 and time.monotonic() < end:
        time.sleep(0.1)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    begin = time.monotonic()
    _, errors = process.communicate(timeout=60)
    assert time.monotonic() - begin < 30
    assert process.returncode == 1 and errors.strip() == "stopped"
    (handed / "b.ipynb").write_bytes(
        handed_in.notebook(slow.replace("60", "0").replace("sleep(PAUSE)", "sleep(PAUSE)"))
    )
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "4 of them were graded by an earlier run." in done.stdout
    assert len(list((results / "records").glob("*.json"))) == 5


# --- the sandbox itself ---


@pytest.fixture(scope="module")
def box():
    with sandbox.Sandbox(Limits(seconds=3)) as made:
        yield made


def run(box, text, trials=None):
    return box.run([("cell 1", 1, text)], "f", trials or [(np.arange(4.0),)])


def test_values_go_in_and_come_back(box):
    ran = run(
        box,
        "def f(*values):\n    return [float(type(v) is t) for v, t in zip(values, (int, float, str, list, tuple))]",
        [(1, 2.5, "x", [1, (2,)], (3, "y"))],
    )
    np.testing.assert_array_equal(ran.results[0], np.ones(5))
    for dtype in ("uint8", "float32", "float64", "int64", "bool"):
        ran = run(box, "def f(a):\n    return [a.dtype.itemsize, a.sum(), *a.shape]", [(np.ones((2, 3), dtype),)])
        np.testing.assert_array_equal(ran.results[0], [np.dtype(dtype).itemsize, 6, 2, 3])


def test_a_function_that_is_given_stays_here_and_is_asked_from_there(box):
    asked = []

    def ask(values):
        asked.append(values)
        if values.sum() > 10:
            raise ValueError("too much")
        return 2 * values

    ran = run(box, "def f(ask, x):\n    return ask(ask(x))", [(ask, np.ones(2))])
    np.testing.assert_array_equal(ran.results[0], [4, 4])
    assert len(asked) == 2
    ran = run(box, "def f(ask, x):\n    return ask(100 * x)", [(ask, np.ones(2))])
    assert ran.results[0].says == "It stopped in line 2, `return ask(100 * x)`, with ValueError: too much"


def test_each_function_starts_anew_in_an_empty_folder(box):
    text = (
        "import os, builtins\ndef f(x):\n    n = len(os.listdir()) + hasattr(builtins, 'mark')\n    builtins.mark = 1\n"
    )
    text += "    open('left', 'w')\n    return n"
    assert [float(run(box, text).results[0]) for _ in range(2)] == [0, 0]


def test_it_has_a_clean_environment(box, monkeypatch):
    monkeypatch.setenv("COLORKIT_TEST_SECRET", "1")
    text = "import os\ndef f(x):\n    return ['COLORKIT_TEST_SECRET' in os.environ, os.environ['HOME'] == os.getcwd()]"
    np.testing.assert_array_equal(run(box, text).results[0], [0, 1])


@closed
def test_on_linux_files_and_calls_are_closed(box):
    ran = run(box, "def f(x):\n    return x")
    assert ran.folders and ran.calls


@closed
@pytest.mark.parametrize("processor", [0, 1])
def test_the_numbers_of_refused_calls_are_the_kernel_s(processor):
    """Where the kernel's headers are here: a wrong number would refuse another call, and let that one through."""
    import re
    from pathlib import Path

    headers = [
        next(Path("/usr/include").rglob("asm/unistd_64.h"), None),
        next(Path("/usr/include").rglob("asm-generic/unistd.h"), None),
    ]
    if headers[processor] is None:
        pytest.skip("the kernel's headers are not here")
    text = headers[processor].read_text()
    numbers = {name: int(number) for name, number in re.findall(r"#define __NR3?2?6?4?_?(\w+) (\d+)", text)}
    own = lockdown._NUMBERS | lockdown._OWN_PROCESS_ONLY | {"clone": lockdown._CLONE, "clone3": lockdown._CLONE3}
    known = [name for name, pair in own.items() if pair[processor] is not None and name in numbers]
    assert len(known) > 40
    assert {name: own[name][processor] for name in known} == {name: numbers[name] for name in known}


def test_a_server_that_was_killed_has_a_successor(box):
    assert run(box, "def f(x):\n    return x").state == "tried"
    box._server.kill()
    box._server.wait()
    assert run(box, "def f(x):\n    return x").state == "tried"


def test_a_server_that_does_not_start_says_why(monkeypatch):
    monkeypatch.setattr(sandbox, "_BOOT", "raise RuntimeError('no such luck')")
    with pytest.raises(files.FileProblem, match=r"does not start .*no such luck"):
        run(sandbox.Sandbox(), "def f(x):\n    return x")


@closed
def test_there_is_no_way_around(box):
    """Through links of /proc, other descriptors, and a second thread."""
    for path in ("/proc/self/root/etc/passwd", f"/proc/{os.getpid()}/mem", "/etc/passwd", __file__):
        assert "PermissionError" in run(box, f"def f(x):\n    open({path!r}).read()\n    return x").results[0].says
    text = "import os\ndef f(x):\n    return len([n for n in range(4, 4096) if os.path.lexists(f'/proc/self/fd/{n}')])"
    assert run(box, text).results[0] <= 1  # the one with which it looks
    text = (
        "import threading\ndef f(x):\n    found = []\n    def read():\n        try:\n            open('/etc/passwd')\n"
    )
    text += "        except PermissionError:\n            found.append(1)\n    t = threading.Thread(target=read)\n"
    text += "    t.start()\n    t.join()\n    return len(found)"
    assert run(box, text).results[0] == 1


def test_nothing_is_left_behind():
    made = sandbox.Sandbox(Limits(seconds=3))
    run(made, "def f(x):\n    open('a', 'w')\n    return x")
    folder, server = made._folder, made._server
    made.close()
    assert not os.path.exists(folder) and server.poll() is not None


def test_nothing_is_left_behind_when_the_grader_is_killed():
    code = (
        "import os, signal, numpy as np\nfrom colorkit.classroom.sandbox import Sandbox\nbox = Sandbox()\n"
        "box.run([('c', 1, 'def f(x):\\n    return x')], 'f', [(np.ones(1),)])\nprint(box._folder, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    folder = done.stdout.strip()
    end = time.monotonic() + 20
    while os.path.exists(folder) and time.monotonic() < end:
        time.sleep(0.1)
    assert not os.path.exists(folder)


# --- the command ---


def test_the_command_says_what_is_wrong(tmp_path, capsys, monkeypatch):
    handed = tmp_path / "empty" / ".." / "handed"
    (tmp_path / "empty").mkdir()
    (tmp_path / "handed").mkdir()
    (handed / "a.ipynb").write_bytes(handed_in.notebook(handed_in.CHROMA))
    monkeypatch.chdir(tmp_path / "empty")
    for arguments, words in (
        (["A9", "x", "--to", "y"], "There is no assignment A9; there are A1, A2"),
        (["A1", str(tmp_path / "nothing"), "--to", "y"], "there is no such folder or zip"),
        (["A1", str(tmp_path / "empty"), "--to", "y"], "there is nothing in it"),
        (["A1", str(handed), "--to", str(handed / "out")], "cannot go into the folder of the submissions"),
        (["A1", str(handed), "--to", "y", "--gradebook", str(handed / "a.ipynb")], "neither Canvas' gradebook nor"),
        (["A1", str(handed), "--to", "y", "--file", "nofile.toml"], "there is no such file"),
    ):
        assert commands.main(["grade", *arguments]) == 1
        assert words in capsys.readouterr().err
    for arguments in (["A1"], ["A1", "x", "--to", "y", "--seconds", "0"], ["A1", "x", "--to", "y", "--jobs", "0"]):
        with pytest.raises(SystemExit) as stop:
            commands.main(["grade", *arguments])
        assert stop.value.code == 2
