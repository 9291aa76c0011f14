"""Files are written whole or not at all, and in the format that their suffix names."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import needed
import pytest

import autograd
import nn
from autograd import Value, draw, explain, scope, step, worksheet, write_file
from autograd.exercises import Questions
from autograd.nodes import files


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(params=["nameless", "named"], autouse=True)
def _both_ways(request, monkeypatch):
    """With Linux' nameless files, and without them as elsewhere."""
    if request.param == "named":
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)


def test_text_and_bytes_are_written_and_the_path_is_returned(tmp_path):
    assert write_file(tmp_path / "a.txt", "∂ = 3\r\n") == tmp_path / "a.txt"
    assert (tmp_path / "a.txt").read_bytes() == "∂ = 3\r\n".encode()
    assert write_file(str(tmp_path / "b.bin"), b"\x00\xff").read_bytes() == b"\x00\xff"
    assert listing(tmp_path) == ["a.txt", "b.bin"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_what_goes_wrong_leaves_the_old_file_and_nothing_else(call, tmp_path, monkeypatch):
    path = write_file(tmp_path / "a.txt", "old")

    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(OSError, match="No space left"):
        write_file(path, "new")
    assert path.read_text() == "old"
    assert listing(tmp_path) == ["a.txt"]


@pytest.mark.skipif(os.name != "posix", reason="needs links, modes and devices")
def test_modes_are_kept_and_new_files_have_the_usual_one(tmp_path):
    path = write_file(tmp_path / "a.txt", "old")
    (tmp_path / "usual").touch()
    assert path.stat().st_mode == (tmp_path / "usual").stat().st_mode
    path.chmod(0o640)
    write_file(path, "new")
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(os.name != "posix", reason="needs links, modes and devices")
def test_a_link_stays_a_link_and_its_target_is_written(tmp_path):
    (tmp_path / "there").mkdir()
    link = tmp_path / "link.txt"
    link.symlink_to(tmp_path / "there" / "target.txt")
    for text in ("first", "second"):
        write_file(link, text)
        assert link.is_symlink()
        assert (tmp_path / "there" / "target.txt").read_text() == text
    assert listing(tmp_path / "there") == ["target.txt"]


@pytest.mark.skipif(os.name != "posix", reason="needs links, modes and devices")
def test_devices_pipes_and_folders_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in ("/dev/null", tmp_path / "pipe"):
        with pytest.raises(ValueError, match="is a device or a pipe, not a file"):
            write_file(path, "text")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        write_file(tmp_path, "text")
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        write_file(tmp_path / "missing" / "a.txt", "text")
    assert listing(tmp_path) == ["pipe"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everything")
def test_a_file_that_is_read_only_is_not_replaced(tmp_path):
    path = write_file(tmp_path / "a.txt", "old")
    path.chmod(0o444)
    with pytest.raises(PermissionError, match="read-only"):
        write_file(path, "new")
    assert path.read_text() == "old"


def test_writers_never_mix(tmp_path):
    path = tmp_path / "a.txt"
    texts = [letter * 100_000 for letter in "abcd"]
    seen: set[str] = set()

    def write(text: str) -> None:
        for _ in range(20):
            write_file(path, text)
            seen.add(path.read_text())

    threads = [threading.Thread(target=write, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen <= set(texts)
    assert listing(tmp_path) == ["a.txt"]


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="needs Linux' nameless files")
def test_a_writer_that_is_killed_leaves_nothing_behind(tmp_path):
    code = (
        "import os, signal\nfrom autograd import write_file\n"
        f"os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)\nwrite_file({str(tmp_path / 'a')!r}, 'a')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parent.parent)
    assert done.returncode == -signal.SIGKILL
    assert listing(tmp_path) == []


def test_the_suffix_names_the_format_and_others_are_refused(tmp_path):
    L = Value(2.0, "a") * Value(3.0, "b")
    with pytest.raises(
        ValueError, match=r"the suffix of .* should name the format: \.svg, \.png, .* or \.txt"
    ):
        draw(L).save(tmp_path / "picture")
    with pytest.raises(ValueError, match=r"a picture cannot be saved as \.mp3; save it as \.svg, "):
        draw(L).save(tmp_path / "picture.mp3")
    with pytest.raises(ValueError, match=r"a stepper cannot be saved as \.dot: frames\(folder\) writes"):
        step(L).save(tmp_path / "steps.dot")
    with pytest.raises(ValueError, match=r"this picture cannot be saved as \.mmd; save it as \.svg"):
        nn.draw_network(nn.MLP([2, 1])).save(tmp_path / "network.mmd")
    assert listing(tmp_path) == []


BEGINNINGS = {
    "svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF", "html": b"<!DOCTYPE html>", "dot": b"digraph",
    "gv": b"digraph", "mmd": b"flowchart LR", "tex": b"\\documentclass", "txt": "× a·b".encode(),
}  # fmt: skip


@pytest.mark.parametrize("suffix", BEGINNINGS)
def test_a_picture_is_what_its_suffix_says(suffix, tmp_path):
    if suffix == "pdf":
        needed.written("pdf")
    path = draw(Value(2.0, "a") * Value(3.0, "b")).save(tmp_path / f"picture.{suffix.upper()}")
    assert path.read_bytes().startswith(BEGINNINGS[suffix])
    assert listing(tmp_path) == [path.name]


def test_a_stepper_and_a_network_are_what_their_suffixes_say(tmp_path):
    stepper = step(Value(2.0, "a") * Value(3.0, "b"))
    assert stepper.save(tmp_path / "s.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert len(stepper.save(tmp_path / "s.txt").read_text("utf-8").splitlines()) == stepper.count
    before = stepper.save(tmp_path / "s.svg").read_text("utf-8")
    stepper.next()
    assert before.startswith("<svg")
    assert stepper.save(tmp_path / "s.svg").read_text("utf-8") != before
    assert "<svg" in nn.draw_network(nn.MLP([2, 1])).save(tmp_path / "n.html").read_text("utf-8")
    assert listing(tmp_path) == ["n.html", "s.html", "s.svg", "s.txt"]


def test_show_opens_a_browser(monkeypatch):
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    L = Value(2.0, "a") * Value(3.0, "b")
    for shown in (draw(L), step(L), nn.draw_network(nn.MLP([2, 1]))):
        shown.show()
        path = Path(opened[-1].removeprefix("file://"))
        assert "<svg" in path.read_text("utf-8") or "data:image/svg+xml" in path.read_text("utf-8")
        path.unlink()


def test_reprs_name_the_calls_that_show():
    assert repr(draw(Value(2.0, "a") * Value(3.0, "b"))).startswith("<The graph of a·b, 3 boxes: .show()")


def test_no_other_module_writes_files():
    """`write_file` is the only writer of the packages."""
    root = Path(__file__).parent.parent
    for path in [*(root / "autograd").rglob("*.py"), *(root / "nn" / "views").rglob("*.py")]:
        text = path.read_text("utf-8")
        if path != Path(files.__file__):
            assert ".write_text(" not in text, path
            assert ".write_bytes(" not in text, path


def test_a_program_is_saved_as_text_and_as_its_equations(tmp_path):
    pytest.importorskip("numpy")
    w, b = [Value(0.5, "w1"), Value(-0.25, "w2")], Value(0.1, "b")
    program = autograd.compile(
        lambda x: autograd.dot(w, x, b).tanh() ** 2, [[0.0, 0.0]], [*w, b], plan="arrays"
    )
    assert program.save(tmp_path / "p.txt").read_text("utf-8").startswith(str(program)[:20])
    written = program.save(tmp_path / "p.tex").read_text("utf-8")
    assert program._repr_latex_().strip("$") in written
    assert written.isascii()
    with pytest.raises(ValueError, match=r"a program cannot be saved as \.png: draw\(\) makes a picture"):
        program.save(tmp_path / "p.png")
    straight = autograd.compile(lambda x: x * x, [1.0], plan="straight-line")
    with pytest.raises(ValueError, match="straight-line program has no arrays and no matrix equations"):
        straight.save(tmp_path / "s.tex")
    assert sorted(listing(tmp_path)) == ["p.tex", "p.txt"]


def test_half_of_a_surrogate_pair_goes_into_every_file_and_every_cell(tmp_path):
    """UTF-8 has no such characters, but text of JavaScript's and of Windows' file names may have them."""
    half = "\ud800"
    with scope(f"scope {half}"):
        y = Value(2.0, half) * 3.0 + 1.0
    y.label = f"y{half}"
    y.backward()
    sheet = worksheet(y, title=half, instructions=half)
    savers = [(draw(y), "svg dot mmd txt html png pdf"), (draw(y, fold=True), "svg"), (explain(y), "txt")]
    savers += [(step(y), "html txt svg"), (step(y, fold=True), "html txt"), (sheet, "html")]
    for saver, suffixes in savers:
        for suffix in suffixes.split():
            written = saver.save(tmp_path / f"a.{suffix}").read_bytes()
            assert suffix in ("png", "pdf") or written.decode()
    questions = Questions((half, {half: half, "b": half}))
    for shown in (step(y), step(y, fold=True), sheet, questions):
        assert shown._repr_html_().encode()
    for picture in (draw(y), draw(y, fold=True)):
        assert all(text.encode() for text in picture._repr_mimebundle_().values())
    assert write_file(tmp_path / "a.txt", half).read_text() == r"\ud800"
