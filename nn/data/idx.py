"""MNIST, Fashion-MNIST and the like, read from their idx files, compressed or not."""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path
from typing import Literal

UNSIGNED_BYTE = 0x08
LARGEST = 2**31  # bytes; a damaged header may claim anything


def mnist(
    folder: str | Path, part: Literal["train", "test"] = "train", limit: int | None = None
) -> tuple[list[list[float]], list[int]]:
    """Images as lists of pixels from 0 to 1, row by row, and their labels 0 … 9.

    `folder` holds the files under their usual names ("train-images-idx3-ubyte" or
    "train-images.idx3-ubyte", perhaps with ".gz"); `part="test"` reads those that begin with "t10k".
    Only the first `limit` images are read, if it is given. Raises FileNotFoundError if a file is missing,
    and ValueError if one is truncated, too long, huge or of another kind, or if images and labels differ
    in number.
    """
    if part not in ("train", "test"):
        raise ValueError(f'part must be "train" or "test", not {part!r}')
    if limit is not None and limit < 1:
        raise ValueError(f"limit must be at least 1, not {limit}")
    prefix = "train" if part == "train" else "t10k"
    image_file, label_file = _find(folder, f"{prefix}-images", 3), _find(folder, f"{prefix}-labels", 1)
    (count, height, width), pixels = idx(image_file, dimensions=3)
    (labelled,), labels = idx(label_file, dimensions=1)
    if count != labelled:
        raise ValueError(f"{image_file} has {count} images, but {label_file} has {labelled} labels")
    if labels and max(labels) > 9:
        row = next(row for row, label in enumerate(labels) if label > 9)
        raise ValueError(f"{label_file}: label {row} is {labels[row]}, not one of 0 … 9")
    size, levels = height * width, [level / 255 for level in range(256)]
    wanted = range(0, min(count, count if limit is None else limit) * size, size)
    X = [[levels[pixel] for pixel in pixels[start : start + size]] for start in wanted]
    return X, list(labels[: len(X)])


def _find(folder: str | Path, name: str, dimensions: int) -> Path:
    names = [f"{name}{dot}idx{dimensions}-ubyte{gz}" for dot in "-." for gz in ("", ".gz")]
    for candidate in names:
        if (path := Path(folder) / candidate).is_file():
            return path
    raise FileNotFoundError(f"{folder} has none of the files {', '.join(names)}")


def idx(path: str | Path, dimensions: int) -> tuple[tuple[int, ...], bytes]:
    """The shape and the bytes of an idx file of unsigned bytes with that many dimensions.

    Raises ValueError, naming the file, if it is not such a file, or is longer or shorter than its
    header says.
    """
    opener = gzip.open if Path(path).suffix == ".gz" else open
    try:
        with opener(path, "rb") as file:
            header = file.read(4 + 4 * dimensions)
            if header[:4] != bytes((0, 0, UNSIGNED_BYTE, dimensions)):
                raise ValueError(f"{path} is not an idx file of unsigned bytes with {dimensions} dimensions")
            if len(header) < 4 + 4 * dimensions:
                raise ValueError(f"{path} is truncated: it ends within its header")
            shape = tuple(int.from_bytes(header[at : at + 4]) for at in range(4, len(header), 4))
            size = math.prod(shape)
            if size > LARGEST:
                raise ValueError(f"{path} claims to hold {size} bytes; that is more than {LARGEST}")
            content = file.read(size + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path} is damaged: {error}") from None
    if len(content) != size:
        problem = f"only {len(content)}" if len(content) < size else "more"
        raise ValueError(f"{path} should hold {size} bytes after its header, but there are {problem}")
    return shape, content
