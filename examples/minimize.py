"""SciPy's optimizers driven by `value_and_grad`: `pip install scipy`, `python examples/minimize.py`.

With `jac=True` SciPy expects a function that returns the value and the gradient together, which is
what `value_and_grad` gives for the price of a few evaluations. `hvp` helps the methods that ask for
the hessian times a vector.
"""

from scipy.optimize import minimize

from autograd import hvp, value_and_grad


def rosenbrock(x):
    """Σ 100 (xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)²: x is an array of numbers, or of Values."""
    return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()


start = [-1.2, 1.0, -0.5, 0.8, 1.2]

found = minimize(value_and_grad(rosenbrock), start, jac=True, method="BFGS")
print(
    f"BFGS       f = {found.fun:.1e} after {found.nit} steps, {found.nfev} gradients, at {found.x.round(6)}"
)

found = minimize(
    value_and_grad(rosenbrock),
    start,
    jac=True,
    hessp=lambda x, v: hvp(rosenbrock, (x,), (v,))[0],
    method="Newton-CG",
    tol=1e-10,
)
print(
    f"Newton-CG  f = {found.fun:.1e} after {found.nit} steps, {found.nfev} gradients, at {found.x.round(6)}"
)
