"""What handed-in functions have in common, with one another and with colorkit's own: marks, and no verdicts."""

import ast
import builtins
import copy
import hashlib
import inspect
import textwrap

_BUILTINS = frozenset(dir(builtins))
_CHANCE = 40  # parts of code up to which two answers are easily the same


def fingerprint(nodes):
    """Return what code is but for names, spaces, comments and docstrings.

    Parameters
    ----------
    nodes : list of ast.AST
        Statements: a function and what it needs.

    Returns
    -------
    str
        Equal for code that is equal but for these.
    """
    renamed = _Renamed()
    said = []
    for node in nodes:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            said.append(ast.dump(renamed.visit(copy.deepcopy(node))))
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


def size(nodes):
    """Return how many parts code has: small answers are alike by chance."""
    return sum(1 for node in nodes for _ in ast.walk(node) if not isinstance(node, ast.Import | ast.ImportFrom))


class _Renamed(ast.NodeTransformer):
    """Calls names by the order in which they come, and leaves out docstrings and annotations."""

    def __init__(self):
        self.names = {}

    def _new(self, name):
        return name if name in _BUILTINS else self.names.setdefault(name, f"n{len(self.names)}")

    def visit_Name(self, node):
        node.id = self._new(node.id)
        return node

    def visit_arg(self, node):
        node.arg, node.annotation = self._new(node.arg), None
        return node

    def visit_FunctionDef(self, node):
        node.name, node.returns = self._new(node.name), None
        if ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
        return self.generic_visit(node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_AnnAssign(self, node):
        return self.visit(ast.Assign([node.target], node.value)) if node.value else None


def marks(exercise, nodes):
    """Say what a teacher should look at: answers that colorkit gave away, and looks into how it checks.

    Parameters
    ----------
    exercise : colorkit.classroom.exercises.Exercise
    nodes : list of ast.AST
        Statements: a function and what it needs.

    Returns
    -------
    list of str
    """
    found = []
    given = [*exercise.given_by, *_own_name(exercise.reference)]
    for name in sorted(_names_of_colorkit(nodes)):
        parts = name.split(".")
        if any((parts[0], parts[-1]) == (one.split(".")[0], one.split(".")[-1]) for one in given):
            found.append(f"It calls colorkit's own answer, {name}.")
        elif parts[0] in ("classroom", "check"):
            found.append(f"It uses colorkit's checks, {name}.")
    texts = [child.value for node in nodes for child in ast.walk(node) if isinstance(child, ast.Constant)]
    if any(isinstance(text, str) and "classroom" in text for text in texts):
        found.append("It names colorkit's checks in a text.")
    if size(nodes) > _CHANCE and fingerprint(nodes) == _fingerprint_of_reference(exercise.reference):
        found.append("It is colorkit's reference, but for names and spaces.")
    return found


def _own_name(function):
    """Return the name of a function below colorkit, if that is where it is defined, in a list."""
    module = getattr(function, "__module__", "") or ""
    inside = module.startswith("colorkit.") and not module.startswith("colorkit.classroom")
    return [f"{module.removeprefix('colorkit.')}.{function.__name__}"] if inside else []


def _names_of_colorkit(nodes):
    """Return the names below colorkit that code uses: "metrics.psnr"."""
    bound = {}
    walked = [child for node in nodes for child in ast.walk(node)]
    for node in walked:
        if isinstance(node, ast.Import):
            for alias in node.names:
                whole = alias.name if alias.asname else alias.name.partition(".")[0]
                bound[alias.asname or whole] = whole
        elif isinstance(node, ast.ImportFrom) and node.module:
            bound |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    used = {*bound.values()}
    for node in walked:
        parts, root = [], node
        while isinstance(root, ast.Attribute):
            parts.insert(0, root.attr)
            root = root.value
        if parts and isinstance(root, ast.Name) and root.id in bound:
            used.add(".".join([bound[root.id], *parts]))
    return {name.removeprefix("colorkit.") for name in used if name.startswith("colorkit.")}


def _fingerprint_of_reference(function):
    try:
        return fingerprint(ast.parse(textwrap.dedent(inspect.getsource(function))).body)
    except (OSError, TypeError, SyntaxError):  # a lambda among others in a dict
        return None
