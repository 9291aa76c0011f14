"""A small neural network on Values, and the equations of backpropagation beside it."""

from . import initializers, layered, losses, optimizers
from .layers import MLP, Layer, Neuron
from .losses import binary_cross_entropy, cross_entropy, quadratic
from .optimizers import SGD

__all__ = [
    "MLP",
    "SGD",
    "Layer",
    "Neuron",
    "binary_cross_entropy",
    "cross_entropy",
    "initializers",
    "layered",
    "losses",
    "optimizers",
    "quadratic",
]
