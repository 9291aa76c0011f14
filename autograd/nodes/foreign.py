"""Names of other libraries: `autograd.Variable` and `import autograd.numpy` get an error that helps."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.machinery import PathFinder
from typing import Any

from ..rules import RULES
from ..table.row import FormulaRule


def advice_table(text: str) -> dict[str, str]:
    """Advice by name: a line has names, a colon and what to write instead; an indented line continues it.

    >>> advice_table("pi e: write math.{name}")
    {'pi': 'write math.pi', 'e': 'write math.e'}
    """
    lines = [line.partition(": ") for line in text.strip().replace("\n    ", " ").splitlines()]
    return {name: advice.replace("{name}", name) for names, _, advice in lines for name in names.split()}


# The names of HIPS autograd, JAX, PyTorch and micrograd, with what to write here instead.
_ADVICE = advice_table("""
numpy np: NumPy's own functions take Values and object arrays of them: write `import numpy as np`
scipy: scipy.special's functions that are in the table are autograd's own, as autograd.erf(x)
engine: write `from autograd import Value`
nn: the networks are a package of their own: write `from nn import MLP`
functional: write autograd.jvp, autograd.vjp, autograd.jacobian, autograd.hessian or autograd.hvp
elementwise_grad egrad: write grad(lambda x: sum(f(x)))(x), the gradient of the sum
make_vjp: write autograd.vjp(f, x)
make_jvp: write autograd.jvp(f, (x,), (v,))
make_hvp hessian_vector_product hessian_tensor_product: write autograd.hvp(f, (x,), (v,))
deriv derivative gradient: write autograd.grad(f)(x)
holomorphic_grad: derivatives are of real numbers
backward: write y.backward()
checkpoint: every result is kept, and no memory is saved: leave it out
check_grads test_util: write autograd.gradcheck(f, x)
Function extend defvjp custom_vjp custom_jvp custom_gradient: write @autograd.primitive
Variable Tensor tensor Scalar Node variable constant Number Var: write Value(data), a single number
Symbol symbols: write x = Value(2.0, label='x'): a formula is computed with numbers
array asarray zeros ones full eye arange linspace from_numpy: write a list of Values, as [Value(0.0) for _ in
    range(3)]
rand randn random manual_seed: write random.gauss(0.0, 1.0), of Python's module random
argmax: write values.index(max(values))
argmin: write values.index(min(values))
sort: write sorted(values)
cumsum: write list(itertools.accumulate(values))
stack concatenate cat hstack vstack: write xs + ys, of two lists
var std median: write np.{name}(values)
save load: write pickle.dump(y, file), and pickle.load(file)
plot show visualize display render plot_graph draw_graph make_dot: write autograd.draw(y)
detach: write x.detach(), or autograd.stop_gradient(x)
diff: write autograd.grad(f)(x), or y.backward() and x.grad
lambdify jit: write autograd.compile(f, …)
simplify: write autograd.explain(y), or print(autograd.draw(y)), for what was computed
Jacobian: write autograd.jacobian(f)(x)
Hessian: write autograd.hessian(f)(x)
mse_loss: write nn.mean_squared_error(outputs, target), from the package nn
Dual: write autograd.jvp(f, (x,), (v,)), which is forward mode
GradientTape: every Value records its operations: write y.backward()
vmap pmap: write a loop; autograd.compile turns the loops of a program into matrices
enable_grad set_grad_enabled: gradients are recorded, except under `with no_grad():`
detect_anomaly: a step that gives nan is an error; `with record_lines():` shows where a node was made
misc optim SGD Adam: write nn.fit(model, X, Y), or make an optimizer, nn.SGD(parameters, lr=0.1)
MLP: write `from nn import MLP`
Neuron: write `from nn import Neuron`
Layer: write `from nn import Layer`
trace: write autograd.explain(y) for its steps, autograd.topological_order(y) for its nodes
ln: write autograd.log(x)
square: write x**2
reciprocal: write 1 / x
rsqrt: write 1 / autograd.sqrt(x)
logistic expit: write autograd.sigmoid(x)
swish: write autograd.silu(x)
clamp: write autograd.clip(x, low, high)
matmul: write autograd.dot(x, y) for each row
pi e inf nan tau: write math.{name}
""")


def advice(name: str) -> str:
    """The advice for a name that another library has; "" if it is not known.

    >>> advice("Variable"), advice("arcsin"), advice("multiply"), advice("nonsense")
    ('write Value(data), a single number', 'write autograd.asin(x)', 'write a * b', '')
    """
    if name in _ADVICE:
        return _ADVICE[name]
    for rule in RULES.values():
        if isinstance(rule, FormulaRule) and name in (rule.name, rule.numpy, rule.special):
            return _call(rule)
    return ""


def _call(rule: FormulaRule) -> str:
    """The operation as a program has it."""
    if "function" in rule.forms:
        return f"write autograd.{rule.name}({', '.join(rule.operands)})"
    if rule.operator.startswith("unary "):
        return f"write {rule.operator[-1]}{rule.operands[0]}"
    return f"write {f' {rule.operator} '.join(rule.operands)}" if rule.operator else ""


def _exists(package: str, name: str) -> bool:
    return PathFinder.find_spec(name, getattr(sys.modules[package], "__path__", [])) is not None


def refuse_name(module: Any, name: str) -> AttributeError:
    """The error of a module that has no such attribute; Python adds the name that is nearest."""
    message = f"module {module.__name__!r} has no attribute {name!r}"
    instead: Callable[[str], str] = module._name_advice
    if found := instead(name):
        return AttributeError(f"{message}: {found}")
    return AttributeError(message, name=name, obj=module)


class Finder:
    """The last place in which `import` looks: it finds nothing, and knows the names of other libraries.

    `import autograd.numpy` and `from autograd import Variable` are answered with what a package's
    `_name_advice` says about the missing name.
    """

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        """Raise ModuleNotFoundError with the advice for a missing name, if there is any."""
        package, _, missing = name.rpartition(".")
        instead: Callable[[str], str] | None = getattr(sys.modules.get(package), "_name_advice", None)
        # A test runner asks all finders for a module of ours as well, with another path.
        if instead and (found := instead(missing)) and not _exists(package, name):
            # Without `name=`, for which `from … import` would hide the error behind its own.
            raise ModuleNotFoundError(f"module {package!r} has no {missing!r}: {found}")
