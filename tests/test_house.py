"""The house: what each room may import, and what names rooms may have, read from the syntax trees."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import autograd

ROOT = Path(__file__).parent.parent

# Bottom up: a room imports, at module level, only rooms above it in this list.
ROOMS = [
    "table",
    "rules",
    "nodes",
    "graph",
    "value",
    "operations",
    "functional",
    "transforms",
    "check",
    "grading",
    "text",
    "drawing",
    "stepper",
    "compiler",
]
FREE = {"__init__", "__main__"}


def rooms() -> list[Path]:
    return sorted((ROOT / "autograd").rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(ROOT / "autograd").parts[0].removesuffix(".py")


def statements(body: list[ast.stmt]) -> list[ast.stmt]:
    """What runs when the file is imported: not the bodies of functions, not what is for typing."""
    found = list(body)
    for node in found:
        if isinstance(node, ast.FunctionDef) or "TYPE_CHECKING" in ast.unparse(getattr(node, "test", node)):
            continue
        found += [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
    return found


def rooms_imported(path: Path) -> set[str]:
    package = path.relative_to(ROOT).parent.parts
    found: set[str] = set()
    for node in statements(ast.parse(path.read_text("utf-8")).body):
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            start = ".".join((*base, node.module) if node.module else base)
            found |= {f"{start}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    assert not any(name.split(".")[0] == "nn" for name in found), f"{path} imports nn"
    return {name.split(".")[1] for name in found if name.startswith("autograd.")}


def test_every_room_is_in_the_plan():
    unknown = {room_of(path) for path in rooms()} - set(ROOMS) - FREE
    assert not unknown, f"give {unknown} a place in ROOMS"


@pytest.mark.parametrize("path", rooms(), ids=lambda path: str(path.relative_to(ROOT)))
def test_rooms_import_only_rooms_above_them(path):
    room = room_of(path)
    if room not in FREE:
        imported = rooms_imported(path) & set(ROOMS)
        assert imported <= set(ROOMS[: ROOMS.index(room) + 1])


def test_nn_uses_only_public_names_of_autograd():
    for path in sorted((ROOT / "nn").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("autograd"):
                assert node.module == "autograd", f"{path}: from {node.module} import …"
                for alias in node.names:
                    assert alias.name in (*autograd.__all__, "drawing"), f"{path}: {alias.name}"


def test_no_module_is_named_like_a_public_function():
    for package in (autograd, autograd.drawing):
        folder = Path(package.__file__ or "").parent
        modules = {path.stem for path in folder.iterdir()} - {"__init__"}
        assert not modules & {name for name in dir(package) if callable(getattr(package, name))}


def test_import_loads_nothing_optional():
    optional = "{'numpy', 'matplotlib', 'IPython', 'tqdm', 'graphviz', 'torch', 'hypothesis'}"
    code = f"import sys, autograd; print(sorted({optional} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert run.stdout.strip() == "[]"


def test_import_loads_nothing_that_is_slow_and_seldom_needed():
    """Each would add milliseconds to `import autograd`."""
    slow = "{'decimal', 'fractions', 'pickle', 'random', 'html', 'json'}"
    code = f"import sys, autograd; print(sorted({slow} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert run.stdout.strip() == "[]"


def imported_beside(tmp_path, other_files: list[str], module: str) -> str:
    """What importing `module` says when another project has put files in a folder `autograd`."""
    for name in other_files:
        (tmp_path / "autograd" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "autograd" / name).touch()
    run = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import {module}"],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    return run.stderr


def test_another_project_of_the_same_name_is_recognised(tmp_path):
    assert "cannot share an environment" in imported_beside(tmp_path, ["__init__.py"], "nn")


def test_two_projects_in_one_folder_are_recognised(tmp_path):
    import shutil

    shutil.copytree(ROOT / "autograd", tmp_path / "autograd")
    assert "lie in one folder" in imported_beside(tmp_path, ["numpy/__init__.py"], "autograd")


def test_every_public_name_is_there_and_listed():
    """Also those that are loaded when first asked for."""
    for name in {*autograd.__all__, *autograd._LATE, *autograd._MODULE_OF}:
        assert getattr(autograd, name) is not None
        assert name in dir(autograd)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = autograd.nonsense
