"""Write docs/gallery.md and its pictures: `make gallery`.

Each entry is a few lines of Python; the page shows the very lines that drew the picture.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
LARGEST = 200_000  # bytes of a picture

INTRODUCTION = """\
# Gallery

Every picture here is drawn by the lines above it. One SVG serves light and dark pages: it follows
the reader's preference. Hover over a box or an arrow for the exact numbers and the formula of the
local derivative (in a page that holds the SVG itself, as a notebook does).
"""


@dataclass(frozen=True)
class Entry:
    """A picture: its file's name, a heading, what to see in it, and the lines that draw it."""

    name: str
    title: str
    words: str
    code: str


SETUP = """\
import nn
from autograd import Value, draw, scope, tanh
"""

ENTRIES = [
    Entry(
        "expression",
        "An expression",
        "One box per value, with the operation as its badge; one arrow per use, which ends at the place "
        "of its operand. After a backward pass every arrow says upstream × local = contribution. Orange "
        "is above 0 and blue below: the sign of the number on the arrow.",
        """\
a, b, c, f = Value(2.0), Value(-3.0), Value(10.0), Value(-2.0)
e = a * b
d = e + c
L = d * f
L.backward()
draw(L, names=vars())""",
    ),
    Entry(
        "local",
        "Before the backward pass",
        "The forward pass has recorded the local derivatives; gradients are “·”, not 0.",
        """\
a, b, c, f = Value(2.0), Value(-3.0), Value(10.0), Value(-2.0)
e = a * b
d = e + c
L = d * f
draw(L, names=vars())""",
    ),
    Entry(
        "neuron",
        "A neuron",
        "micrograd's neuron. w₂ gets no gradient, for x₂ is 0: its arrow is thin and grey.",
        """\
x1, x2 = Value(2.0, "x₁"), Value(0.0, "x₂")
w1, w2, b = Value(-3.0, "w₁"), Value(1.0, "w₂"), Value(6.8813735870195432, "b")
x1w1, x2w2 = x1 * w1, x2 * w2
x1w1.label, x2w2.label = "x₁w₁", "x₂w₂"
n = x1w1 + x2w2 + b
o = tanh(n)
o.backward()
draw(o, names=vars(), edges="local")""",
    ),
    Entry(
        "diamond",
        "Every path counts",
        "L = b·c with c = a + b and b = a·a: five paths lead from a to L. The three contributions that "
        "a receives sum to its gradient, 63 + 63 + 9 = 135.",
        """\
a = Value(3.0)
b = a * a
c = a + b
L = b * c
L.backward()
draw(L, names=vars())""",
    ),
    Entry(
        "paths",
        "The paths from one value",
        "`path=b` highlights every path from b to L; an arrow is as wide as the part of dL/db that goes "
        "through it. The slots of a·a are told apart: ∂b/∂a⁽¹⁾ and ∂b/∂a⁽²⁾.",
        """\
a = Value(3.0)
b = a * a
c = a + b
L = b * c
L.backward()
draw(L, names=vars(), path=b)""",
    ),
    Entry(
        "logistic",
        "Logistic regression",
        "The cost of one example, from the weighted input to the logarithm. Constants are small and grey.",
        """\
x = [Value(0.5, "x₁"), Value(-1.5, "x₂")]
w = [Value(1.0, "w₁"), Value(-2.0, "w₂")]
b = Value(0.25, "b")
p = (w[0] * x[0] + w[1] * x[1] + b).sigmoid()
p.label = "p"
C = -(1 - p).log()
C.backward()
draw(C, names=vars())""",
    ),
    Entry(
        "network",
        "A network, neuron by neuron",
        "`nn` computes each neuron in a scope of its own, and a scope folds into one box: its output "
        "above, its parameters below. An arrow into a folded box carries the total derivative through "
        "it, so upstream × local = contribution still holds.",
        """\
mlp = nn.MLP([2, 3, 1], seed=1)
[y] = mlp([Value(-0.5, "x₁"), Value(-1.0, "x₂")])
with scope("cost"):
    C = (y - 1.0) ** 2
C.backward()
draw(C, names=vars(), fold="neuron")""",
    ),
    Entry(
        "network-opened",
        "The same network with one neuron open",
        "",
        """\
mlp = nn.MLP([2, 3, 1], seed=1)
[y] = mlp([Value(-0.5, "x₁"), Value(-1.0, "x₂")])
with scope("cost"):
    C = (y - 1.0) ** 2
C.backward()
draw(C, names=vars(), fold="neuron", open=["layer 1/neuron 2"])""",
    ),
    Entry(
        "network-layers",
        "… and layer by layer",
        "",
        """\
mlp = nn.MLP([2, 3, 1], seed=1)
[y] = mlp([Value(-0.5, "x₁"), Value(-1.0, "x₂")])
with scope("cost"):
    C = (y - 1.0) ** 2
C.backward()
draw(C, names=vars(), fold="layer")""",
    ),
    Entry(
        "digits",
        "A network for digits: 64 – 16 – 10",
        "1,253 nodes fold by themselves. Arrows without a label still show sign and size.",
        """\
images, digits = nn.data.digits()
mlp = nn.MLP([64, 16, 10], seed=1)
logits = mlp(images[0])
with scope("cost"):
    C = nn.cross_entropy(logits, digits[0])
C.backward()
draw(C, names=vars())""",
    ),
    Entry(
        "circles",
        "The network view",
        "Circles and columns, for people who think in networks: activations inside, arrows coloured by "
        'weight (or, with `colour="gradient"`, by gradient).',
        """\
mlp = nn.MLP([3, 5, 4, 2], seed=1)
nn.draw_network(mlp, [0.5, -1.0, 2.0])""",
    ),
    Entry(
        "weights",
        "What each neuron looks for",
        "The first layer's weights as images, after three epochs on handwritten digits.",
        """\
images, digits = nn.data.digits()
mlp = nn.MLP([64, 16, 10], seed=1)
nn.fit(mlp, (images[:600], digits[:600]), epochs=3, progress=False)
nn.draw_weights(mlp.layers[0])""",
    ),
    Entry(
        "neighbourhood",
        "A part of a large graph",
        "What is within two steps of a value; the dots stand for the rest.",
        """\
v = Value(1.0, "v")
chain = [v]
for _ in range(10_000):
    chain.append(chain[-1] * 1.0001)
draw(chain[-1], around=chain[5000], radius=2)""",
    ),
    Entry(
        "worksheet",
        "A worksheet",
        '`blank="grad"` leaves the gradients out; `.answer_key` is the solution.',
        """\
a, b, c = Value(2.0), Value(-3.0), Value(4.0)
d = a * b
L = d + c * a
draw(L, names=vars(), blank="grad")""",
    ),
    Entry(
        "downwards",
        "From top to bottom",
        "",
        """\
a, b = Value(1.5), Value(-2.0)
c = a * b
L = (c + a) * tanh(c)
L.backward()
draw(L, names=vars(), direction="TB")""",
    ),
]

THEMES = """\
## Light and dark

| light | dark |
| --- | --- |
| ![On white](pictures/gallery/light.svg) | ![On black](pictures/gallery/dark.svg) |
"""

OTHERS = """\
## As text, and as Mermaid

`print(draw(L).tree())` needs no renderer at all:

```text
{tree}
```

`draw(L).mermaid()` is for Markdown that draws Mermaid, as GitHub's does:

```mermaid
{mermaid}
```
"""


def drawn(entry: Entry) -> Any:
    """Run an entry's lines; the value of the last one is the picture."""
    *before, last = (SETUP + entry.code).splitlines()
    names: dict[str, Any] = {}
    exec("\n".join(before), names)
    return eval(last, names)


def svg_of(picture: Any) -> str:
    """The SVG of whatever shows itself in notebooks."""
    svg: str = picture._repr_svg_()
    return svg if svg.endswith("\n") else svg + "\n"


def page() -> tuple[str, dict[str, str]]:
    """The page, and the pictures by name."""
    parts = [INTRODUCTION, f"```python\n{SETUP}```\n"]
    pictures: dict[str, str] = {}
    for entry in ENTRIES:
        pictures[entry.name] = svg_of(drawn(entry))
        parts.append(
            "\n\n".join(
                filter(
                    None,
                    (
                        f"## {entry.title}",
                        entry.words,
                        f"```python\n{entry.code}\n```",
                        f"![{entry.title}](pictures/gallery/{entry.name}.svg)\n",
                    ),
                )
            )
        )
    expression = drawn(ENTRIES[0])
    for theme, background in (("light", "#ffffff"), ("dark", "#14181d")):
        expression.theme = theme
        pictures[theme] = svg_of(expression).replace("<svg ", f'<svg style="background:{background}" ', 1)
    parts.append(THEMES)
    diamond = drawn(next(entry for entry in ENTRIES if entry.name == "diamond"))
    parts.append(OTHERS.format(tree=diamond.tree(colour=False), mermaid=diamond.mermaid()))
    return "\n".join(parts), pictures


def main(docs: Path = ROOT / "docs") -> None:
    """Write the page and its pictures; fail where a picture is too large."""
    text, pictures = page()
    folder = docs / "pictures" / "gallery"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.svg"):
        old.unlink()
    for name, svg in pictures.items():
        size = len(svg.encode())
        if size > LARGEST:
            raise SystemExit(f"{name}.svg has {size:,} bytes, more than {LARGEST:,}")
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
        print(f"{size:8,}  {name}.svg")
    (docs / "gallery.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
