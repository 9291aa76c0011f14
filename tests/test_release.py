"""The parts of a release: one version, ranges and groups that exist, links that work."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import autograd

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
EXTRAS, GROUPS = PROJECT["project"]["optional-dependencies"], PROJECT["dependency-groups"]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ADDRESS = "https://example.org/OWNER/NAME"


def texts() -> list[Path]:
    """Every file in which an install command may stand."""
    folders = ("autograd", "nn", "tests", "scripts", "benchmarks", "examples", "docs", "notebooks", "binder")
    found = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    found += [*ROOT.glob("*.md"), ROOT / "Makefile", *WORKFLOWS, *(ROOT / ".ci").iterdir()]
    return [p for p in found if p.suffix in {".py", ".md", ".ipynb", ".js", ".yml", ""}]


def hook_of(script: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"hook_{script}", ROOT / "scripts" / f"{script}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def metadata() -> Any:
    return hook_of("metadata")


def test_the_version_is_stated_once():
    assert version("stepgrad") == autograd.__version__
    assert "version" in PROJECT["project"]["dynamic"]
    assert "\nversion:" not in (ROOT / "CITATION.cff").read_text("utf-8")


@pytest.mark.parametrize("path", texts(), ids=lambda path: str(path.relative_to(ROOT)))
def test_install_commands_name_extras_and_groups_that_exist(path):
    text = path.read_text("utf-8")
    for names in re.findall(r'(?:stepgrad|"\.)\[([a-z, ]+)\]', text):
        assert {name.strip() for name in names.split(",")} <= {*EXTRAS}
    for name in re.findall(r"--group ([a-z]+)", text):
        assert name in GROUPS


def test_groups_and_extras_agree_on_what_they_need():
    """A package has one floor, whoever asks for it; a pin lies within it."""
    floors: dict[str, set[str]] = {}
    for needs in (*EXTRAS.values(), *GROUPS.values()):
        for need in needs:
            found = re.fullmatch(r"([\w\[\],-]+?)(?:([><=]=)([\w.]+))?", need)
            assert found is not None, need
            name, operator, number = found.groups()
            if operator == ">=":
                floors.setdefault(name, set()).add(number)
    assert {name: numbers for name, numbers in floors.items() if len(numbers) > 1} == {}


def test_the_hooks_use_the_linters_version():
    ruff = next(need for need in GROUPS["lint"] if need.startswith("ruff=="))
    assert ruff in GROUPS["docs"]
    hooks = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    assert set(re.findall(r"ruff==[\d.]+", hooks)) == {ruff}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_ask_for_no_more_than_reading(path):
    """A workflow says its permissions; only the job that publishes may do more, and runs no code."""
    text = path.read_text("utf-8")
    assert "\npermissions:\n  contents: read\n" in text
    granted = re.findall(r"^ +([\w-]+): write$", text, flags=re.MULTILINE)
    assert granted == (["id-token"] if path.stem == "publish" else [])
    if granted:
        assert "run:" not in text.partition("id-token: write")[2]


def test_each_supported_python_is_tested():
    stated = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["project"]["classifiers"]))
    matrix = (ROOT / ".github" / "workflows" / "test.yml").read_text("utf-8")
    [tested] = re.findall(r"^ +python: \[(.*)\]$", matrix, flags=re.MULTILINE)
    assert re.findall(r"3\.\d+", tested) == stated
    assert PROJECT["project"]["requires-python"] == f">={stated[0]}"


def test_the_published_readme_has_no_relative_link(metadata):
    readme = (ROOT / "README.md").read_text("utf-8")
    links = re.compile(r"(!?)\[[^]]*\]\(([^)\s]+)\)")
    for picture, target in links.findall(metadata.published(readme, ADDRESS)):
        assert target.startswith("https://")
        path = target.removeprefix(f"{ADDRESS}/{'raw' if picture else 'blob'}/main/")
        assert (ROOT / path.partition("#")[0]).exists()
    assert [target for _, target in links.findall(metadata.published(readme, ""))] == []
    assert "docs/pictures/readme.svg" in metadata.published(readme, ADDRESS)
    assert f"]({ADDRESS}/raw/main/docs/pictures/live-light.webp)" in metadata.published(readme, ADDRESS)
    assert "<picture" not in metadata.published(readme, ADDRESS) + metadata.published(readme, "")


def test_the_address_is_read_from_one_place(metadata):
    assert metadata.urls("") == {}
    assert metadata.urls(ADDRESS)["Repository"] == ADDRESS
    assert metadata.address() == PROJECT["tool"]["stepgrad"]["address"]


@pytest.mark.parametrize(
    "error", [None, OSError("no cc"), SystemExit("error: cc failed"), ImportError("setuptools")]
)
def test_the_native_core_is_left_out_if_it_cannot_be_compiled(monkeypatch, tmp_path, error):
    """The build continues, and says so."""
    module = hook_of("build_core")

    def build(folder: str) -> Path:
        if error is not None:
            raise error
        return tmp_path / "_core.so"

    monkeypatch.setattr(module, "build", build)
    monkeypatch.setattr(module, "reason_against", lambda: "")
    said: list[str] = []
    hook = module.CoreHook()
    hook.app = SimpleNamespace(display_warning=said.append)
    data: dict[str, Any] = {}
    hook.initialize("standard", data)
    hook.finalize("standard", data, "")
    if error is None:
        assert data["force_include"] == {str(tmp_path / "_core.so"): str(module.SOURCE.with_name("_core.so"))}
        assert not data["pure_python"]
        assert said == []
    else:
        assert data == {}
        assert str(error) in said[0]


def test_the_native_core_is_left_out_on_request(monkeypatch):
    module = hook_of("build_core")
    monkeypatch.setenv("STEPGRAD_PURE", "1")
    assert module.reason_against() == "STEPGRAD_PURE is set"
    assert (ROOT / module.SOURCE).is_file()
    assert "*.so" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
