"""Data in every form that people write it: the same examples, or an error that says what to write."""

import math

import numpy
import pytest

from autograd import Value
from nn import MLP, evaluate, fit, predict
from nn.data.reading import read, read_inputs

X = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
Y = [0, 1, 1, 0]
PAIRS = list(zip(X, Y))


def frame(part):
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    return pandas.DataFrame(part)


def series(part):
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    return pandas.Series(part)


FORMS = {
    "X, Y": lambda: (X, Y),
    "a tuple": lambda: ((X, Y),),
    "pairs": lambda: (PAIRS,),
    "lists as pairs": lambda: ([[x, y] for x, y in PAIRS],),
    "an iterator": lambda: (zip(X, Y),),
    "a generator": lambda: (((x, y) for x, y in PAIRS),),
    "arrays": lambda: (numpy.array(X), numpy.array(Y)),
    "a tuple of arrays": lambda: ((numpy.array(X), numpy.array(Y)),),
    "a column of targets": lambda: (numpy.array(X), numpy.array(Y).reshape(-1, 1)),
    "tuples": lambda: (tuple(map(tuple, X)), tuple(Y)),
    "columns": lambda: ([(numpy.array(x).reshape(-1, 1), numpy.array([[y]])) for x, y in PAIRS],),
    "lists of columns": lambda: ([[[a], [b]] for a, b in X], [[y] for y in Y]),
    "Values": lambda: ([[Value(a), Value(b)] for a, b in X], Y),
    "a frame and a series": lambda: (frame(X), series(Y)),
    "two frames": lambda: (frame(X), frame(Y)),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_same_examples_trains_the_same(form):
    def trained(*data):
        mlp = MLP([2, 3, 1], seed=0)
        fit(mlp, *data, loss="bce", epochs=2, batch_size=2)
        return [p.data for p in mlp.parameters()]

    assert trained(*FORMS[form]()) == trained(X, Y)
    mlp = MLP([2, 3, 1], seed=0)
    assert evaluate(mlp, *FORMS[form](), loss="bce") == evaluate(mlp, X, Y, loss="bce")
    validated = fit(MLP([2, 1], seed=0), X, Y, loss="bce", epochs=1, validation=(X, Y))
    form = FORMS[form]()
    again = fit(
        MLP([2, 1], seed=0), X, Y, loss="bce", epochs=1, validation=form[0] if len(form) == 1 else tuple(form)
    )
    assert again[0] == validated[0]


def test_a_row_of_one_input_may_be_a_number():
    mlp = MLP([1, 1], seed=0)
    assert read([1.0, 2.0, 3.0], [2.0, 4.0, 6.0], 1) == ([[1.0], [2.0], [3.0]], [2.0, 4.0, 6.0])
    assert evaluate(mlp, [1.0, 2.0], [0.0, 0.0], loss="mse") == evaluate(
        mlp, [([1.0], 0.0), ([2.0], 0.0)], loss="mse"
    )


def test_predictions_are_asked_for_all_rows_at_once():
    mlp = MLP([2, 3], seed=0)
    said = [max(range(3), key=lambda k: mlp(x)[k].data) for x in X]
    assert predict(mlp, X) == predict(mlp, numpy.array(X)) == said
    assert [predict(mlp(x)) for x in X] == said
    with pytest.raises(ValueError, match="takes 2 inputs, not 1"):
        predict(mlp, X[1])


@pytest.mark.parametrize(
    ("data", "size"),
    [
        ([[[0.0, 1.0], [1.0, 0.0]], [[1.0, 1.0], [0.0, 1.0]]], 2),
        ((([0.0, 1.0], [1.0, 0.0]), ([1.0, 1.0], [0.0, 1.0])), 2),
        ([[0.0, 1.0], [1.0, 0.0]], 1),
        ([numpy.array([[0.0, 1.0], [1.0, 0.0]]), numpy.array([[1.0, 1.0], [0.0, 1.0]])], None),
    ],
)
def test_what_reads_in_both_ways_is_refused(data, size):
    with pytest.raises(ValueError, match=r"can be read as \(X, Y\) and as two pairs"):
        read(data, size=size)
    X, Y = data
    assert len(read(X, Y, size)[0]) == 2


@pytest.mark.parametrize(
    ("data", "size", "expected"),
    [
        # A tuple of two lists is (X, Y), a list of two tuples holds pairs, whatever the numbers are.
        (([[0.0, 1.0], [1.0, 0.0]], [[1.0, 1.0], [0.0, 1.0]]), 2, [[0.0, 1.0], [1.0, 0.0]]),
        ([([0.0, 1.0], [1.0, 0.0]), ([1.0, 1.0], [0.0, 1.0])], 2, [[0.0, 1.0], [1.0, 1.0]]),
        # These fit in one way only.
        ([[[0.0, 1.0], 1], [[1.0, 0.0], 0]], 2, [[0.0, 1.0], [1.0, 0.0]]),
        (
            [[[0.0, 1.0, 2.0], [1.0, 0.0]], [[1.0, 1.0, 2.0], [0.0, 1.0]]],
            3,
            [[0.0, 1.0, 2.0], [1.0, 1.0, 2.0]],
        ),
    ],
)
def test_two_examples_are_read_where_one_way_fits(data, size, expected):
    assert read(data, size=size)[0] == expected


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        ((numpy.ones((4, 3)),), TypeError, "two arrays go in as X, Y"),
        (({"x": X, "y": Y},), TypeError, "a pair"),
        (("text",), TypeError, "a pair"),
        ((3,), TypeError, "a pair .* not 3"),
        ((X, 3), TypeError, "a list or an array is needed, not 3"),
        (([([0.0, 1.0], 1), [2.0]],), TypeError, "item 1 is not a pair"),
        (([],), ValueError, "no examples"),
        ((iter([]),), ValueError, "no examples"),
        (([[0.0, "1"]], [1]), ValueError, "row 0 of the inputs is not a list of numbers"),
        (([[0.0, math.nan]], [1]), ValueError, "not finite"),
        (([[0.0, 1j]], [1]), ValueError, "row 0 of the inputs is not a list of numbers"),
        ((numpy.ones((2, 2, 2)), [0, 1]), ValueError, "row 0 of the inputs is not a list of numbers"),
        (([[0.0, 1.0, 2.0]], [1]), ValueError, r"takes 2 inputs, not 3 \(row 0\)"),
    ],
)
def test_other_data_are_named(data, error, message):
    with pytest.raises(error, match=message):
        fit(MLP([2, 1], seed=0), *data, loss="mse")


def test_inputs_without_targets_are_told_apart_from_pairs():
    with pytest.raises(ValueError, match="takes 2 inputs, not 1") as raised:
        fit(MLP([2, 1], seed=0), X, loss="mse")
    assert "the data were read as pairs (x, y): there are no targets" in raised.value.__notes__[0]


def test_a_row_in_itself_is_refused():
    row: list = []
    row.append(row)
    with pytest.raises(ValueError, match="row 0 of the inputs is not a list of numbers"):
        read_inputs([row])
