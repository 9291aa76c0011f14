"""Show that the tests would notice a broken promise: `python scripts/promises.py [PATH …]`.

Each promise of a module is broken in the one line that keeps it, in a copy of the project, and its tests
have to fail. Prints what is not noticed; exit status 1 if there is any. Takes some minutes.

scripts/mutate.py does the same for every formula of the table, scripts/mutate_modules.py for the
operators of every module.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

from spoil import ROOT, Fault, copies, report


@dataclass(frozen=True)
class Promise:
    """A line of a module, as it is and as it would be wrong, and the file of tests that has to notice."""

    path: str
    right: str
    wrong: str
    tests: str
    about: str

    def places(self) -> int:
        """The number of times that the line is in the module."""
        module = ROOT / self.path
        return module.read_text("utf-8").count(self.right) if module.exists() else 0

    def broken(self) -> Fault:
        """The module without the promise, for its tests and its own examples."""
        source = (ROOT / self.path).read_text("utf-8").replace(self.right, self.wrong)
        return Fault(self.path, source, [[self.path, self.tests]], self.about)


PROMISES = (
    Promise(
        "autograd/text/spelling.py",
        '"ln": "log"',
        '"ln": "log10"',
        "tests/test_main.py",
        "ln is the natural logarithm",
    ),
    Promise(
        "autograd/operations/choices.py",
        "(1.0, value, None) if condition else (0.0, None, value)",
        "(0.0, value, None) if condition else (1.0, None, value)",
        "tests/test_value.py",
        "where records its condition",
    ),
    Promise(
        "autograd/check/__init__.py",
        "> 1e-9 * max(abs(reverse), abs(forward))",
        "> 1e-3 * max(abs(reverse), abs(forward))",
        "tests/test_check.py",
        "gradcheck compares forward with reverse mode to rounding",
    ),
    Promise(
        "autograd/compiler/batches.py",
        "if self.choices and not mode().ieee:",
        "if False:",
        "tests/compiler/test_tracing.py",
        "nan decides no where in a compiled program",
    ),
    Promise(
        "autograd/stepper/frames.py",
        "ad_active=bool(step) and step is done[-1]",
        "ad_active=False",
        "tests/stepper/test_stepper.py",
        "a frame marks the edge of its step",
    ),
    Promise(
        "nn/training/history.py",
        "epoch.judged < best - self.min_delta",
        "epoch.judged < best + self.min_delta",
        "tests/nn/test_checkpoints.py",
        "min_delta is the least improvement that counts",
    ),
    Promise(
        "nn/training/fitting.py",
        "True in [callback(history) for callback in callbacks]",
        "any(callback(history) is True for callback in callbacks)",
        "tests/nn/test_training.py",
        "every callback sees every epoch",
    ),
    Promise(
        "nn/model/initializers.py",
        '"silu", "softplus"}',
        '"silu"}',
        "tests/nn/test_layers.py",
        "he is the initializer for softplus",
    ),
    Promise(
        "nn/data/reading.py",
        "if doubtful and _fits",
        "if False and _fits",
        "tests/nn/test_reading.py",
        "data that can be read in two ways are refused",
    ),
    Promise(
        "nn/training/meaning.py",
        "        return 0.5\n",
        "        return 0.0\n",
        "tests/nn/test_meaning.py",
        "a probability says class 1 above one half",
    ),
    Promise(
        "nn/model/parameters.py",
        "    except BaseException:\n        write()\n        raise",
        "    except BaseException:\n        raise",
        "tests/nn/test_interrupts.py",
        "an interrupt leaves one step or the other",
    ),
    Promise(
        "nn/training/checkpoints.py",
        'if content["check"] != _check(json.dumps(state)):',
        'if not content["check"]:',
        "tests/nn/test_checkpoints.py",
        "a checkpoint with a changed digit is refused",
    ),
    Promise(
        "nn/training/clipping.py",
        "scale = 2.0**-64",
        "scale = 1.0",
        "tests/nn/test_optimizers.py",
        "a gradient whose norm overflows is scaled rightly",
    ),
    Promise(
        "nn/training/optimizers.py",
        "keep = 1.0 - self.lr * self.weight_decay",
        "keep = 1.0 + self.lr * self.weight_decay",
        "tests/nn/test_optimizers.py",
        "weight decay shrinks",
    ),
    Promise(
        "nn/layered/comparison.py",
        "max(abs(p), abs(q), 1e-290)",
        "max(abs(p), abs(q), 1.0)",
        "tests/nn/test_layered.py",
        "a saturated network hides no wrong equation",
    ),
    Promise(
        "nn/views/plots.py",
        "heights = [[o[0] - limit for o in row] for row in outputs]",
        "heights = [[o[0] for o in row] for row in outputs]",
        "tests/nn/test_plots.py",
        "the boundary of probabilities is at one half",
    ),
    Promise(
        "nn/layered/definition.py",
        "return (f(changed) - f(x)) / (changed - x)",
        "return (f(changed) - f(x)) / dx",
        "tests/nn/test_rows.py",
        "a slope is divided by the change that the machine makes",
    ),
)


def main(paths: list[str]) -> int:
    """Break the promises of the modules (of all by default) and report what is not noticed."""
    promises = [promise for promise in PROMISES if not paths or promise.path in paths]
    for promise in promises:
        if promise.places() != 1:
            raise ValueError(f"{promise.path}: {promise.right!r} is there {promise.places()} times, not once")
    with copies() as projects:
        return report([promise.broken() for promise in promises], projects)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
