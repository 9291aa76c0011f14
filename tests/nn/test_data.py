"""Data: the bundled digits, shapes drawn at random, idx files, and the errors for bad data."""

import gzip
import math
import struct

import pytest

from nn import data
from nn.data.idx import idx
from nn.data.reading import read


def test_the_digits_are_those_of_scikit_learn():
    datasets = pytest.importorskip("sklearn.datasets", reason="scikit-learn is not installed")
    reference = datasets.load_digits()
    X, Y = data.digits()
    assert reference.target.tolist() == Y
    assert (reference.data / 16).tolist() == X


def test_the_digits_file_states_its_source_and_licence():
    header = data._DIGITS.read_text(encoding="utf-8").partition("\n0 ")[0]
    assert "UCI" in header
    assert "CC BY 4.0" in header


@pytest.mark.parametrize("damage", ["7 0123", "x " + "0" * 64, "1 " + "0" * 63 + "h", "12 " + "0" * 64, ""])
def test_a_damaged_digits_file_is_named_with_its_line(tmp_path, damage):
    path = tmp_path / "digits.txt"
    path.write_text(f"# made here\n3 {'0' * 64}\n{damage}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"digits\.txt, line 3"):
        data.digits(path)


def test_a_file_without_digits(tmp_path):
    path = tmp_path / "empty.txt"
    path.write_text("# nothing\n", encoding="utf-8")
    with pytest.raises(ValueError, match="holds no digits"):
        data.digits(path)


def test_split_loses_nothing_and_depends_on_the_seed_alone():
    X, Y = [[float(i)] for i in range(50)], list(range(50))
    train, test = data.split(X, Y, test=0.3, seed=4)
    assert sorted(train[1] + test[1]) == Y
    assert len(test[1]) == 15
    assert all(x == [float(y)] for part in (train, test) for x, y in zip(*part))
    assert data.split(X, Y, 0.3, 4) == (train, test) != data.split(X, Y, 0.3, 5)


@pytest.mark.parametrize("share", [0.0, 1.0, -1, 0.01, float("nan"), "half"])
def test_split_leaves_no_part_empty(share):
    with pytest.raises(ValueError, match="one part empty"):
        data.split([1, 2, 3], [1, 2, 3], test=share)


@pytest.mark.parametrize(
    ("X", "Y", "message"),
    [
        ([], [], "no examples"),
        ([[1.0]], [1, 2], "1 inputs but 2 targets"),
        ([[1.0], [1.0, 2.0]], [1, 2], "row 1 has 2 inputs, row 0 has 1"),
        ([[1.0], "2"], [1, 2], "row 1 of the inputs is not a list of numbers: '2'"),
        ([[1.0], ["2"]], [1, 2], "row 1 of the inputs is not a list of numbers"),
        ([[1.0], ["a"]], [1, 2], "row 1 of the inputs is not a list of numbers"),
        ([[1.0], [float("nan")]], [1, 2], "row 1 of the inputs has a number that is not finite"),
    ],
)
def test_data_that_cannot_be_learned_from_is_named(X, Y, message):
    with pytest.raises(ValueError, match=message):
        read((X, Y))


SHAPES = [data.moons, data.circles, data.spirals, data.xor, data.linear]


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_depend_on_their_seed_alone(shape):
    assert shape(20, noise=0.1, seed=3) == shape(20, noise=0.1, seed=3) != shape(20, noise=0.1, seed=4)
    X, Y = shape(21)
    assert len(X) == len(Y) == 21


def test_a_moon_is_the_same_on_every_platform():
    X, Y = data.moons(100, noise=0.1, seed=0)
    assert X[0] == pytest.approx([-0.8776950697715923, 0.3651933338163738], abs=1e-9)
    assert (Y.count(0), Y.count(1)) == (50, 50)


def test_each_moon_is_half_a_circle_and_reaches_into_the_other():
    for (x, y), label in zip(*data.moons(50, noise=0.0)):
        centre = (1.0, 0.5) if label else (0.0, 0.0)
        assert math.dist((x, y), centre) == pytest.approx(1.0)
        assert y <= 0.5 if label else y >= 0.0


def test_noise_has_the_standard_deviation_it_says():
    exact, noisy = data.circles(2000, noise=0.0), data.circles(2000, noise=0.2)
    radii = [math.hypot(*x) for x in exact[0]]
    assert {round(r, 12) for r in radii} == {1.0, 0.5}
    spread = sum((math.hypot(*x) - r) ** 2 for x, r in zip(noisy[0], radii)) / 2000
    assert spread == pytest.approx(0.04, rel=0.2)


def test_spirals_have_as_many_arms_as_classes():
    X, Y = data.spirals(400, classes=4, noise=0.0)
    assert set(Y) == {0, 1, 2, 3}
    for (x, y), label in zip(X, Y):
        turn = math.atan2(y, x) / (2 * math.pi) - 1.25 * math.hypot(x, y)
        assert (turn - label / 4 + 0.5) % 1.0 == pytest.approx(0.5, abs=1e-9)


@pytest.mark.parametrize(
    "call",
    [
        lambda: data.moons(1),
        lambda: data.moons(10, noise=-1.0),
        lambda: data.circles(10, noise=math.nan),
        lambda: data.spirals(2, classes=3),
        lambda: data.spirals(2, classes=1),
        lambda: data.xor(3),
        lambda: data.xor(noise=-0.1),
        lambda: data.linear(0),
    ],
)
def test_shapes_that_cannot_be(call):
    with pytest.raises(ValueError, match="at least"):
        call()
    for points in (data.moons, data.circles, data.xor, data.linear):
        with pytest.raises(TypeError, match=r"n must be a whole number, not 10\.5"):
            points(10.5)  # pyright: ignore[reportArgumentType]
        with pytest.raises(TypeError, match="noise must be a number, not "):
            points(10, noise="0.1")  # pyright: ignore[reportArgumentType]
    with pytest.raises(TypeError, match=r"classes must be a whole number, not 2\.5"):
        data.spirals(10, classes=2.5)  # pyright: ignore[reportArgumentType]
    assert data.linear(3, w=2.0) == data.linear(3, w=[2.0])  # pyright: ignore[reportArgumentType]


def images(count=3, height=2, width=2, kind=0x08, dimensions=3):
    header = struct.pack(">BBBBIII", 0, 0, kind, dimensions, count, height, width)
    return header + bytes(51 * (i % 6) for i in range(3 * 2 * 2))


def labels(count=3, values=(7, 0, 9)):
    return struct.pack(">BBBBI", 0, 0, 0x08, 1, count) + bytes(values)


@pytest.mark.parametrize("gz", [False, True])
@pytest.mark.parametrize("dot", ["-", "."])
def test_idx_files_are_read_gzip_or_not(tmp_path, gz, dot):
    for part, prefix in (("train", "train"), ("test", "t10k")):
        for name, content in ((f"images{dot}idx3-ubyte", images()), (f"labels{dot}idx1-ubyte", labels())):
            path = tmp_path / f"{prefix}-{name}{'.gz' if gz else ''}"
            path.write_bytes(gzip.compress(content) if gz else content)
        X, Y = data.mnist(tmp_path, part)  # pyright: ignore[reportArgumentType]
        assert X == [[0.0, 0.2, 0.4, 0.6], [0.8, 1.0, 0.0, 0.2], [0.4, 0.6, 0.8, 1.0]]
        assert Y == [7, 0, 9]
        assert data.mnist(tmp_path, part, limit=1) == (X[:1], Y[:1])  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("image_bytes", "label_bytes", "message"),
    [
        (images()[:-1], labels(), "should hold 12 bytes after its header, but there are only 11"),
        (images() + b"x", labels(), "should hold 12 bytes after its header, but there are more"),
        (images()[:9], labels(), "ends within its header"),
        (b"", labels(), "is not an idx file"),
        (labels(), labels(), "is not an idx file of unsigned bytes with 3 dimensions"),
        (images(kind=0x0D), labels(), "is not an idx file of unsigned bytes"),
        (images(count=2**31, height=2**31), labels(), "claims to hold"),
        (images(), labels(2, (1, 2)), "has 3 images, but .* has 2 labels"),
        (images(), labels(values=(1, 10, 2)), "label 1 is 10, not one of 0 … 9"),
    ],
)
def test_damaged_idx_files_are_named(tmp_path, image_bytes, label_bytes, message):
    (tmp_path / "train-images-idx3-ubyte").write_bytes(image_bytes)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(label_bytes)
    with pytest.raises(ValueError, match=message):
        data.mnist(tmp_path)


@pytest.mark.parametrize(
    "content",
    [gzip.compress(images())[:-12], b"no gzip", gzip.compress(images())[:20] + b"x" * 40],
    ids=["cut short", "not gzip", "overwritten"],
)
def test_damaged_gzip_files_are_named(tmp_path, content):
    path = tmp_path / "images.gz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"images\.gz (is damaged|should hold)"):
        idx(path, 3)


def test_missing_files_and_parts(tmp_path):
    with pytest.raises(FileNotFoundError, match="train-images-idx3-ubyte, train-images-idx3"):
        data.mnist(tmp_path)
    with pytest.raises(ValueError, match='"train" or "test"'):
        data.mnist(tmp_path, "t10k")  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match="limit must be at least 1"):
        data.mnist(tmp_path, limit=0)
