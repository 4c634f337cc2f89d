"""The command line: ``colorkit color``, ``networks``, ``photos``, ``assign``, ``grade``."""

import argparse
import os
import sys

from colorkit import files
from colorkit.commands import assign, color, grade, networks, photos


def main(arguments=None):
    """Run a command.

    Parameters
    ----------
    arguments : list of str, optional
        What was typed after ``colorkit``; left out, the process's own.

    Returns
    -------
    int
        Exit status: 0 if all is well, 1 if not. (What cannot be understood ends with 2.)
    """
    parser = argparse.ArgumentParser(prog="colorkit", description="What colorkit does without a notebook.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in (color, networks, photos, assign, grade):
        command.add(commands)
    options = parser.parse_args(arguments)
    try:
        status = options.run(options)
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # whoever read the output has seen enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (files.FileProblem, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 1
