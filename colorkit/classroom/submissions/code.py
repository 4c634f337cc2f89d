"""The functions in handed-in cells, each with what it needs: found by name, without running anything."""

import ast
import bisect
import builtins
import contextlib
import re
import symtable
from dataclasses import dataclass, field

_BUILTINS = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__", "get_ipython", "display"}
_KEPT_MAGICS = {"time", "timeit", "capture", "prun", "memit"}  # of a whole cell: its lines are Python all the same
_MOST_STATEMENTS = 5000  # a lesson has a few hundred
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_FAILURES = (SyntaxError, ValueError, RecursionError, MemoryError)


@dataclass
class Statement:
    """A statement at the top of a cell.

    Attributes
    ----------
    where, line, text
        Where it stands, at which line of that cell, and what it says.
    node : ast.AST
    binds : set of str
        Names that it gives a value.
    now, later : set of str
        Names that it needs when it runs, and when what it defines is called.
    """

    where: str
    line: int
    text: str
    node: ast.AST
    binds: set
    now: set
    later: set


@dataclass
class Function:
    """A function that was found, with all that comes along.

    Attributes
    ----------
    name : str
        What it is called.
    where : str
        Where it stands.
    code : list of (str, int, str)
        For each statement where it stands, at which line, and the text.
    nodes : list of ast.AST
        The same, parsed.
    blank : bool
        Whether its body is only dots, a docstring or the like.
    notes : list of str
    """

    name: str
    where: str
    code: list
    nodes: list
    blank: bool
    notes: list = field(default_factory=list)


class Code:
    """The statements of handed-in cells.

    Parameters
    ----------
    cells : list of (str, str)
        Where it stands, and the text, of each code cell.
    given : str
        Imports that the notebook came with, for whoever has deleted them.
    """

    def __init__(self, cells, given=""):
        self.statements = []
        self.broken = []  # (where, text, what Python says)
        self.checked = {}  # exercise -> the last name that its check was called with
        self._read = 0  # statements
        self._places = {}  # name -> the numbers of the statements that bind it
        self._lost = {}  # name -> where it is made in a loop or the like
        for where, text in [("the notebook's imports", given), *cells]:
            self._add(where, text)

    def _add(self, where, text):
        text = _without_magics(text)
        try:
            nodes = ast.parse(text).body
        except _FAILURES as error:
            line = getattr(error, "lineno", None)
            says = getattr(error, "msg", None) or str(error) or type(error).__name__
            self.broken.append((where, text, f"{says} (line {line})" if line else says))
            nodes = _definitions_of(text)
        lines = text.split("\n")
        room = _MOST_STATEMENTS - self._read
        if len(nodes) > room:
            self.broken.append((where, text, f"it has more than {_MOST_STATEMENTS:,} statements with those above"))
        self._read += min(len(nodes), room)
        for node in nodes[:room]:
            with contextlib.suppress(*_FAILURES):  # nested deeper than Python follows
                self._take(where, node, lines)

    def _take(self, where, node, lines):
        for call in ast.walk(node) if not isinstance(node, _DEFINITIONS) else node.decorator_list:
            self._note_check(call, node)
        node = _without_check(node)
        if node is None:
            return
        binds, (line, text) = _bound(node), _said(node, lines)
        now, later = _used(text)
        if isinstance(node, ast.For | ast.While | ast.With | ast.AsyncFor | ast.AsyncWith):
            self._lost |= dict.fromkeys(binds, where)
        elif binds:
            for name in binds:
                self._places.setdefault(name, []).append(len(self.statements))
            self.statements.append(Statement(where, line, text, node, binds, now, later))

    def _note_check(self, call, node):
        """Remember which function an exercise was checked with."""
        if not _is_check(call) or not call.args or not isinstance(call.args[0], ast.Constant):
            return
        function = _checked(call)
        if isinstance(node, _DEFINITIONS):
            self.checked[call.args[0].value] = node.name
        elif isinstance(function, ast.Name):
            self.checked[call.args[0].value] = function.id

    def text_of(self, name):
        """Return the last text that is assigned to a name, or ``""``."""
        values = [
            one.node.value.value
            for one in self.statements
            if isinstance(one.node, ast.Assign)
            and name in one.binds
            and isinstance(one.node.value, ast.Constant)
            and isinstance(one.node.value.value, str | int)
        ]
        return next((str(value).strip() for value in reversed(values) if str(value).strip()), "")

    def find(self, name, exercise=""):
        """Return a function.

        The last definition counts. One whose body is blank counts only if there is no other.

        Parameters
        ----------
        name : str
        exercise : str, optional
            Its exercise: where nothing has the name, or only a blank one, what this exercise was checked with is taken.

        Returns
        -------
        Function or None
        """
        found = self._found(name)
        if found is None or found.blank:
            other = self.checked.get(exercise, name)
            found = (self._found(other) if other != name else None) or found
        return found

    def _found(self, name):
        places = self._places.get(name, [])
        if not places:
            return None
        written = [number for number in places if not _is_blank(self.statements[number].node)]
        numbers, missing = self._with_needs(name, (written or places)[-1])
        notes = []
        if sum(isinstance(self.statements[number].node, _DEFINITIONS) for number in written) > 1:
            where = self.statements[written[-1]].where
            notes.append(f"{name} is defined {len(written)} times; the last counts, in {where}.")
        notes += [
            f"{name} needs {other}, which is made in a loop or a with in {self._lost[other]}; only functions, imports "
            "and plain assignments come along."
            for other in sorted(missing & set(self._lost))
        ]
        taken = [self.statements[number] for number in numbers]
        code = [(one.where, one.line, one.text) for one in taken]
        return Function(
            name, self.statements[(written or places)[-1]].where, code, [one.node for one in taken], not written, notes
        )

    def _with_needs(self, name, last):
        """Return the numbers of a statement and of all that it needs, in order, and the names that nothing gives."""
        taken, missing = set(), set()
        todo = [(last, name)]
        while todo:
            number, wanted = todo.pop()
            if number in taken:
                continue
            taken.add(number)
            one = self.statements[number]
            needed = [(other, number) for other in one.now] + [(other, None) for other in one.later - {wanted}]
            if isinstance(one.node, ast.AugAssign):
                needed.append((wanted, number))
            for other, before in needed:
                provider = self._provider(other, before)
                if provider is not None:
                    todo.append((provider, other))
                elif other not in _BUILTINS:
                    missing.add(other)
        if missing:
            taken |= {number for number, one in enumerate(self.statements) if "*" in one.binds}
        return sorted(taken), missing

    def _provider(self, name, before):
        """Return the statement that gives a name its value, as seen from a statement, or at the end; else None."""
        places = self._places.get(name, [])
        earlier = len(places) if before is None else bisect.bisect_left(places, before)
        # Above it, as in a run from the top; else below it, for cells are run in any order.
        seen = places[:earlier] if earlier else [number for number in places if number != before]
        written = (number for number in reversed(seen) if not _is_blank(self.statements[number].node))
        return next(written, seen[-1] if seen else None)

    def why_missing(self, name):
        """Say in a sentence why there is no function of a name: its cell has a syntax error, or there is none."""
        for where, text, says in reversed(self.broken):
            if re.search(rf"\b{re.escape(name)}\b", text):
                return f"Python cannot read its cell ({where}): {says}."
        return ""


def _without_magics(text):
    """Replace what only IPython understands. Lines keep their numbers."""
    first = re.match(r"\s*%%(\w+)", text)
    if first and first[1] not in _KEPT_MAGICS:
        return ""
    try:
        ast.parse(text)
        return text
    except _FAILURES:
        lines = [re.sub(r"^(\s*)([%!?].*|[\w.]+\?{1,2}\s*)$", r"\1pass", line) for line in text.split("\n")]
        return "\n".join(re.sub(r"^(\s*\w+\s*=\s*)[%!].*$", r"\1None", line) for line in lines)


def _definitions_of(text):
    """Return the functions, imports and assignments of a cell that as a whole is no Python."""
    lines, nodes = text.split("\n"), []
    begins = [number for number, line in enumerate(lines) if re.match(r"[A-Za-z_@]", line)] + [len(lines)]
    number = 0
    while number < len(begins) - 1:
        first = begins[number]
        number += 1
        while lines[first].startswith("@") and number < len(begins) - 1 and lines[begins[number] - 1].startswith("@"):
            number += 1
        try:
            block = ast.parse("\n".join(lines[first : begins[number]]))
        except _FAILURES:
            continue
        nodes += ast.increment_lineno(block, first).body
    return nodes


def _is_check(call):
    function = call.func if isinstance(call, ast.Call) else None
    return "check" in (getattr(function, "id", ""), getattr(function, "attr", ""))


def _checked(call):
    """Return what a call of check is given to check."""
    named = [keyword.value for keyword in call.keywords if keyword.arg == "function"]
    return (call.args[1:2] or named or [None])[0]


def _without_check(node):
    """Take calls of check off a statement; None if nothing is left."""
    if isinstance(node, _DEFINITIONS):
        kept = [one for one in node.decorator_list if not _is_check(one) and getattr(one, "id", "") != "check"]
        if len(kept) < len(node.decorator_list):
            node.decorator_list, node.changed = kept, True
    elif isinstance(node, ast.Assign | ast.AnnAssign) and _is_check(node.value):
        function = _checked(node.value)
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if function is None or any(ast.unparse(target) == ast.unparse(function) for target in targets):
            return None
        node.value, node.changed = function, True
    elif isinstance(node, ast.Expr):
        return None
    return node


def _said(node, lines):
    """Return a statement's line and its text, as it was written where that can be."""
    if getattr(node, "changed", False):
        return node.lineno, ast.unparse(node)
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
    own = lines[first - 1 : node.end_lineno]
    if node.col_offset or ";" in own[-1]:  # two statements in a line
        return first, ast.unparse(node)
    return first, "\n".join(own)


def _bound(node):
    """Return the names that a statement gives a value, at the top level."""
    if isinstance(node, _DEFINITIONS):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    names = set()
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            names.add(child.id)
        elif not isinstance(child, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            names |= _bound(child)
    return names


def _used(text):
    """Return the names that a statement needs when it runs, and those that are needed later."""
    top = symtable.symtable(text, "cell", "exec")
    now, later = set(), set()
    tables = [(top, False)]
    while tables:
        table, inside = tables.pop()
        inside = inside or (table.get_type() == "function" and table.get_name() not in _AT_ONCE)
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (table is top or symbol.is_global()):
                (later if inside else now).add(symbol.get_name())
        tables += [(child, inside) for child in table.get_children()]
    return now, later - now


_AT_ONCE = {"listcomp", "setcomp", "dictcomp", "genexpr", "<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"}


def _is_blank(node):
    """Tell whether a statement defines a function with nothing in it."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    return all(
        isinstance(one, ast.Pass)
        or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
        or (isinstance(one, ast.Return) and (one.value is None or _is_nothing(one.value)))
        or (isinstance(one, ast.Raise) and "NotImplemented" in ast.unparse(one))
        for one in node.body
    )


def _is_nothing(value):
    return isinstance(value, ast.Constant) and value.value in (None, ...)
