"""The display of a network or a layer in a notebook: the circles and edges of `nn.draw_network`."""

from __future__ import annotations

from typing import Any

from autograd import drawing


class Drawn:
    """A base of what `nn.draw_network` draws."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from ..views.network_view import draw_network

        drawn: Any = self
        return draw_network(drawn)._repr_mimebundle_() | {"text/plain": repr(self)}

    def _mime_(self) -> tuple[str, str]:
        """The same in marimo."""
        return drawing.mime(self._repr_mimebundle_())
