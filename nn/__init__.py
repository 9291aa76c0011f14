"""A small neural network on Values, and the equations of backpropagation beside it."""
