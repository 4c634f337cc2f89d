"""The repository's address: written once, in pyproject.toml, and carried from there to all that names it.

python book/address.py https://github.com/YOU/NAME   set it (`make address URL=...` does this)
python book/address.py --check                       in GitHub's CI: fail if it is another repository's

Links, badges for Colab and the lessons' setup cells would otherwise lead to somebody else's course, or to none.
"""

import os
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACEHOLDER = "your--organization"
HOST = "https://github.com/"
# Files that name the repository. The address that they hold now is the one in CITATION.cff.
WITH_ADDRESS = (
    "CITATION.cff",
    "CONTRIBUTING.md",
    "README.md",
    "_config.yml",
    "book/color_your_photos.md",
    "book/how_to_use.md",
    "book/index.md",
    "book/teaching.md",
)


def repository():
    """Return the repository's URL, from pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["urls"]["Repository"].rstrip("/")


def with_address(text, old, new):
    """Replace the repository's address in a text, also in links to Colab and in `cd NAME`."""
    old_path, new_path = (url.removeprefix(HOST) for url in (old, new))
    return text.replace(old_path, new_path).replace(f"cd {old_path.split('/')[1]}", f"cd {new_path.split('/')[1]}")


def cleaned(url):
    """Return an address as it is written everywhere.

    Parameters
    ----------
    url : str
        As a person or GitHub gives it: with or without ``.git`` or a slash at its end.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If it is not the address of a repository on GitHub.
    """
    address = url.strip().rstrip("/").removesuffix(".git")
    if not re.fullmatch(re.escape(HOST) + r"[\w.-]+/[\w.-]+", address):
        raise ValueError(f"{url!r} is no repository on GitHub; type make address URL={HOST}YOU/from-gray-to-color")
    return address


def fault(written, server, name):
    """Return what is wrong with the address in a run of GitHub's CI.

    Parameters
    ----------
    written : str
        The address in pyproject.toml.
    server, name : str
        What GitHub says in ``GITHUB_SERVER_URL`` and ``GITHUB_REPOSITORY``.

    Returns
    -------
    str or None
        One sentence, or None if the links in the course lead to the repository that is checked.
    """
    here = f"{server.rstrip('/')}/{name}"
    if written.lower() == here.lower():
        return None
    what = "a placeholder" if PLACEHOLDER in written else "another repository than this one, which may be a fork of it"
    return (
        f"The address in pyproject.toml, {written}, is {what}, so Colab and every link would go there: "
        f"run `make address URL={here}` and commit what it changes."
    )


def main():
    """Set the address, or check it."""
    (argument,) = sys.argv[1:] or [""]
    if argument == "--check":
        on_github = "GITHUB_REPOSITORY" in os.environ
        names = (os.environ.get("GITHUB_SERVER_URL", HOST), os.environ.get("GITHUB_REPOSITORY"))
        sys.exit(fault(repository(), *names) if on_github else 0)
    try:
        new = cleaned(argument)
    except ValueError as error:
        sys.exit(str(error))
    file = ROOT / "pyproject.toml"
    text = file.read_text("utf-8")
    file.write_text(text.replace(f'Repository = "{repository()}"', f'Repository = "{new}"'), "utf-8")
    import make_notebooks

    make_notebooks.main()
    print(f"The repository's address is {new}.")


if __name__ == "__main__":
    main()
