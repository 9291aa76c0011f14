"""How the modules of nn depend on each other, read from their syntax trees, and its public paths."""

import ast
import importlib
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import autograd
import nn

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "nn").rglob("*.py"))
}


def imports(name):
    """The modules of nn that a module imports anywhere: late and for typing, too."""
    path = FILES[name]
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            base = [*base, *(node.module or "").split(".")] if node.module else base
            for alias in node.names:
                module = ".".join([*base, alias.name])
                yield module if module in FILES else ".".join(base)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_no_module_imports_itself_by_any_way():
    graph = {name: {m for m in imports(name) if m in FILES and m != name} for name in FILES}
    assert graph["nn.training.fitting"] >= {"nn.training.compiled", "nn.training.losses"}
    assert "nn.views.network_view" in graph["nn.model.mlp"]  # a late one
    assert len(list(TopologicalSorter(graph).static_order())) == len(FILES)


PUBLIC = {"__path__", *autograd.__all__, "compile", "sum"}


def test_only_public_names_of_autograd_are_used():
    for path in FILES.values():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "autograd":
                assert node.attr in PUBLIC, f"{path}: autograd.{node.attr}"


@pytest.mark.parametrize("name", ["activations", "initializers", "losses", "optimizers", "plots"])
def test_a_public_path_is_the_module_itself(name):
    module = importlib.import_module(f"nn.{name}")
    assert module is getattr(nn, name) is sys.modules[module.__name__]
    assert module.__name__ != f"nn.{name}"
    assert all(hasattr(module, public) for public in module.__all__)
