"""micrograd's demo, compiled: `python examples/compiled.py`. Needs NumPy.

The moons of moons.py, learned twice from the same start: with a graph of Values for every step, and with
a program that was compiled once. Then what the program computes, as equations.
"""

import time

import autograd
import nn

X, labels = nn.data.moons(100, noise=0.1)
Y = [2 * label - 1 for label in labels]
parameters, accuracies, seconds = {}, {}, {}

for engine in ("eager", "compiled"):
    mlp = nn.MLP([2, 16, 16, 1], activation="relu", seed=0)
    sgd = nn.SGD(mlp.parameters(), lr=1.0)

    def slow_down(history, sgd=sgd):
        """From 1 to 0.1."""
        sgd.lr = 1.0 - 0.9 * len(history) / 100

    started = time.perf_counter()
    nn.fit(
        mlp, (X, Y), loss="hinge", l2=1e-4, optimizer=sgd, epochs=100, batch_size=100,
        callbacks=[slow_down], engine=engine, progress=False,
    )  # fmt: skip
    seconds[engine] = time.perf_counter() - started
    parameters[engine] = [p.data for p in mlp.parameters()]
    accuracies[engine] = nn.evaluate(mlp, X, Y, loss="hinge")[1]
    print(f"{engine:8}: {100 * accuracies[engine]:.0f} % of the points in {seconds[engine]:.2f} s")

apart = max(abs(p - q) for p, q in zip(*parameters.values()))
print(f"{seconds['eager'] / seconds['compiled']:.0f} times as fast; the parameters differ by {apart:.1e}\n")


def cost(x, y):
    """The cost of one point, of which the program is made."""
    return nn.hinge(mlp(x), y)


print(autograd.compile(cost, [X[0], [1.0]], mlp.parameters()))
