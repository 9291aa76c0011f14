"""Names and arguments of other libraries: an error says what to write here instead."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, Never, TypeVar, cast

import autograd

_ACTIVATION = 'give an activation by its name, as in nn.MLP([2, 3, 1], activation="{0}")'
_OUTPUT = 'give it by its name, as in nn.MLP([2, 3, 1], output="{0}")'
_CALLED = "nn.fit trains any object that is called with one input and has parameters()"
_WRITTEN = "write it with Values: nn.fit trains any object that is called and has parameters()"

_BATCHES = "write nn.fit(mlp, X, Y, batch_size=10), which makes the batches"
_RATES = "a callback of nn.fit sets optimizer.lr after an epoch"
_MEASURED = "write nn.evaluate(mlp, X, Y), which gives loss and accuracy"
_ADAM = "write nn.Adam(mlp)"
_ONE_LAYER = "write nn.MLP([2, 1]), a network of one layer, and nn.fit(mlp, X, Y, loss=…)"

# Names of PyTorch's, Keras's, scikit-learn's and torchvision's, for `nn` and all modules in it.
NAMES = {
    "make_moons": "write nn.data.moons(100, noise=0.1)",
    "make_circles": "write nn.data.circles(100, noise=0.05)",
    "make_spirals": "write nn.data.spirals(150)",
    "make_regression": "write nn.data.linear(100)",
    "load_digits": "write nn.data.digits()",
    **dict.fromkeys(("load_mnist", "MNIST"), "write nn.data.mnist(folder), which reads your own files"),
    **dict.fromkeys(("datasets", "dataset"), "write nn.data.moons(100), nn.data.digits(), …"),
    **dict.fromkeys(("train_test_split", "random_split"), "write nn.data.split(X, Y, test=0.2)"),
    "DataLoader": _BATCHES,
    "TensorDataset": _BATCHES,
    "StandardScaler": "scale the rows before, as [[(v - mean) / deviation for v in row] for row in X]",
    **dict.fromkeys(
        ("plot", "plot_loss", "plot_losses", "plot_training"), "write nn.plots.plot_history(history)"
    ),
    "decision_boundary": 'write nn.plots.plot_decision_boundary(mlp, X, Y, loss="bce")',
    "plot_gradients": "write nn.plots.plot_gradient_norms(norms)",
    "plot_weights": "write nn.draw_weights(mlp.layers[0])",
    "Linear": 'write nn.Layer(2, 3, activation="identity")',
    "Dense": "write nn.Layer(2, 3)",
    "Perceptron": "write nn.Neuron(2)",
    "Sequential": "write nn.MLP([2, 3, 1]), which has all its layers",
    **dict.fromkeys(
        ("MLPClassifier", "MLPRegressor", "Network", "NeuralNetwork", "Net"), "write nn.MLP([2, 3, 1])"
    ),
    **dict.fromkeys(("LinearRegression", "LogisticRegression", "SGDClassifier", "SGDRegressor"), _ONE_LAYER),
    **dict.fromkeys(("Module", "Model", "ModuleList"), _CALLED),
    "Parameter": "write autograd.Value(data)",
    **{
        name: _ACTIVATION.format(ours)
        for name, ours in {
            "ReLU": "relu",
            "LeakyReLU": "leaky_relu",
            "ELU": "elu",
            "GELU": "gelu",
            "SiLU": "silu",
            "Tanh": "tanh",
            "Sigmoid": "sigmoid",
            "Softplus": "softplus",
            "Softsign": "softsign",
            "Identity": "identity",
        }.items()
    },
    "Softmax": _OUTPUT.format("softmax"),
    "LogSoftmax": 'the loss "cross_entropy" takes logits: leave it out',
    "Flatten": "a row of inputs is a flat list: leave it out",
    **dict.fromkeys(
        ("MSELoss", "MeanSquaredError", "mse", "MSE", "mse_loss"),
        'write loss="mse", or nn.mean_squared_error(outputs, target)',
    ),
    **dict.fromkeys(
        ("CrossEntropyLoss", "CrossEntropy", "CategoricalCrossentropy", "NLLLoss", "ce"),
        'write loss="ce", or nn.cross_entropy(logits, target)',
    ),
    **dict.fromkeys(
        ("BCEWithLogitsLoss", "BinaryCrossentropy", "bce"),
        'write loss="bce", or nn.binary_cross_entropy(logits, target)',
    ),
    "BCELoss": "write nn.binary_cross_entropy_of_probabilities(outputs, target); from logits "
    'nn.binary_cross_entropy, loss="bce"',
    "HingeLoss": 'write loss="hinge", or nn.hinge(outputs, target)',
    "functional": "write autograd.relu(x), nn.cross_entropy(logits, target)",
    **dict.fromkeys(
        ("xavier", "xavier_uniform_", "xavier_normal_", "GlorotUniform"), 'write nn.MLP(sizes, init="glorot")'
    ),
    **dict.fromkeys(
        ("kaiming", "kaiming_uniform_", "kaiming_normal_", "HeNormal"), 'write nn.MLP(sizes, init="he")'
    ),
    **dict.fromkeys(
        ("zeros", "ones", "zeros_"), "write nn.MLP(sizes, init=lambda rng, n, m: ([0.0] * n, 0.0))"
    ),
    "init": "write nn.initializers",
    "optim": "write nn.SGD(mlp, lr=0.1) or nn.Adam(mlp)",
    "sgd": "write nn.SGD(mlp, lr=0.1)",
    **dict.fromkeys(("adam", "RMSprop", "RMSProp", "Adagrad", "Adadelta", "Nadam"), _ADAM),
    **dict.fromkeys(
        ("StepLR", "ExponentialLR", "CosineAnnealingLR", "ReduceLROnPlateau", "lr_scheduler"), _RATES
    ),
    "EarlyStopping": "write callbacks=[nn.early_stopping(patience=5)]",
    "ModelCheckpoint": 'write nn.fit(mlp, X, Y, checkpoint="run.json")',
    "utils": "write nn.clip_grad_norm(parameters, max_norm)",
    "clip_grad_norm_": "write nn.clip_grad_norm(parameters, max_norm)",
    "clip_grad_value_": "write nn.clip_grad_norm(parameters, max_norm)",
    **dict.fromkeys(("draw", "draw_mlp", "plot_network", "visualize"), "write nn.draw_network(mlp)"),
    "summary": "write mlp.summary()",
    "train": "write nn.fit(mlp, X, Y)",
    "predict_proba": "write [mlp(x) for x in X]",
    **dict.fromkeys(("accuracy", "accuracy_score", "score", "metrics"), _MEASURED),
    "confusion_matrix": "write nn.predict(mlp, X), and count the pairs of zip(Y, …)",
    **dict.fromkeys(("layers", "model", "models"), "write nn.MLP([2, 3, 1]), nn.Layer(2, 3), nn.Neuron(2)"),
    **dict.fromkeys(("Conv2d", "Conv1d", "RNN", "LSTM", "GRU", "Embedding", "Dropout"), _WRITTEN),
    **dict.fromkeys(("BatchNorm1d", "BatchNorm2d", "LayerNorm", "MultiheadAttention"), _WRITTEN),
}

_NO_MODES = "a network has no modes for training and evaluation: leave it out"
_FLOATS = "numbers are Python floats, on the processor: leave it out"

# Attributes of networks of theirs, by our MLP, Layer and Neuron.
ATTRIBUTES = {
    "forward": "call it, as in mlp(x)",
    "train": _NO_MODES,
    "eval": _NO_MODES,
    "fit": "write nn.fit(mlp, X, Y)",
    "predict": "write nn.predict(mlp, X) for classes, mlp(x) for the outputs",
    "predict_proba": "write mlp(x) for the outputs of one row",
    "score": "write nn.evaluate(mlp, X, Y)",
    "evaluate": "write nn.evaluate(mlp, X, Y)",
    "compile": 'write nn.fit(mlp, X, Y, loss=…, optimizer=…, engine="compiled")',
    "state_dict": "write nn.save(mlp, path); the numbers are [p.data for p in mlp.parameters()]",
    "load_state_dict": "write mlp = nn.load(path)",
    "save": "write nn.save(mlp, path)",
    "load": "write mlp = nn.load(path)",
    **dict.fromkeys(("draw", "plot", "show"), "write nn.draw_network(mlp).show()"),
    "backward": "an output has it, as in mlp(x)[0].backward()",
    "step": "write optimizer = nn.SGD(mlp, lr=0.1), optimizer.step()",
    **dict.fromkeys(("params", "trainable_variables", "trainable_weights"), "write mlp.parameters()"),
    **dict.fromkeys(("num_parameters", "count_params", "n_params"), "write len(mlp.parameters())"),
    **dict.fromkeys(("get_weights", "get_params"), "write [p.data for p in mlp.parameters()]"),
    **dict.fromkeys(
        ("set_weights", "set_params"),
        "write for p, number in zip(mlp.parameters(), numbers): p.data = number",
    ),
    **dict.fromkeys(("modules", "children", "add", "append", "n_layers"), "mlp.layers is a list of layers"),
    **dict.fromkeys(
        ("nin", "nout", "in_features", "out_features", "inputs", "outputs", "size", "shape"),
        "write mlp.sizes",
    ),
    **dict.fromkeys(
        ("loss", "loss_", "losses", "history", "loss_curve_"), "history = nn.fit(mlp, X, Y) has them"
    ),
    "optimizer": "write optimizer = nn.SGD(mlp, lr=0.1), and nn.fit(mlp, X, Y, optimizer=optimizer)",
    **dict.fromkeys(("copy", "clone"), "write copy.deepcopy(mlp)"),
    "named_parameters": "write [(p.label, p) for p in mlp.parameters()]",
    "weights": "write [p.data for p in mlp.parameters()], or mlp.layers[0].neurons[0].w",
    "weight": "write [neuron.w for neuron in mlp.layers[0].neurons]",
    "bias": "write [neuron.b for neuron in mlp.layers[0].neurons]",
    "biases": "write [neuron.b for neuron in mlp.layers[0].neurons]",
    "w": "write [neuron.w for neuron in mlp.layers[0].neurons]",
    "b": "write [neuron.b for neuron in mlp.layers[0].neurons]",
    "activation": "write [layer.activation for layer in mlp.layers]",
    "grad": "write [p.grad for p in mlp.parameters()], after a backward pass",
    "data": "write [p.data for p in mlp.parameters()]",
    "coefs_": "write [neuron.w for neuron in mlp.layers[0].neurons]",
    "intercepts_": "write [neuron.b for neuron in mlp.layers[0].neurons]",
    **dict.fromkeys(("to", "cuda", "cpu", "double", "float"), _FLOATS),
}

# Attributes of theirs of what `fit` returns, and of optimizers.
_CURVE = "write [epoch.{0} for epoch in history]"
HISTORY = {
    "history": _CURVE.format("loss"),
    "epoch": "write history.epochs, or len(history)",
    "losses": _CURVE.format("loss"),
    "best_loss": "write history[history.best - 1].loss",
    **{name: _CURVE.format(name) for name in ("loss", "accuracy", "validation_loss", "validation_accuracy")},
    "val_loss": _CURVE.format("validation_loss"),
    "val_accuracy": _CURVE.format("validation_accuracy"),
    **dict.fromkeys(
        ("show", "draw", "savefig"), "write history.plot(), and history.plot().save('history.svg')"
    ),
    **dict.fromkeys(
        ("save", "to_csv"), "write csv.writer(file).writerows(map(dataclasses.astuple, history))"
    ),
    **dict.fromkeys(("to_frame", "to_pandas", "df"), "write pandas.DataFrame(history.epochs)"),
    **dict.fromkeys(
        ("predict", "evaluate", "model", "parameters"), "fit trains the network in place: nn.predict(mlp, X)"
    ),
}
EPOCH = {
    "val_loss": "write epoch.validation_loss",
    "val_accuracy": "write epoch.validation_accuracy",
    "val_acc": "write epoch.validation_accuracy",
    "acc": "write epoch.accuracy",
}
OPTIMIZER = {
    "param_groups": "write optimizer.parameters and optimizer.lr",
    "params": "write optimizer.parameters",
    "learning_rate": "write optimizer.lr",
    "update": "write optimizer.step()",
    "apply_gradients": "write optimizer.step()",
    "minimize": "write cost.backward(), then optimizer.step()",
    "zero_gradients": "write optimizer.zero_grad()",
}

# Arguments, by ours.
_SYNONYMS = {
    "lr": ("learning_rate", "eta", "alpha", "learning_rate_init", "step_size"),
    "epochs": ("n_epochs", "num_epochs", "nb_epoch", "iterations", "n_iter", "max_iter", "steps"),
    "batch_size": ("batch", "minibatch_size", "mini_batch_size", "bs"),
    "loss": ("criterion", "cost", "loss_fn", "loss_function", "objective"),
    "optimizer": ("optim", "opt", "solver"),
    "validation": ("validation_data", "val", "val_data", "evaluation_data", "eval_set", "test"),
    "progress": ("verbose",),
    "n": ("n_samples", "samples", "count", "size"),
    "test": ("test_size",),
    "seed": ("random_state", "rng", "key"),
    "clip_norm": ("clipnorm", "max_norm", "grad_clip", "max_grad_norm", "clip_grad_norm"),
    "callbacks": ("callback",),
    "activation": ("activations", "act", "nonlinearity", "activation_fn", "hidden_activation"),
    "output": ("output_activation", "out_activation", "final_activation"),
    "init": ("initializer", "kernel_initializer", "weight_init", "initialization"),
    "targets": ("y", "Y", "y_train", "labels", "target"),
    "eps": ("epsilon",),
    "min_delta": ("tol", "threshold", "delta"),
    "restore_best": ("restore_best_weights",),
}
_OURS = {theirs: ours for ours, names in _SYNONYMS.items() for theirs in names}
_ARGUMENTS = {
    "shuffle": "every epoch has an order of its own: leave it out",
    "validation_split": "write nn.data.split(X, Y) before, and validation=(X, Y)",
    "metrics": "the history has loss and accuracy: leave it out",
    "device": _FLOATS,
    "dtype": _FLOATS,
    "bias": "every neuron has a bias: leave it out",
    "weight_decay": "nn.AdamW has it; for others add it to the cost, as in nn.fit(…, l2=weight_decay / 2)",
    "patience": "write callbacks=[nn.early_stopping(patience=5)]",
    "early_stopping": "write callbacks=[nn.early_stopping(patience=5)]",
    "beta1": "write betas=(0.9, 0.999)",
    "beta2": "write betas=(0.9, 0.999)",
    "beta_1": "write betas=(0.9, 0.999)",
    "beta_2": "write betas=(0.9, 0.999)",
    "maximize": "negate the cost",
    "monitor": "it looks at the validation loss, if there is one: leave it out",
    "mode": "less is better: leave it out",
    "tol": "write callbacks=[nn.early_stopping(min_delta=1e-3)]",
    "momentum": "write optimizer=nn.SGD(mlp, lr=0.1, momentum=0.9)",
    "nesterov": "write nn.SGD(mlp, lr=0.1, momentum=0.9)",
    "amsgrad": "write nn.Adam(mlp)",
    **dict.fromkeys(("scheduler", "lr_scheduler", "decay"), _RATES),
    **dict.fromkeys(("sample_weight", "class_weight"), "write a loss of your own, loss=lambda outputs, y: …"),
    "nonlin": 'write activation="relu", or activation="identity"',
}


_Called = TypeVar("_Called", bound=Callable[..., Any])


def hinted(called: _Called) -> _Called:
    """The function or class, with a TypeError for an argument of another library that says what to write."""
    if not isinstance(called, type):
        return cast("_Called", _hinted(called, called.__name__))
    called.__init__ = _hinted(called.__init__, called.__name__)
    return cast("_Called", called)


def _hinted(function: Any, name: str) -> Any:
    code = function.__code__
    ours = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]

    @wraps(function)
    def checked(*arguments: Any, **options: Any) -> Any:
        for option in options:
            if option not in ours:
                raise TypeError(f"{name}() got an unexpected argument {option!r}{_advice(option, ours)}")
        if code.co_kwonlyargcount and len(arguments) > (most := code.co_argcount):
            example = f"{name}(…, {ours[most]}=…)"
            raise TypeError(f"{name}: options have names, as in {example}, not {arguments[most]!r:.60}")
        return function(*arguments, **options)

    return checked


def _advice(option: str, ours: Sequence[str]) -> str:
    """The name among `ours` that is meant, or what to do instead; "" if nothing is known."""
    if (synonym := _OURS.get(option)) in ours:
        return f": it is called {synonym} here"
    return f": {_ARGUMENTS[option]}" if option in _ARGUMENTS else did_you_mean(option, ours)


def did_you_mean(name: object, choices: Iterable[str]) -> str:
    """`; did you mean "bce"?` for a name that is near to one of the choices, else "".

    Case, "-" and "_" do not count, nor words such as "loss" and "uniform" at the end.

    >>> did_you_mean("CrossEntropyLoss", ["ce", "cross_entropy"]), did_you_mean("lion", ["sgd"])
    ('; did you mean "cross_entropy"?', '')
    """
    spellings = {_spelled(choice): choice for choice in choices}
    spelled = _spelled(name)
    word = _WORDS.get(spelled, "")
    near = [word] if word in spellings else get_close_matches(spelled, spellings, 1, 0.75)
    return f'; did you mean "{spellings[near[0]]}"?' if near else ""


def _spelled(name: object) -> str:
    plain = re.sub(r"[\W_]", "", str(name)).lower()
    return re.sub(r"(loss|withlogits|uniform|normal)+$", "", plain) or plain


_WORDS = {  # as `_spelled` gives them
    "nll": "ce",
    "log": "bce",
    "logistic": "sigmoid",
    "swish": "silu",
    "linear": "identity",
    "none": "identity",
    "l2": "mse",
    "squarederror": "mse",
    "xavier": "glorot",
    "kaiming": "he",
}


class Hinted:
    """A base of classes that answers the attributes of other libraries' classes."""

    _answers: ClassVar[Mapping[str, str]] = {}

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Never:
            message = f"{type(self).__name__!r} object has no attribute {name!r}"
            if name in self._answers:
                raise AttributeError(f"{message}: {self._answers[name]}")
            raise AttributeError(message, name=name, obj=self)


class HintedNetwork(Hinted):
    """The same for networks, which are functions and have no graph of their own."""

    _answers = ATTRIBUTES

    if not TYPE_CHECKING:

        def __autograd_graph__(self) -> Never:
            """A network is a function: only its outputs have a graph."""
            kind = type(self).__name__
            raise TypeError(
                f"{'an' if kind == 'MLP' else 'a'} {kind} is a function and has no graph of its own: take an "
                "output, as in draw(mlp(x)[0]), or draw the network itself, nn.draw_network(mlp)"
            )

        def __getitem__(self, item: object) -> Never:
            """A network has no items: TypeError."""
            part = next(part for part in ("layers", "neurons", "w") if part in vars(self))
            kind = type(self).__name__
            raise TypeError(f"{kind} has no items, but a list of its parts: write {kind.lower()}.{part}[0]")


def one_input(call: _Called) -> _Called:
    """`__call__` of a network, with a TypeError that helps if it gets its inputs one by one."""

    @wraps(call)
    def checked(network: HintedNetwork, x: Any, *more: Any) -> Any:
        if more:
            raise TypeError(f"{type(network).__name__} takes its inputs in a list, as in mlp([1.0, 2.0])")
        return call(network, x)

    return cast("_Called", checked)


def answering(module: str) -> tuple[Callable[[str], str], Callable[[str], Never]]:
    """The functions `_name_advice` and `__getattr__` of a module of `nn`, which answer names of elsewhere.

    `autograd` asks the first one for `from nn import Linear`. Names that another module of `nn` has, or
    `autograd`, are answered too.
    """

    def advice(name: str) -> str:
        if name in NAMES:
            return NAMES[name]
        for place in MODULES:
            if place != module and name in getattr(sys.modules.get(place), "__all__", ()):
                return f"it is {place}.{name}"
        if name in autograd.RULES and hasattr(autograd, name):
            return f"write autograd.{name}(…)"
        return f"it is autograd.{name}" if name in dir(autograd) and not name.startswith("_") else ""

    def get(name: str) -> Never:
        message = f"module {module!r} has no attribute {name!r}"
        if found := advice(name):
            raise AttributeError(f"{message}: {found}")
        raise AttributeError(message, name=name, obj=sys.modules.get(module))

    return advice, get


MODULES = (
    "nn",
    "nn.data",
    "nn.plots",
    "nn.losses",
    "nn.optimizers",
    "nn.initializers",
    "nn.activations",
    "nn.layered",
)
