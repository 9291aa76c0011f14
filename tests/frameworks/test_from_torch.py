"""PyTorch models as graphs of Values: the same numbers, the names of the code, and what is refused."""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable
from typing import Any

import pytest

import autograd
from autograd import Value, draw, explain, from_torch, paths, scope, step, topological_order

torch = pytest.importorskip("torch", reason='PyTorch is not installed: pip install "stepgrad[torch]"')
nn, F = torch.nn, torch.nn.functional


@pytest.fixture(autouse=True)
def _doubles_from_one_seed():
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(1)
    yield
    torch.set_default_dtype(before)


def randn(*shape: int) -> Any:
    return torch.randn(*shape)


def classifier(*layers: Any) -> Callable[..., Any]:
    model = nn.Sequential(*layers)
    return lambda x, targets: F.cross_entropy(model(x), targets)


class Attention(nn.Module):
    def __init__(self, size: int, width: int) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(size, width, bias=False) for _ in range(3))

    def forward(self, x: Any) -> Any:
        q, k, v = self.query(x), self.key(x), self.value(x)
        weights = F.softmax(q @ k.T / math.sqrt(q.shape[-1]), dim=-1)
        return weights @ v


class Block(nn.Module):
    """A transformer's block with two heads, after nanoGPT."""

    def __init__(self, width: int, tokens: int) -> None:
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.c_attn, self.c_proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(
            nn.Linear(width, 2 * width), nn.GELU(approximate="tanh"), nn.Linear(2 * width, width)
        )
        self.register_buffer("mask", torch.tril(torch.ones(tokens, tokens)))

    def forward(self, x: Any) -> Any:
        batch, tokens, width = x.shape
        parts = self.c_attn(self.ln_1(x)).split(width, dim=2)
        q, k, v = (part.view(batch, tokens, 2, width // 2).transpose(1, 2) for part in parts)
        scores = q @ k.transpose(-2, -1) / math.sqrt(width // 2)
        scores = scores.masked_fill(self.mask[:tokens, :tokens] == 0, float("-inf"))
        y = (F.softmax(scores, dim=-1) @ v).transpose(1, 2).contiguous().view(batch, tokens, width)
        x = x + self.c_proj(y)
        return x + self.mlp(self.ln_2(x))


class GPT(nn.Module):
    def __init__(self, vocabulary: int, tokens: int, width: int) -> None:
        super().__init__()
        self.wte, self.wpe = nn.Embedding(vocabulary, width), nn.Embedding(tokens, width)
        self.h, self.ln_f = Block(width, tokens), nn.LayerNorm(width)
        self.lm_head = nn.Linear(width, vocabulary, bias=False)
        self.lm_head.weight = self.wte.weight  # tied

    def forward(self, ids: Any, targets: Any) -> Any:
        x = self.wte(ids) + self.wpe(torch.arange(ids.shape[1]))
        logits = self.lm_head(self.ln_f(self.h(x)))
        return F.cross_entropy(logits.view(-1, logits.shape[-1]), targets.view(-1))


def unrolled(cell: Any, xs: Any) -> Any:
    state = None
    for x in xs:
        state = cell(x[None], state)
    return (state[0] if isinstance(state, tuple) else state).pow(2).sum()


def vae() -> tuple[Any, ...]:
    encoder, decoder = nn.Linear(3, 4), nn.Linear(2, 3)

    def loss(x: Any) -> Any:
        mu, logvar = encoder(x).chunk(2, -1)
        z = mu + torch.randn_like(mu) * torch.exp(0.5 * logvar)
        reconstruction = F.binary_cross_entropy(
            torch.sigmoid(decoder(z)), x.sigmoid().detach(), reduction="sum"
        )
        return reconstruction - 0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())

    return loss, randn(2, 3)


def batch_norm(training: bool) -> tuple[Any, ...]:
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Tanh()).train(training)
    model[1].running_mean += 0.3
    return model, randn(4, 2)


def in_place() -> tuple[Any, ...]:
    def f(x: Any) -> Any:
        y = torch.zeros(3)
        y[0] = x[0] * 2
        y[1:] = x[1:].exp()
        y.mul_(x)
        y += 1
        return y.prod()

    return f, randn(3)


def under_no_grad() -> tuple[Any, ...]:
    w = randn(3).requires_grad_()

    def f(x: Any) -> Any:
        y = (w * x).clone()
        with torch.no_grad():
            largest = (w * x).abs().max()
            y.clamp_(min=0.1)  # changes the numbers, not the derivatives
        return (y * x / largest).pow(3).sum()

    return f, randn(3)


def gradient_penalty() -> tuple[Any, ...]:
    layer = nn.Linear(2, 3)

    def f(x: Any) -> Any:
        y = layer(x).tanh().sum()
        (slope,) = torch.autograd.grad(y, x, create_graph=True)
        return y + (slope**2).sum()

    return f, randn(2)


def reductions(x: Any) -> Any:
    return (
        (x.std(0) + x.max(dim=0).values + x.sort(dim=0).values[0]).sum()
        + (x.logsumexp(1) + x.amax(1) + x.prod(1) + torch.linalg.norm(x, dim=1)).sum()
        + (x.var() + x.norm() + x.median() + x.min() + x.norm(p=1) + x.norm(p=math.inf))
        + (x.cumsum(0)[1] + x.cumprod(0)[1] + x.topk(2, dim=0)[0][1]).sum()
    )


def indexing(x: Any) -> Any:
    rows = torch.cat([x[[0, 2]], x[1:2], torch.stack([x[0], x[1]])]).roll(1, 0).flip(1)
    return (
        rows.gather(1, torch.tensor([[0], [1], [2], [0], [1]])).pow(2).sum()
        + x.tril().pow(2).sum()
        + F.pad(x, (1, 1), value=2.0).prod(1).sum()
        + torch.einsum("ij,kj->ik", x, x).pow(2).sum()
        + x[x > 0].pow(2).sum()
        + x.index_select(1, torch.tensor([0, 0])).prod()
        + x.repeat(2, 1).pow(2).mean()
        + x.scatter_add(0, torch.tensor([[0, 1, 0]]), x[:1]).pow(2).sum()
    )


def resizing(x: Any) -> Any:
    results = [
        F.interpolate(x, scale_factor=2, mode="bilinear"),
        F.interpolate(x, scale_factor=2),
        F.avg_pool2d(x, 2, padding=1, count_include_pad=False, stride=1),
        F.adaptive_max_pool2d(x, 1),
        F.pixel_shuffle(x.repeat(1, 4, 1, 1), 2),
        F.pad(x, (1, 1, 1, 1), mode="reflect"),
        F.unfold(x, 2),
    ]
    return sum(result.pow(3).sum() for result in results)


MODELS: dict[str, Callable[[], tuple[Any, ...]]] = {
    "MLP": lambda: (
        classifier(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)),
        randn(2, 3),
        torch.tensor([1, 0]),
    ),
    "CNN": lambda: (
        classifier(
            nn.Conv2d(1, 2, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(2, 2, 2, stride=2),
            nn.Flatten(),
            nn.Linear(2, 3),
        ),
        randn(1, 1, 4, 4),
        torch.tensor([1]),
    ),
    "max pooling of equal numbers": lambda: (
        lambda x: (F.max_pool2d(x, 2) * F.max_pool2d(x, 2)).sum(),
        torch.ones(1, 1, 4, 4),
    ),
    "groups, dilation, transposed": lambda: (
        nn.Sequential(
            nn.Conv1d(2, 4, 3, groups=2, dilation=2, padding=2),
            nn.AvgPool1d(2),
            nn.ConvTranspose1d(4, 2, 3, stride=2, padding=1, output_padding=1, groups=2),
            nn.AdaptiveAvgPool1d(3),
        ),
        randn(2, 2, 6),
    ),
    "embedding and linear": lambda: (
        classifier(nn.Embedding(5, 3, padding_idx=0), nn.Linear(3, 5)),
        torch.tensor([1, 4, 0]),
        torch.tensor([1, 2, 0]),
    ),
    "layer norm": lambda: (nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4), nn.Linear(4, 1)), randn(2, 3)),
    "group norm": lambda: (nn.Sequential(nn.Conv1d(2, 4, 1), nn.GroupNorm(2, 4)), randn(2, 2, 3)),
    "RMS norm": lambda: (nn.RMSNorm(3), randn(2, 3)),
    "weight norm": lambda: (nn.utils.parametrizations.weight_norm(nn.Linear(3, 2)), randn(1, 3)),
    "batch norm in training": lambda: batch_norm(True),
    "batch norm in evaluation": lambda: batch_norm(False),
    "RNN cell": lambda: ((lambda cell: lambda xs: unrolled(cell, xs))(nn.RNNCell(2, 3)), randn(3, 2)),
    "LSTM cell": lambda: ((lambda cell: lambda xs: unrolled(cell, xs))(nn.LSTMCell(2, 3)), randn(3, 2)),
    "GRU cell": lambda: ((lambda cell: lambda xs: unrolled(cell, xs))(nn.GRUCell(2, 3)), randn(3, 2)),
    "LSTM": lambda: (
        (lambda lstm: lambda x: lstm(x)[0])(
            nn.LSTM(2, 2, num_layers=2, batch_first=True, bidirectional=True)
        ),
        randn(1, 3, 2),
    ),
    "attention": lambda: (Attention(3, 2), randn(3, 3)),
    "multi-head attention": lambda: (
        (lambda m: lambda x: m(x, x, x)[0])(nn.MultiheadAttention(4, 2, batch_first=True)),
        randn(1, 3, 4),
    ),
    "causal attention": lambda: (
        lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True),
        *(randn(1, 3, 2) for _ in range(3)),
    ),
    "transformer's encoder layer": lambda: (
        nn.TransformerEncoderLayer(4, 2, 8, dropout=0.1, batch_first=True),
        randn(1, 3, 4),
    ),
    "GPT": lambda: (GPT(5, 4, 4), torch.tensor([[0, 2, 1, 4]]), torch.tensor([[2, 1, 4, 3]])),
    "VAE": vae,
    "dropout": lambda: (nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5), nn.Linear(4, 1)), randn(1, 3)),
    "in-place operations": in_place,
    "no_grad": under_no_grad,
    "gradient penalty": gradient_penalty,
    "bilinear": lambda: (nn.Bilinear(2, 3, 2), randn(1, 2), randn(1, 3)),
    "reductions": lambda: (reductions, randn(3, 4)),
    "indexing": lambda: (indexing, randn(3, 3)),
    "resizing": lambda: (resizing, randn(1, 1, 3, 3)),
    "distances": lambda: (lambda x, y: torch.cdist(x, y), randn(2, 3), randn(3, 3)),
}
WITHOUT_SETTINGS = """
    celu elu gelu glu gumbel_softmax hardshrink hardswish hardtanh leaky_relu logsigmoid mish normalize
    relu relu6 rrelu selu sigmoid silu softplus softshrink softsign tanh tanhshrink
"""
ACTIVATIONS: dict[str, dict[str, Any]] = {
    **{name: {} for name in WITHOUT_SETTINGS.split()},
    **{name: {"dim": -1} for name in ("softmax", "log_softmax", "softmin")},
    "threshold": {"threshold": 0.1, "value": 0.2},
}
SIGNS = (1.0, -1.0, 1.0)
LOSSES: dict[str, Callable[[], tuple[Any, ...]]] = {
    "l1_loss": lambda: (F.l1_loss, randn(3), randn(3)),
    "mse_loss": lambda: (F.mse_loss, randn(3), randn(3)),
    "smooth_l1_loss": lambda: (F.smooth_l1_loss, 2 * randn(3), randn(3)),
    "huber_loss": lambda: (F.huber_loss, 2 * randn(3), randn(3)),
    "binary_cross_entropy": lambda: (F.binary_cross_entropy, torch.rand(3), torch.rand(3)),
    "with logits": lambda: (F.binary_cross_entropy_with_logits, randn(3), torch.rand(3)),
    "kl_div": lambda: (lambda x, y: F.kl_div(x, y, reduction="batchmean"), randn(2, 3), torch.rand(2, 3)),
    "poisson_nll_loss": lambda: (F.poisson_nll_loss, randn(3), torch.rand(3)),
    "gaussian_nll_loss": lambda: (F.gaussian_nll_loss, randn(3), randn(3), torch.rand(3)),
    "nll_loss": lambda: (F.nll_loss, randn(2, 3), torch.tensor([0, 2])),
    "cross_entropy, smoothed and weighted": lambda: (
        lambda x: F.cross_entropy(
            x, torch.tensor([0, 2]), label_smoothing=0.1, weight=torch.tensor([0.2, 0.5, 1.0])
        ),
        randn(2, 3),
    ),
    "cross_entropy of shares": lambda: (
        lambda x: F.cross_entropy(x, torch.tensor([[0.2, 0.3, 0.5]])),
        randn(1, 3),
    ),
    "cross_entropy, some ignored": lambda: (F.cross_entropy, randn(3, 3), torch.tensor([0, -100, 1])),
    "cross_entropy of pixels": lambda: (F.cross_entropy, randn(2, 3, 2), torch.tensor([[0, 1], [2, 2]])),
    "soft_margin_loss": lambda: (lambda x: F.soft_margin_loss(x, torch.tensor(SIGNS)), randn(3)),
    "hinge_embedding_loss": lambda: (lambda x: F.hinge_embedding_loss(x, torch.tensor(SIGNS)), randn(3)),
    "margin_ranking_loss": lambda: (F.margin_ranking_loss, randn(3), randn(3), torch.tensor(SIGNS)),
    "cosine_embedding_loss": lambda: (
        lambda x, y: F.cosine_embedding_loss(x, y, torch.tensor([1.0, -1.0])),
        randn(2, 3),
        randn(2, 3),
    ),
    "triplet_margin_loss": lambda: (F.triplet_margin_loss, *(randn(2, 3) for _ in range(3))),
    "multi_margin_loss": lambda: (F.multi_margin_loss, randn(2, 3), torch.tensor([0, 2])),
    "multilabel_soft_margin_loss": lambda: (
        F.multilabel_soft_margin_loss,
        randn(2, 3),
        torch.tensor([[0.0, 1.0, 1.0], [1.0, 0.0, 0.0]]),
    ),
    "cosine_similarity": lambda: (F.cosine_similarity, randn(2, 3), randn(2, 3)),
}


def agree(f: Any, *args: Any) -> autograd.Imported:
    imported = from_torch(f, *args)
    comparison = imported.compare()
    assert comparison.agrees, comparison
    assert comparison.rows[-1].kind == "gradient"
    return imported


@pytest.mark.parametrize("name", MODELS)
def test_models_have_the_same_numbers(name):
    agree(*MODELS[name]())


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_have_the_same_numbers(name):
    agree(lambda x: getattr(F, name)(x, **ACTIVATIONS[name]), 2 * randn(2, 4))


@pytest.mark.parametrize("name", LOSSES)
def test_losses_have_the_same_numbers(name):
    agree(*LOSSES[name]())


UNARY = """
    abs acos acosh asin asinh atan atanh ceil cos cosh erf erfc erfinv lgamma exp exp2 expm1 floor frac
    log log10 log1p log2 logit reciprocal round rsqrt sign sin sinc sinh sqrt square tan tanh trunc
"""


@pytest.mark.parametrize("name", UNARY.split())
def test_functions_of_one_number(name):
    x = torch.rand(3) * 0.8 + 0.1
    agree(getattr(torch, name), x + 1 if name == "acosh" else x)


BINARY = """
    add atan2 div fmax fmin fmod hypot logaddexp maximum minimum mul pow remainder sub xlogy
"""


@pytest.mark.parametrize("name", BINARY.split())
def test_functions_of_two_numbers(name):
    agree(getattr(torch, name), torch.rand(3) + 0.1, torch.rand(3) + 0.1)


IN_PLACE = {  # of y = 2·x, with x
    "index_put_": lambda y, x: y.index_put_((torch.tensor([2, 0, 1]),), x),
    "index_put_ that adds": lambda y, x: y.index_put_((torch.tensor([0, 0, 1]),), x, accumulate=True),
    "scatter_": lambda y, x: y.scatter_(0, torch.tensor([2, 0, 1]), x),
    "scatter_add_": lambda y, x: y.scatter_add_(0, torch.tensor([0, 0, 1]), x),
    "index_add_": lambda y, x: y.index_add_(0, torch.tensor([0, 0, 1]), x, alpha=3),
    "index_copy_": lambda y, x: y.index_copy_(0, torch.tensor([2, 0, 1]), x),
    "masked_fill_": lambda y, x: y.masked_fill_(x > x.mean(), 3.0),
    "addcdiv_": lambda y, x: y.addcdiv_(x, x + 5, value=2),
    "lerp_": lambda y, x: y.lerp_(x, 0.3),
    "part by part": lambda y, x: (y[:1].zero_(), y[1:].fill_(x[0])),
    "other views": lambda y, x: y.unsqueeze_(0).t_().squeeze_(1).transpose_(0, 0).mul_(x),
}


@pytest.mark.parametrize("name", IN_PLACE)
def test_operations_in_place_have_the_same_numbers(name):
    def f(x):
        y = x.flip(0) * 2
        IN_PLACE[name](y, x)
        return (y * y).sum()

    agree(f, randn(3))


def test_parameters_made_in_the_function_are_leaves():
    imported = from_torch(lambda x: nn.LSTM(3, 2)(x)[0].sum(), randn(2, 1, 3))
    assert imported.compare().agrees
    assert len(imported.leaves) == 5


def test_kinks_and_ties_are_pytorchs():
    at = torch.tensor([-1.0, 0.0, 1.0, 6.0])
    for f in (F.relu, F.relu6, F.hardtanh, F.leaky_relu, F.elu, torch.abs, torch.sign, torch.sinc):
        agree(f, at)
    agree(lambda x: x.clamp(-1.0, 1.0), at)
    ties = torch.tensor([2.0, 2.0, 1.0, 2.0])
    for f in (
        torch.max,
        torch.amax,
        lambda x: x.max(dim=0)[0],
        lambda x: F.max_pool1d(x[None], 4),
        torch.median,
    ):
        agree(f, ties)
    agree(torch.maximum, ties, torch.tensor([2.0, 1.0, 2.0, 2.0]))
    agree(lambda x: x.norm(), torch.zeros(3))


LAYERS: list[Callable[[random.Random, int], Any]] = [
    lambda rng, n: nn.Linear(n, n),
    lambda rng, n: nn.LayerNorm(n),
    lambda rng, n: rng.choice(
        [nn.Tanh, nn.GELU, nn.SiLU, nn.Sigmoid, nn.Softplus, nn.Mish, nn.ELU, nn.ReLU]
    )(),
    lambda rng, n: nn.Softmax(dim=-1),
    lambda rng, n: nn.Dropout(0.3),
    lambda rng, n: nn.Unflatten(1, (1, n)),
]


class Residual(nn.Module):
    def __init__(self, inner: Any) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Any) -> Any:
        return x + self.inner(x).reshape(x.shape)


@pytest.mark.parametrize("seed", range(25))
def test_random_models(seed):
    rng = random.Random(seed)
    torch.manual_seed(seed)
    n, rows = rng.randrange(2, 5), rng.randrange(1, 4)
    model = nn.Sequential(*(Residual(rng.choice(LAYERS)(rng, n)) for _ in range(rng.randrange(2, 7))))
    loss = rng.choice([F.mse_loss, F.smooth_l1_loss, F.huber_loss, lambda y, t: (y @ t.T).tanh().sum()])
    agree(lambda x, t: loss(model(x), t), randn(rows, n), randn(rows, n))


def test_float32_compares_at_its_own_tolerance_and_double_at_1e_12():
    for dtype, least, most in ((torch.float32, 1e-10, 1e-5), (torch.float64, 0.0, 1e-12)):
        model = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1)).to(dtype)
        comparison = agree(model, randn(4, 3).to(dtype)).compare()
        assert least <= comparison.largest <= most


# Names and places


def mlp() -> Any:
    return nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 2))


def test_leaves_have_the_names_of_the_module_and_of_the_arguments():
    imported = agree(mlp(), torch.tensor([0.5, -1.0]))
    assert list(imported.leaves) == ["input", "0.weight", "0.bias", "2.weight", "2.bias"]
    assert imported.leaves["0.weight"].shape == (3, 2)
    assert imported.leaves["0.weight"][1, 0].label == "0.weight[1, 0]"
    assert [value.label for value in imported.output] == ["linear_1[0]", "linear_1[1]"]


def test_names_of_closures_containers_and_arguments():
    model, weights = mlp(), {"a": [torch.ones(2, requires_grad=True)]}

    def loss(x, /, *, parts):
        return (model(x) * weights["a"][0] * parts[1]).sum()

    imported = from_torch(loss, torch.ones(2), parts=(None, torch.tensor([2.0, 3.0])))
    assert {"x", "parts[1]", "model.0.weight", "weights['a'][0]"} <= set(imported.leaves)
    assert imported.leaves["parts[1]"][1].label == "parts[1][1]"
    assert imported.compare().agrees


GAIN = torch.ones(2, requires_grad=True)


def test_names_are_found_through_the_functions_that_are_called():
    model = mlp()

    def loss(x):
        return model(x).sum()

    def of_a_global(x):
        return sum((loss(x) * GAIN).sum() for x in (x, x + 1))

    assert set(from_torch(lambda: [of_a_global(torch.ones(2))][0]).leaves) == {
        "GAIN",
        "model.0.weight",
        "model.0.bias",
        "model.2.weight",
        "model.2.bias",
    }
    imported = from_torch(lambda: sum(loss(x) for x in (torch.ones(2), torch.zeros(2))))
    assert set(imported.leaves) == {"model.0.weight", "model.0.bias", "model.2.weight", "model.2.bias"}


def paths_of(imported: autograd.Imported) -> set[str]:
    roots = [imported.output] if isinstance(imported.output, Value) else list(imported.output.flat)
    return {node.scope.path for root in roots for node in topological_order(root) if node.scope}


def test_scopes_are_modules_then_operations_then_rows():
    model = mlp()
    imported = from_torch(lambda x: F.mse_loss(model(x), torch.zeros(2, 2)), randn(2, 2))
    layers = {
        f"model: Sequential/{layer}/row {row}"
        for layer in ("0: Linear", "1: Tanh", "2: Linear")
        for row in (0, 1)
    }
    assert layers <= paths_of(imported)
    assert "mse_loss" in paths_of(imported)
    with scope("mine"):
        imported = from_torch(model, torch.ones(1, 2))
    assert paths_of(imported) == {"mine", "mine/0: Linear", "mine/1: Tanh", "mine/2: Linear"}


def test_a_module_called_twice_is_two_places():
    cell = nn.RNNCell(2, 2)
    imported = from_torch(lambda x: cell(x, cell(x, torch.zeros(1, 2))).sum(), torch.ones(1, 2))
    assert {path.split("/")[0] for path in paths_of(imported)} == {"cell: RNNCell", "cell: RNNCell 2"}


def test_linear_softmax_and_cross_entropy_are_single_nodes():
    imported = from_torch(mlp(), torch.ones(2))
    assert {value.op for value in imported.output} == {"dot"}
    imported = from_torch(F.cross_entropy, randn(1, 3), torch.tensor([1]))
    assert imported.output.op == "cross_entropy"
    assert {value.op for value in from_torch(lambda x: F.softmax(x, -1), randn(3)).output} == {"softmax"}


def test_pictures_fold_by_module_at_first_and_open():
    model = mlp()
    imported = from_torch(lambda x, y: F.mse_loss(model(x), y), torch.ones(2), torch.zeros(2))
    tree = draw(imported).tree(colour=False)
    assert all(name in tree for name in ("0: Linear", "1: Tanh", "2: Linear", "mse_loss"))
    assert "9 parameters" in tree
    opened = draw(imported, open=["model: Sequential/0: Linear"]).tree(colour=False)
    assert "model.0.weight[1, 0]" in opened
    assert "model.2.weight[1, 0]" not in opened
    assert "model.2.weight[1, 0]" in draw(imported, fold=False).tree(colour=False)


def test_step_explain_and_paths_take_it():
    model = mlp()
    imported = from_torch(lambda x: model(x).sum(), torch.ones(2))
    stepper = step(imported)
    assert stepper.root is imported.output
    assert stepper.count < 20 < step(imported, fold=False).count
    assert "model.0.weight[1, 0].grad" in explain(imported)
    assert paths(imported.leaves["x"][0], imported).total == 6


def test_several_outputs_are_refused_by_pictures_with_what_to_do():
    imported = from_torch(mlp(), torch.ones(2))
    with pytest.raises(TypeError, match=r"choose one, as in `draw\(imported\.output\[0\]\)`"):
        draw(imported)
    assert draw(imported.output[0])


def test_outputs_keep_their_containers():
    imported = from_torch(lambda x: {"a": [x * 2, None], "n": torch.arange(2), "k": 3}, torch.ones(()))
    assert isinstance(imported.output["a"][0], Value)
    assert imported.output["a"][1] is None
    assert imported.output["n"].tolist() == [0, 1]
    assert imported.output["k"] == 3


# Operations that pass no gradient


def test_detached_results_are_leaves_that_say_so():
    w = torch.tensor([2.0], requires_grad=True)
    imported = from_torch(lambda: ((w * 3) * (w * 3).detach()).sum())
    labels = {node.label for node in topological_order(imported.output)}
    assert "detach(mul_1[0])" in labels
    imported.output.backward()
    assert imported.leaves["w"][0].grad == 18.0  # not 36


def test_integers_masks_buffers_and_frozen_parameters_are_plain_numbers():
    model = nn.Linear(2, 2)
    model.bias.requires_grad_(False)
    imported = from_torch(
        lambda x, n: torch.where(x > 0, model(x) * n, x), torch.tensor([1.0, -1.0]), torch.tensor(3)
    )
    assert list(imported.leaves) == ["x", "model.weight"]
    first, second = imported.output
    assert first.op == second.op == "where"
    assert first.operands[0] == 1.0
    assert second.operands == (0.0, None, imported.leaves["x"][1])
    assert imported.compare().agrees


def test_dropout_is_the_mask_that_was_drawn():
    torch.manual_seed(5)
    imported = from_torch(lambda x: F.dropout(x, 0.5), torch.ones(8))
    torch.manual_seed(5)
    assert [autograd_value(value) for value in imported.output] == F.dropout(torch.ones(8), 0.5).tolist()


def autograd_value(value: Any) -> float:
    return value.data if isinstance(value, Value) else value


# Unchanged state


def test_nothing_of_the_users_changes():
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Dropout(0.5))
    x = randn(4, 2)
    model(x).sum().backward()
    tensors = [*model.parameters(), *model.buffers(), x]
    before = [tensor.detach().clone() for tensor in tensors]
    gradients = [p.grad.clone() for p in model.parameters()]
    state = torch.random.get_rng_state()
    from_torch(model, x)
    assert all(torch.equal(a, b) for a, b in zip(tensors, before, strict=True))
    assert all(torch.equal(p.grad, g) for p, g in zip(model.parameters(), gradients, strict=True))
    assert torch.equal(torch.random.get_rng_state(), state)
    assert x.requires_grad is False


def test_arguments_are_copies_that_the_function_may_change():
    x = torch.ones(2)

    def f(x):
        x *= 3
        return (x * x).sum()

    imported = agree(f, x)
    assert x.tolist() == [1.0, 1.0]
    imported.output.backward()
    assert imported.leaves["x"][0].grad == 18.0


def test_hooks_and_modes_are_gone_after_an_error():
    model = mlp()
    with pytest.raises(ZeroDivisionError):
        from_torch(lambda x: model(x) / (1 // 0), torch.ones(2))
    before = len(torch.nn.modules.module._global_forward_pre_hooks)
    assert before == 0
    assert from_torch(model, torch.ones(2)).compare().agrees


# Refusals


class Doubled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return g * 3


class Reversed(torch.autograd.Function):  # the usual way to turn a gradient round: the result is a view
    @staticmethod
    def forward(ctx, x):
        return x.view_as(x)

    @staticmethod
    def backward(ctx, g):
        return -g


class DoubledInPlace(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2)

    @staticmethod
    def backward(ctx, g):
        return g * 3


def with_other_data(x):
    y = x * 2
    y.data = torch.ones(3, 3)
    return (y * x).sum()


@pytest.mark.parametrize(
    ("f", "name"),
    [
        (lambda x: torch.linalg.inv(x).sum(), "linalg_inv_ex"),
        (lambda x: Doubled.apply(x).sum(), "Doubled, an autograd.Function of your own"),
        (lambda x: Reversed.apply(x * 2).sum(), "Reversed, an autograd.Function of your own"),
        (lambda x: DoubledInPlace.apply(x * 1).sum(), "DoubledInPlace, an autograd.Function of your own"),
        (lambda x: torch.view_as_complex(x[:, :2].clone()).abs().sum(), "complex tensors"),
        (lambda x: torch.fft.rfft(x).abs().sum(), "complex tensors, such as that of _fft_r2c"),
        (lambda x: torch.sparse.mm(torch.eye(3).to_sparse(), x).sum(), "sparse tensors"),
        (with_other_data, "a tensor that MulBackward0 made out of sight"),
        (
            lambda x: F.multilabel_margin_loss(x, torch.tensor([[0, -1, 1], [1, -1, 0], [2, -1, 0]])),
            "multilabel_margin_loss_forward",
        ),
    ],
)
def test_what_is_not_covered_is_refused_by_name_before_anything_is_built(f, name, monkeypatch):
    monkeypatch.setattr("autograd.frameworks.torch_graph.Builder", None)  # so that building would fail
    with pytest.raises(NotImplementedError, match=name) as caught:
        from_torch(f, randn(3, 3))
    assert "Nothing was built" in str(caught.value)
    assert "addmm" in str(caught.value)  # one of those that are covered


def test_a_changed_parameter_is_refused():
    w = torch.ones(2, requires_grad=True)

    def training_step(x):
        loss = (w * x).sum()
        with torch.no_grad():
            w.sub_(0.1)
        return loss

    with pytest.raises(NotImplementedError, match="changes w in place"):
        from_torch(training_step, torch.ones(2))


def test_too_many_scalars_are_refused_with_the_number_and_what_would_fit(monkeypatch):
    monkeypatch.setattr("autograd.frameworks.torch_graph.Builder", None)
    model = nn.Sequential(nn.Linear(100, 1000), nn.ReLU())
    with pytest.raises(
        ValueError, match=r"6,\d{3},\d{3} scalars are more than 500,000.*A batch of 4 instead of 64"
    ):
        from_torch(model, randn(64, 100))
    with pytest.raises(ValueError, match="Narrower layers"):
        from_torch(nn.Linear(1000, 1000), randn(1, 1000))


def test_a_result_without_a_gradient_is_refused():
    with pytest.raises(ValueError, match="depends on nothing that has a gradient"):
        from_torch(lambda ids: ids + 1, torch.tensor([1, 2]))
    with pytest.raises(ValueError, match="the result is a constant"):
        from_torch(lambda x: x[:0].sum(), torch.ones(3))


def test_errors_of_an_operation_name_the_module():
    model = nn.Sequential(nn.ReLU())
    with pytest.raises(autograd.DomainError) as caught:
        from_torch(lambda x: model(x).log(), torch.tensor([-1.0]))
    assert "in log, from PyTorch's aten.log.default" in caught.value.__notes__


def test_without_pytorch_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ImportError, match=r'from_torch needs PyTorch: pip install "stepgrad\[torch\]"'):
        from_torch(lambda: None)


# The comparison


def test_the_first_operation_that_differs_is_named(monkeypatch):
    from autograd.frameworks import torch_table
    from autograd.frameworks.operations import each

    wrong = each(lambda x: autograd.tanh(x) * 1.001)
    monkeypatch.setitem(torch_table.ROWS, "tanh", wrong)
    comparison = from_torch(mlp(), torch.tensor([0.5, -1.0])).compare()
    assert not comparison.agrees
    assert comparison.first is not None
    assert (comparison.first.kind, comparison.first.name) == ("value", "tanh")
    assert "the first in the result of tanh." in str(comparison)
    assert comparison.largest == max(row.largest for row in comparison.rows) > 1e-4


def test_a_wrong_derivative_shows_in_the_leaves_alone(monkeypatch):
    from autograd.frameworks import torch_table
    from autograd.frameworks.operations import each

    twin = each(lambda x: autograd.tanh(x) + (x - x.data) * 0.01)
    monkeypatch.setitem(torch_table.ROWS, "tanh", twin)
    first = from_torch(mlp(), torch.tensor([0.5, -1.0])).compare().first
    assert first is not None
    assert first.kind == "gradient"


def test_the_table_shows_both_numbers_where_they_are_furthest_apart():
    comparison = from_torch(lambda x: (x * 3).sum(), torch.tensor([1.0, 2.0])).compare()
    lines = str(comparison).splitlines()
    assert lines[0].split() == ["furthest", "apart", "at", "PyTorch", "stepgrad", "difference"]
    assert lines[1].split() == ["value", "mul[0]", "3", "3", "0.0e+00"]
    assert lines[-1] == "All 3 rows agree; the largest difference is 0.0e+00."


SETTINGS: dict = {"scale": 2.0}
SETTINGS["all"] = SETTINGS


def test_containers_in_themselves_are_left_alone_or_refused():
    def scaled(x):
        return (x * SETTINGS["scale"]).sum()

    imported = from_torch(scaled, torch.ones(2))
    assert imported.output.data == 4.0
    with pytest.raises(ValueError, match="contains itself"):
        from_torch(lambda given: given["x"].sum(), {"x": torch.ones(2), "more": SETTINGS})
    with pytest.raises(ValueError, match="contains itself"):
        from_torch(lambda x: [x.sum(), SETTINGS], torch.ones(2))
