"""The public paths of nn, and its use of public names of autograd only."""

import ast
import importlib
import sys
from pathlib import Path

import pytest

import autograd
import nn

PUBLIC = {"__path__", *autograd.__all__, "compile", "sum"}


def test_only_public_attributes_of_autograd_are_used():
    for path in sorted(Path(nn.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "autograd":
                assert node.attr in PUBLIC, f"{path}: autograd.{node.attr}"


@pytest.mark.parametrize("name", ["activations", "initializers", "losses", "optimizers", "plots"])
def test_a_public_path_is_the_module_itself(name):
    module = importlib.import_module(f"nn.{name}")
    assert module is getattr(nn, name) is sys.modules[module.__name__]
    assert module.__name__ != f"nn.{name}"
    assert all(hasattr(module, public) for public in module.__all__)
