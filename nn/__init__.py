"""Small neural networks on Values, and the equations of backpropagation, layer by layer."""

from typing import TYPE_CHECKING

import autograd as _autograd

if not hasattr(_autograd, "backward_steps"):
    if not hasattr(_autograd, "__path__"):
        raise ImportError(
            f"`import autograd` finds the file {_autograd.__file__}, not stepgrad: rename it and restart "
            "Python, or write `from stepgrad import Value, nn`"
        )
    raise ImportError(
        f"`import autograd` finds {next(iter(_autograd.__path__))}, which is another project or has lost "
        "files to one: PyPI's autograd and stepgrad cannot share an environment. Run `python -m pip "
        "uninstall --yes autograd stepgrad`, then install stepgrad again"
    )

from . import activations, data, initializers, layered, losses, optimizers, plots
from .model.hints import answering as _answering
from .model.layers import Layer, Neuron
from .model.mlp import MLP
from .model.saving import load, save
from .training.clipping import clip_grad_norm
from .training.evaluation import evaluate, predict
from .training.fitting import fit
from .training.history import Epoch, History, early_stopping
from .training.losses import (
    binary_cross_entropy,
    binary_cross_entropy_of_probabilities,
    cross_entropy,
    cross_entropy_of_probabilities,
    hinge,
    l2_penalty,
    mean_squared_error,
    quadratic,
)
from .training.optimizers import SGD, Adam, AdamW
from .views.network_view import draw_network
from .views.training_page import TrainingPage, step
from .views.weight_view import draw_weights

if not TYPE_CHECKING:
    _name_advice, __getattr__ = _answering("nn")

__all__ = [
    "MLP",
    "SGD",
    "Adam",
    "AdamW",
    "Epoch",
    "History",
    "Layer",
    "Neuron",
    "TrainingPage",
    "activations",
    "binary_cross_entropy",
    "binary_cross_entropy_of_probabilities",
    "clip_grad_norm",
    "cross_entropy",
    "cross_entropy_of_probabilities",
    "data",
    "draw_network",
    "draw_weights",
    "early_stopping",
    "evaluate",
    "fit",
    "hinge",
    "initializers",
    "l2_penalty",
    "layered",
    "load",
    "losses",
    "mean_squared_error",
    "optimizers",
    "plots",
    "predict",
    "quadratic",
    "save",
    "step",
]
