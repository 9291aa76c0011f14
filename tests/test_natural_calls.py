"""The first line of somebody who knows another library: it works, or the error says the line that does."""

from __future__ import annotations

import importlib.util
import inspect
import math
import re
import sys
from typing import Any

import pytest

import autograd
import nn
from autograd import Value


class Tensor:
    """An array of another library: its items are such arrays, too, of no dimension in the end."""

    def __init__(self, items: Any) -> None:
        self.items = items
        self.shape = () if isinstance(items, float | int) else (len(items),)

    def __len__(self) -> int:
        return len(self.items)  # TypeError without dimensions, as PyTorch's

    def __iter__(self) -> Any:
        return map(Tensor, self.items)

    def tolist(self) -> Any:
        return self.items


def typed(code: str) -> Any:
    """The result of a line, or of the last line of several, typed by somebody with these things at hand."""
    x, w = Value(2.0, "x"), Value(1.0, "w")
    here: dict[str, Any] = {"autograd": autograd, "nn": nn, "Value": Value, "x": x, "w": w, "math": math}
    here |= {"f": lambda v: v[0] * v[1], "X": [[0.0, 1.0], [1.0, 0.0], [0.5, 0.5]], "Y": [1, 0, 1]}
    here["Tensor"] = Tensor
    here["mlp"] = nn.MLP([2, 3, 1], seed=0)
    product = here["product"] = w * x
    L = here["L"] = product.tanh()
    L.label = "L"
    *first, last = code.split("\n")
    exec("\n".join(first), here)
    return eval(last, here)


WORKS = {
    "divmod(Value(7.5), 2)": (3.0, 1.5),
    "divmod(20, Value(7.5))": (2.0, 5.0),
    "sum(divmod(x * x, w * 3))": 2.0,
    "nn.MLP([2, 3, 1], ['relu', 'sigmoid']).layers[1].activation": "sigmoid",
    "len(nn.MLP([1, 2, 1])(1.0))": 1,
    "nn.fit(mlp, X, Y, lr=0.1, epochs=2, loss='mse')[-1].loss > 0": True,
    "nn.SGD(mlp, lr=0.1).lr": 0.1,
    "nn.predict(mlp, X, loss='bce')[0] in (0, 1)": True,
    "autograd.draw([L]).tree() == autograd.draw(L).tree()": True,
    "autograd.step((L,)).trace() == autograd.step(L).trace()": True,
    "autograd.step([L, product]).trace()[1]": "L.grad += total.grad · ∂total/∂L = 1 × 1 = 1",
    "autograd.step(mlp(X[0])).count > 1": True,
    "repr(autograd.draw({'out': L, 'aux': [product]}))": "The graph of w·x, L, 4 boxes",
    "str(autograd.draw(L)) == autograd.draw(L).tree()": True,
    "str(autograd.paths(L, w))": "the output comes last, paths(w, loss)",
    "str(autograd.paths(w, x))": "no path",
    "autograd.paths(w, [L, product]).total": 2,
    "bool(autograd.gradcheck(f, [1., 2.]))": True,
    "repr(autograd.explain(L)).startswith('L.grad += dL/dL = 1')": True,
    "repr(nn.draw_network(mlp))": ".save('network.svg')",
    "repr(nn.draw_weights(mlp.layers[0]))": ".save('network.svg')",
    "repr(nn.layered.compare(mlp, X[0], [1.0]))": "largest difference\n    1  forward",
    "repr(autograd.check_engine(Value))": "Value: nothing wrong",
    "mlp(Tensor([0.5, 1.0])) == mlp([0.5, 1.0])": True,
    "mlp(Tensor([[0.5], [1.0]])) == mlp([0.5, 1.0])": True,
    "nn.quadratic(mlp(X[0]), Tensor([1.0])) == nn.quadratic(mlp(X[0]), Tensor(1.0))": True,
    "nn.cross_entropy([x, w], Tensor(1)) == nn.cross_entropy([x, w], Tensor([0.0, 1.0]))": True,
    "mlp([1., 2.]) == mlp([1., 2.]) and mlp([1., 2.]) != []": True,
    "repr(autograd.worksheet(L))": "1 graph",
    "hasattr(autograd, 'numpy') or hasattr(autograd, 'Variable') or hasattr(nn, 'Linear')": False,
    "hasattr(x, 'T') or hasattr(x, 'sum') or hasattr(mlp, 'forward')": False,
}

ANSWERED = {
    # names of autograd
    "autograd.numpy": "write `import numpy as np`",
    "autograd.elementwise_grad": "write grad(lambda x: sum(f(x)))(x)",
    "autograd.Variable": "write Value(data)",
    "autograd.tensor(1.0)": "write Value(data)",
    "autograd.Tensor": "write Value(data)",
    "autograd.jit(f)": "write autograd.compile(f, …)",
    "autograd.vmap(f)": "write a loop",
    "autograd.backward(x)": "write y.backward()",
    "autograd.Function": "write @autograd.primitive",
    "autograd.ln(x)": "write autograd.log(x)",
    "autograd.arctan(x)": "write autograd.atan(x)",
    "autograd.arcsin(x)": "write autograd.asin(x)",
    "autograd.arctan2(x, x)": "write autograd.atan2(a, b)",
    "autograd.gammaln(x)": "write autograd.lgamma(x)",
    "autograd.absolute(x)": "write autograd.abs(x)",
    "autograd.power(x, 2)": "write autograd.pow(a, b)",
    "autograd.multiply(x, w)": "write a * b",
    "autograd.negative(x)": "write -x",
    "autograd.pi": "write math.pi",
    "autograd.square(x)": "write x**2",
    "autograd.logistic(x)": "write autograd.sigmoid(x)",
    "autograd.engine": "write `from autograd import Value`",
    "autograd.functional.jvp": "write autograd.jvp",
    "autograd.nonsense": "module 'autograd' has no attribute 'nonsense'",
    # functions of numbers and of lists
    "autograd.max(x, 1)": "max takes its numbers in a list, [a, b]: write maximum(a, b)",
    "autograd.min(1, 2, 3)": "write minimum(a, b)",
    "autograd.sum(x, w)": "sum takes its numbers in a list",
    "autograd.mean(x)": "mean takes its numbers in a list",
    "autograd.norm(x, w)": "norm takes its numbers in a list",
    "autograd.dot(x, w)": "dot takes its numbers in a list",
    "autograd.dot([x], w)": "dot takes its numbers in a list",
    "autograd.softmax(x, w)": "softmax takes its numbers in a list",
    "autograd.cross_entropy(x, 0)": "cross_entropy takes its numbers in a list",
    "autograd.tanh([x, w])": "item by item: [tanh(x) for x in xs]",
    "autograd.sum(1 / 0 + v if v else len(v) for v in [0])": "object of type 'int' has no len()",
    # pictures and explanations
    "autograd.draw(L, product)": "several outputs go in a list, draw([a, b])",
    "autograd.draw(L, 'L.svg')": "draw(y).save(path) writes a file",
    "autograd.draw(L, format='svg')": 'draw(y).save("graph.svg")',
    "autograd.draw(L, rankdir='TB')": 'write direction="TB"',
    "autograd.step(L, product)": "several outputs go in a list, step([a, b])",
    "autograd.draw([])": "the list is empty",
    "autograd.draw([L, 3.0])": "must be a Value, not 3.0 (float)",
    "autograd.draw(f)": "call it, as in f(x)",
    "autograd.draw(mlp)": "draw(mlp(x)[0]), or draw the network itself, nn.draw_network(mlp)",
    "autograd.step(mlp)": "draw(mlp(x)[0])",
    "autograd.explain(mlp.layers[0])": "a Layer is a function",
    "autograd.explain(w, L)": "the output comes first: explain(L, w)",
    "autograd.explain(w, x)": "is not in the graph below",
    "autograd.explain(L, 'w')": "names must be a dictionary, such as vars(), not 'w'",
    "autograd.draw([L, product], path=w)": "draw(sum(outputs), …)",
    "autograd.draw([L, product], blank='grad')": 'blank="grad" is for one output',
    # names of nn
    "nn.Linear(2, 3)": "write nn.Layer(2, 3, activation=",
    "nn.Sequential()": "write nn.MLP([2, 3, 1])",
    "nn.Module": "nn.fit trains any object",
    "nn.ReLU()": 'activation="relu"',
    "nn.Tanh()": 'activation="tanh"',
    "nn.Softmax()": 'output="softmax"',
    "nn.MSELoss()": "nn.mean_squared_error(outputs, target)",
    "nn.CrossEntropyLoss()": "nn.cross_entropy(logits, target)",
    "nn.BCELoss()": "nn.binary_cross_entropy_of_probabilities(outputs, target)",
    "nn.functional.relu(x)": "write autograd.relu(x)",
    "nn.train_test_split(X, Y)": "write nn.data.split(X, Y, test=0.2)",
    "nn.data.make_moons(100)": "write nn.data.moons(100, noise=0.1)",
    "nn.data.load_digits()": "write nn.data.digits()",
    "nn.data.moons(n_samples=10)": "it is called n here",
    "nn.data.spirals(10, random_state=0)": "it is called seed here",
    "nn.data.split(X, Y, test_size=0.5)": "it is called test here",
    "nn.plots.plot_loss(mlp)": "write nn.plots.plot_history(history)",
    "nn.relu(x)": "write autograd.relu(…)",
    "nn.mse(x, 1)": "nn.mean_squared_error(outputs, target)",
    "nn.draw(mlp)": "write nn.draw_network(mlp)",
    "nn.nonsense": "module 'nn' has no attribute 'nonsense'",
    # attributes and arguments of a Value
    "x.T": "a Value is one number, without a shape",
    "x.view(1)": "a Value is one number, without a shape",
    "x.shape": "a Value is one number, without a shape",
    "x.sum()": "write autograd.sum(values)",
    "x.mean()": "write autograd.mean(values)",
    "x.pow(2)": "write autograd.pow(a, b)",
    "x.square()": "write x**2",
    "x.add(w)": "write a + b",
    "x.clone()": "copy.copy(x)",
    "x.to('cuda')": "leave it out",
    "x.gradient": "write x.grad",
    "x.maximum(w)": "write autograd.maximum(a, b)",
    "x.draw()": "write autograd.draw(x)",
    "x.explain()": "write autograd.explain(x)",
    "setattr(x, 'grad', None)": "write x.grad = 0",
    "x.value": "write x.data",
    "autograd.checkpoint(f)": "every result is kept",
    "x.backward(1.0)": "write (weight * y).backward()",
    "x.backward(gradient=1.0)": "write (weight * y).backward()",
    "Value(1.0, requires_grad=True)": "every Value records its gradient",
    "Value(1.0, dtype=float)": "numbers are Python floats",
    "Value(1.0, name='x')": "it is called label here",
    "Value(1.0, nonsense=1)": "Value() got an unexpected argument 'nonsense'",
    "divmod(x, 'a')": "unsupported operand type(s) for //: 'Value' and 'str'",
    # transforms
    "autograd.jvp(f, 3.0, 1.0)": "jvp(f, (3.0,), (1.0,))",
    "autograd.hvp(f, [1., 2.], [1., 0.])": "hvp(f, ([1.0, 2.0],), ([1.0, 0.0],))",
    "autograd.hvp(f, list(range(99)), [1., 0.])": "hvp(f, (x,), (v,))",
    "autograd.grad(L, x)": "write y.backward() and read x.grad",
    "autograd.grad(f, argnum=0)": "argnums",
    "autograd.jacobian(f, [1., 2.])": "the arguments of f follow: jacobian(f)(x)",
    "autograd.gradcheck(f, [1., 2.], eps=1e-6)": "leave it out",
    "autograd.gradcheck(f, [1., 2.], atol=1e-6)": "write tolerance=1e-6",
    "autograd.compile(f)": "compile(f, [0.0, [0.0, 0.0]]): missing a required argument: 'v'",
    "autograd.compile(f, [1., 2.])": "one entry per argument of f",
    # networks
    "mlp.forward([1., 2.])": "call it, as in mlp(x)",
    "mlp.state_dict()": "write nn.save(mlp, path)",
    "mlp.train()": "leave it out",
    "mlp.eval()": "leave it out",
    "mlp.fit(X, Y)": "write nn.fit(mlp, X, Y)",
    "mlp.predict(X)": "write nn.predict(mlp, X)",
    "mlp.to('cpu')": "leave it out",
    "mlp.layers[0].weight": "neuron.w for neuron in",
    "mlp.layers[0].neurons[0].forward(x)": "call it",
    "mlp.nonsense": "'MLP' object has no attribute 'nonsense'",
    "mlp([1., 2.]) - 1": "mlp(x)[0]",
    "mlp([1., 2.]).tanh()": "mlp(x)[0].tanh",
    "mlp([1., 2.]).sum()": "write autograd.sum(values)",
    "mlp([1., 'a'])": "input 1 must be a number or a Value, not 'a' (str)",
    "nn.MLP([2, 1], expand=True)([1., None])": "input 1 must be a number or a Value, not None",
    "mlp(1., 2.)": "MLP takes its inputs in a list, as in mlp([1.0, 2.0])",
    "mlp.layers[0].neurons[0](1., 2.)": "Neuron takes its inputs in a list",
    "mlp.layers[0].w": "neuron.w for neuron in",
    "mlp.activation": "layer.activation for layer in",
    "mlp([1., 2.]) == 1.0": "mlp(x)[0]",
    "mlp([1., 2.]) > 0": "mlp(x)[0]",
    "mlp(X)": "[mlp(x) for x in X]",
    "mlp([mlp(X[0]), 1.0])": "2 inputs of one example",
    "nn.MLP(2, 3, 1)": "MLP([2, 3, 1])",
    "nn.MLP([2, 3, 1], activations='relu')": "it is called activation here",
    "nn.MLP([2, 3, 1], activation='ReLU')": 'did you mean "relu"?',
    "nn.MLP([2, 3, 1], activation=math.tanh)": 'by its name, as in "relu"',
    "nn.MLP([2, 3, 1], activation=None)": 'by its name, as in "relu"',
    "nn.MLP([2, 3, 1], 'swish')": 'did you mean "silu"?',
    "nn.MLP([2, 3, 1], init='xavier_uniform')": 'did you mean "glorot"?',
    "nn.MLP([2, 3, 1], dropout=0.5)": "MLP() got an unexpected argument 'dropout'",
    "nn.Layer(2, 3, bias=False)": "every neuron has a bias",
    "nn.fit(mlp, X, y=Y)": "it is called targets here",
    "nn.fit(mlp, X, Y, criterion='mse')": "it is called loss here",
    "nn.MLP([2, 3, 1], random_state=0)": "it is called seed here",
    "nn.draw_weights(mlp)": "draw_weights(mlp.layers[0])",
    "nn.draw_network(x)": "draw_network takes a network or a layer, not Value",
    # training
    "nn.fit(mlp, X, Y, learning_rate=0.1)": "it is called lr here",
    "nn.fit(mlp, X, Y, n_epochs=2)": "it is called epochs here",
    "nn.fit(mlp, X, Y, num_epochs=2)": "it is called epochs here",
    "nn.fit(mlp, X, Y, iterations=2)": "it is called epochs here",
    "nn.fit(mlp, X, Y, epoch=2)": 'did you mean "epochs"?',
    "nn.fit(X, Y)": "the model comes first, as in fit(mlp, X, Y)",
    "nn.evaluate(X, Y)": "the model comes first",
    "nn.predict(X)": "predict(mlp, X)",
    "nn.predict(mlp)": "predict(mlp, X)",
    "nn.fit(mlp, X, Y, loss='bce', epochs=1).history['loss']": "write [epoch.loss for epoch in history]",
    "nn.fit(mlp, X, Y, loss='bce', epochs=1)['accuracy']": "write [epoch.accuracy for epoch in history]",
    "nn.fit(mlp, X, Y, loss='bce', epochs=1).val_loss": "write [epoch.validation_loss for epoch in history]",
    "nn.SGD(mlp).param_groups": "write optimizer.parameters and optimizer.lr",
    "nn.SGD(mlp).learning_rate": "write optimizer.lr",
    "nn.layered.compare(f, [1.0, 2.0], [1.0])": "takes a network of layers, as MLP([2, 3, 1]), not <",
    "nn.layered.backprop(nn.Layer(2, 1), [1.0, 2.0], [1.0])": "MLP([2, 3, 1]), not Layer(",
    "nn.plots.gradient_norms(f)": "takes a network of layers",
    "nn.plots.plot_activations(f, X)": "takes a network of layers",
    "nn.fit(f, X, Y, loss='mse')": "the model must return a list of outputs, even of one, not 0.0",
    "nn.step(lambda x: [f(x)], X, Y, loss='mse')": "step: a model has parameters()",
    "nn.SGD(mlp.parameters)": "call it: mlp.parameters()",
    "nn.SGD(0.1)": "parameters are a list of Values, or a network, not 0.1",
    "nn.SGD(x)": "parameters are a list of Values, or a network",
    "nn.fit(mlp, X, Y, shuffle=True)": "leave it out",
    "nn.fit(mlp, X, Y, 'bce')": "fit: options have names, as in fit(…, loss=…), not 'bce'",
    "autograd.value_and_grad(f, 0, True)": "options have names, as in value_and_grad(…, has_aux=…), not True",
    "nn.fit(mlp, X, Y, loss='BCE')": 'did you mean "bce"?',
    "nn.fit(mlp, X, Y, loss='crossentropy')": 'did you mean "cross_entropy"?',
    "nn.fit(mlp, X, Y, loss='CrossEntropyLoss')": 'did you mean "cross_entropy"?',
    "nn.fit(mlp, X, Y, loss='nll')": 'did you mean "ce"?',
    "nn.fit(mlp, X, Y, loss='bce', optimizer='Adam')": 'did you mean "adam"?',
    "nn.SGD(mlp, weight_decay=0.1)": "l2=weight_decay / 2",
    "nn.SGD(mlp, momentun=0.1)": 'did you mean "momentum"?',
    "nn.Adam(mlp, learning_rate=0.1)": "'learning_rate': it is called lr here",
    "nn.AdamW(mlp, beta1=0.1)": "AdamW() got an unexpected argument 'beta1': write betas=(0.9, 0.999)",
    "nn.predict(mlp, X)": "mlp(x)[0] is the number itself",
    "nn.plots.plot_decision_boundary(mlp, X, Y)": 'plot_decision_boundary(mlp, X, Y, loss="bce")',
    "nn.load('nope.json')": "nope.json",
    # what else is asked of a Value, of autograd and of what shows
    "x[0]": "'Value' object is not subscriptable",
    "x @ w": "@ is for matrices: write x * w for two numbers,",
    "x.set_grad(0)": "write x.grad = 0",
    "x.relu6()": "write autograd.clip(x, 0, 6)",
    "x.add_(1)": "a Value is not changed in place: write x = x + 1, or x.data",
    "x.register_hook(print)": "for step in autograd.backward_steps(y) stops at each step",
    "x.name": "write x.label",
    "x.sin(2)": "Value.sin() takes 1 positional argument but 2 were given",
    "x.leaky_relu(k=2)": "Value.leaky_relu() got an unexpected keyword argument 'k'",
    "x.__add__()": "Value.__add__() missing 1 required positional argument",
    "autograd.gelu(x, 2)": "Value.gelu() takes 1 positional argument but 2 were given",
    "x.is_cuda": "numbers are Python floats, on the processor: leave it out",
    "x.astype(float)": "numbers are Python floats, on the processor: leave it out",
    "x.eval()": "write x.data, a float",
    "x.subs(w, 1)": "a Value is a number: write a function, and call it with",
    "x.diff(w)": "derivatives are of functions, autograd.grad(f)(x), or come",
    "x.parameters()": "write [v for v in autograd.topological_order(x) if not",
    "x.inputs": "x.parents are the values it was computed from",
    "x.parent": "x.parents are the values it was computed from",
    "x.prev": "x.parents are the values it was computed from",
    "x.local_grads": "x.local_derivatives are they",
    "Value(1.0, 'a', 'b')": "an operation of your own states its derivative with",
    "Value(1.0, (x,), '+')": "an operation of your own states its derivative with",
    "autograd.zeros(3)": "write a list of Values, as [Value(0.0) for _ in range(3)]",
    "autograd.array([1,2])": "write a list of Values, as [Value(0.0) for _ in range(3)]",
    "autograd.randn(3)": "write random.gauss(0.0, 1.0), of Python's module random",
    "autograd.Symbol('x')": "write x = Value(2.0, label='x'): a formula is computed",
    "autograd.diff(L, x)": "write autograd.grad(f)(x), or y.backward() and x.grad",
    "autograd.sin(x).diff(x)": "derivatives are of functions, autograd.grad(f)(x), or come",
    "autograd.lambdify(x, L)": "write autograd.compile(f, …)",
    "autograd.simplify(L)": "write autograd.explain(y), or print(autograd.draw(y)), for",
    "autograd.variable(1.0)": "write Value(data), a single number",
    "autograd.manual_seed(0)": "write random.gauss(0.0, 1.0), of Python's module random",
    "autograd.save(L, 'x.pkl')": "write pickle.dump(y, file), and pickle.load(file)",
    "autograd.load('x.pkl')": "write pickle.dump(y, file), and pickle.load(file)",
    "autograd.plot(L)": "write autograd.draw(y)",
    "autograd.grad([L], [x])": "grad takes a function: grad(f)(x), not",
    "autograd.grad(f, has_aux=True)": "return one result, and compute the rest apart",
    "autograd.detach(x)": "write x.detach(), or autograd.stop_gradient(x)",
    "autograd.argmax([x, w])": "write values.index(max(values))",
    "autograd.sort([x, w])": "write sorted(values)",
    "autograd.cumsum([x, w])": "write list(itertools.accumulate(values))",
    "autograd.var([x, w])": "write np.var(values)",
    "autograd.concatenate([x, w])": "write xs + ys",
    "autograd.mse_loss(x, w)": "write nn.mean_squared_error(outputs, target), from the",
    "autograd.draw(L).savefig('p.png')": "write .save(path), whose suffix names the format",
    "autograd.draw(L).write_png('p.png')": 'write .save("x.png"), whose suffix names the format',
    "autograd.draw(L).to_file('p.png')": "write .save(path), whose suffix names the format",
    "autograd.draw(L).display()": "write .show(), or leave it to a notebook's cell",
    "autograd.draw(L).plot()": "write .show(), or leave it to a notebook's cell",
    "autograd.draw(L).to_html()": 'write .save("x.html"), whose suffix names the format',
    "autograd.draw(L).create_png()": 'write .save("x.png"), whose suffix names the format',
    "autograd.draw(1.0)": "the output of a graph must be a Value, not 1.0 (float),",
    "autograd.draw(None)": "the output of a graph must be a Value, not None:",
    "autograd.draw(L, figsize=(3,3))": "an SVG fits any size: leave it out",
    "autograd.draw(L, size=3)": "an SVG fits any size: leave it out",
    "autograd.draw(L, params={'w': w})": "name nodes with labels, Value(2.0, label='a'), or with",
    "autograd.draw(L, show_grad=True)": 'blank=("data", "grad") leaves numbers out',
    "autograd.draw(L, labels=True)": "name nodes with labels, Value(2.0, label='a'), or with",
    "autograd.draw(L, depth=2)": "write around=w, radius=3 for a part, or fold=True",
    "autograd.draw(L, level=1)": "write around=w, radius=3 for a part, or fold=True",
    "autograd.step(1)": "the output of a graph must be a Value, not 1 (int), which",
    "autograd.step([1.,2.])": "the output of a graph must be a Value, not 1.0 (float),",
    "autograd.step(L).step()": "write stepper.next(), or `for step in stepper`",
    "autograd.step(L).play()": "write .show(), or leave it to a notebook's cell",
    "autograd.step(L).backward()": "write stepper.back()",
    "autograd.step(L).reset()": "write stepper.seek(0)",
    "autograd.step(L).prev()": "write stepper.back()",
    "autograd.step(L).goto(2)": "write stepper.seek(3)",
    "autograd.step(L).savefig('p.png')": "write .save(path), whose suffix names the format",
    "autograd.step(L).to_html()": 'write .save("x.html"), whose suffix names the format',
    "autograd.step(L).display()": "write .show(), or leave it to a notebook's cell",
    "autograd.step(L).widget()": "write step(y, widget=True)",
    "autograd.step(L, interactive=True)": "it is: leave it out, or write widget=True",
    "autograd.explain(1)": "the output of a graph must be a Value, not 1 (int), which",
    "autograd.worksheet(L).savefig('w.pdf')": "write .save(path), whose suffix names the format",
    "autograd.gradcheck(lambda a, b: a * b, (1., 2.))": "gradcheck(f, 1.0, 2.0)",
    "autograd.gradcheck(L)": "gradcheck takes a function and its inputs: gradcheck(f, x,",
    "autograd.compile(mlp, X, Y)": "compile takes one example's inputs in a list, one entry per",
    "autograd.compile(f, [[0.,0.]]).savefig('p.svg')": "write .save(path), whose suffix names the format",
    "autograd.compile(f, [[0.,0.]]).grad([1.,2.])": "write program.value_and_grad(X)",
    "autograd.compile(f, [[0.,0.]]).code": "write program.source",
    "autograd.compile(f, [[0.,0.]]).show()": "write program.draw().show()",
    "list(mlp)": "MLP has no items, but a list of its parts: write mlp.layers[0]",
    "Value(Tensor(1.0))": "write its .item()",
    "autograd.explain(L).save('steps.pdf')": "text cannot be saved as .pdf; save it as .txt",
    "autograd.worksheet(3)": "worksheet takes Values, or functions that make them, not 3",
    "autograd.drawing.use_renderer('dot')": "AUTOGRAD_DOT names a program",
    "autograd.check_engine('engine.py')": "python -m autograd check engine.py",
    "autograd.compile(mlp, [X[0]])": "take one number of the list, [0]",
    # what else is asked of nn
    "nn.predict(mlp, X[0], loss='bce')": "one example is a row in a list, [x]",
    "nn.save('m.json', mlp)": "the network comes first, as in save(mlp, path)",
    "nn.load(mlp)": "load takes a path: mlp = load(path)",
    "nn.plot_decision_boundary(mlp, X, Y)": "it is nn.plots.plot_decision_boundary",
    "nn.losses.mse": 'write loss="mse", or nn.mean_squared_error(outputs, target)',
    "nn.losses.MSELoss()": 'write loss="mse", or nn.mean_squared_error(outputs, target)',
    "nn.losses.bce": 'write loss="bce", or nn.binary_cross_entropy(logits, target)',
    "nn.losses.CrossEntropy": 'write loss="ce", or nn.cross_entropy(logits, target)',
    "nn.optimizers.adam": "write nn.Adam(mlp)",
    "nn.optimizers.RMSprop": "write nn.Adam(mlp)",
    "nn.optimizers.StepLR": "a callback of nn.fit sets optimizer.lr after an epoch",
    "nn.activations.relu": "write autograd.relu(…)",
    "nn.activations.ReLU": "give an activation by its name, as in nn.MLP([2, 3, 1],",
    "nn.initializers.xavier": 'write nn.MLP(sizes, init="glorot")',
    "nn.initializers.kaiming_normal_": 'write nn.MLP(sizes, init="he")',
    "nn.initializers.zeros": "write nn.MLP(sizes, init=lambda rng, n, m: ([0.0] * n, 0.0))",
    "nn.layers.Dense(3)": "write nn.MLP([2, 3, 1]), nn.Layer(2, 3), nn.Neuron(2)",
    "nn.models.Sequential()": "write nn.MLP([2, 3, 1]), nn.Layer(2, 3), nn.Neuron(2)",
    "nn.datasets.make_moons()": "write nn.data.moons(100), nn.data.digits(), …",
    "nn.data.TensorDataset(X, Y)": "write nn.fit(mlp, X, Y, batch_size=10), which makes the",
    "nn.data.random_split(X, [1,2])": "write nn.data.split(X, Y, test=0.2)",
    "nn.metrics.accuracy_score(Y, Y)": "write nn.evaluate(mlp, X, Y), which gives loss and accuracy",
    "nn.accuracy_score(Y, Y)": "write nn.evaluate(mlp, X, Y), which gives loss and accuracy",
    "nn.confusion_matrix(Y, Y)": "write nn.predict(mlp, X), and count the pairs of zip(Y, …)",
    "nn.StandardScaler()": "scale the rows before, as [[(v - mean) / deviation for v in",
    "nn.no_grad()": "it is autograd.no_grad",
    "nn.Flatten()": "a row of inputs is a flat list: leave it out",
    "nn.NeuralNetwork([2,3,1])": "write nn.MLP([2, 3, 1])",
    "nn.Perceptron(2)": "write nn.Neuron(2)",
    "nn.LinearRegression()": "write nn.MLP([2, 1]), a network of one layer, and",
    "nn.LogisticRegression()": "write nn.MLP([2, 1]), a network of one layer, and",
    "nn.SGDClassifier()": "write nn.MLP([2, 1]), a network of one layer, and",
    "nn.summary(mlp)": "write mlp.summary()",
    "nn.plot(mlp)": "write nn.plots.plot_history(history)",
    "nn.plot_weights(mlp)": "write nn.draw_weights(mlp.layers[0])",
    "nn.draw_mlp(mlp)": "write nn.draw_network(mlp)",
    "nn.draw_network(mlp).savefig('p.png')": "write .save(path), whose suffix names the format",
    "nn.plots.plot(mlp)": "write nn.plots.plot_history(history)",
    "nn.MLP([2, 3, 1], activation=nn.activations.relu)": "write autograd.relu(…)",
    "nn.MLP([2, 3, 1], nonlin=False)": 'write activation="relu", or activation="identity"',
    "nn.Neuron(2, nonlin=False)": 'write activation="relu", or activation="identity"',
    "nn.Layer(2, 3, nonlin=True)": 'write activation="relu", or activation="identity"',
    "nn.fit(mlp, X, Y, 100)": "fit: options have names, as in fit(…, loss=…), not 100",
    "nn.fit(mlp, X, Y, 'mse')": "fit: options have names, as in fit(…, loss=…), not 'mse'",
    "nn.fit(mlp, X, Y, batch=2)": "it is called batch_size here",
    "nn.fit(mlp, X, Y, callbacks=[nn.early_stopping], loss='mse')": "patience must be a whole number",
    "nn.fit(mlp, X, Y, tol=1e-3)": "write callbacks=[nn.early_stopping(min_delta=1e-3)]",
    "nn.fit(mlp, X, Y, momentum=0.9)": "write optimizer=nn.SGD(mlp, lr=0.1, momentum=0.9)",
    "nn.fit(mlp, X, Y, scheduler=None)": "a callback of nn.fit sets optimizer.lr after an epoch",
    "nn.fit(mlp, X, Y, sample_weight=Y)": "write a loss of your own, loss=lambda outputs, y: …",
    "nn.fit(mlp, X, Y, loss='bce', epochs=1).save('h.csv')": "write csv.writer(file)",
    "nn.fit(mlp, X, Y, loss='bce', epochs=1).to_frame()": "write pandas.DataFrame(history.epochs)",
    "nn.fit(mlp, X, Y, loss='bce', epochs=1).show()": "write history.plot()",
    "nn.fit(mlp, X, Y, loss='bce', epochs=1)[0].val_loss": "write epoch.validation_loss",
    "nn.fit(mlp, X, Y, loss='bce', epochs=1).predict(X)": "fit trains the network in place",
    "nn.early_stopping(monitor='val_loss')": "it looks at the validation loss, if there is one: leave it out",
    "nn.early_stopping(patience=0)": "early_stopping: patience must be at least 1, not 0",
    "nn.early_stopping(tol=1)": "it is called min_delta here",
    "nn.EarlyStopping()": "write callbacks=[nn.early_stopping(patience=5)]",
    "nn.ReduceLROnPlateau()": "a callback of nn.fit sets optimizer.lr after an epoch",
    "nn.ModelCheckpoint('p')": 'write nn.fit(mlp, X, Y, checkpoint="run.json")',
    "nn.predict_proba(mlp, X)": "write [mlp(x) for x in X]",
    "nn.evaluate(mlp, X, Y, metrics=['acc'])": "the history has loss and accuracy: leave it out",
    "nn.SGD(mlp, nesterov=True)": "write nn.SGD(mlp, lr=0.1, momentum=0.9)",
    "nn.Adam(mlp, betas=0.9)": "Adam: betas are two numbers, as in (0.9, 0.999), not 0.9",
    "nn.Adam(mlp, amsgrad=True)": "write nn.Adam(mlp)",
    "nn.Adagrad(mlp)": "write nn.Adam(mlp)",
    "nn.step(mlp, X, Y, loss='bce').savefig('p')": "write .save(path), whose suffix names the format",
    "nn.clip_grad_value_(mlp.parameters(), 1.0)": "write nn.clip_grad_norm(parameters, max_norm)",
    "nn.layered.Network([2,3,1])": "write nn.MLP([2, 3, 1])",
    # what else is asked of networks
    "mlp[0]": "MLP has no items, but a list of its parts: write mlp.layers[0]",
    "mlp[-1]": "MLP has no items, but a list of its parts: write mlp.layers[0]",
    "mlp.layers[0][0]": "Layer has no items, but a list of its parts: write",
    "mlp.layers[0].neurons[0][0]": "Neuron has no items, but a list of its parts: write",
    "mlp.layers[0].size": "write mlp.sizes",
    "mlp.layers[0].in_features": "write mlp.sizes",
    "mlp.layers[0].inputs": "write mlp.sizes",
    "mlp.layers[0].nin": "write mlp.sizes",
    "mlp.nin": "write mlp.sizes",
    "mlp.n_layers": "mlp.layers is a list of layers",
    "mlp.params": "write mlp.parameters()",
    "mlp.num_parameters()": "write len(mlp.parameters())",
    "mlp.count_params()": "write len(mlp.parameters())",
    "mlp.trainable_variables": "write mlp.parameters()",
    "mlp.get_weights()": "write [p.data for p in mlp.parameters()]",
    "mlp.set_weights([])": "write for p, number in zip(mlp.parameters(), numbers):",
    "mlp.add(1)": "mlp.layers is a list of layers",
    "mlp.modules()": "mlp.layers is a list of layers",
    "mlp.children()": "mlp.layers is a list of layers",
    "mlp.get_params()": "write [p.data for p in mlp.parameters()]",
    "mlp.plot()": "write nn.draw_network(mlp).show()",
    "mlp.show()": "write nn.draw_network(mlp).show()",
    "mlp.copy()": "write copy.deepcopy(mlp)",
    "mlp.loss_": "history = nn.fit(mlp, X, Y) has them",
    "mlp.loss": "history = nn.fit(mlp, X, Y) has them",
    "mlp.optimizer": "write optimizer = nn.SGD(mlp, lr=0.1), and nn.fit(mlp, X,",
}

IMPORTED = {
    "import autograd.numpy as np": "write `import numpy as np`",
    "from autograd import numpy as np": "write `import numpy as np`",
    "from autograd.engine import Value": "write `from autograd import Value`",
    "from autograd.nn import MLP": "write `from nn import MLP`",
    "from autograd import elementwise_grad": "write grad(lambda x: sum(f(x)))(x)",
    "from autograd import Variable": "write Value(data)",
    "from autograd import arcsin": "write autograd.asin(x)",
    "from autograd.functional import jvp": "write autograd.jvp",
    "from stepgrad import Variable": "write Value(data)",
    "from nn import Linear": "write nn.Layer(",
    "from nn import Module": "nn.fit trains any object",
    "import nn.functional as F": "write autograd.relu(x)",
    "from autograd import nonsense": "cannot import name 'nonsense'",
    "import autograd.nonsense": "No module named 'autograd.nonsense'",
}


def plain(result: Any) -> Any:
    if isinstance(result, Value):
        return result.data
    return tuple(map(plain, result)) if isinstance(result, tuple) else result


@pytest.mark.parametrize("code", WORKS)
def test_it_works(code):
    result, wanted = plain(typed(code)), WORKS[code]
    assert wanted in result if isinstance(wanted, str) else result == wanted


@pytest.mark.parametrize("code", ANSWERED)
def test_the_error_says_what_to_write(code):
    with pytest.raises((AttributeError, TypeError, ValueError, OSError)) as caught:
        typed(code)
    assert ANSWERED[code] in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("code", IMPORTED)
def test_an_import_is_answered(code):
    with pytest.raises(ImportError) as caught:
        exec(code, {})
    assert IMPORTED[code] in str(caught.value)


class Doubled(nn.MLP):
    """A user's network, whose override type checkers accept."""

    def __call__(self, x: Any) -> Any:
        return [2 * output for output in super().__call__(x)]


def test_a_subclass_overrides_the_call():
    mlp = Doubled([2, 1], seed=0)
    assert mlp([1.0, 2.0])[0].data == 2 * nn.MLP([2, 1], seed=0)([1.0, 2.0])[0].data
    assert list(inspect.signature(nn.MLP.__call__).parameters) == ["self", "x"]


def explained(*arguments: Any, **options: Any) -> list[str]:
    return [line.partition(" = ")[0] for line in autograd.explain(*arguments, **options).splitlines()]


def test_the_steps_that_lead_to_a_node_are_explained():
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    c = a * b
    L = (a + c).tanh() * c
    c.label, L.label = "c", "L"
    assert explained(L, b)[-1] == "b.grad += c.grad · ∂c/∂b"
    assert not any("a.grad" in line.partition(" ")[0] for line in explained(L, b))
    assert explained(L, L) == ["L.grad += dL/dL"]
    assert explained(L, b, {"inner": a + c}) == explained(L, b)
    everything = explained(L)
    assert explained(L, vars()) == explained(L, names=vars()) == everything
    assert set(explained(L, b)) < set(everything)
    # The gradients that are printed are those of the whole pass.
    L.backward()
    assert f"→ {b.grad:.3g}".replace("-", "−") in autograd.explain(L, b).splitlines()[-1]


def test_only_the_made_up_names_on_show_are_defined():
    x, y = Value(2.0), Value(3.0)
    text = autograd.explain(autograd.sum([x, y * 7.0, x]).tanh(), x)
    assert text.count("v1 = 2") == 1
    assert "v4" not in autograd.explain(x * 2.0 + (y * 3.0).exp(), x)


def test_several_outputs_are_one_pass_of_their_sum():
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    outputs = [a * b, (a + b).tanh(), a * b]
    with autograd.no_grad():  # the sum is recorded nevertheless
        stepper = autograd.step(outputs)
    for step in stepper:
        assert step.root is stepper.root
    received = {step.parent: step.after for step in stepper.steps if step.parent in (a, b)}
    for output in outputs:
        output.backward()
    assert received == {a: pytest.approx(a.grad), b: pytest.approx(b.grad)}
    assert stepper.root.label == "total"


def test_several_outputs_share_one_picture():
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    c = a * b
    d = c.tanh()
    c.label, d.label = "c", "d"
    d.backward()
    boxes = {box.rows[0].name: box for box in autograd.draw([c, d, a - b]).figure.top.all_boxes()}
    assert {name: box.kind for name, box in boxes.items()} == {
        "a": "leaf", "b": "leaf", "c": "output", "d": "output", "a − b": "output",
    }  # fmt: skip
    assert boxes["d"].rows[0].grad.text == "1"
    assert boxes["a − b"].rows[0].grad.text == "·"  # as it is: no pass has been there
    many = autograd.draw([Value(1.0, f"x{i}") for i in range(9)])
    assert "The graph of x0, x1, x2, x3, …, 9 boxes" in repr(many)


def test_what_an_answer_tells_to_write_exists():
    """Each dotted name in an answer is one of ours."""
    from autograd.nodes import foreign, hints
    from nn.model import advice as of_nn

    tables: list[dict[str, str]] = [
        foreign._ADVICE,
        hints.ADVICE,
        hints._ARGUMENTS,
        hints.SHOWN,
        hints.STEPPER,
    ]
    tables += [of_nn.NAMES, of_nn.ATTRIBUTES, of_nn.ARGUMENTS, of_nn.HISTORY, of_nn.EPOCH, of_nn.OPTIMIZER]
    answers = [answer for table in tables for answer in table.values()]
    for answer in answers:
        for package, name in re.findall(r"\b(autograd|nn)\.([a-zA-Z_]\w*)", answer):
            assert hasattr({"autograd": autograd, "nn": nn}[package], name), answer
    takers = (nn.fit, nn.MLP, nn.Adam, nn.early_stopping, nn.data.moons, nn.data.split)
    ours = {name for f in takers for name in inspect.signature(f).parameters}
    assert {*of_nn.OURS.values()} <= ours


def test_names_of_other_libraries_hide_none_of_ours():
    from autograd.nodes import foreign
    from nn.model import advice as of_nn
    from nn.model.hints import MODULES

    assert not set(foreign._ADVICE) & set(dir(autograd))
    for module in MODULES:
        here = set(getattr(sys.modules[module], "__all__", ()))
        assert here
        assert not set(of_nn.NAMES) & here
    mlp = nn.MLP([1, 1])
    theirs = set(of_nn.ATTRIBUTES) - {"w", "b", "activation"}  # of a network, which a neuron has
    for thing in (mlp, mlp.layers[0], mlp.layers[0].neurons[0]):
        assert not theirs & set(dir(thing))
    assert not set(of_nn.HISTORY) & set(dir(nn.History()))
    assert not set(of_nn.OPTIMIZER) & set(dir(nn.Adam(mlp)))
    assert not set(of_nn.EPOCH) & set(dir(nn.Epoch(1.0)))


def test_the_import_system_is_left_alone():
    assert importlib.util.find_spec("autograd.nonsense") is None
    assert importlib.util.find_spec("autograd.graph") is not None
    assert importlib.util.find_spec("nonsense") is None
    # As pytest asks for the package of a file: the advice for `functional` is not about ours.
    assert not any(finder.find_spec("autograd.functional", []) for finder in sys.meta_path)
