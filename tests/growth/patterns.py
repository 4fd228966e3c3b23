"""Finds every regular expression of the packages, and how it is used.

A pattern is found in two ways: as an object of a module or of a class in it (also inside tuples, lists, and dicts), and
as the first argument of a call like `re.search(…)`, which is evaluated in its module. Parts known only at run time are
replaced: a name inside an f-string by a word, an attribute `self.link` by the values that the classes of the packages
give it.
"""

import ast
import importlib
import inspect
import pkgutil
import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from types import ModuleType
from typing import Any, NamedTuple

METHODS = ("search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer")
_WORD = "word"  # stands for a part of a pattern that is known only at run time


class Use(NamedTuple):
    """A pattern and the method it is used with; `where` is one of the places."""

    pattern: re.Pattern[Any]
    method: str
    where: str

    def on(self, text: str) -> Callable[[], object]:
        """This use applied to a text."""
        given: Any = text.encode("latin-1", "replace") if isinstance(self.pattern.pattern, bytes) else text
        method = getattr(self.pattern, self.method)
        if self.method in ("sub", "subn"):
            return partial(method, given[:0], given)
        return (lambda: deque(method(given), maxlen=0)) if self.method == "finditer" else partial(method, given)


class Found(NamedTuple):
    """`unknown`: the places of calls whose pattern could not be determined."""

    uses: list[Use]
    unknown: list[str]


def modules_of(packages: Iterable[str]) -> list[ModuleType]:
    """Every module of the packages, imported."""
    found = []
    for name in packages:
        package = importlib.import_module(name)
        found.append(package)
        for one in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not one.name.endswith("__main__"):
                found.append(importlib.import_module(one.name))
    return found


def patterns_in(modules: Iterable[ModuleType]) -> Found:
    """Every use of every pattern in the modules."""
    modules = list(modules)
    finder = _Finder(_class_values(modules))
    for module in modules:
        finder.read(module)
    return finder.found()


def _class_values(modules: Iterable[ModuleType]) -> Mapping[str, set[str]]:
    """The texts that classes assign to each attribute."""
    values: dict[str, set[str]] = defaultdict(set)
    for module in modules:
        for kind in vars(module).values():
            if inspect.isclass(kind):
                for name, value in vars(kind).items():
                    if isinstance(value, str) and value and not name.startswith("__"):
                        values[name].add(value)
    return values


class _Finder:
    def __init__(self, class_values: Mapping[str, set[str]]) -> None:
        self._class_values = class_values
        self._used: dict[re.Pattern[Any], dict[str, str]] = defaultdict(dict)  # method -> where
        self._objects: dict[re.Pattern[Any], str] = {}
        self._unknown: list[str] = []
        self._made: dict[tuple[str, str], list[re.Pattern[Any]]] = defaultdict(list)  # (module, function) -> patterns

    def found(self) -> Found:
        uses = [Use(pattern, method, where) for pattern, used in self._used.items() for method, where in used.items()]
        uses += [Use(pattern, "search", where) for pattern, where in self._objects.items() if pattern not in self._used]
        return Found(uses, self._unknown)

    def read(self, module: ModuleType) -> None:
        for name, value in vars(module).items():
            for pattern in _patterns_inside(value):
                self._objects.setdefault(pattern, f"{module.__name__}.{name}")
        tree = ast.parse(inspect.getsource(module))
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            for call in _compilations(function):
                self._made[module.__name__, function.name] += self._evaluated(module, call)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                self._read_call(module, node, node.func)

    def _read_call(self, module: ModuleType, call: ast.Call, function: ast.Attribute) -> None:
        where = f"{module.__name__}, line {call.lineno}"
        if isinstance(function.value, ast.Name) and vars(module).get(function.value.id) is re:
            if function.attr not in (*METHODS, "compile"):
                return
            patterns = list(self._evaluated(module, call))
            if not patterns:
                self._unknown.append(f"{module.__name__}: {ast.unparse(call)}")
            for pattern in patterns:
                if function.attr == "compile":
                    self._objects.setdefault(pattern, where)
                else:
                    self._used[pattern].setdefault(function.attr, where)
        elif function.attr in METHODS:
            for used in self._owners(module, function.value):
                self._used[used].setdefault(function.attr, where)

    def _owners(self, module: ModuleType, owner: ast.expr) -> Iterator[re.Pattern[Any]]:
        """The patterns whose method is called: from a name, or from a function of the module that returns them."""
        if isinstance(owner, ast.Call) and isinstance(owner.func, ast.Name):
            made = self._made.get((module.__name__, owner.func.id), ())
            yield from made
            return
        found = _value(owner, module, {})
        if isinstance(found, re.Pattern):
            yield found

    def _evaluated(self, module: ModuleType, call: ast.Call) -> Iterator[re.Pattern[Any]]:
        """The patterns of a call of `re`: one for each possible value."""
        text = call.args[0]
        given = [one for one in call.args[1:] if ast.unparse(one).startswith("re.")]
        given += [one.value for one in call.keywords if one.arg == "flags"]
        values = [_value(one, module, {}) for one in given]
        flags = next((value for value in values if isinstance(value, re.RegexFlag)), re.RegexFlag(0))
        if isinstance(text, ast.Attribute) and isinstance(text.value, ast.Name) and text.value.id in ("self", "cls"):
            texts: Iterable[Any] = sorted(self._class_values.get(text.attr, ()))
        else:
            texts = (_value(_without_unknown(text, module), module, {"re": re}),)
        for one in texts:
            if isinstance(one, re.Pattern):
                yield one
            elif isinstance(one, str | bytes):
                yield re.compile(one, flags)


def _compilations(function: ast.FunctionDef) -> Iterator[ast.Call]:
    """The calls of `re.compile` whose result a function returns."""
    for node in ast.walk(function):
        call = node.value if isinstance(node, ast.Return) else None
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "re.compile":
            yield call


def _patterns_inside(value: object, depth: int = 3) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, dict):
        yield from _patterns_inside((*value.keys(), *value.values()), depth - 1)
    elif depth and isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from _patterns_inside(one, depth - 1)
    elif depth and inspect.isclass(value):
        yield from _patterns_inside(tuple(vars(value).values()), depth - 1)


def _value(node: ast.AST, module: ModuleType, names: Mapping[str, Any]) -> object:
    """The value of an expression in its module; None if it cannot be evaluated."""
    expression = ast.fix_missing_locations(ast.Expression(node))  # type: ignore[arg-type]
    try:
        return eval(compile(expression, module.__name__, "eval"), {**vars(module), **names})
    except Exception:
        return None


def _without_unknown(text: ast.expr, module: ModuleType) -> ast.expr:
    """The expression with a word in place of each unknown part of an f-string or concatenation."""

    class Known(ast.NodeTransformer):
        def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.AST:
            return node if _value(node.value, module, {}) is not None else ast.Constant(_WORD)

        def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
            sides = [
                side if _value(side, module, {}) is not None else ast.Constant(_WORD)
                for side in (node.left, node.right)
            ]
            return ast.BinOp(sides[0], node.op, sides[1])

    copy = ast.parse(ast.unparse(text), mode="eval").body
    return Known().visit(copy)  # type: ignore[no-any-return]
