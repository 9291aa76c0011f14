"""The network: neurons, layers, activations, initializers, saving."""
