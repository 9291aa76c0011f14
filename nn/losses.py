"""The public path of `nn.training.losses`: importing it gives that module."""

import sys

from .training import losses
from .training.losses import *  # noqa: F403  (for type checkers, which cannot see the next line)

sys.modules[__name__] = losses
