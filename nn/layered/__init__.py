"""The equations of backpropagation, layer by layer, on plain numbers.

A vector is a list, a matrix a list of rows; row j of `w` belongs to the receiving neuron, column k
to the sending one: so w a is a sum over the inputs, without a transpose. `z = w a + b` is a layer's
weighted input, `a = σ(z)` its activation and `delta_j = ∂C/∂z_j` its error (which is not the share of
wrong answers). Index l is the layer, and layer 0 is the input. Nothing here uses the engine: these are
the equations as people derive them by hand, and `compare` compares them with the engine.

The sources write the same things differently:

| here (Nielsen)          | the textbook (B)      | the Perl pages (P)      | the notes (D)          |
|-------------------------|-----------------------|-------------------------|------------------------|
| layer 0 (input) … L; there 1 … L | (1), (2)     | no numbers              | layer 0 (input) … L    |
| `z`, `a`                | b and z, then a and y | no names and outputs    | Z, A                   |
| `delta` = ∂C/∂z         | δ                     | slope of the bias       | dZ                     |
| `nabla_b`, `nabla_w`    | ∂E/∂w, dummy included | slopes                  | db, dW                 |
| `w[j][k]`, to j, from k | w_ji, v_kj: the same  | the same, column-major  | the same or transposed |
| `eta`                   | α                     | learning rate           | learning rate          |
| an example a row of X   | a row                 | one at a time           | a column of X          |
"""

from typing import TYPE_CHECKING

from ..model.hints import answering
from .arrays import entrywise
from .by_hand import one_neuron_a_layer, relu_network, small_graph
from .cached import Cache, backprop_matrices, layer_backward, layer_by_columns, layer_forward
from .chapter import ChapterNetwork
from .comparison import Comparison, Difference, compare
from .definition import chain, partial_slopes, slope
from .equations import bp1, bp1_matrix, bp2, bp2_matrix, bp3, bp4, closed_product, softmax_error
from .minibatches import backprop_minibatch, update
from .network import Backprop, backprop, feedforward, weighted_input, weights_and_biases
from .one_element import (
    as_line,
    cost_derivative_each,
    earlier_layer,
    last_layer,
    weight_slopes,
    weight_slopes_column_major,
)
from .paths import demon, forward_changes, rate_factors
from .regression import (
    descend,
    linear_regression,
    logistic_regression,
    logistic_regression_matrices,
    steepness,
)
from .two_layers import (
    TwoLayers,
    cross_entropy,
    hidden_error,
    mean_cross_entropy,
    output_error,
    output_error_written_out,
    softmax_derivative,
    squared_output_error,
    two_layers,
    updated,
)

if not TYPE_CHECKING:
    _name_advice, __getattr__ = answering("nn.layered")

__all__ = [
    "Backprop",
    "Cache",
    "ChapterNetwork",
    "Comparison",
    "Difference",
    "TwoLayers",
    "as_line",
    "backprop",
    "backprop_matrices",
    "backprop_minibatch",
    "bp1",
    "bp1_matrix",
    "bp2",
    "bp2_matrix",
    "bp3",
    "bp4",
    "chain",
    "closed_product",
    "compare",
    "cost_derivative_each",
    "cross_entropy",
    "demon",
    "descend",
    "earlier_layer",
    "entrywise",
    "feedforward",
    "forward_changes",
    "hidden_error",
    "last_layer",
    "layer_backward",
    "layer_by_columns",
    "layer_forward",
    "linear_regression",
    "logistic_regression",
    "logistic_regression_matrices",
    "mean_cross_entropy",
    "one_neuron_a_layer",
    "output_error",
    "output_error_written_out",
    "partial_slopes",
    "rate_factors",
    "relu_network",
    "slope",
    "small_graph",
    "softmax_derivative",
    "softmax_error",
    "squared_output_error",
    "steepness",
    "two_layers",
    "update",
    "updated",
    "weight_slopes",
    "weight_slopes_column_major",
    "weighted_input",
    "weights_and_biases",
]
