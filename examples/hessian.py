"""From a Python function to its hessian, checked: `python examples/hessian.py`."""

from autograd import gradcheck, hessian


def valley(x, y):
    """Rosenbrock's valley, whose floor is at (1, 1)."""
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2


print(hessian(valley, argnums=(0, 1))(1.0, 1.0))
print(gradcheck(valley, 1.0, 1.0))
