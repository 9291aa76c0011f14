"""A small neural network on Values, and the equations of backpropagation beside it."""

from . import data, initializers, layered, losses, optimizers
from .history import Epoch, History
from .layers import MLP, Layer, Neuron
from .losses import (
    binary_cross_entropy,
    cross_entropy,
    cross_entropy_of_probabilities,
    hinge,
    l2_penalty,
    mean_squared_error,
    quadratic,
)
from .optimizers import SGD, Adam, clip_grad_norm
from .training import early_stopping, evaluate, fit, predict

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
    "early_stopping",
    "evaluate",
    "fit",
    "hinge",
    "initializers",
    "l2_penalty",
    "layered",
    "losses",
    "mean_squared_error",
    "optimizers",
    "predict",
    "quadratic",
]
