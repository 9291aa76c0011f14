"""The public path of `nn.training.optimizers`: importing it gives that module."""

import sys

from .training import optimizers
from .training.optimizers import *  # noqa: F403  (for type checkers, which cannot see the next line)

sys.modules[__name__] = optimizers
