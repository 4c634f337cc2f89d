"""The gradebook that a teacher exported, filled in: Canvas' CSV, Moodle's grading worksheet in any language."""

import csv
import io
import os
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from colorkit.files import FileProblem, shown

_DELIMITERS = ",;\t"


@dataclass
class Filled:
    """A gradebook with grades.

    Attributes
    ----------
    data : bytes
        As the platform reads it: in the encoding, with the delimiter and the line ends that it came with.
    kind : str
        ``"Canvas"`` or ``"Moodle"``.
    column : str
        Which column was filled.
    most : float
        What that column counts an assignment without a mistake; grades were brought to this scale.
    matched : int
        Submissions that are in it now.
    unknown : list of str
        Submissions that no line could be found for, each with the reason.
    without : list of str
        Students of the gradebook without a submission.
    """

    data: bytes
    kind: str
    column: str
    most: float
    matched: int = 0
    unknown: list = field(default_factory=list)
    without: list = field(default_factory=list)


@dataclass
class Graded:
    """What is known of a submission.

    Attributes
    ----------
    name : str
        Where it was found.
    people : tuple of str
        What it and its file say of its author's name.
    number : str
        The number that the author gave.
    platform, key : str
        ``"moodle"`` or ``"canvas"``, and the number in the file's name.
    share : float
        Of the points, 0..1.
    """

    name: str
    people: tuple
    number: str
    platform: str
    key: str
    share: float


def fill(path, graded, title="", column=None):
    """Fill grades into a copy of a gradebook.

    Students are found by the number that the platform put into a file's name, else by the student number, else by the
    name, whatever its order, accents and capitals. What fits two of them is not guessed.

    Parameters
    ----------
    path : pathlib.Path
        What the teacher exported.
    graded : list of Graded
    title : str
        Of the assignment: which column of Canvas', if there are several.
    column : str, optional
        The heading of the column to be filled; left out, it is found.

    Returns
    -------
    Filled

    Raises
    ------
    FileProblem
        If it is no gradebook of a kind that is known, or which column to fill is not plain.
    """
    path = Path(os.path.expanduser(path))
    table = _Table(path)
    layout = _canvas(table, title, column) or _moodle(table, column)
    if layout is None:
        raise FileProblem(
            f"{shown(path.name)}: this is neither Canvas' gradebook nor Moodle's grading worksheet; export it again as "
            "CSV, and do not change its headings."
        )
    kind, first, grades, most, ids, names, decimal = layout
    students = [row for row in table.rows[first:] if any(cell.strip() for cell in row)]
    students = [row for row in students if not (kind == "Canvas" and _is_test_student(row))]
    filled = Filled(b"", kind, table.rows[0][grades], most)
    taken = {}
    for one in graded:
        row, why = _line_of(one, kind, students, ids, names)
        if row is None:
            filled.unknown.append(f"{one.name}: {why}")
        elif id(row) in taken:
            filled.unknown.append(f"{one.name}: {_name_in(row, names)} has handed in {taken[id(row)].name}, too")
        else:
            taken[id(row)] = one
            row[grades] = f"{round(one.share * most, 2):g}".replace(".", decimal)
    filled.matched = len(taken)
    filled.without = [_name_in(row, names) for row in students if id(row) not in taken]
    filled.data = table.data()
    return filled


class _Table:
    """A CSV file that is written back as it came."""

    def __init__(self, path):
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise FileProblem(f"{shown(path)}: there is no such file; check the path.") from None
        except OSError as error:
            raise FileProblem(f"{shown(path)}: it cannot be read ({error.strerror}); see to its permissions.") from None
        self.encoding = "utf-8"
        for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
            if data.startswith(mark):
                self.encoding = encoding
        try:
            text = data.decode(self.encoding)
        except UnicodeDecodeError:
            self.encoding = "cp1252"
            text = data.decode(self.encoding, "replace")
        self.ends = "\r\n" if "\r\n" in text else "\n"
        head = text.split("\n", 1)[0]
        self.delimiter = max(_DELIMITERS, key=head.count)
        self.quoted = csv.QUOTE_ALL if re.match(r'^"[^"]*"(.)"[^"]*"\1"', head) else csv.QUOTE_MINIMAL
        try:
            self.rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter))
        except csv.Error as error:
            raise FileProblem(f"{shown(path.name)}: it is no CSV file ({error}); export it again.") from None
        self.rows = [row for row in self.rows if row] or [[""]]
        width = len(self.rows[0])
        self.rows = [row + [""] * (width - len(row)) for row in self.rows]

    def data(self):
        """Return the bytes of the file."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=self.delimiter, quoting=self.quoted, lineterminator=self.ends)
        writer.writerows(self.rows)
        return text.getvalue().encode(self.encoding, "replace")


def _canvas(table, title, column):
    """Return how Canvas' gradebook is laid out, or None if this is none."""
    head = [cell.strip() for cell in table.rows[0]]
    if "Student" not in head or "ID" not in head:
        return None
    ids = [head.index(name) for name in ("ID", "SIS User ID", "SIS Login ID") if name in head]
    assignments = [number for number, cell in enumerate(head) if re.search(r"\(\d+\)$", cell)]
    if column is not None:
        wanted = [number for number, cell in enumerate(head) if column in (cell, re.sub(r" ?\(\d+\)$", "", cell))]
    else:
        words = set(_plain(title))
        wanted = [number for number in assignments if words and words <= set(_plain(head[number]))]
        wanted = wanted or assignments
    if len(wanted) != 1:
        there = ", ".join(f'"{head[number]}"' for number in assignments) or "none"
        raise FileProblem(f"Which column of Canvas' gradebook is it? Name one with --column; there are {there}.")
    first, most = 1, None
    for number, row in enumerate(table.rows[1:6], 1):  # a line on how grades are posted may come before
        if row[head.index("Student")].strip() == "Points Possible":
            first, most = number + 1, _number(row[wanted[0]])
    if not most:
        raise FileProblem('Canvas\' gradebook has no "Points Possible" for this column; export it again.')
    return "Canvas", first, wanted[0], most, ids, [head.index("Student")], "."


def _is_test_student(row):
    return row[0].strip() == "Student, Test"


def _moodle(table, column):
    """Return how Moodle's worksheet is laid out, or None if this is none. Its headings are in the site's language."""
    head, rows = [cell.strip() for cell in table.rows[0]], table.rows[1:]
    if not rows:
        return None
    # The first column holds a word and a number for each: "Participant 123".
    if not all(re.fullmatch(r"\D*\d+", row[0].strip()) for row in rows):
        return None
    # What a grade can be at most is the same in each line; the grade stands before it.
    most = [
        number
        for number in range(2, len(head))
        if _number(rows[0][number]) and len({row[number].strip() for row in rows}) == 1
    ]
    most = [
        number for number in most if all(_number(row[number - 1]) is not None or not row[number - 1] for row in rows)
    ]
    if column is not None:
        if column not in head:
            raise FileProblem(f"The worksheet has no column {column!r}; it has {', '.join(head)}.")
        grades = head.index(column)
        most = [number for number in most if number == grades + 1] or most
    elif len(most) == 1:
        grades = most[0] - 1
    else:
        raise FileProblem(f"Which column of the worksheet is the grade? Name it with --column: {', '.join(head)}.")
    largest = rows[0][most[0]].strip() if most else "100"
    emails = [number for number in range(1, len(head)) if any("@" in row[number] for row in rows)]
    names = [number for number in range(1, grades) if number not in emails][:1]
    ids = [0, *(number for number in range(1, grades) if number not in names)]
    return "Moodle", 1, grades, _number(largest), ids, names, "," if "," in largest else "."


def _number(text):
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def _line_of(one, kind, students, ids, names):
    """Return the line of a submission's author, or None and the reason."""
    if one.platform == kind.lower() and one.key:
        found = [row for row in students if re.sub(r"\D", "", row[ids[0]]) == one.key]
        if len(found) == 1:
            return found[0], ""
    if one.number:
        wanted = one.number.strip().lower()
        found = [row for row in students if any(_is_id(row[number], wanted) for number in ids)]
        if len(found) == 1:
            return found[0], ""
    for person in one.people:
        words = _plain(person)
        found = [row for row in students if words and words == _plain(_name_in(row, names))]
        if len(found) > 1:
            return None, f"{len(found)} students are called {person}"
        if found:
            return found[0], ""
    # A file that is called after its author, among other words.
    for person in one.people:
        words = set(_plain(person))
        found = [
            row for row in students if (own := set(_plain(_name_in(row, names)))) and len(own) > 1 and own <= words
        ]
        if len(found) == 1:
            return found[0], ""
    said = next((person for person in one.people if person.strip()), "")
    return None, f"nobody is called {said}" if said else "it names nobody"


def _is_id(cell, wanted):
    cell = cell.strip().lower()
    return bool(cell) and wanted in (cell, cell.partition("@")[0])


def _name_in(row, names):
    return " ".join(row[number] for number in names).strip() or row[0]


def _plain(name):
    """Return a name's words without accents and capitals, sorted: "Muster, Ana" is "Ana Muster"."""
    letters = unicodedata.normalize("NFKD", str(name)).casefold()
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return tuple(sorted(re.findall(r"[^\W_]+", letters)))
