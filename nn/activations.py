"""The public path of `nn.model.activations`: importing it gives that module."""

import sys

from .model import activations
from .model.activations import *  # noqa: F403  (for type checkers, which cannot see the next line)

sys.modules[__name__] = activations
