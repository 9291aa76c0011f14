"""The public path of `nn.views.plots`: importing it gives that module."""

import sys

from .views import plots
from .views.plots import *  # noqa: F403  (for type checkers, which cannot see the next line)

sys.modules[__name__] = plots
