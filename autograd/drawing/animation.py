"""The steps of a pass as one animated picture: GIF, WebP or APNG."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from .fixed import painted

KINDS = ("gif", "webp", "apng")
SECONDS, AT_THE_END = 1.5, 4.0  # that a step is shown, and the last one


def animated(frames: Sequence[str], kind: str) -> bytes:
    """SVGs of this package's own, one after another and again from the first.

    Raises ImportError, naming the extra, if Pillow is not installed; and what `painted` raises.
    """
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError('animations need Pillow: pip install "stepgrad[animation]"') from error
    pictures: list[Any] = [
        Image.open(io.BytesIO(painted(frame, "png", "#ffffff"))).convert("RGB") for frame in frames
    ]
    times = [round(1000 * SECONDS)] * (len(pictures) - 1) + [round(1000 * AT_THE_END)]
    written = io.BytesIO()
    format, options = {
        "gif": ("GIF", {}),
        "webp": ("WEBP", {"lossless": True}),
        "apng": ("PNG", {}),
    }[kind]
    pictures[0].save(
        written, format, save_all=True, append_images=pictures[1:], duration=times, loop=0, **options
    )
    return written.getvalue()
