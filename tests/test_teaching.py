"""The teacher's guide covers each lesson and each exercise, and what it names is there."""

import re
from pathlib import Path

import pytest

from colorkit.classroom import exercises

ROOT = Path(__file__).resolve().parent.parent
GUIDE = (ROOT / "book" / "teaching_lessons.md").read_text("utf-8")
PLAN = (ROOT / "book" / "teaching.md").read_text("utf-8")
# Each section, by the lesson's two digits.
SECTIONS = {f"{int(part.split('.')[0]):02}": part for part in re.split(r"^## (?=\d+\. )", GUIDE, flags=re.M)[1:]}
PARTS = [
    "*Aim:*",
    "*Time (a guess):*",
    "**Ask before.**",
    "**What to expect.**",
    "**Behind the wrong answers**",
    "**Discuss.**",
    "*A good answer:*",
    "**When time is short.**",
]


def source(number):
    (lesson,) = (ROOT / "book" / "lessons").glob(f"{number}_*.py")
    return re.sub(r"^# ?", "", lesson.read_text("utf-8"), flags=re.M)


def test_every_lesson_has_a_section():
    assert sorted(SECTIONS) == [f"{number:02}" for number in range(1, 14)]


@pytest.mark.parametrize("number", sorted(SECTIONS))
def test_a_section_is_whole(number):
    section = SECTIONS[number]
    places = [" ".join(section.split()).index(part) for part in PARTS]
    assert places == sorted(places)
    assert section.splitlines()[0] in source(number)  # the lesson's own title
    aim = re.search(r"\*Aim:\* (.+?)\n\n", section, flags=re.S)[1]
    assert aim.endswith(".") and aim.count(".") == 1
    assert re.search(r"!\[[^\]]{40,}\]\(_static/teaching/" + number + r"\.svg\)", section)


@pytest.mark.parametrize("number", sorted(SECTIONS))
def test_what_to_cut_is_in_the_lesson(number):
    """Sections and exercises of a lesson are named as they are there."""
    cut = " ".join(SECTIONS[number].split("**When time is short.**")[1].split())
    titles = re.findall(r"^#+ (.+)$", source(number), flags=re.M)
    named = re.findall(r"\*([A-Z][^*]+)\*", cut)
    assert [name for name in named if name not in titles] == []
    assert set(re.findall(r"\d\d-[a-z]", cut)) <= set(exercises.names())


def test_every_exercise_has_its_misconceptions():
    covered = [
        name
        for number, section in SECTIONS.items()
        for name in re.findall(r"^- \*\*(\d\d-[a-z])\.\*\* ", section, re.M)
    ]
    assert covered == exercises.names()
    for number, section in SECTIONS.items():
        assert set(re.findall(r"^- \*\*(\d\d)-", section, re.M)) == {number}


def test_sketches_fit_a_phone_and_have_words():
    files = sorted((ROOT / "book" / "_static" / "teaching").glob("*.svg"))
    assert [file.stem for file in files] == sorted(SECTIONS)
    for file in files:
        text = file.read_text("utf-8")
        assert int(re.search(r'width="(\d+)"', text)[1]) <= 350 and "<title>" in text
        assert min(map(int, re.findall(r'font-size="(\d+)"', text))) >= 12


def test_the_syllabus_has_every_length_and_every_lesson():
    for weeks, word in ((4, "Four"), (8, "Eight"), (12, "Twelve")):
        table = PLAN.split(f"### {word} weeks")[1].split("\n##")[0]
        rows = re.findall(r"^\| (\d[^|]*)\|", table, flags=re.M)
        counted = []
        for row in rows:
            numbers = [int(number) for number in re.findall(r"\d+", row)]
            counted += range(numbers[0], numbers[-1] + 1)
        assert counted == list(range(1, weeks + 1))
    assert all(re.search(rf"[Ll]essons? .*\b{number}\b", PLAN) for number in range(1, 14))


def test_the_points_of_the_rubric_add_up():
    rubric = PLAN.split("### A rubric")[1]
    total = int(re.search(r"(\d+) points\.", rubric)[1])
    assert sum(map(int, re.findall(r"^\| [^|]+ \| (\d+) \|", rubric, flags=re.M))) == total


def test_times_are_called_guesses_and_classes_are_not_invented():
    for text in (GUIDE, PLAN):
        assert "guess" in text
        assert not re.search(r"\b(my|our) (students|class)\b|in (our|my) experience", text, flags=re.I)
    assert GUIDE.count("minutes to read") == GUIDE.count("*Time (a guess):*") == len(SECTIONS)
