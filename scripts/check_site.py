"""Check every link, image and frame of the built site: `python scripts/check_site.py`, after the build.

External addresses are not checked. Prints dead links and exits with status 1 if there are any.
"""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

SITE = Path(__file__).resolve().parent.parent / "site"


class Page(HTMLParser):
    """The links of a page, and the ids in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids = {""}
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect the links and ids of one element."""
        given = {name: value or "" for name, value in attrs}
        self.links += [given[name] for name in ("href", "src") if name in given]
        self.ids |= {given[name] for name in ("id", "name") if name in given}


def dead(path: Path, pages: dict[Path, Page]) -> list[str]:
    """The links of a page that lead nowhere."""
    found: list[str] = []
    for link in pages[path].links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        target = path
        if parts.path:
            start = SITE if parts.path.startswith("/") else path.parent
            target = (start / unquote(parts.path).lstrip("/")).resolve()
        if target.is_dir():
            target = target / "index.html"
        anchor = unquote(parts.fragment)
        if not target.is_file() or (target in pages and anchor not in pages[target].ids):
            found.append(link)
    return found


def main() -> int:
    """Check all pages."""
    paths = [path for path in sorted(SITE.rglob("*.html")) if path.name != "404.html"]
    pages = {path.resolve(): Page(path) for path in paths}
    problems = [f"{path.relative_to(SITE)}: {link}" for path in pages for link in dead(path, pages)]
    print("\n".join(problems) or f"{len(pages)} pages, no dead link")
    return 1 if problems or not pages else 0


if __name__ == "__main__":
    sys.exit(main())
