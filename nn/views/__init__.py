"""Pictures of networks, weights and training."""
