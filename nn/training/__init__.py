"""Training: losses, optimizers, fit, evaluation, history, checkpoints."""
