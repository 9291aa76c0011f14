"""Writing files: whole or not at all, and in the format that the path's suffix names."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

Content = str | bytes


def write_file(path: str | os.PathLike[str], content: Content) -> Path:
    """Write text (as UTF-8) or bytes to a file, whole or not at all; the path is returned.

    Half of a surrogate pair, which UTF-8 does not have, is written as Python and JSON do: `\\ud800`.

    The content goes to a new file beside `path`, which then takes its place in one step: an
    interrupt or a full disk leaves the old file as it was, readers never see half of a
    file, and of two writers the later one wins. An existing file keeps its mode; a symbolic link
    stays a link, and its target is written.

    Raises FileNotFoundError if there is no such folder, PermissionError if the file is read-only,
    ValueError if the path is something other than a file (a device, a pipe), IsADirectoryError if
    it is a folder.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_file(f"{folder}/note.txt", "a = 3\\n").read_text()
    'a = 3\\n'
    """
    mode = _mode(path)
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise FileNotFoundError(f"{os.fspath(path)!r} cannot be written: there is no folder {target.parent}")
    beside = target.with_name(f".{target.name[:100]}.{os.urandom(8).hex()}.new")
    descriptor, named = _open_new(beside)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
            if mode is not None:
                os.chmod(file.fileno() if os.chmod in os.supports_fd else beside, mode)
            if not named:
                # With a folder's descriptor, for only then does Python follow the link in /proc.
                os.link(f"/proc/self/fd/{file.fileno()}", beside, src_dir_fd=file.fileno())
        os.replace(beside, target)
    finally:
        beside.unlink(missing_ok=True)
    return Path(path)


def save_by_suffix(
    path: str | os.PathLike[str],
    writers: Mapping[str, Callable[[], Content]],
    what: str,
    instead: Mapping[str, str] | None = None,
) -> Path:
    """Write the format that the path's suffix names, and return the path.

    `writers` makes the content for each suffix; `what` is what is saved ("a picture"), for errors,
    and `instead` says for a suffix that is refused what to do. Raises ValueError if the suffix is
    missing or is none of these, before any file has changed, and what `write_file` raises.

    >>> save_by_suffix("graph.mp3", {"svg": lambda: "<svg/>", "txt": lambda: "×"}, "a picture")
    Traceback (most recent call last):
        ...
    ValueError: a picture cannot be saved as .mp3; save it as .svg or .txt
    """
    suffix = Path(path).suffix.lower()
    if writer := writers.get(suffix[1:]):
        return write_file(path, writer())
    *most, last = (f".{name}" for name in writers)
    known = f"{', '.join(most)} or {last}" if most else last
    if advice := (instead or {}).get(suffix[1:]):
        raise ValueError(f"{what} cannot be saved as {suffix}: {advice}")
    if not suffix:
        raise ValueError(f"save: the suffix of {os.fspath(path)!r} should name the format: {known}")
    raise ValueError(f"{what} cannot be saved as {suffix}; save it as {known}")


def _mode(path: str | os.PathLike[str]) -> int | None:
    """The permissions of an existing file; None if there is none."""
    try:
        found = os.stat(path).st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(found):
        raise IsADirectoryError(f"{os.fspath(path)!r} cannot be written: it is a folder")
    if not stat.S_ISREG(found):
        raise ValueError(f"{os.fspath(path)!r} cannot be written: it is a device or a pipe, not a file")
    if not os.access(path, os.W_OK):
        raise PermissionError(f"{os.fspath(path)!r} cannot be written: the file is read-only")
    return stat.S_IMODE(found)


def _open_new(beside: Path) -> tuple[int, bool]:
    """A new file, and whether it has its name: Linux can leave it nameless, so that a kill leaves nothing."""
    if hasattr(os, "O_TMPFILE") and os.path.exists("/proc/self/fd"):
        try:
            return os.open(beside.parent, os.O_TMPFILE | os.O_WRONLY, 0o666), False
        except OSError:
            pass  # a file system that cannot
    return os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o666), True
