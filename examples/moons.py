"""micrograd's demo: two moons separated by a wide margin. `python examples/moons.py`.

A 2-16-16-1 network, the max-margin loss and an L2 penalty, plain gradient descent on all 100 points
in each step, with a learning rate that falls from 1 to 0.1. With matplotlib, it draws the boundary.
"""

import nn

X, labels = nn.data.moons(100, noise=0.1)
Y = [2 * label - 1 for label in labels]  # a margin has two sides: −1 and 1

mlp = nn.MLP([2, 16, 16, 1], activation="relu", seed=0)
sgd = nn.SGD(mlp, lr=1.0)


def after_epoch(history):
    """Slow down; say every tenth epoch how it goes."""
    sgd.lr = 1.0 - 0.9 * len(history) / 100
    if len(history) % 10 == 0:
        print(f"epoch {len(history):3}: {history[-1]}")


print(mlp.summary())
nn.fit(mlp, X, Y, loss="hinge", l2=1e-4, optimizer=sgd, epochs=100, batch_size=100, callbacks=[after_epoch])
_, accuracy = nn.evaluate(mlp, X, Y, loss="hinge")
print(f"{accuracy:.0%} of the points are on their own side")

try:
    nn.plots.plot_decision_boundary(mlp, X, labels, loss="hinge").save("moons.png")
    print("the boundary is drawn in moons.png")
except ImportError as error:
    print(error)
