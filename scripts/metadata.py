"""The parts of the package's metadata that depend on the repository's address, for Hatch.

The address is `address` under `[tool.stepgrad]` in pyproject.toml. The README's links are relative,
which PyPI cannot follow: in the copy that is published they lead to the repository. Without an
address only their words are left, and no picture.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

try:
    from hatchling.metadata.plugin.interface import MetadataHookInterface as Hook
except ImportError:  # imported by the tests or by notebooks.py: nothing is being built
    Hook = object

ROOT = Path(__file__).resolve().parent.parent
_LINK = re.compile(r"(?P<picture>!?)\[(?P<words>[^]]*)\]\((?!https?:|#)(?P<target>[^)\s]+)\)")

# A picture with another for dark pages, of which PyPI shows the one for light pages.
_THEMED = re.compile(
    r'<picture>.*?<img src="(?P<target>[^"]+)"[^>]* alt="(?P<words>[^"]*)">\s*</picture>', re.DOTALL
)


def address() -> str:
    """The address of the repository, or "" if it is not published yet."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return project["tool"]["stepgrad"]["address"].rstrip("/")


def urls(address: str) -> dict[str, str]:
    """The links beside the description on PyPI."""
    if not address:
        return {}
    return {
        "Repository": address,
        "Documentation": f"{address}/tree/main/docs",
        "Changelog": f"{address}/blob/main/CHANGELOG.md",
        "Issues": f"{address}/issues",
    }


def published(readme: str, address: str) -> str:
    """The README with every relative link and picture leading to the repository."""

    def absolute(link: re.Match[str]) -> str:
        picture, words, target = link["picture"], link["words"], link["target"]
        if not address:
            return "" if picture else words
        return f"{picture}[{words}]({address}/{'raw' if picture else 'blob'}/main/{target})"

    return _LINK.sub(absolute, _THEMED.sub(r"![\g<words>](\g<target>)", readme))


class Metadata(Hook):  # pyright: ignore[reportGeneralTypeIssues]
    """The hook that Hatch calls during a build."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, object]) -> None:
        """Add the links and the README."""
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        metadata["urls"] = urls(address())
        metadata["readme"] = {"content-type": "text/markdown", "text": published(readme, address())}
