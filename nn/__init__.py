"""A small neural network on Values, and the equations of backpropagation beside it."""

import autograd as _autograd

if not hasattr(_autograd, "backward_steps"):
    raise ImportError(
        f"`import autograd` finds another project at {_autograd.__path__[0]}: PyPI's autograd and "
        "stepgrad cannot share an environment. `pip uninstall autograd`, or use an environment for each"
    )

from . import data, initializers, layered, losses, optimizers
from .evaluation import evaluate, predict
from .history import Epoch, History, early_stopping
from .layers import Layer, Neuron
from .losses import (
    binary_cross_entropy,
    cross_entropy,
    cross_entropy_of_probabilities,
    hinge,
    l2_penalty,
    mean_squared_error,
    quadratic,
)
from .mlp import MLP
from .network_view import draw_network
from .optimizers import SGD, Adam, clip_grad_norm
from .saving import load, save
from .training import fit
from .weight_view import draw_weights

__all__ = [
    "MLP",
    "SGD",
    "Adam",
    "Epoch",
    "History",
    "Layer",
    "Neuron",
    "binary_cross_entropy",
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
    "predict",
    "quadratic",
    "save",
]
