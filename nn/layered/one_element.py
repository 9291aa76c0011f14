"""One element, read concretely, then repeated, as in "Introduction to deep learning in Perl".

The same equations as BP1–BP4, with a slope of the bias where the chapter has an error.
"""

from __future__ import annotations

from collections.abc import Callable

from .arrays import Matrix, Vector


def last_layer(dC_da: Vector, f_prime_z: Vector, inputs: Vector) -> tuple[list[float], list[list[float]]]:
    """dC/db_j = 1 · f′(z_j) · dC/da_j and dC/dw_jk = dC/db_j · input_k, as the Perl pages write it.

    Pass ∂C/∂a. The pages also offer a − y "of the cross-entropy": that is ∂C/∂z already (with softmax or
    sigmoid outputs), which this function would multiply by f′(z) a second time.

    >>> last_layer([0.5], [0.25], [2.0, 4.0])
    ([0.125], [[0.25, 0.5]])
    """
    db = [1.0 * slope * upstream for slope, upstream in zip(f_prime_z, dC_da, strict=True)]
    return db, weight_slopes(db, inputs)


def weight_slopes(db: Vector, inputs: Vector) -> list[list[float]]:
    """dC/dw_jk = dC/db_j · input_k, in any layer: the step that the Perl pages leave out for earlier layers.

    >>> weight_slopes([0.125], [2.0, 4.0])
    [[0.25, 0.5]]
    """
    return [[slope * value for value in inputs] for slope in db]


def as_line(w: Vector, b: float, inputs: Vector, k: int | None = None) -> tuple[float, float]:
    """An output as a linear expression of one of its parameters: its slope and its constant C.

    output0 = w0_k · INPUT_k + C has the slope INPUT_k; for the bias, `k=None`, output0 = bias0 + C has
    the slope 1. Everything else that goes into the output is in C. One layer back the roles change:
    as a line in INPUT_k, the output has the slope w0_k.

    >>> as_line([2.0, 3.0], 1.0, [10.0, 100.0], k=1)
    (100.0, 21.0)
    >>> as_line([2.0, 3.0], 1.0, [10.0, 100.0])
    (1.0, 320.0)
    """
    products = [weight * value for weight, value in zip(w, inputs, strict=True)]
    if k is None:
        return 1.0, sum(products)
    return inputs[k], sum(products[:k] + products[k + 1 :]) + b


def cost_derivative_each(
    derivative: Callable[[float, float], float], outputs: Vector, targets: Vector
) -> list[float]:
    """dC/da_j of every output by itself, as if "the other inputs had no effect on the result".

    `derivative(a_j, y_j)` is that of the one term of the cost with a_j. Right for a cost that is a sum of
    one term per output, such as the quadratic cost; wrong for softmax with cross-entropy as a function
    of the weighted inputs, where every term depends on all of them (see `output_error`).

    >>> cost_derivative_each(lambda a, y: a - y, [0.5, 1.0], [0.0, 1.0])
    [0.5, 0.0]
    """
    return [derivative(a, y) for a, y in zip(outputs, targets, strict=True)]


def earlier_layer(db_next: Vector, w_next: Matrix, f_prime_z: Vector) -> list[float]:
    """dC/db_i = Σ_j dC/db_j(next) · w_ji(next) · f′(z_i) · 1, from the next layer's bias slopes.

    >>> earlier_layer([1.0, 10.0], [[1.0, 2.0], [3.0, 4.0]], [1.0, 0.5])
    [31.0, 21.0]
    """
    return [
        sum(db * row[i] * slope * 1.0 for db, row in zip(db_next, w_next, strict=True))
        for i, slope in enumerate(f_prime_z)
    ]


def weight_slopes_column_major(db: Vector, inputs: Vector) -> list[float]:
    """The (n, 1) bias slopes times the (1, m) inputs, an (n, m) matrix stored column after column.

    >>> weight_slopes_column_major([1.0, 2.0, 3.0], [10.0, 100.0])
    [10.0, 20.0, 30.0, 100.0, 200.0, 300.0]
    """
    return [slope * value for value in inputs for slope in db]
