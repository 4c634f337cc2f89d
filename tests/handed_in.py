"""A class of made submissions: each known wrong answer, and files and functions that mean harm or are broken."""

import json
import textwrap

from colorkit.classroom import exercises, solutions

CHROMA = "import numpy as np\n\ndef chroma(ab):\n    return np.linalg.norm(ab, axis=-1)\n"
NAMES = exercises.names()


def notebook(*sources, **more):
    """Return a notebook with these code cells, as bytes."""
    cells = [{"cell_type": "code", "id": f"c{number}", "source": source} for number, source in enumerate(sources)]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more}).encode()


def body(text, before="import numpy as np"):
    """Return a notebook whose `chroma` has this body."""
    return notebook(f"{before}\ndef chroma(ab):\n{textwrap.indent(textwrap.dedent(text).strip(), '    ')}\n")


def known_mistakes():
    """Return notebooks that have, for each exercise, its first known mistake, its second and so on."""
    count = max(len(exercises.find(name).mistakes) for name in NAMES)
    made = {}
    for number in range(count):
        cells = [
            f"from colorkit.classroom.exercises.lesson_{name[:2]} import EXERCISES as exercises_{name[:2]}\n"
            f"{solutions.find(name).__name__} = [*exercises_{name[:2]}['{name}'].mistakes.values()][{number}]"
            for name in NAMES
            if number < len(exercises.find(name).mistakes)
        ]
        made[f"mistake_{number:02d}.ipynb"] = notebook(*cells)
    return made


# File -> its bytes, the state of chroma, and words of its message or of what is wrong with the file.
def broken_files():
    whole = notebook(CHROMA, "print('end')", "x = 1")
    cells = json.loads(whole)["cells"]
    old = {"worksheets": [{"cells": [{"cell_type": "code", "input": CHROMA}]}], "nbformat": 3}
    return {
        "a text.docx": (b"PK\x03\x04 \x00\xff not a zip", "missing", "not a notebook"),
        "scan.pdf": (b"%PDF-1.4 \xe2\xe3", "missing", "not a notebook"),
        "empty.ipynb": (b"", "missing", "The file is empty"),
        "spaces.ipynb": (b" \n\n", "missing", "The file is empty"),
        "huge.ipynb": (b"{" * 50_000_001, "missing", "more than 50"),
        "cut_early.ipynb": (whole[:30], "missing", "cut off or damaged"),
        "cut_late.ipynb": (whole[:-60], "right", "It agrees"),
        "list.ipynb": (b"[1, 2]", "missing", "not a notebook"),
        "no_cells.ipynb": (b'{"metadata": {}}', "missing", "it has no cells"),
        "odd_cells.ipynb": (
            json.dumps({"cells": [1, None, {}, {"source": 3}, {"source": [CHROMA, 4]}]}).encode(),
            "right",
            "It agrees",
        ),
        "deep.ipynb": (b'{"cells": ' + b"[" * 100_000, "missing", "cut off or damaged"),
        "utf16.ipynb": (whole.decode().encode("utf-16"), "right", "It agrees"),
        "mark.ipynb": (b"\xef\xbb\xbf" + whole, "right", "It agrees"),
        "windows.ipynb": (
            notebook(f"# Gr--e\n{CHROMA}").replace(b"--", b"\xfc\xdf"),
            "right",
            "It agrees",
        ),
        "twice_the_same_id.ipynb": (
            json.dumps({"cells": [{**cell, "id": "same"} for cell in cells]}).encode(),
            "right",
            "It agrees",
        ),
        "no_metadata.ipynb": (json.dumps({"cells": cells}).encode(), "right", "It agrees"),
        "format_3.ipynb": (json.dumps(old).encode(), "right", "It agrees"),
        "no ending": (whole, "right", "It agrees"),
        "Kopie von Übung (2).ipynb.txt": (whole, "right", "It agrees"),
        "program.py": (CHROMA.encode(), "right", "It agrees"),
        "much_code.ipynb": (notebook("x = 1\n" * 100_000), "missing", "characters of code"),
    }


# Name -> notebook, the state of chroma, words of its message.
def odd_notebooks():
    nested = "-" * 5000 + "1"
    return {
        "syntax_elsewhere": (notebook("def f(:\n    pass", CHROMA, "print("), "right", "It agrees"),
        "syntax_in_its_cell": (notebook(CHROMA + "\nprint('oops'"), "right", "It agrees"),
        "syntax_in_itself": (notebook("def chroma(ab)\n    return 1"), "wrong", "Python cannot read its cell"),
        "nested": (notebook(f"x = {nested}", CHROMA), "right", "It agrees"),
        "global_of_another_cell": (
            notebook(
                "import numpy as np\nPOWER = 2\nPOWER += 0\nroot = np.sqrt",
                "def chroma(ab):\n    return root((ab**POWER).sum(-1))",
            ),
            "right",
            "It agrees",
        ),
        "global_of_a_loop": (
            notebook("for power in (2,):\n    pass", "def chroma(ab):\n    return (ab**power).sum(-1) ** 0.5"),
            "wrong",
            "NameError: name 'power' is not defined",
        ),
        "helpers": (
            notebook(
                "def square(x):\n    return x * x",
                "def length(v):\n    return sum(map(square, v)) ** 0.5",
                "def chroma(ab):\n    return [[length(v) for v in row] for row in ab]",
            ),
            "right",
            "It agrees",
        ),
        "no_import": (notebook("def chroma(ab):\n    return np.hypot(*np.moveaxis(ab, -1, 0))"), "right", "It agrees"),
        "star_import": (
            notebook("from numpy import *\ndef chroma(ab):\n    return linalg.norm(ab, axis=-1)"),
            "right",
            "It agrees",
        ),
        "lambda": (
            notebook("import numpy as np\nchroma = lambda ab: np.linalg.norm(ab, axis=-1)"),
            "right",
            "It agrees",
        ),
        "wrapped": (
            notebook("import numpy as np\nchroma = check('01-c', lambda ab: np.linalg.norm(ab, axis=-1))"),
            "right",
            "It agrees",
        ),
        "decorated": (
            notebook("import numpy as np\n@check('01-c')\ndef chroma(ab):\n    return np.linalg.norm(ab, axis=-1)"),
            "right",
            "It agrees",
        ),
        "another_name": (
            notebook(CHROMA.replace("chroma", "mine"), "chroma = check('01-c', mine)"),
            "right",
            "It agrees",
        ),
        "checked_under_another_name": (
            notebook("def chroma(ab):\n    ...", CHROMA.replace("chroma", "mine"), "check('01-c', mine)"),
            "right",
            "It agrees",
        ),
        "last_counts": (notebook(CHROMA, "def chroma(ab):\n    return ab.sum(-1)"), "known", "without their squares"),
        "copied_blank": (
            notebook(CHROMA, "def chroma(ab):\n    ...\nchroma = check('01-c', chroma)"),
            "right",
            "It agrees",
        ),
        "magics": (notebook("%%time\n" + CHROMA, "!ls\n%matplotlib inline\nfiles = !ls\nlen?"), "right", "It agrees"),
        "class": (
            notebook(
                "import numpy as np\n"
                "class Chroma:\n"
                "    def __call__(self, ab):\n"
                "        return np.linalg.norm(ab, axis=-1)\n"
                "chroma = Chroma()"
            ),
            "right",
            "It agrees",
        ),
        "blank": (notebook("def chroma(ab):\n    '''Say it.'''\n    ..."), "blank", "Not tried"),
        "to_do": (notebook("def chroma(ab):\n    x = 1\n    raise NotImplementedError"), "blank", "Not tried"),
        "nothing": (notebook("print(1)"), "missing", "There is no function `chroma`"),
        "a_number": (notebook("chroma = 3"), "wrong", "is no function here"),
        "no_module": (
            notebook("import nosuchmodule\ndef chroma(ab):\n    return nosuchmodule.f(ab)"),
            "wrong",
            "No module named 'nosuchmodule'",
        ),
        "rest_is_not_run": (
            notebook("open('/tmp/colorkit_was_run', 'w')", "import os; os._exit(3)", CHROMA),
            "right",
            "It agrees",
        ),
    }


def hostile_functions(secret, outside):
    """Return functions that mean harm: they want to read `secret`, and to make `outside`."""
    return {
        "endless": ("while True: pass", "wrong", "still running after"),
        "endless_and_catches": (
            "while True:\n    try:\n        1 / 0\n    except BaseException:\n        pass",
            "wrong",
            "still running after",
        ),
        "sleeps": ("import time\ntime.sleep(1000)", "wrong", "still running after"),
        "endless_in_c": ("return sum(range(10**12))", "wrong", "still running after"),
        "ignores_signals": (
            "import signal\n"
            "for s in (signal.SIGINT, signal.SIGTERM, signal.SIGXCPU):\n"
            "    signal.signal(s, signal.SIG_IGN)\n"
            "while True: pass",
            "wrong",
            "",
        ),
        "exits_at_once": ("import os\nos._exit(0)", "wrong", "ended Python"),
        "exits": ("exit()", "wrong", "tried to end Python"),
        "crashes": ("import ctypes\nctypes.string_at(0)", "wrong", "crashed Python"),
        "fork_bomb": ("import os\nwhile True: os.fork()", "wrong", "Resource temporarily unavailable"),
        "forks_and_catches": (
            "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass",
            "wrong",
            "still running after",
        ),
        "thread_bomb": (
            "import threading\nwhile True: threading.Thread(target=lambda: [0 for _ in iter(int, 1)]).start()",
            "wrong",
            "",
        ),
        "starts_a_program": ("import subprocess\nsubprocess.run(['/bin/ls'])", "wrong", "Error"),
        "shell": (f"import os\nos.system('touch {outside}')\nreturn ab[..., 0]", "wrong", ""),
        "ten_gigabytes": ("return np.zeros(10 * 2**30, np.uint8)", "wrong", "MemoryError"),
        "fills_memory": ("a = []\nwhile True: a.append(bytearray(10**8))", "wrong", "MemoryError"),
        "returns_much": ("return np.zeros((2000, 2000))", "wrong", "far too many"),
        "prints_without_end": ("while True: print('x' * 1000)", "wrong", "lines in all trials"),
        "writes_without_end": ("import os\nwhile True: os.write(1, b'x' * 1000)", "wrong", "still running after"),
        "fills_the_disk": (
            "i = 0\nwhile True:\n    i += 1\n    open(str(i), 'wb').write(bytes(9_000_000))",
            "wrong",
            "more into files",
        ),
        "one_large_file": ("open('x', 'wb').write(bytes(20_000_000))\nreturn 1", "wrong", ""),
        "reads_secrets": (f"raise ValueError(open({str(secret)!r}).read())", "wrong", "Permission denied"),
        "reads_the_graders_environment": (
            "import os\nraise ValueError(open(f'/proc/{os.getppid()}/environ').read())",
            "wrong",
            "Permission denied",
        ),
        "lists_the_home": (
            "import os\nraise ValueError(str(os.listdir('/root') + os.listdir('/tmp')))",
            "wrong",
            "Permission denied",
        ),
        "writes_outside": (
            f"open({str(outside)!r}, 'w').write('x')\nreturn np.linalg.norm(ab, axis=-1)",
            "wrong",
            "Permission denied",
        ),
        "removes": (f"import shutil, os\nos.unlink({str(secret)!r})", "wrong", "Permission denied"),
        "changes_rights": (f"import os\nos.chmod({str(secret)!r}, 0o777)", "wrong", "not permitted"),
        "links": (
            f"import os\nos.symlink({str(secret)!r}, 'here')\nraise ValueError(open('here').read())",
            "wrong",
            "Permission denied",
        ),
        "kills_the_grader": ("import os, signal\nos.kill(os.getppid(), signal.SIGKILL)", "wrong", "not permitted"),
        "kills_all": ("import os, signal\nos.kill(-1, signal.SIGKILL)", "wrong", "not permitted"),
        "calls_home": ("import socket\nsocket.create_connection(('127.0.0.1', 80))", "wrong", "not permitted"),
        "patches_numpy": (
            "for name in ('allclose', 'abs', 'array', 'isfinite'):\n"
            "    setattr(np, name, lambda *a, **k: True)\n"
            "return ab[..., 0]",
            "wrong",
            "",
        ),
        "equals_everything": (
            "class Right(np.ndarray):\n"
            "    def __eq__(self, other): return True\n"
            "    def __array__(self, *a, **k): return self\n"
            "return ab[..., 0].view(Right)",
            "wrong",
            "",
        ),
        "a_pickle": (
            "class P:\n    def __reduce__(self): return print, ('x',)\nreturn P()",
            "wrong",
            "should return numbers",
        ),
        "speaks_in_its_place": (
            "import os\nos.write(3, b'\\x00\\x00\\x00\\x05\\x00\\x00\\x00\\x00right')\nos._exit(0)",
            "wrong",
            "",
        ),
        "looks_up_the_stack": (
            "import sys\n"
            "f = sys._getframe()\n"
            "while f:\n"
            "    for v in f.f_locals.values():\n"
            "        if 'expected' in str(type(v)): return v\n"
            "    f = f.f_back\n"
            "raise ValueError([k for k in sys.modules if 'grading' in k])",
            "wrong",
            "ValueError: []",
        ),
        "changes_its_input": ("ab *= 2\nreturn ab[..., 0]", "wrong", "It changed the array"),
        "a_generator": ("return (row for row in ab)", "wrong", "returned generator"),
        "recursion": ("return chroma(ab)", "wrong", "RecursionError"),
        "raises_text": ("raise ValueError('<script>alert(1)</script>' * 1000)", "wrong", "<script>"),
        "the_reference": (
            "from colorkit.classroom import exercises\nreturn exercises.find('01-c').reference(ab)",
            "right",
            "It agrees",
        ),
    }
