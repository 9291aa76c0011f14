"""The stepper as a widget (anywidget): Python and the page share the step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .javascript import javascript
from .page import asset, script, to_json

if TYPE_CHECKING:
    from .stepping import Stepper


def widget(stepper: Stepper) -> Any:
    """A Jupyter widget whose `at` can be read and set while the reader steps; needs a kernel.

    Raises ImportError, naming the extra, where anywidget is not installed.
    """
    try:
        import anywidget  # pyright: ignore
        import traitlets  # pyright: ignore
    except ImportError as error:
        raise ImportError('step(…, widget=True) needs anywidget: pip install "stepgrad[widget]"') from error

    model = stepper.model()

    class StepperWidget(anywidget.AnyWidget):  # pyright: ignore
        """`at` counts the steps done, as in `Stepper`; `stepper` is moved along with it."""

        _esm = script(javascript(set(model["program"]["ops"].split())))
        _css = asset("page.css") + asset("stepper.css")
        record = traitlets.Unicode().tag(sync=True)  # pyright: ignore
        picture = traitlets.Unicode().tag(sync=True)  # pyright: ignore
        at = traitlets.Int().tag(sync=True)  # pyright: ignore

        @traitlets.validate("at")  # pyright: ignore
        def _possible(self, proposal: Any) -> int:
            stepper.seek(proposal["value"])
            return stepper.at

    made: Any = StepperWidget(record=to_json(model), picture=stepper.picture(), at=stepper.at)
    made.stepper = stepper
    return made
