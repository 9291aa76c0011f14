"""The public path of `nn.model.initializers`: importing it gives that module."""

import sys

from .model import initializers
from .model.initializers import *  # noqa: F403  (for type checkers, which cannot see the next line)

sys.modules[__name__] = initializers
