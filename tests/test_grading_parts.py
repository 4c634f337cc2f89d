"""What grading is made of: finding submissions, taking code apart, likeness, values on the wire, gradebooks."""

import csv
import inspect
import io
import json
import socket
import struct
import sys
import textwrap
import time
import zipfile

import handed_in
import numpy as np
import pytest

from colorkit import commands, files
from colorkit.classroom import exercises
from colorkit.classroom.grading import gradebook
from colorkit.classroom.grading.gradebook import Graded
from colorkit.classroom.sandbox import wire
from colorkit.classroom.submissions import collecting, likeness, reading
from colorkit.classroom.submissions.code import Code

# --- which submissions there are ---


def write(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(handed_in.notebook(handed_in.CHROMA))


def zipped(folder, name, *members):
    with zipfile.ZipFile(folder / name, "w") as archive:
        for member in members:
            archive.writestr(member, handed_in.notebook(handed_in.CHROMA))
    return folder / name


def found(path):
    return {one.name: (one.who, one.number, [name for name, _ in one.files]) for one in collecting.collect(path)}


def test_moodle_s_zip(tmp_path):
    path = zipped(
        tmp_path,
        "A2.zip",
        "Ana Muster_123_assignsubmission_file_/Kopie (3).ipynb",
        "Ana Muster_123_assignsubmission_file_/notes.pdf",
        "Ben O'Neil_45_assignsubmission_file_/sub/a.ipynb",
        "Ben O'Neil_45_assignsubmission_file_/sub/b.ipynb",
        "Participant_6_assignsubmission_file/a.ipynb",
    )
    assert found(path) == {
        "Ana Muster_123_assignsubmission_file_": ("Ana Muster", "123", ["Kopie (3).ipynb", "notes.pdf"]),
        "Ben O'Neil_45_assignsubmission_file_": ("Ben O'Neil", "45", ["sub/a.ipynb", "sub/b.ipynb"]),
        "Participant_6_assignsubmission_file": ("Participant", "6", ["a.ipynb"]),
    }


def test_canvas_zip_and_google_s(tmp_path):
    path = zipped(tmp_path, "c.zip", "musterana_1201_99_A2.ipynb", "oneilben_LATE_1202_98_A2-1.ipynb")
    assert found(path) == {
        "musterana_1201_99_A2.ipynb": ("musterana", "1201", ["musterana_1201_99_A2.ipynb"]),
        "oneilben_LATE_1202_98_A2-1.ipynb": ("oneilben", "1202", ["oneilben_LATE_1202_98_A2-1.ipynb"]),
    }
    path = zipped(tmp_path, "g.zip", "A2/Ana Muster - A2.ipynb", "A2/Copy of A2.ipynb", "A2/.DS_Store", "__MACOSX/A2/x")
    assert list(found(path)) == ["Ana Muster - A2.ipynb", "Copy of A2.ipynb"]


def test_folders_of_students_zips_in_them_and_what_is_no_submission(tmp_path):
    write(tmp_path, "ana/A2.ipynb", "ana/data.csv", "cleo/A2.ipynb", "cleo/A2-new.ipynb", ".ipynb_checkpoints/x.ipynb")
    (tmp_path / "dora").mkdir()
    (tmp_path / "dora" / "report.pdf").write_bytes(b"%PDF")
    (tmp_path / "ben").mkdir()
    zipped(tmp_path / "ben", "mine.zip", "x/A2.ipynb")
    assert list(found(tmp_path)) == ["ana", "ben/mine.zip/x", "cleo/A2-new.ipynb", "cleo/A2.ipynb", "dora"]


def test_one_student_s_folder_keeps_its_name(tmp_path):
    write(tmp_path, "ana/A2.ipynb")
    assert found(tmp_path) == {"ana": ("ana", "", ["A2.ipynb"])}


def test_a_damaged_zip_is_a_problem_or_a_row(tmp_path):
    (tmp_path / "class.zip").write_bytes(b"PK\x03\x04 cut")
    with pytest.raises(files.FileProblem, match="it is damaged, or no zip"):
        collecting.collect(tmp_path / "class.zip")
    (tmp_path / "other.ipynb").write_bytes(handed_in.notebook(handed_in.CHROMA))
    assert list(found(tmp_path)) == ["class.zip", "other.ipynb"]
    with pytest.raises(files.FileProblem, match="there is no such folder"):
        collecting.collect(tmp_path / "nothing")


def test_names_in_a_zip_lead_nowhere(tmp_path):
    path = zipped(tmp_path, "evil.zip", "../../etc/passwd.ipynb", "/root/x.ipynb", "a\\b.ipynb")
    assert len(found(path)) == 3 and not any(".." in name for name in found(path))


def test_a_bomb_is_read_no_further_than_the_limit(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.ipynb", bytes(2 * reading.MOST_BYTES))
        archive.writestr("b.ipynb", handed_in.notebook(handed_in.CHROMA))
    first = collecting.collect(tmp_path / "bomb.zip")[0]
    ((name, data),) = first.files
    assert len(data()) == reading.MOST_BYTES + 1
    assert "more than 50" in reading.read(data(), name).problem


# --- taking code apart ---


def code(*cells):
    return Code([(f"code cell {number}", textwrap.dedent(text)) for number, text in enumerate(cells, 1)])


def test_only_what_a_function_needs_comes_along():
    made = code(
        "import numpy as np\nimport os, sys\nK = 2; J = 3",
        "def helper(x):\n    return K * x",
        "model = train()\nprint(model)",
        "def f(x):\n    os = 1\n    return np.sqrt(helper(x))",
    ).find("f")
    assert [text for _, _, text in made.code] == [
        "import numpy as np",
        "K = 2",
        "def helper(x):\n    return K * x",
        "def f(x):\n    os = 1\n    return np.sqrt(helper(x))",
    ]
    assert [where for where, _, _ in made.code] == ["code cell 1", "code cell 1", "code cell 2", "code cell 4"]
    assert made.where == "code cell 4" and not made.blank


def test_a_name_that_is_given_twice_has_the_value_it_had_where_it_is_used():
    made = code("k = 1", "a = k + 1", "k = 10\nk += 5", "def f():\n    return a, k").find("f")
    names = {}
    exec("\n".join(text for _, _, text in made.code), names)
    assert names["f"]() == (2, 15)


def test_a_function_that_is_wrapped_later_keeps_what_it_was():
    made = code("import functools", "def f(x):\n    return x", "f = functools.cache(f)").find("f")
    names = {}
    exec("\n".join(text for _, _, text in made.code), names)
    assert names["f"](3) == 3 and hasattr(names["f"], "cache_info")


def test_conditional_imports_and_classes_come_along():
    made = code(
        "try:\n    import json as j\nexcept ImportError:\n    j = None",
        "class A:\n    v = 1",
        "def f():\n    return j, A.v",
    ).find("f")
    assert len(made.code) == 3


def test_names_of_comprehensions_and_arguments_are_no_needs():
    made = code("x = expensive()\ny = 1\nz = 1", "def f(x):\n    return [y for y in x] + [(lambda z: z)(1)]").find("f")
    assert len(made.code) == 1


def test_lines_keep_their_numbers():
    made = code("\n\n%matplotlib inline\n\ndef f(x):\n    # a comment\n    return x").find("f")
    assert made.code == [("code cell 1", 5, "def f(x):\n    # a comment\n    return x")]


@pytest.mark.parametrize(
    "text",
    [
        "x = 0\n" + "x += x\n" * 50_000,
        "if 1: pass\n" + "elif 1: pass\n" * 20_000,
        "x = a" + ".a" * 100_000,
        "x = 1" + "+1" * 100_000,
        "x = " + "(" * 100_000,
        "x = " + "not " * 50_000 + "1",
        "(" * 150 + "\n" * 100_000,
    ],
)
def test_what_is_written_to_keep_a_reader_busy_does_not(text):
    begin = time.monotonic()
    made = code("def f():\n    return x", text, "def g():\n    return 1")
    assert made.find("f") is not None and made.find("g" if made._read < 5000 else "f") is not None
    assert time.monotonic() - begin < 60


def test_who_handed_in():
    made = code('student_name = ""\nstudent_number = ""', 'student_name = "Ana"', "student_number = 1234")
    assert (made.text_of("student_name"), made.text_of("student_number")) == ("Ana", "1234")
    assert code("student_name = input()").text_of("student_name") == ""


# --- likeness ---


def nodes(text):
    return code(text).find("f").nodes


def test_names_spaces_comments_and_docstrings_do_not_count():
    one = nodes("K = 2\ndef f(a, b):\n    '''Doc.'''\n    c = a + K  # so\n    return [c for _ in b]")
    two = nodes("M = 2\n\ndef f(x, yy):\n    z = (x  +  M)\n\n    return [z for w in yy]")
    three = nodes("M = 3\ndef f(x, yy):\n    z = x + M\n    return [z for w in yy]")
    assert likeness.fingerprint(one) == likeness.fingerprint(two) != likeness.fingerprint(three)
    assert likeness.size(one) > 10


@pytest.mark.parametrize(
    ("name", "text", "marked"),
    [
        ("04-a", "from colorkit import metrics\ndef f(a, b):\n    return metrics.psnr(a, b)", True),
        ("04-a", "import colorkit.metrics as m\ndef f(a, b):\n    return m.measures.psnr(a, b)", True),
        ("04-a", "import colorkit\ndef f(a, b):\n    return colorkit.metrics.psnr(a, b)", True),
        ("04-a", "from colorkit.metrics import psnr as p\ndef f(a, b):\n    return p(a, b)", True),
        ("04-a", "def f(a, b):\n    from colorkit.metrics import psnr\n    return psnr(a, b)", True),
        ("04-a", "def f(a, b):\n    return __import__('colorkit.classroom.exercises')", True),
        ("04-a", "from colorkit import lab\ndef f(a, b):\n    return lab.rgb_to_lab(a)", False),
        ("04-a", "def psnr(a, b):\n    return 1\ndef f(a, b):\n    return psnr(a, b)", False),
        ("06-b", "from colorkit.models import sight\ndef f(ask, w):\n    return sight.window(ask, width=w)", True),
        ("01-a", "from colorkit import lab\ndef f(rgb):\n    return lab.rgb_to_lab(rgb)[..., :1]", False),
        ("09-c", "def f(ab, n):\n    return 0", False),
    ],
)
def test_answers_that_colorkit_gave_are_marked(name, text, marked):
    assert bool(likeness.marks(exercises.find(name), nodes(text))) == marked


def test_a_copy_of_the_reference_is_marked():
    copied = inspect.getsource(exercises.find("04-c").reference).replace("_share", "f").replace("guess", "color")
    assert likeness.marks(exercises.find("04-c"), nodes(copied)) == [
        "It is colorkit's reference, but for names and spaces."
    ]


def test_each_reference_that_is_colorkit_s_own_is_known_by_its_name():
    for name in exercises.names():
        exercise = exercises.find(name)
        for given in exercise.given_by:
            module, _, function = given.rpartition(".")
            __import__(f"colorkit.{module}")
            assert callable(getattr(sys.modules[f"colorkit.{module}"], function)), given


# --- values on the wire ---


def there_and_back(value, functions=None, function=None):
    one, other = socket.socketpair()
    with one, other:
        wire.send(one, value, functions)
        return wire.receive(other, 1 << 20, function)


def test_values_come_back_as_they_were():
    value = [
        1,
        2.5,
        float("nan"),
        "ü",
        None,
        True,
        (1, [2, ()]),
        {"a": np.arange(6, dtype=">i2").reshape(2, 3)},
        np.float32(2),
    ]
    back = there_and_back(value)
    assert repr(back[2]) == "nan" and back[:2] + back[3:7] == value[:2] + value[3:7] and back[8] == 2.0
    np.testing.assert_array_equal(back[7]["a"], value[7]["a"])
    functions = []
    assert there_and_back([len], functions, lambda number: functions[number]) == [len]


def test_nothing_else_is_sent():
    for value in (object(), b"bytes", np.array(["text"]), np.array([None]), np.array([1j]), {1}, len):
        with pytest.raises(wire.WireError, match="cannot be sent"):
            there_and_back([value])


@pytest.mark.parametrize(
    "text",
    [
        b"no JSON",
        b'{"array": ["O", [1], 0]}',
        b'{"array": ["<f8", [1000000000], 0]}',
        b'{"array": ["<f8", [-1, -8], 0]}',
        b'{"array": ["<f8", [1], -8]}',
        b'{"function": 3}',
        b'{"tuple": 3}',
        b'{"a": 1, "b": 2}',
        b"[" * 3000,
    ],
)
def test_what_is_no_message_is_refused(text):
    one, other = socket.socketpair()
    with one, other:
        one.sendall(struct.pack(">II", len(text), 0) + text)
        with pytest.raises(wire.WireError):
            wire.receive(other, 1 << 20)


def test_what_is_too_large_is_not_read():
    one, other = socket.socketpair()
    with one, other:
        one.sendall(struct.pack(">II", 10, 1 << 31))
        with pytest.raises(wire.WireError, match="more than"):
            wire.receive(other, 1000)


# --- gradebooks ---

CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Quiz (11),A2 Many photos (12),Final Score
"    Points Possible",,,,,10,100,(read only)
"Muster, Ana",1201,S-1,ana@uni.example,1,5,,
"Ó Néill, Ben",1202,S-2,ben@uni.example,1,5,3,
"Test, Ana",1203,S-3,tana@uni.example,1,,,
"Student, Test",9,,x,1,,,
"""
MOODLE = {
    "English": (
        "Identifier,Full name,Email address,Status,Grade,Maximum grade,Grade can be changed,Last modified (submission),"
        "Last modified (grade),Feedback comments\n"
        'Participant 123,Ana Muster,ana@uni.example,Submitted for grading,,100.00,Yes,"Monday, 2 March",-,\n'
        'Participant 45,Ben O\'Neil,ben@uni.example,Submitted for grading,50.00,100.00,Yes,"Monday, 2 March",-,\n'
    ),
    "German": (
        "\ufeffID;Vollständiger Name;E-Mail-Adresse;Status;Bewertung;Bestwertung;Bewertung kann geändert werden;"
        "Zuletzt geändert (Abgabe);Zuletzt geändert (Bewertung);Feedback als Kommentar\r\n"
        "Teilnehmer/in123;Ana Muster;ana@uni.example;Zur Bewertung abgegeben;;10,00;Ja;Montag;-;\r\n"
        "Teilnehmer/in45;Ben O'Neil;ben@uni.example;Keine Abgabe;;10,00;Ja;-;-;\r\n"
    ),
    "Japanese, without names": (
        "識別子,ステータス,評点,最大評点,変更可能,最終更新\n参加者 123,提出済み,,20.00,Yes,-\n"
        "参加者 45,提出済み,,20.00,Yes,-\n"
    ),
}


def graded(name, share, *people, number="", platform="", key=""):
    return Graded(name, people, number, platform, key, share)


def rows(filled):
    text = filled.data.decode("utf-8-sig")
    delimiter = ";" if ";" in text.split("\n")[0] else ","
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))


def test_canvas_gradebook_is_filled_and_only_that_column(tmp_path):
    path = tmp_path / "grades.csv"
    path.write_text(CANVAS, "utf-8")
    filled = gradebook.fill(
        path,
        [
            graded("a.ipynb", 0.5, "x", platform="canvas", key="1201"),
            graded("b.ipynb", 1.0, "ben o neill"),
            graded("c.ipynb", 0.25, "Nobody", number="TANA"),
            graded("d.ipynb", 0.25, "Zoe"),
            graded("e.ipynb", 0.25),
            graded("f.ipynb", 0.25, "Ana Muster"),
        ],
        "A2 Many photos, and how good is good?".replace(", and how good is good?", ""),
    )
    before = rows(gradebook.Filled(CANVAS.encode(), "", "", 1))
    after = rows(filled)
    assert [row[6] for row in after] == ["A2 Many photos (12)", "100", "50", "100", "25", ""]
    assert [row[:6] + row[7:] for row in after] == [row[:6] + row[7:] for row in before]
    assert filled.matched == 3 and filled.without == []
    assert filled.unknown == [
        "d.ipynb: nobody is called Zoe",
        "e.ipynb: it names nobody",
        "f.ipynb: Muster, Ana has handed in a.ipynb, too",
    ]


def test_which_column_of_canvas_must_be_plain(tmp_path):
    path = tmp_path / "grades.csv"
    path.write_text(CANVAS, "utf-8")
    with pytest.raises(files.FileProblem, match=r'Name one with --column; there are "Quiz \(11\)", "A2 Many photos'):
        gradebook.fill(path, [], "Something else")
    assert gradebook.fill(path, [], "Something else", column="Quiz").column == "Quiz (11)"


@pytest.mark.parametrize("language", MOODLE)
def test_moodle_s_worksheet_is_filled_in_any_language(language, tmp_path):
    path = tmp_path / "worksheet.csv"
    path.write_bytes(MOODLE[language].encode())
    filled = gradebook.fill(path, [graded("Ana Muster_123_x", 0.725, "x", platform="moodle", key="123")])
    before, after = rows(gradebook.Filled(MOODLE[language].encode(), "", "", 1)), rows(filled)
    column = {"English": 4, "German": 4}.get(language, 2)
    grade = {"English": "72.5", "German": "7,25"}.get(language, "14.5")
    assert after[1][column] == grade and after[2][column] == before[2][column]
    assert [row[:column] + row[column + 1 :] for row in after] == [row[:column] + row[column + 1 :] for row in before]
    assert filled.kind == "Moodle" and filled.matched == 1 and len(filled.without) == 1
    assert filled.data.startswith(b"\xef\xbb\xbf") == (language == "German")
    assert (b"\r\n" in filled.data) == (language == "German")


def test_two_students_of_one_name_are_not_guessed(tmp_path):
    path = tmp_path / "w.csv"
    path.write_text(MOODLE["English"].replace("Ben O'Neil", "Ana Muster"), "utf-8")
    filled = gradebook.fill(path, [graded("a", 1, "Muster Ana"), graded("b", 1, "", number="ben@uni.example")])
    assert filled.unknown == ["a: 2 students are called Muster Ana"] and filled.matched == 1


def test_a_file_called_after_its_author_is_matched(tmp_path):
    path = tmp_path / "w.csv"
    path.write_text(MOODLE["English"], "utf-8")
    assert gradebook.fill(path, [graded("x", 1, "A2_Ana_MUSTER_final")]).matched == 1


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "Name,Grade\nAna,3\n"])
def test_what_is_no_gradebook_is_refused(text, tmp_path):
    path = tmp_path / "g.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(files.FileProblem, match=r"neither Canvas' gradebook nor Moodle's|Which column"):
        gradebook.fill(path, [])


# --- as a teacher would ---


def test_thirty_submissions_from_moodle_to_a_filled_worksheet(tmp_path, capsys):
    """The zip and the worksheet of Moodle go in; the worksheet comes back filled, each page in its folder."""
    people = [f"Student {chr(65 + number)}" for number in range(26)] + ["Ána Šimić", "Bo Li", "Cy Ng", "Di Roy"]
    with zipfile.ZipFile(tmp_path / "A1.zip", "w") as archive:
        for number, person in enumerate(people, 100):
            solved = [handed_in.CHROMA, "def convolution_parameters(k, c, f):\n    return (k * k * c + 1) * f"][
                : 1 + number % 2
            ]
            data = handed_in.notebook(*solved) if number != 107 else b"broken"
            archive.writestr(f"{person}_{number}_assignsubmission_file_/A1 ({number}).ipynb", data)
    lines = ["Identifier,Full name,Email address,Status,Grade,Maximum grade,Last modified (grade)"]
    lines += [f"Participant {n},{person},p{n}@x.example,Submitted,,10.00,-" for n, person in enumerate(people, 100)]
    lines += ["Participant 999,Late Comer,l@x.example,No submission,,10.00,-"]
    (tmp_path / "Grades.csv").write_text("\n".join(lines) + "\n", "utf-8")
    arguments = ["grade", "A1", str(tmp_path / "A1.zip"), "--to", str(tmp_path / "out")]
    assert commands.main([*arguments, "--gradebook", str(tmp_path / "Grades.csv"), "--seed", "5"]) == 0
    said = capsys.readouterr().out
    assert "has 30 of 30 submissions" in said and "107" in said
    filled = (tmp_path / "out" / "filled_Grades.csv").read_text("utf-8").splitlines()
    assert filled[1].split(",")[4] == "1.67" and filled[2].split(",")[4] == "3.33" and filled[-1].split(",")[4] == ""
    assert filled[8].split(",")[4] == "0"
    page = tmp_path / "out" / "feedback" / "Ána Šimić_126_assignsubmission_file_" / "feedback.html"
    assert "Ána Šimić" in page.read_text("utf-8")
    assert json.loads((tmp_path / "out" / "grading.json").read_text())["seed"] == 5
    summary = (tmp_path / "out" / "summary.html").read_text("utf-8")
    assert "Late Comer" in summary and "30 submissions" in summary
