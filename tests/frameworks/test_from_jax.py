"""JAX functions as graphs of Values: the same numbers, the names of the arguments, and what is refused."""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable
from typing import Any

import numpy
import pytest

import autograd
from autograd import Difference, Value, draw, explain, from_jax, step, topological_order

jax = pytest.importorskip("jax", reason='JAX is not installed: pip install "stepgrad[jax]"')
jnp, lax, nn = jax.numpy, jax.lax, jax.nn


@pytest.fixture(autouse=True)
def _doubles():
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


def randn(*shape: int, seed: int = 0) -> Any:
    return jax.random.normal(jax.random.key(seed + sum(shape) + 10 * len(shape)), shape)


def mlp(params: Any, x: Any) -> Any:
    h = jnp.tanh(x @ params[0]["w"] + params[0]["b"])
    return h @ params[1]["w"] + params[1]["b"]


def mlp_params() -> Any:
    return [{"w": randn(2, 3), "b": randn(3)}, {"w": randn(3, 2), "b": randn(2)}]


def classifier(params: Any, x: Any, targets: Any) -> Any:
    scores = nn.log_softmax(mlp(params, x))
    return -jnp.mean(jnp.take_along_axis(scores, targets[:, None], axis=1))


def cnn(w: Any, v: Any, x: Any) -> Any:
    y = nn.relu(lax.conv_general_dilated(x, w, (1, 1), "SAME"))
    y = lax.reduce_window(y, -jnp.inf, lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")
    return (y.reshape(1, -1) @ v).sum()


def channels_last(w: Any, u: Any, x: Any) -> Any:
    settings = {"rhs_dilation": (2,), "dimension_numbers": ("NWC", "WIO", "NWC"), "feature_group_count": 2}
    y = lax.conv_general_dilated(x, w, (2,), "VALID", **settings)
    y = lax.reduce_window(y, 0.0, lax.add, (1, 2, 1), (1, 1, 1), "SAME") / 2
    y = lax.conv_transpose(y, u, (2,), "SAME", dimension_numbers=("NWC", "WIO", "NWC"))
    return (y**2).sum()


def layer_norm(gain: Any, bias: Any, x: Any) -> Any:
    mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return (x - mean) / jnp.sqrt(variance + 1e-5) * gain + bias


def rnn(params: Any, xs: Any) -> Any:
    def cell(h: Any, x: Any) -> Any:
        h = jnp.tanh(params["u"] @ h + params["w"] @ x)
        return h, h.sum()

    _, ys = lax.scan(cell, jnp.zeros(3), xs)
    return (ys**2).sum()


def reversed_scan(u: Any, xs: Any) -> Any:
    h, ys = lax.scan(lambda h, x: (jnp.sin(u * h + x), h), 0.5, xs, reverse=True)
    return h + (ys * jnp.arange(4.0)).sum()


def lstm(params: Any, xs: Any) -> Any:
    def cell(state: Any, x: Any) -> Any:
        h, c = state
        i, f, g, o = jnp.split(params["w"] @ jnp.concatenate([x, h]) + params["b"], 4)
        c = nn.sigmoid(f) * c + nn.sigmoid(i) * jnp.tanh(g)
        return (nn.sigmoid(o) * jnp.tanh(c), c), None

    (h, _), _ = lax.scan(cell, (jnp.zeros(2), jnp.zeros(2)), xs)
    return h.sum()


def attention(params: Any, x: Any) -> Any:
    q, k, v = (x @ params[name] for name in "qkv")
    scores = jnp.where(jnp.tril(jnp.ones((3, 3), bool)), q @ k.T / jnp.sqrt(2.0), -jnp.inf)
    return nn.softmax(scores) @ v


def gpt(params: Any, ids: Any, targets: Any) -> Any:
    x = params["wte"][ids] + params["wpe"]
    q, k, v = jnp.split(nn.standardize(x) @ params["qkv"], 3, axis=-1)
    scores = jnp.where(jnp.tril(jnp.ones((4, 4), bool)), q @ k.T / 2.0, -jnp.inf)
    x = x + nn.softmax(scores) @ v
    x = x + nn.gelu(nn.standardize(x) @ params["up"]) @ params["down"]
    logits = nn.standardize(x) @ params["wte"].T
    return -jnp.take_along_axis(nn.log_softmax(logits), targets[:, None], 1).mean()


def vae(params: Any, key: Any, x: Any) -> Any:
    mu, logvar = x @ params["mu"], x @ params["logvar"]
    z = mu + jnp.exp(0.5 * logvar) * jax.random.normal(key, mu.shape)
    logits = z @ params["out"]
    reconstruction = jnp.sum(nn.softplus(logits) - nn.sigmoid(x) * logits)
    return reconstruction - 0.5 * jnp.sum(1 + logvar - mu**2 - jnp.exp(logvar))


def dropout(w: Any, key: Any, x: Any) -> Any:
    mask = jax.random.bernoulli(key, 0.5, x.shape)
    return (jnp.where(mask, x / 0.5, 0.0) @ w).sum()


@jax.jit
def dense(w: Any, x: Any) -> Any:
    return nn.relu(w @ x)


def named(w: Any, x: Any) -> Any:
    with jax.named_scope("encoder"):
        h = jnp.tanh(x @ w)
    with jax.named_scope("decoder"):
        return ((h @ w.T - x) ** 2).sum()


def stopped(x: Any) -> Any:
    return ((jnp.tanh(x) - lax.stop_gradient(jnp.tanh(x)) * 0.5) ** 2).sum() + jnp.sum(x * (x > 0))


def inner_grad(w: Any, x: Any) -> Any:
    slope = jax.grad(lambda w: jnp.sum(jnp.tanh(w * 2)))(w)
    return jax.vmap(lambda row: jnp.vdot(w, row) ** 3)(x).sum() + slope.sum()


def indexing(x: Any) -> Any:
    y = x.at[0].set(2.0 * x[1]).at[1].add(x[2]).sort(axis=1)[::-1].cumsum(0)
    return (
        (y * jnp.roll(x, 1, 0)).sum()
        + jnp.pad(x[0], 1, constant_values=2.0).prod()
        + jnp.einsum("ij,kj->ik", x, x).max()
        + jnp.stack([x[0], x[1]]).std()
        + lax.top_k(x[0], 2)[0][1]
        + (x[jnp.array([0, 2])] * lax.dynamic_slice(x, (1, 0), (2, 3))).sum()
    )


SHAPES = {"wte": (5, 4), "wpe": (4, 4), "qkv": (4, 12), "up": (4, 8), "down": (8, 4)}  # of the GPT
MODELS: dict[str, Callable[[], tuple[Any, ...]]] = {
    "MLP": lambda: (classifier, mlp_params(), randn(2, 2), jnp.array([0, 1])),
    "mean squared error": lambda: (lambda w, x: jnp.mean((x @ w - 1.0) ** 2), randn(3), randn(4, 3)),
    "CNN": lambda: (cnn, randn(2, 1, 3, 3), randn(8, 2), randn(1, 1, 4, 4)),
    "CNN, channels last": lambda: (channels_last, randn(2, 1, 4), randn(3, 4, 2), randn(1, 7, 2)),
    "embedding": lambda: (
        lambda e, w, ids: nn.logsumexp(e[ids] @ w, axis=-1).sum(),
        randn(5, 3),
        randn(3, 2),
        jnp.array([1, 4, 1]),
    ),
    "layer norm": lambda: (layer_norm, randn(3), randn(3, seed=1), randn(2, 3)),
    "batch norm": lambda: (lambda gain, x: nn.standardize(x, axis=0) * gain, randn(3), randn(4, 3)),
    "RNN": lambda: (rnn, {"u": randn(3, 3), "w": randn(3, 2)}, randn(4, 2)),
    "reversed scan": lambda: (reversed_scan, randn(), randn(4)),
    "LSTM": lambda: (lstm, {"w": randn(8, 5), "b": randn(8)}, randn(3, 3)),
    "attention": lambda: (attention, {n: randn(3, 2, seed=i) for i, n in enumerate("qkv")}, randn(3, 3)),
    "dot_product_attention": lambda: (
        lambda q, k, v: nn.dot_product_attention(q, k, v, is_causal=True),
        *(randn(1, 3, 2, 2, seed=seed) for seed in range(3)),
    ),
    "GPT": lambda: (
        gpt,
        {
            n: randn(*s)
            for n, s in {"wte": (5, 4), "wpe": (4, 4), "qkv": (4, 12), "up": (4, 8), "down": (8, 4)}.items()
        },
        jnp.array([0, 2, 1, 4]),
        jnp.array([2, 1, 4, 3]),
    ),
    "VAE": lambda: (
        vae,
        {"mu": randn(3, 2), "logvar": randn(3, 2, seed=1), "out": randn(2, 3)},
        jax.random.key(3),
        randn(2, 3),
    ),
    "dropout": lambda: (dropout, randn(3), jax.random.key(1), randn(4, 3)),
    "cond": lambda: (
        lambda x: lax.cond(x.sum() > 0, jnp.sin, jnp.square, x).sum(),
        randn(3),
    ),
    "switch": lambda: (lambda x, i: lax.switch(i, [jnp.sin, jnp.cos, jnp.tanh], x).sum(), randn(3), 1),
    "where": lambda: (lambda x: jax.vmap(lambda v: jnp.where(v > 0, v, 0.1 * v))(x).sum(), randn(3)),
    "vmap and an inner grad": lambda: (inner_grad, randn(3), randn(2, 3)),
    "jit": lambda: (lambda w, v, x: dense(v, dense(w, x)).sum(), randn(3, 2), randn(2, 3), randn(2)),
    "named scopes": lambda: (named, randn(3, 2), randn(2, 3)),
    "stop_gradient": lambda: (stopped, randn(3)),
    "fori_loop": lambda: (
        lambda x: lax.fori_loop(0, 3, lambda i, v: jnp.sin(v) * (i + 1.0), x).sum(),
        randn(3),
    ),
    "checkpoint": lambda: (lambda x: jax.checkpoint(lambda x: jnp.sin(jnp.exp(x)))(x).sum(), randn(3)),
    "map": lambda: (lambda x: lax.map(lambda row: nn.softmax(row)[0], x).sum(), randn(3, 2)),
    "indexing": lambda: (indexing, randn(3, 3)),
}
ACTIVATIONS = """
    celu elu gelu glu hard_sigmoid hard_silu hard_tanh leaky_relu log_sigmoid log_softmax mish relu relu6 selu
    sigmoid silu soft_sign softmax softplus sparse_plus sparse_sigmoid squareplus tanh
"""
UNARY = """
    abs arccos arcsin arcsinh arctan arctanh cbrt ceil cos cosh exp exp2 expm1 floor log log10 log1p log2
    reciprocal round sign sin sinc sinh sqrt square tan tanh trunc
"""
BINARY = "add arctan2 divide floor_divide fmod hypot logaddexp maximum minimum mod multiply power subtract"


def agree(f: Any, *args: Any) -> autograd.Imported:
    imported = from_jax(f, *args)
    comparison = imported.compare()
    assert comparison.agrees, comparison
    assert comparison.rows[-1].kind == "gradient"
    return imported


@pytest.mark.parametrize("name", MODELS)
def test_models_have_the_same_numbers(name):
    agree(*MODELS[name]())


def test_activations_have_the_same_numbers():
    x = 2 * randn(2, 4)
    for name in ACTIVATIONS.split():
        agree(getattr(nn, name), x)


def test_functions_have_the_same_numbers():
    x, y = jnp.array([0.3, 0.7]), jnp.array([0.6, 0.2])
    for name in UNARY.split():
        agree(getattr(jnp, name), x)
    for f in (lax.lgamma, lax.digamma, lax.erf_inv):
        agree(f, x)
    for name in BINARY.split():
        agree(getattr(jnp, name), x, y)


def test_kinks_and_ties_are_jaxs():
    at = jnp.array([-1.0, 0.0, 1.0, 6.0])
    for f in (
        nn.relu,
        nn.relu6,
        nn.hard_tanh,
        jnp.abs,
        lambda x: lax.clamp(-1.0, x, 1.0),
        lambda x: jnp.maximum(x, 0),
    ):
        agree(f, at)
    ties = jnp.array([2.0, 2.0, 1.0, 2.0])
    agree(jnp.max, ties)
    window = {"window_dimensions": (4,), "window_strides": (1,), "padding": "VALID"}
    agree(lambda x: lax.reduce_window(x, -jnp.inf, lax.max, **window), ties)


LAYERS: list[Callable[..., Any]] = [
    lambda p, x: x @ p,
    lambda p, x: jnp.tanh(x) + p[0],
    lambda p, x: nn.softmax(x @ p),
    lambda p, x: nn.silu(x) * p[1],
    lambda p, x: nn.relu(x @ p - 0.1),
    lambda p, x: nn.standardize(x),
    lambda p, x: jnp.where(x > 0.2, x, p[2] * x),
    lambda p, x: lax.scan(lambda h, row: (jnp.sin(h + row @ p), h), jnp.zeros(3), x)[1],
]


@pytest.mark.parametrize("seed", range(25))
def test_random_models(seed):
    rng = random.Random(seed)
    layers = [rng.choice(LAYERS) for _ in range(rng.randrange(2, 5))]

    def loss(params: Any, x: Any) -> Any:
        for layer, p in zip(layers, params, strict=True):
            x = x + layer(p, x)
        return (x**2).mean()

    agree(loss, [randn(3, 3, seed=seed + k) for k in range(len(layers))], randn(2, 3, seed=seed))


def test_a_number_beyond_the_range_of_float32_is_infinite_there():
    for ours, agrees in ((-1e308, True), (1e308, False), (-1e38, False)):
        row = Difference("value", "x", numpy.array([ours]), numpy.array([-math.inf]), "float32")
        assert row.agrees == agrees


def test_float32_compares_at_its_own_tolerance():
    jax.config.update("jax_enable_x64", False)
    assert agree(mlp, mlp_params(), randn(2, 2)).compare().largest > 1e-10


# Names and places


def test_leaves_have_the_names_of_the_arguments():
    imported = agree(classifier, mlp_params(), randn(2, 2), jnp.array([0, 1]))
    assert list(imported.leaves) == [
        "params[0]['b']",
        "params[0]['w']",
        "params[1]['b']",
        "params[1]['w']",
        "x",
    ]
    assert imported.leaves["params[0]['w']"][0, 2].label == "params[0]['w'][0, 2]"


def test_names_of_all_kinds_of_arguments():
    def f(a, /, *rest, scale, **more):
        return a * rest[0] * rest[1] * scale * more["b"]

    imported = agree(lambda *args: f(*args, scale=2.0, b=3.0), 1.0, 2.0, 3.0)
    assert list(imported.leaves) == ["args[0]", "args[1]", "args[2]"]
    imported = from_jax(f, 1.0, 2.0, 3.0, scale=2.0, b=3.0)
    assert set(imported.leaves) == {"a", "rest[0]", "rest[1]", "scale", "b"}


def paths_of(imported: autograd.Imported) -> set[str]:
    return {node.scope.path for node in topological_order(imported.output) if node.scope}


def test_scopes_are_jitted_functions_named_scopes_and_steps():
    assert {"encoder", "decoder"} <= {
        path.split("/")[0] for path in paths_of(from_jax(named, randn(3, 2), randn(2, 3)))
    }
    imported = from_jax(lambda w, v, x: dense(v, dense(w, x)).sum(), randn(3, 2), randn(2, 3), randn(2))
    assert {"dense", "dense 2"} <= {path.split("/")[0] for path in paths_of(imported)}
    imported = from_jax(rnn, {"u": randn(3, 3), "w": randn(3, 2)}, randn(4, 2))
    assert {f"step {k}" for k in range(4)} <= {path.split("/")[0] for path in paths_of(imported)}


def test_softmax_and_cross_entropy_are_single_nodes():
    assert {value.op for value in from_jax(nn.softmax, randn(3)).output} == {"softmax"}
    loss = from_jax(lambda x: -nn.log_softmax(x)[1], randn(3)).output
    assert loss.op == "cross_entropy"
    naive = from_jax(lambda x: jnp.exp(x) / jnp.exp(x).sum(), randn(3)).output
    assert {value.op for value in naive} == {"div"}


def test_pictures_steps_and_explanations_take_it():
    imported = from_jax(named, randn(3, 2), randn(2, 3))
    tree = draw(imported).tree(colour=False)
    assert "encoder" in tree
    assert "decoder" in tree
    assert step(imported).root is imported.output
    assert "w[0, 0].grad" in explain(imported)


def test_what_goes_through_stop_gradient_is_a_leaf_that_says_so():
    imported = from_jax(lambda w: w * 3 * lax.stop_gradient(w * 3), 2.0)
    assert "stop_gradient(mul_1)" in {node.label for node in topological_order(imported.output)}
    imported.output.backward()
    assert imported.leaves["w"].grad == 18.0  # not 36


def test_outputs_keep_their_containers():
    imported = from_jax(lambda x: {"a": [x * 2], "n": jnp.arange(2)}, 1.0)
    assert isinstance(imported.output["a"][0], Value)
    assert imported.output["n"].tolist() == [0, 1]


# Refusals


@jax.custom_jvp
def doubled(x):
    return x * 2


doubled.defjvp(lambda primals, tangents: (primals[0] * 2, tangents[0] * 3))


def halved(x):
    return lax.while_loop(lambda v: v > 1, lambda v: v / 2, x)


@pytest.mark.parametrize(
    ("f", "name"),
    [
        (lambda x: jnp.linalg.inv(x).sum(), "lu"),
        (lambda x: doubled(x).sum(), "doubled, whose derivative is a custom_jvp of your own"),
        (lambda x: x.sum() + jnp.real((x + 1j * x) ** 2).sum(), "complex numbers, such as those of"),
        (lambda x: halved(x[0, 0]), "while, which JAX itself can't differentiate in reverse"),
    ],
)
def test_what_is_not_covered_is_refused_by_name_before_anything_is_built(f, name, monkeypatch):
    monkeypatch.setattr("autograd.frameworks.jax_graph.Interpreter", None)
    with pytest.raises(NotImplementedError, match=name) as caught:
        from_jax(f, randn(3, 3))
    assert "Nothing was built" in str(caught.value)
    assert "dot_general" in str(caught.value)


def test_too_many_scalars_are_refused_with_the_number(monkeypatch):
    monkeypatch.setattr("autograd.frameworks.jax_graph.Interpreter", None)
    with pytest.raises(ValueError, match=r"6,\d{3},\d{3} scalars.* A batch of 4 instead of 64"):
        from_jax(lambda w, x: nn.relu(x @ w).sum(), jnp.ones((100, 1000)), jnp.ones((64, 100)))


def test_a_result_without_a_gradient_is_refused():
    with pytest.raises(ValueError, match="depends on no argument of floats"):
        from_jax(lambda n: n + 1, 3)
    with pytest.raises(ValueError, match="the result is a constant"):
        from_jax(lambda x: x[:0].sum(), jnp.ones(3))


def test_without_jax_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(ImportError, match=r'from_jax needs JAX: pip install "stepgrad\[jax\]"'):
        from_jax(lambda x: x, 1.0)
