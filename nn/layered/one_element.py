"""Backpropagation as the Perl pages put it: one element, read concretely, then repeated (P4–P7).

The same equations as BP1–BP4, with a slope of the bias where the chapter has an error.
"""

from __future__ import annotations

from .arrays import Matrix, Vector


def last_layer(dC_da: Vector, f_prime_z: Vector, inputs: Vector) -> tuple[list[float], list[list[float]]]:
    """dC/db_j = 1 · f′(z_j) · dC/da_j and dC/dw_jk = dC/db_j · input_k, as the Perl pages write it (P4).

    Pass ∂C/∂a. The pages also offer a − y "of the cross-entropy": that is ∂C/∂z already (with softmax or
    sigmoid outputs), which this function would multiply by f′(z) a second time (P3).

    >>> last_layer([0.5], [0.25], [2.0, 4.0])
    ([0.125], [[0.25, 0.5]])
    """
    db = [1.0 * slope * upstream for slope, upstream in zip(f_prime_z, dC_da, strict=True)]
    return db, [[slope * value for value in inputs] for slope in db]


def earlier_layer(db_next: Vector, w_next: Matrix, f_prime_z: Vector) -> list[float]:
    """dC/db_i = Σ_j dC/db_j(next) · w_ji(next) · f′(z_i) · 1, from the next layer's bias slopes (P6).

    >>> earlier_layer([1.0, 10.0], [[1.0, 2.0], [3.0, 4.0]], [1.0, 0.5])
    [31.0, 21.0]
    """
    return [
        sum(db * row[i] * slope * 1.0 for db, row in zip(db_next, w_next, strict=True))
        for i, slope in enumerate(f_prime_z)
    ]


def weight_slopes_column_major(db: Vector, inputs: Vector) -> list[float]:
    """The (n, 1) bias slopes times the (1, m) inputs, an (n, m) matrix stored column after column (P5).

    >>> weight_slopes_column_major([1.0, 2.0, 3.0], [10.0, 100.0])
    [10.0, 20.0, 30.0, 100.0, 200.0, 300.0]
    """
    return [slope * value for value in inputs for slope in db]
