"""The English of docstrings, comments, messages, documentation and lessons.

Each entry of PATTERNS is a phrase that readers stumble over, with what to write instead. If a phrase is
right in its place, put `prose: ok` into a comment on its last line (in Markdown: `<!-- prose: ok -->`).
"""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OK = "prose: ok"

_VERB = "(?:is|are|has|have|does|do|was|were|can|had)"
_WHOLE = r"\b(?:[Aa]ll|every|both|whole)\b"
_PLACE = "(?:it|they) (?:is|are) (?:read|used|summed|met|asked|made|written)"  # a place, not a condition
PATTERNS = {
    r"\b(?:derivatives?|partials?|slopes?|gradients?|differentiat\w+) by "
    r"(?!hand\b|central|finite|numeric|mpmath|layer|leaf|definition|convention|the result|`backward)"
    r"(?:[a-z]\b|the |an? |its |each |`|\w+\b(?=[,.;:)]))": "the derivative with respect to x",
    r"\braises? [^.;]{1,80}\bwhere (?!`)": "raises TypeError if …",
    rf"\b[Ww]here (?!{_PLACE})(?:there|it|they|none|nothing|one|floats|that|this) {_VERB}\b": "if …, when …",
    r"(?:^|[.:;] )Where (?:an?|the|no|its?|floats|both) ": "If …, when …",
    r"(?<!\b[Tt]here )\b(?:is|are|was|were) no (?!longer|more\b|less|better|worse|doubt)": "is not a …",
    r"\A\s*(?:What|How(?! to\b)|Who|Whose) (?![^.?]*\?)": "a noun, or a verb: 'Weight initializers.'",
    r"\b(?:foretell\w*|foretold|anew)\b": "predict; again",
    rf"(?:\A|[.;:,(])(?:(?!{_WHOLE})[^.;:,(])*\bat once\b": "immediately; all at once",
    r"\bso many\b": "that many; the number of …",
    r"\b(?:holds?|held|holding) (?:\S+ ){0,6}(?:against|beside)\b": "compare … with",
    r"\b(?:goes|go|went) on\b": "continues",
    r"\b(?:stands?|stood) (?:in(?! for\b)|on|at|below|above|beside|there|under)\b": "is in …; is below …",
    r"\b(?:lies|lie|lay) (?:below|above|beside|there|under|first|farthest|where)\b": "is below …; is first",
    r"(?:\A|[.;:] )Of (?:two|the|all|several|each|those) ": "put the noun first: 'Order the factors by row'",
    r"\b(?:rooms?|front door|upstairs|downstairs)\b|\bthe (?:house|roof)\b": "module, layer",
    r"\b(?:is|are) (?:told|said|settled|made good|kept apart)\b": "name what happens: the page shows …",
    r"\bwhat (?:it|they|he|one) (?:is|are|was|were) told\b": "its arguments",
    r"\bno \w+ for nothing\b": "state the rule",
    r"\bevery one of\b|\bof whatever kind\b": "each; any",
}
IDS = {r"(?<![\w.])[NBPD]\d{1,2}\b": "the source by name: 'Nielsen, chapter 2, eq. 53'"}


def docstrings(tree: ast.Module) -> Iterator[tuple[str, int, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                text = ast.get_docstring(node)
                if text:
                    yield text, first.lineno, first.end_lineno or first.lineno


def comments(source: str) -> Iterator[tuple[str, int, int]]:
    """Comments on consecutive lines are one text."""
    tokens = [t for t in tokenize.generate_tokens(io.StringIO(source).readline) if t.type == tokenize.COMMENT]
    for _, block in groupby(enumerate(tokens), key=lambda entry: entry[1].start[0] - entry[0]):
        found = [token for _, token in block]
        text = " ".join(token.string.lstrip("#: ") for token in found)
        yield text, found[0].start[0], found[-1].start[0]


def messages(tree: ast.Module) -> Iterator[tuple[str, int, int]]:
    """Strings of several words: errors, labels, sentences on pages."""
    inside: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inside |= set(ast.walk(node)) - {node}
            parts = [v.value if isinstance(v, ast.Constant) else "x" for v in node.values]
            yield "".join(map(str, parts)), node.lineno, node.end_lineno or node.lineno
    of_docs = {line for _, line, _ in docstrings(tree)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or node in inside or node.lineno in of_docs:
            continue
        if isinstance(node.value, str) and node.value.count(" ") > 2:
            yield node.value, node.lineno, node.end_lineno or node.lineno


def of_python(path: Path) -> Iterator[tuple[str, int, int]]:
    source = path.read_text("utf-8")
    tree = ast.parse(source)
    yield from docstrings(tree)
    yield from comments(source)
    if path.relative_to(ROOT).parts[0] in {"autograd", "nn"}:
        yield from messages(tree)


def of_markdown(path: Path) -> Iterator[tuple[str, int, int]]:
    """Paragraphs, without code."""
    source = re.sub(
        r"^( *)```.*?^\1```", lambda m: "\n" * m[0].count("\n"), path.read_text("utf-8"), flags=re.M | re.S
    )
    line = 1
    for paragraph in re.split(r"(\n\s*\n)", source):
        yield paragraph, line, line + paragraph.count("\n")
        line += paragraph.count("\n")


def of_notebook(path: Path) -> Iterator[tuple[str, int, int]]:
    for number, cell in enumerate(json.loads(path.read_text("utf-8"))["cells"]):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            for paragraph in re.sub(r"```.*?```", "", source, flags=re.S).split("\n\n"):
                yield paragraph, number, number
        elif "%" not in source:
            for text, *_ in comments(source):
                yield text, number, number


def of_script(path: Path) -> Iterator[tuple[str, int, int]]:
    """Comments of JavaScript on consecutive lines, and its longer strings."""
    lines = path.read_text("utf-8").splitlines()
    for is_comment, block in groupby(
        enumerate(lines, 1), key=lambda entry: entry[1].lstrip().startswith("//")
    ):
        found = list(block)
        if is_comment:
            yield " ".join(text.strip(" /") for _, text in found), found[0][0], found[-1][0]
        else:
            for number, text in found:
                for string in re.findall(r"[\"'`]([^\"'`]* [^\"'`]* [^\"'`]*)[\"'`]", text):
                    yield string, number, number


READERS = {".py": of_python, ".md": of_markdown, ".ipynb": of_notebook, ".js": of_script}
FOLDERS = ("autograd", "nn", "tests", "scripts", "benchmarks", "examples", "docs", "notebooks")
MADE = {"docs/lessons", "docs/live", "docs/playground"}  # written by `make docs`, from what is read here


def files() -> list[str]:
    found = [p for folder in FOLDERS for p in (ROOT / folder).rglob("*") if p.suffix in READERS]
    found += [*ROOT.glob("*.md"), *ROOT.glob("*.py")]
    names = [p.relative_to(ROOT).as_posix() for p in found]
    return sorted(n for n in names if not n.startswith(tuple(f"{m}/" for m in MADE)) and ".ipynb_" not in n)


def stumbles(name: str) -> list[str]:
    """The phrases to mend in a file, with their lines."""
    path = ROOT / name
    lines = path.read_text("utf-8").splitlines()
    patterns = PATTERNS | (IDS if name.startswith(("autograd/", "nn/")) else {})
    found: list[str] = []
    for text, first, last in READERS[path.suffix](path):
        if OK in text or (path.suffix != ".ipynb" and any(OK in line for line in lines[first - 1 : last])):
            continue
        flat = re.sub(r"\s+", " ", text)
        for pattern, instead in patterns.items():
            for match in re.finditer(pattern, flat):
                around = flat[max(0, match.start() - 30) : match.end() + 30]
                found.append(f"{name}:{first}: …{around}… write: {instead}")
    return found


@pytest.mark.parametrize("name", files())
def test_the_english_is_plain(name):
    assert not (found := stumbles(name)), "\n".join(found)


@pytest.mark.parametrize(
    "phrase",
    [
        "the partial derivative by x",
        "Raises TypeError where data is no number.",
        "this is no expression",
        "What one row of the table holds, and the code that is made from it.",
        "A second backward() goes on",
        "held against the engine",
        "Of two factors from one space, the one that lies first is the left one",
        "the rooms of autograd",
    ],
)
def test_a_phrase_to_avoid_is_seen(phrase):
    assert any(re.search(pattern, phrase) for pattern in PATTERNS)


@pytest.mark.parametrize(
    "phrase",
    [
        "the derivative with respect to x",
        "Raises TypeError if data is not a number.",
        "there is no expression",
        "a derivative by hand",
        "the point where the curve bends",
    ],
)
def test_plain_english_is_left_alone(phrase):
    assert not any(re.search(pattern, phrase) for pattern in PATTERNS)
