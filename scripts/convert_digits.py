"""Write nn/data/digits.txt from scikit-learn's copy of the handwritten digits.

    pip install scikit-learn
    python scripts/convert_digits.py

One line per image: its label, then 64 characters for the 8×8 pixels, row by row, "0" (paper) to
"9", then "a" to "g" for 10 to 16 (ink).
"""

from pathlib import Path
from typing import Any

from sklearn.datasets import load_digits

HEADER = """\
# 1,797 handwritten digits of 13 people as 8×8 images with 17 levels of grey.
# E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits (1998), UCI Machine Learning
# Repository, https://archive.ics.uci.edu/dataset/80, licence CC BY 4.0; the test part, as scikit-learn ships
# it. Converted by scripts/convert_digits.py: label, then 64 pixels from 0 to g (16).
"""
LEVELS = "0123456789abcdefg"
TARGET = Path(__file__).resolve().parent.parent / "nn" / "data" / "digits.txt"


def main() -> None:
    """Write the file and say so."""
    digits: Any = load_digits()
    lines = [
        f"{label} {''.join(LEVELS[int(level)] for level in image)}"
        for label, image in zip(digits.target, digits.data, strict=True)
    ]
    TARGET.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    print(f"{len(lines)} images written to {TARGET}")


if __name__ == "__main__":
    main()
