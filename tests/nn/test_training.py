"""fit: what a step does, what a run records, and that nothing but the seed decides."""

import gc
import math
import tracemalloc

import numpy
import pytest

import autograd
from autograd import Value, paused_collector
from nn import MLP, SGD, Adam, data, early_stopping, fit, layered
from nn.training.evaluation import accuracy, evaluate, predict
from nn.training.fitting import minibatches

XOR = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0]


def numbers(mlp):
    return [p.data for p in mlp.parameters()]


def test_N4_a_minibatch_step_is_the_mean_of_the_layered_gradients():
    mlp = MLP([2, 3, 1], "sigmoid", output="sigmoid", seed=0)
    before, eta = numbers(mlp), 0.5
    passes = [layered.backprop(mlp, x, [y]) for x, y in zip(*XOR)]
    fit(mlp, XOR, loss="quadratic", optimizer=SGD(mlp.parameters(), lr=eta), epochs=1, batch_size=4)
    flat = [
        [g for rows, biases in zip(p.nabla_w, p.nabla_b) for row, b in zip(rows, biases) for g in (*row, b)]
        for p in passes
    ]
    expected = [p - eta / 4 * sum(g) for p, g in zip(before, zip(*flat))]
    assert numbers(mlp) == pytest.approx(expected, rel=1e-12)


def test_fit_learns_xor_and_says_so():
    mlp = MLP([2, 4, 1], seed=1)
    optimizer = SGD(mlp.parameters(), lr=0.5)
    history = fit(
        mlp, XOR, loss="binary_cross_entropy", optimizer=optimizer, epochs=150, batch_size=4, validation=XOR
    )
    assert history[-1].accuracy == history[-1].validation_accuracy == 1.0
    assert history[-1].validation_loss < history[0].loss / 5
    assert len(history) == 150
    assert str(history).splitlines()[-1].split()[0] == "150"


def test_the_same_seed_gives_the_same_run():
    def run(seed):
        mlp = MLP([2, 3, 1], seed=0)
        history = fit(mlp, XOR, loss="binary_cross_entropy", epochs=3, batch_size=2, seed=seed)
        return numbers(mlp), history

    assert run(1) == run(1) != run(2)


def test_minibatches_visit_every_row_once_and_differ_by_epoch():
    epochs = [list(minibatches(23, 5, seed=0, epoch=e)) for e in (0, 1)]
    for batches in epochs:
        assert sorted(row for batch in batches for row in batch) == list(range(23))
    assert epochs[0] != epochs[1]


def test_a_callback_that_returns_true_ends_the_run():
    history = fit(MLP([2, 1], seed=0), XOR, loss="quadratic", epochs=9, callbacks=[lambda h: len(h) == 4])
    assert len(history) == 4


def test_every_callback_sees_every_epoch_also_the_one_that_ends_the_run():
    seen = []
    callbacks = [lambda h: len(h) == 2, lambda h: seen.append(len(h))]
    fit(MLP([2, 1], seed=0), XOR, loss="quadratic", epochs=9, callbacks=callbacks)
    assert seen == [1, 2]


def test_a_step_that_leaves_the_floats_leaves_the_parameters():
    mlp = MLP([1, 1], "exp", output="exp", seed=0)
    before = numbers(mlp)
    with pytest.raises(autograd.RangeError, match="exp") as raised:
        fit(mlp, ([[0.0], [1e6]], [0.0, 0.0]), loss="quadratic", epochs=1)
    assert raised.value.__notes__[0] in [
        f"in epoch 1, on rows {rows}; the last good step is kept" for rows in ("0, 1", "1, 0")
    ]
    assert raised.value.node.op == "exp"
    assert numbers(mlp) == before


def test_clip_norm_and_l2_change_the_step_as_they_say():
    def step(**settings):
        mlp = MLP([2, 1], seed=0)
        before = numbers(mlp)
        fit(
            mlp,
            ([[3.0, 4.0]], [100.0]),
            loss="quadratic",
            optimizer=SGD(mlp.parameters(), lr=1.0),
            epochs=1,
            **settings,
        )
        return [p - q for p, q in zip(numbers(mlp), before)], before

    plain, start = step()
    clipped, _ = step(clip_norm=0.5)
    assert math.hypot(*clipped) == pytest.approx(0.5, rel=1e-4)
    assert [c / p for c, p in zip(clipped, plain)] == pytest.approx([0.5 / math.hypot(*plain)] * 3, rel=1e-4)
    penalised, _ = step(l2=0.1)
    assert penalised == pytest.approx([p - 0.2 * s for p, s in zip(plain, start)])


def test_the_optimizer_may_be_named():
    def run(optimizer):
        mlp = MLP([2, 3, 1], seed=0)
        fit(mlp, XOR, loss="binary_cross_entropy", optimizer=optimizer(mlp), epochs=2)
        return numbers(mlp)

    assert run(lambda mlp: "adam") == run(lambda mlp: Adam(mlp.parameters(), lr=0.01))
    assert run(lambda mlp: "sgd") == run(lambda mlp: SGD(mlp.parameters(), lr=0.1))


def test_numpy_arrays_are_welcome():
    mlp, other = MLP([2, 3, 1], seed=0), MLP([2, 3, 1], seed=0)
    fit(mlp, XOR, loss="binary_cross_entropy", epochs=2)
    fit(other, (numpy.array(XOR[0]), numpy.array(XOR[1])), loss="binary_cross_entropy", epochs=2)
    assert numbers(mlp) == numbers(other)


def test_the_collector_is_paused_and_restored_on_errors_too():
    seen = []
    mlp = MLP([2, 1], seed=0)
    fit(mlp, XOR, loss="quadratic", epochs=1, callbacks=[lambda h: seen.append(gc.isenabled())])
    assert seen == [False]
    assert gc.isenabled()
    with pytest.raises(KeyError), paused_collector():
        raise KeyError
    assert gc.isenabled()
    gc.disable()
    try:
        with paused_collector():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_model_is_anything_with_outputs_and_parameters():
    class Line:
        def __init__(self):
            self.slope = Value(0.0)

        def __call__(self, x):
            return [self.slope * x[0]]

        def parameters(self):
            return [self.slope]

    line = Line()
    history = fit(line, ([[1.0], [2.0]], [3.0, 6.0]), loss="quadratic", optimizer="sgd", epochs=60)
    assert line.slope.data == pytest.approx(3.0, abs=1e-3)
    assert history[-1].accuracy is None


def test_predictions_and_accuracy():
    assert predict([0.1, 2.0, -1.0]) == 1
    assert [predict([z], loss="bce") for z in (-0.5, 0.0, 0.5)] == [0, 0, 1]
    with pytest.raises(ValueError, match="says a class only with the loss"):
        predict([0.5])
    assert accuracy([[0.1, 2.0], [3.0, 1.0]], [1, 1], None) == 0.5
    assert accuracy([[0.1, 2.0], [3.0, 1.0]], [0, 1], None) == 0.0
    assert accuracy([[0.1, 2.0], [3.0, 1.0]], [[0, 1], [1, 0]], None) == 1.0
    assert accuracy([[0.5], [-0.5]], [1, -1], 0.0) == 1.0
    assert accuracy([[0.75], [0.25]], [1, 0], 0.5) == 1.0
    assert accuracy([[0.5], [-0.5]], [1, 0], None) is None
    assert accuracy([[0.5]], [0.25], 0.5) is None


def test_evaluating_more_examples_takes_hardly_more_memory():
    mlp = MLP([10, 100, 2], seed=0)

    def peak(examples):
        data = [[0.5] * 10] * examples, [1] * examples
        tracemalloc.start()
        try:
            evaluate(mlp, data)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1)
    assert peak(100) < 4 * peak(10)


def test_quadratic_cost_of_classes_is_that_of_their_one_hot_vectors():
    mlp = MLP([2, 3], "sigmoid", output="sigmoid", seed=0)
    X = [[0.1, 0.2], [0.3, -0.4]]
    assert evaluate(mlp, X, [2, 0], loss="mse") == evaluate(mlp, X, [[0, 0, 1], [1, 0, 0]], loss="mse")


def test_the_digits_are_read_after_a_moment():
    (X, Y), _ = data.split(*data.digits())
    mlp = MLP([64, 10], seed=0)
    history = fit(mlp, (X[:300], Y[:300]), epochs=6)
    assert history[-1].accuracy > 0.9


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"loss": "mae"}, "no loss 'mae'; there are quadratic"),
        ({"data": ([], [])}, "no examples"),
        ({"data": ([[1.0, 2.0]], [7])}, "row 0 of the targets: .*target 7 is not an index"),
        ({"data": ([[1.0, 2.0]] * 3, [0, 1, -1])}, "row 2 of the targets: .*target -1"),
        ({"data": ([[1.0, 2.0]], [[0]]), "loss": "hinge"}, "row 0 of the targets: hinge: a label must be"),
        ({"validation": ([[1.0, 2.0]], [7])}, "row 0 of the targets"),
        (
            {"data": ([[1.0, 2.0]], [[math.nan, 0.0]]), "loss": "quadratic"},
            "row 0 of the targets is not finite",
        ),
        ({"optimizer": "lion"}, "no optimizer 'lion'; there are sgd, adam"),
        ({"epochs": 0}, "epochs must be at least 1"),
        ({"batch_size": 0}, "batch_size must be at least 1"),
        ({"l2": -1.0}, "l2 must be at least 0"),
        ({"clip_norm": 0.0}, "clip_norm must be above 0"),
        ({"optimizer": SGD([Value(1.0)])}, "would move none of the model's"),
        ({"data": ([[1.0]], [0])}, "takes 2 inputs, not 1"),
    ],
)
def test_mistakes_are_named(arguments, message):
    mlp = MLP([2, 2], seed=0)
    with pytest.raises(ValueError, match=message):
        fit(mlp, **{"data": XOR} | arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"epochs": 1.5}, "epochs must be a whole number, not 1.5"),
        ({"batch_size": None}, "batch_size must be a whole number, not None"),
        ({"optimizer": SGD}, r"made as SGD\(model, lr"),
        ({"callbacks": early_stopping()}, "callbacks must be a list"),
        ({"callbacks": [None]}, "callbacks must be a list"),
        ({"data": (*XOR, 1)}, "not a tuple of 3"),
        (
            {"data": (XOR[0], ["no", "yes", "yes", "no"])},
            r"row 0 of the targets is text, 'no': number the classes, as in names = sorted\(set\(Y\)\)",
        ),
        ({"data": (XOR[0], [[0], [1], ["1"], [0]]), "loss": "quadratic"}, "row 2 of the targets is text"),
        ({"l2": "0.1"}, "l2 must be a number, not '0.1'"),
        ({"clip_norm": "1"}, "clip_norm must be a number above 0, not '1'"),
        ({"loss": lambda outputs, y: None}, "the loss must return a number for each example, not None"),
        ({"loss": lambda outputs, y: outputs}, r"the loss must return a number for each example, not \["),
        ({"model": MLP}, "not the class MLP"),
        ({"model": lambda x: Value(1.0)}, "must return a list of outputs, even of one, not Value"),
        ({"engine": "compiled", "arrays": "torch"}, r"not its name: import torch; program.to\(torch\)"),
        ({"model": lambda x: [Value(1.0)] * 2}, r"a model has parameters\(\).*; <function.* has none"),
    ],
)
def test_what_is_of_another_kind_is_named(arguments, message):
    with pytest.raises(TypeError, match=message):
        fit(**{"model": MLP([2, 2], seed=0), "data": XOR} | arguments)


def test_callbacks_from_a_generator_are_asked_after_every_epoch():
    seen = []
    fit(MLP([2, 2], seed=0), XOR, epochs=3, callbacks=(call for call in [lambda h: seen.append(len(h))]))  # pyright: ignore[reportArgumentType]
    assert seen == [1, 2, 3]


def test_a_mistake_in_the_validation_examples_says_so():
    with pytest.raises(ValueError, match="takes 2 inputs, not 1") as raised:
        fit(MLP([2, 2], seed=0), XOR, validation=([[1.0]], [1]))
    assert raised.value.__notes__ == ["in the validation examples"]


@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_cross_entropy_is_refused_where_it_teaches_nothing_or_the_wrong_thing(engine):
    with pytest.raises(ValueError, match=r"there is one output: use loss=.binary_cross_entropy"):
        fit(MLP([2, 1], seed=0), (XOR[0], [0, 0, 0, 0]), engine=engine)
    with pytest.raises(ValueError, match="takes logits"):
        fit(MLP([2, 2], output="softmax", seed=0), XOR, engine=engine)


@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_a_target_too_large_to_square_is_met_by_the_step_that_keeps_the_parameters(engine):
    mlp = MLP([2, 1], seed=0)
    before = numbers(mlp)
    with pytest.raises(ArithmeticError) as raised:
        fit(mlp, (XOR[0], [0.0, 1.0, 1e200, 0.0]), loss="quadratic", engine=engine)
    assert raised.value.__notes__[0].startswith("in epoch 1, on rows")
    assert numbers(mlp) == before


def test_a_loss_may_be_a_plain_number_where_nothing_is_to_be_learnt():
    mlp = MLP([2, 1], seed=0)
    before = numbers(mlp)
    history = fit(mlp, XOR, loss=lambda outputs, y: 0.25, optimizer="sgd", epochs=1)
    assert history[-1].loss == 0.25
    assert numbers(mlp) == before


def test_a_history_says_in_a_line_how_it_ended():
    history = fit(MLP([2, 2], seed=0), XOR, epochs=2)
    assert repr(history) == f"History(2 epochs, the last: {history[-1]})"


def test_a_history_plots_itself():
    matplotlib = pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    matplotlib.use("Agg")
    history = fit(MLP([2, 1], seed=0), XOR, loss="quadratic", epochs=3)
    [line] = history.plot().get_lines()
    assert list(line.get_ydata()) == [epoch.loss for epoch in history.epochs]
