"""Every pairing of an output with a loss is right in all places, or refused before the first step."""

import pytest

import autograd
import nn
from nn import MLP, evaluate, fit, predict
from nn.training import losses
from nn.training.fitting import minibatches

X = [[0.1 * k, 0.3 - 0.05 * k] for k in range(8)]
LABELS = [k % 2 for k in range(8)]
THREE = [k % 3 for k in range(8)]
SIDES = [2 * label - 1 for label in LABELS]

# (loss, output, outputs): what a single output must exceed to say 1, "largest", or None for no class
RIGHT = {
    ("quadratic", "identity", 1): None,
    ("quadratic", "tanh", 1): None,
    ("quadratic", "sigmoid", 1): 0.5,
    ("quadratic", "identity", 3): "largest",
    ("quadratic", "sigmoid", 3): "largest",
    ("quadratic", "softmax", 3): "largest",
    ("mean_squared_error", "identity", 1): None,
    ("mean_squared_error", "sigmoid", 1): 0.5,
    ("mean_squared_error", "softmax", 3): "largest",
    ("cross_entropy", "identity", 3): "largest",
    ("cross_entropy", "tanh", 3): "largest",
    ("binary_cross_entropy", "identity", 1): 0.0,
    ("binary_cross_entropy", "tanh", 1): 0.0,
    ("binary_cross_entropy", "identity", 3): "largest",
    ("binary_cross_entropy_of_probabilities", "sigmoid", 1): 0.5,
    ("binary_cross_entropy_of_probabilities", "sigmoid", 3): "largest",
    ("cross_entropy_of_probabilities", "softmax", 3): "largest",
    ("hinge", "identity", 1): 0.0,
    ("hinge", "tanh", 1): 0.0,
}
REFUSED = {
    ("cross_entropy", "identity", 1): "there is one output",
    ("cross_entropy", "sigmoid", 1): "there is one output",
    ("cross_entropy", "sigmoid", 3): "takes logits, and these are outputs of sigmoid",
    ("cross_entropy", "softmax", 3): "takes logits, and these are outputs of softmax",
    ("binary_cross_entropy", "sigmoid", 1): "takes logits, .* the loss binary_cross_entropy_of_probabilities",
    ("binary_cross_entropy", "sigmoid", 3): "takes logits",
    ("binary_cross_entropy", "softmax", 3): "takes logits",
    ("binary_cross_entropy_of_probabilities", "identity", 1): 'takes probabilities: .*output="sigmoid"',
    ("binary_cross_entropy_of_probabilities", "relu", 3): "takes probabilities",
    ("cross_entropy_of_probabilities", "identity", 3): 'takes probabilities: .*output="softmax"',
    ("cross_entropy_of_probabilities", "sigmoid", 3): "takes probabilities",
    ("cross_entropy_of_probabilities", "sigmoid", 1): "there is one output",
    ("hinge", "sigmoid", 1): "hinge takes numbers of both signs",
    ("hinge", "softmax", 3): "hinge takes numbers of both signs",
}


def targets(loss, outputs):
    return SIDES if loss == "hinge" else LABELS if outputs == 1 else THREE


@pytest.mark.parametrize("engine", ["eager", "compiled"])
@pytest.mark.parametrize("pairing", RIGHT, ids=str)
def test_a_pairing_that_fits_is_right_everywhere(pairing, engine):
    loss, output, outputs = pairing
    decides = RIGHT[pairing]
    Y = targets(loss, outputs)

    def says(a):
        return max(range(outputs), key=lambda k: a[k]) if decides == "largest" else int(a[0] > decides)

    mlp = MLP([2, 4, outputs], output=output, seed=2)
    before = [[v.data for v in mlp(x)] for x in X]
    history = fit(mlp, X, Y, loss=loss, epochs=1, batch_size=8, engine=engine, validation=(X, Y))
    after = [[v.data for v in mlp(x)] for x in X]
    measured, accuracy = evaluate(mlp, X, Y, loss=loss)
    cost = getattr(losses, loss)
    assert measured == pytest.approx(sum(cost(a, y) for a, y in zip(after, Y)) / 8)
    assert measured == pytest.approx(history[0].validation_loss)
    assert accuracy == history[0].validation_accuracy
    if decides is None:
        assert accuracy is history[0].accuracy is None
        with pytest.raises(ValueError, match="says a class only with the loss"):
            predict(mlp, X, loss=loss)
        return
    classes = [max(y, 0) for y in Y]
    assert accuracy == sum(says(a) == y for a, y in zip(after, classes)) / 8
    assert history[0].accuracy == sum(says(a) == y for a, y in zip(before, classes)) / 8
    assert predict(mlp, X, loss=loss) == [says(a) for a in after]
    if outputs > 1 or output == "sigmoid":  # then no loss is needed to tell
        assert predict(mlp, X) == [predict(mlp(x)) for x in X] == [says(a) for a in after]


@pytest.mark.parametrize("engine", ["eager", "compiled"])
@pytest.mark.parametrize("pairing", REFUSED, ids=str)
def test_a_pairing_that_does_not_fit_is_refused_before_the_first_step(pairing, engine):
    loss, output, outputs = pairing
    mlp = MLP([2, 4, outputs], output=output, seed=2)
    before = [p.data for p in mlp.parameters()]
    with pytest.raises(ValueError, match=REFUSED[pairing]):
        fit(mlp, X, targets(loss, outputs), loss=loss, engine=engine)
    with pytest.raises(ValueError, match=REFUSED[pairing]):
        evaluate(mlp, X, targets(loss, outputs), loss=loss)
    with autograd.no_grad(), pytest.raises(ValueError, match=REFUSED[pairing]):  # no graph tells there
        evaluate(mlp, X, targets(loss, outputs), loss=loss)
    assert [p.data for p in mlp.parameters()] == before


def test_a_solved_xor_of_probabilities_counts_as_solved():
    xor = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    mlp = MLP([2, 4, 1], output="sigmoid", seed=1)
    loss = "binary_cross_entropy_of_probabilities"
    history = fit(mlp, *xor, loss=loss, optimizer="sgd", lr=0.5, epochs=300, batch_size=4)
    assert history[-1].accuracy == evaluate(mlp, *xor, loss=loss)[1] == 1.0
    assert predict(mlp, xor[0]) == xor[1]


def test_a_model_of_ones_own_is_known_by_the_operation_of_its_outputs():
    class Squashed:
        def __init__(self):
            self.inner = MLP([2, 1], seed=0)

        def __call__(self, x):
            return [autograd.sigmoid(z) for z in self.inner(x)]

        def parameters(self):
            return self.inner.parameters()

    with pytest.raises(ValueError, match="outputs of sigmoid"):
        fit(Squashed(), X, LABELS, loss="bce")
    assert predict(Squashed(), X) == [int(a.data > 0.5) for [a] in map(Squashed(), X)]


def test_short_names_are_the_same_losses():
    assert [losses.named(name) for name in ("mse", "ce", "bce")] == [
        nn.mean_squared_error, nn.cross_entropy, nn.binary_cross_entropy,
    ]  # fmt: skip


def test_the_learning_rate_is_for_an_optimizer_by_name():
    def trained(**settings):
        mlp = MLP([2, 1], seed=0)
        fit(mlp, X, LABELS, loss="bce", epochs=1, **settings)
        return [p.data for p in mlp.parameters()]

    assert trained(optimizer="sgd", lr=0.5) != trained(optimizer="sgd")
    mlp = MLP([2, 1], seed=0)
    for rows in minibatches(8, 10, seed=0, epoch=0):
        (
            autograd.sum(nn.binary_cross_entropy(mlp(X[row]), LABELS[row]) for row in rows) / len(rows)
        ).backward()
    expected = [p.data - 0.5 * p.grad for p in mlp.parameters()]
    assert trained(optimizer="sgd", lr=0.5) == pytest.approx(expected, rel=1e-12)
    mlp = MLP([2, 1], seed=0)
    with pytest.raises(ValueError, match="lr is for an optimizer that is given by its name"):
        fit(mlp, X, LABELS, loss="bce", optimizer=nn.SGD(mlp), lr=0.1)
