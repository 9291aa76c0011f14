"""The order of the modules: what each may import, what is public, and what a plain import loads."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import autograd

ROOT = Path(__file__).parent.parent

# Bottom up: a module or package of autograd imports only those before it in this list.
ORDER = [
    "table",
    "rules",
    "native",
    "nodes",
    "graph",
    "value",
    "operations",
    "functional",
    "transforms",
    "check",
    "grading",
    "text",
    "exercises",
    "drawing",
    "stepper",
    "compiler",
    "frameworks",
]
# Beside packages, whose modules are private to the project: the files that a newcomer reads first.
AT_THE_ROOT = {"__init__", "__main__", "rules", "graph", "value", "transforms"}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_name(p): p for name in ("autograd", "nn") for p in sorted((ROOT / name).rglob("*.py"))}


def imports_of(module: str) -> set[str]:
    """The project's modules that a module imports: at the top, in functions and for type checkers alike.

    Importing `a.b` also runs `a`, unless the importing module is in `a` itself.
    """
    package = module.split(".") if FILES[module].name == "__init__.py" else module.split(".")[:-1]
    names: set[str] = set()
    for node in ast.walk(ast.parse(FILES[module].read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                names.add(inner if (inner := f"{source}.{alias.name}") in FILES else source)
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    prefixes = {
        ".".join(parts[:k]) for name in names if (parts := name.split(".")) for k in range(len(parts))
    }
    loaded = {prefix for prefix in prefixes if not f"{module}.".startswith(f"{prefix}.")}
    return ((names | loaded) & set(FILES)) - {module}


@cache
def all_imports() -> dict[str, set[str]]:
    return {module: imports_of(module) for module in FILES}


def part(module: str) -> str:
    """The entry of ORDER that a module of autograd belongs to."""
    return [*module.split("."), ""][1]


def circles(imports: dict[str, set[str]]) -> list[list[str]]:
    """The strongly connected components of more than one module: the sets that reach each other."""

    def reached(start: str) -> set[str]:
        found, waiting = {start}, [start]
        while waiting:
            new = imports[waiting.pop()] - found
            found |= new
            waiting += new
        return found

    reach = {module: reached(module) for module in imports}
    together = {frozenset(other for other in reach[module] if module in reach[other]) for module in imports}
    return sorted(sorted(component) for component in together if len(component) > 1)


def test_every_module_has_its_place_in_the_order():
    parts = {part(module) for module in FILES if module.startswith("autograd.")} - {"__main__"}
    assert parts == set(ORDER), "ORDER and the folder autograd/ differ"
    assert {path.stem for path in (ROOT / "autograd").glob("*.py")} == AT_THE_ROOT


def test_imports_go_down():
    place = {name: k for k, name in enumerate(ORDER)}
    up = {
        (module, imported)
        for module, found in all_imports().items()
        for imported in found
        if module.startswith("autograd.") and part(module) in place
        if imported == "autograd" or place[part(imported)] > place[part(module)]
    }
    assert up == set()
    upper = {module for module, found in all_imports().items() if "nn" in found}
    assert [module for module in upper if module.startswith("autograd")] == []


def test_there_is_no_circle():
    assert circles(all_imports()) == []


def test_circles_are_found():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"d", "a"}}) == [["b", "c"]]


def test_what_is_loaded_late_is_declared_once_for_readers_and_once_for_python():
    """Type checkers read imports that never run; Python reads the table. They say the same."""
    body = ast.parse(FILES["autograd"].read_text("utf-8")).body
    [block] = [
        node for node in body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    declared: dict[str, set[str]] = {}
    for node in block.body:
        assert isinstance(node, ast.ImportFrom)
        declared.setdefault(node.module or "", set()).update(alias.name for alias in node.names)
    assert declared == {module: set(names) for module, names in autograd._LATE.items() if names}


def test_nn_uses_only_public_names_of_autograd():
    for path in sorted((ROOT / "nn").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("autograd"):
                assert node.module == "autograd", f"{path}: from {node.module} import …"
                for alias in node.names:
                    assert alias.name in (*autograd.__all__, "drawing", "stepper"), f"{path}: {alias.name}"


def test_no_module_is_named_like_a_public_function():
    for package in (autograd, autograd.drawing):
        folder = Path(package.__file__ or "").parent
        modules = {path.stem for path in folder.iterdir()} - {"__init__"}
        assert not modules & {name for name in dir(package) if callable(getattr(package, name))}


def test_import_loads_nothing_optional():
    optional = "{'numpy', 'matplotlib', 'IPython', 'tqdm', 'graphviz', 'torch', 'jax', 'hypothesis'}"
    code = f"import sys, autograd; print(sorted({optional} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert run.stdout.strip() == "[]"


def test_import_loads_nothing_that_is_slow_and_seldom_needed():
    """Each would add milliseconds to `import autograd`."""
    slow = "{'decimal', 'fractions', 'pickle', 'random', 'html', 'json'}"
    code = f"import sys, autograd; print(sorted({slow} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert run.stdout.strip() == "[]"


def test_every_public_name_is_there_and_listed():
    """Also those that are loaded when first asked for; and nothing else is listed."""
    shadowing = {"abs", "compile", "pow", "round", "sum"}  # Python's own names, which * leaves alone
    assert set(dir(autograd)) == {*autograd.__all__, *shadowing, "__native__", "__version__"}
    for name in {*dir(autograd), *autograd._LATE, *autograd._MODULE_OF}:
        assert getattr(autograd, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = autograd.nonsense


# Operations that formulas and programs consist of, whatever the table says.
STRUCTURAL = {"add", "sub", "mul", "div", "neg", "pow", "identity", "sum", "prod", "dot", "where", "mean"}
# Modules that name operations for another reason: other people's functions that stand for rows, Python's
# own names, words of a notation, and the reductions of arrays.
NAMING = {
    "autograd",
    "autograd.rules",
    "autograd.nodes.methods",
    "autograd.operations.functions",
    "autograd.grading.examples",
    "autograd.grading.names",
    "autograd.grading.functions",
    "autograd.nodes.float_protocol",
    "autograd.operations.choices",
    "autograd.text.expressions",
    "autograd.text.spelling",
    "autograd.text.mathematics",
    "autograd.nodes.plain",
    "autograd.text.typesetting",
    "autograd.compiler.numpy_code",
    "autograd.compiler.program",
    "autograd.compiler.shapes",
}


def test_an_operation_is_named_by_its_row_alone():
    """No module states a formula of an operation, for which it would have to know its name."""
    found = {
        module
        for module, path in FILES.items()
        if module.startswith("autograd") and not module.startswith(("autograd.table", "autograd.frameworks"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and node.value in set(autograd.RULES) - STRUCTURAL
    }
    assert found - NAMING == set()
