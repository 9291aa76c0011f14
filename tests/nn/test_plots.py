"""Training pictures: what is in the axes, read back from matplotlib."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname

import numpy
import pytest

from nn import MLP, Epoch, History, fit
from nn.views import plots

XOR = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]


@pytest.fixture
def axes():
    matplotlib = pytest.importorskip("matplotlib", reason="plots need the extra `plot`")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    yield pyplot.subplots(layout="constrained")[1]
    pyplot.close("all")


def test_the_history_has_a_curve_per_figure(axes):
    history = History([Epoch(1.0, 0.5, 1.2, 0.4), Epoch(0.5, 0.75, 0.9, 0.6)])
    assert plots.plot_history(history, axes) is axes
    loss, accuracy = axes.figure.axes
    assert [list(line.get_ydata()) for line in loss.lines] == [[1.0, 0.5], [1.2, 0.9]]
    assert [list(line.get_ydata()) for line in accuracy.lines] == [[0.5, 0.75], [0.4, 0.6]]
    assert [line.get_linestyle() for line in loss.lines] == ["-", "--"]


def test_a_history_without_classes_has_no_accuracy(axes):
    plots.plot_history(History([Epoch(1.0), Epoch(0.5)]), axes)
    assert len(axes.figure.axes) == 1
    with pytest.raises(ValueError, match="no epochs"):
        plots.plot_history(History(), axes)


def crossings(contour):
    """x at every row of the grid that a contour crosses."""
    return [x for path in contour.get_paths() for x, _ in path.vertices]


def test_the_boundary_is_where_the_output_changes_sign(axes):
    def model(x):
        return [x[0] - 0.5]

    plots.plot_decision_boundary(model, XOR, ax=axes, resolution=11, loss="hinge")
    mesh, contour = axes.collections[:2]
    assert mesh.get_array().size == 121
    assert crossings(contour) == pytest.approx([0.5] * 11, abs=1e-9)
    with pytest.raises(ValueError, match="pairs"):
        plots.plot_decision_boundary(model, [[1.0]], [0], axes)
    with pytest.raises(ValueError, match="no examples"):
        plots.plot_decision_boundary(model, [], [], axes)


@pytest.mark.parametrize("output", ["sigmoid", "identity"])
def test_a_probability_is_decided_at_one_half_a_logit_at_zero(axes, output):
    """On the same network: the boundary of z > 0 is that of σ(z) > ½."""
    mlp = MLP([2, 1], output=output, init=lambda rng, n, m: ([1.0, 0.0], -0.5))
    loss = None if output == "sigmoid" else "binary_cross_entropy"
    plots.plot_decision_boundary(mlp, XOR, ax=axes, resolution=11, loss=loss)
    assert crossings(axes.collections[1]) == pytest.approx([0.5] * 11, abs=1e-2)
    with pytest.raises(ValueError, match="says a class only with the loss"):
        plots.plot_decision_boundary(MLP([2, 1]), XOR, ax=axes)


def test_plots_take_what_fit_takes(axes):
    drawn = []
    for data in ((XOR,), XOR, (list(zip(*XOR)),), (numpy.array(XOR[0]), numpy.array(XOR[1]))):
        axes.clear()
        plots.plot_decision_boundary(lambda x: [x[0], x[1]], *data, ax=axes, resolution=5)
        drawn.append([part.get_offsets().tolist() for part in axes.collections[1:]])
    assert drawn == [drawn[0]] * 4
    for X in (XOR[0], numpy.array(XOR[0])):
        axes.clear()
        plots.plot_activations(MLP([2, 3], seed=0), X, axes)


@pytest.mark.parametrize(("suffix", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_a_plot_saves_itself_by_suffix(axes, tmp_path, suffix, start):
    path = plots.plot_history(History([Epoch(1.0), Epoch(0.5)]), axes).save(tmp_path / f"history.{suffix}")
    assert path.read_bytes().startswith(start)
    with pytest.raises(ValueError, match=r"a plot cannot be saved as \.mp3"):
        plots.plot_history(History([Epoch(1.0)]), axes).save(tmp_path / "history.mp3")
    assert [path.name for path in tmp_path.iterdir()] == [f"history.{suffix}"]


def test_a_plot_opens_in_a_browser(axes, monkeypatch):
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    plots.plot_history(History([Epoch(1.0), Epoch(0.5)]), axes).show()
    page = Path(url2pathname(urlparse(opened[0]).path))
    assert "<svg" in page.read_text("utf-8")
    page.unlink()


def test_several_outputs_colour_the_largest(axes):
    plots.plot_decision_boundary(lambda x: [x[0], x[1]], XOR, ax=axes, resolution=5)
    classes = axes.collections[0].get_array().reshape(5, 5)
    assert classes[0][4] == 0
    assert classes[4][0] == 1


@pytest.mark.parametrize("targets", [[[0], [1], [1], [0]], [[1, 0], [0, 1], [0, 1], [1, 0]]])
def test_points_are_grouped_by_class_however_targets_are_written(axes, targets):
    plots.plot_decision_boundary(lambda x: [x[0], x[1]], XOR[0], targets, axes, resolution=5)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["0", "1"]


def test_saturation_is_seen_in_the_gradients_of_the_first_layer(axes):
    mlp, norms = MLP([2, 4, 4, 1], activation="sigmoid", seed=1), []
    for parameter in mlp.layers[1].parameters():
        parameter.data *= 40
    fit(
        mlp,
        XOR,
        loss="binary_cross_entropy",
        epochs=3,
        callbacks=[lambda history: norms.append(plots.gradient_norms(mlp))],
    )
    assert norms[0][0] < norms[0][2]
    plots.plot_gradient_norms(norms, axes)
    assert [list(line.get_ydata()) for line in axes.lines] == [
        list(layer) for layer in zip(*norms, strict=True)
    ]
    assert axes.get_yscale() == "log"
    with pytest.raises(ValueError, match="nothing was recorded"):
        plots.plot_gradient_norms([], axes)


def test_activations_are_counted_as_shares(axes):
    mlp = MLP([2, 3, 1], seed=1)
    plots.plot_activations(mlp, XOR[0], axes, bins=10)
    assert len(axes.patches) == 2
    with pytest.raises(ValueError, match="no examples"):
        plots.plot_activations(mlp, [], axes)


def test_without_matplotlib_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"stepgrad\[plot\]"):
        plots.plot_history(History([Epoch(1.0)]))
