"""The bundled digits, and what is said about data that can't be learned from."""

import pytest

from nn import data


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


@pytest.mark.parametrize("share", [0.0, 1.0, -1, 0.01, float("nan")])
def test_split_leaves_no_part_empty(share):
    with pytest.raises(ValueError, match="one part empty"):
        data.split([1, 2, 3], [1, 2, 3], test=share)


@pytest.mark.parametrize(
    ("X", "Y", "message"),
    [
        ([], [], "no examples"),
        ([[1.0]], [1, 2], "1 inputs but 2 targets"),
        ([[1.0], [1.0, 2.0]], [1, 2], "row 1 has 2 inputs, row 0 has 1"),
        ([[1.0], [float("nan")]], [1, 2], "row 1 of the inputs has a number that is not finite"),
    ],
)
def test_data_that_cannot_be_learned_from_is_named(X, Y, message):
    with pytest.raises(ValueError, match=message):
        data.checked((X, Y))
