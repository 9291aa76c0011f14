"""The stepper as a widget (anywidget): Python and the page share the step and the inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..nodes.numbers import to_float
from .javascript import javascript
from .page import asset, script, to_json

if TYPE_CHECKING:
    from .stepping import Stepper


def widget(stepper: Stepper) -> Any:
    """A Jupyter widget whose `at` and `values` can be read and set while the reader steps; needs a kernel.

    Raises ImportError, naming the extra, where anywidget is not installed.
    """
    try:
        import anywidget  # pyright: ignore
        import traitlets  # pyright: ignore
    except ImportError as error:
        raise ImportError('step(…, widget=True) needs anywidget: pip install "stepgrad[widget]"') from error

    model = stepper.model()
    inputs = {name: model["program"]["data"][int(k)] for k, name in model["leaves"].items()}

    class StepperWidget(anywidget.AnyWidget):  # pyright: ignore
        """`at` counts the steps done, as in `Stepper`; `stepper` is moved along with it.

        `values` has the inputs by their names, as the reader has edited them; setting some of them
        edits the page. The graph itself keeps its numbers.
        """

        def _repr_mimebundle_(self, **kwargs: Any) -> Any:
            """The widget, and the page for exports and viewers that have no kernel."""
            bundle, *metadata = super()._repr_mimebundle_(**kwargs)  # pyright: ignore
            return (bundle | {"text/html": stepper._repr_html_()}, *metadata)  # pyright: ignore

        _esm = script(javascript(set(model["program"]["ops"].split())))
        _css = asset("page.css") + asset("stepper.css")
        record = traitlets.Unicode().tag(sync=True)  # pyright: ignore
        picture = traitlets.Unicode().tag(sync=True)  # pyright: ignore
        at = traitlets.Int().tag(sync=True)  # pyright: ignore
        values = traitlets.Dict().tag(sync=True)  # pyright: ignore

        @traitlets.validate("at")  # pyright: ignore
        def _possible(self, proposal: Any) -> int:
            stepper.seek(proposal["value"])
            return stepper.at

        @traitlets.validate("values")  # pyright: ignore
        def _known(self, proposal: Any) -> dict[str, float]:
            if unknown := sorted(set(proposal["value"]) - inputs.keys()):
                raise ValueError(f"values: {unknown[0]!r} is not an input; there are {', '.join(inputs)}")
            given = {name: to_float(x, f"values[{name!r}]") for name, x in proposal["value"].items()}
            return inputs | self.values | given

    made: Any = StepperWidget(record=to_json(model), picture=stepper.picture(), at=stepper.at, values=inputs)
    made.stepper = stepper
    return made
