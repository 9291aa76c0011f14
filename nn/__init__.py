"""A small neural network on Values, and the equations of backpropagation beside it."""

from . import data, initializers, layered, losses, optimizers
from .history import Epoch, History
from .layers import MLP, Layer, Neuron
from .losses import binary_cross_entropy, cross_entropy, quadratic
from .optimizers import SGD
from .training import evaluate, fit

__all__ = [
    "MLP",
    "SGD",
    "Epoch",
    "History",
    "Layer",
    "Neuron",
    "binary_cross_entropy",
    "cross_entropy",
    "data",
    "evaluate",
    "fit",
    "initializers",
    "layered",
    "losses",
    "optimizers",
    "quadratic",
]
