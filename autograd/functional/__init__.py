"""Differentiating functions: containers of numbers, calls on fresh nodes, linearization."""

import sys as _sys
from typing import TYPE_CHECKING

from ..nodes.foreign import refuse_name as _refuse_name

if not TYPE_CHECKING:

    def _name_advice(name: str) -> str:
        """The advice for the functions of `torch.autograd.functional`."""
        public = ("hessian", "hvp", "jacobian", "jvp", "vhp", "vjp")
        return f"write autograd.{name.replace('vhp', 'hvp')}" if name in public else ""

    def __getattr__(name: str) -> None:
        raise _refuse_name(_sys.modules[__name__], name)
