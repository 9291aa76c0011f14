"""Names that PyTorch, Keras and scikit-learn have, each with what to write here: the tables of `hints`."""

from __future__ import annotations

from autograd import drawing

# Names of PyTorch's, Keras's, scikit-learn's and torchvision's, for `nn` and all modules in it.
NAMES = drawing.advice_table("""
make_moons: write nn.data.moons(100, noise=0.1)
make_circles: write nn.data.circles(100, noise=0.05)
make_spirals: write nn.data.spirals(150)
make_regression: write nn.data.linear(100)
load_digits: write nn.data.digits()
load_mnist MNIST: write nn.data.mnist(folder), which reads your own files
datasets dataset: write nn.data.moons(100), nn.data.digits(), …
train_test_split random_split: write nn.data.split(X, Y, test=0.2)
DataLoader TensorDataset: write nn.fit(mlp, X, Y, batch_size=10), which makes the batches
StandardScaler: scale the rows before, as [[(v - mean) / deviation for v in row] for row in X]
plot plot_loss plot_losses plot_training: write nn.plots.plot_history(history)
decision_boundary: write nn.plots.plot_decision_boundary(mlp, X, Y, loss="bce")
plot_gradients: write nn.plots.plot_gradient_norms(norms)
plot_weights: write nn.draw_weights(mlp.layers[0])
Linear: write nn.Layer(2, 3, activation="identity")
Dense: write nn.Layer(2, 3)
Perceptron: write nn.Neuron(2)
Sequential: write nn.MLP([2, 3, 1]), which has all its layers
MLPClassifier MLPRegressor Network NeuralNetwork Net: write nn.MLP([2, 3, 1])
LinearRegression LogisticRegression SGDClassifier SGDRegressor: write nn.MLP([2, 1]), a network of one layer,
    and nn.fit(mlp, X, Y, loss=…)
Module Model ModuleList: nn.fit trains any object that is called with one input and has parameters()
Parameter: write autograd.Value(data)
Softmax: give it by its name, as in nn.MLP([2, 3, 1], output="softmax")
LogSoftmax: the loss "cross_entropy" takes logits: leave it out
Flatten: a row of inputs is a flat list: leave it out
MSELoss MeanSquaredError mse MSE mse_loss: write loss="mse", or nn.mean_squared_error(outputs, target)
CrossEntropyLoss CrossEntropy CategoricalCrossentropy NLLLoss ce: write loss="ce", or
    nn.cross_entropy(logits, target)
BCEWithLogitsLoss BinaryCrossentropy bce: write loss="bce", or nn.binary_cross_entropy(logits, target)
BCELoss: write nn.binary_cross_entropy_of_probabilities(outputs, target); from logits
    nn.binary_cross_entropy, loss="bce"
HingeLoss: write loss="hinge", or nn.hinge(outputs, target)
functional: write autograd.relu(x), nn.cross_entropy(logits, target)
xavier xavier_uniform_ xavier_normal_ GlorotUniform: write nn.MLP(sizes, init="glorot")
kaiming kaiming_uniform_ kaiming_normal_ HeNormal: write nn.MLP(sizes, init="he")
zeros ones zeros_: write nn.MLP(sizes, init=lambda rng, n, m: ([0.0] * n, 0.0))
init: write nn.initializers
optim: write nn.SGD(mlp, lr=0.1) or nn.Adam(mlp)
sgd: write nn.SGD(mlp, lr=0.1)
adam RMSprop RMSProp Adagrad Adadelta Nadam: write nn.Adam(mlp)
StepLR ExponentialLR CosineAnnealingLR ReduceLROnPlateau lr_scheduler: a callback of nn.fit sets optimizer.lr
    after an epoch
EarlyStopping: write callbacks=[nn.early_stopping(patience=5)]
ModelCheckpoint: write nn.fit(mlp, X, Y, checkpoint="run.json")
utils clip_grad_norm_ clip_grad_value_: write nn.clip_grad_norm(parameters, max_norm)
draw draw_mlp plot_network visualize: write nn.draw_network(mlp)
summary: write mlp.summary()
train: write nn.fit(mlp, X, Y)
predict_proba: write [mlp(x) for x in X]
accuracy accuracy_score score metrics: write nn.evaluate(mlp, X, Y), which gives loss and accuracy
confusion_matrix: write nn.predict(mlp, X), and count the pairs of zip(Y, …)
layers models: write nn.MLP([2, 3, 1]), nn.Layer(2, 3), nn.Neuron(2)
Conv2d Conv1d RNN LSTM GRU Embedding Dropout BatchNorm1d BatchNorm2d LayerNorm MultiheadAttention: write it
    with Values: nn.fit trains any object that is called and has parameters()
""") | {
    name: 'give an activation by its name, as in nn.MLP([2, 3, 1], activation="'
    f'{name.replace("LeakyR", "leaky_r").lower()}")'
    for name in (
        "ReLU", "LeakyReLU", "ELU", "GELU", "SiLU", "Tanh", "Sigmoid", "Softplus", "Softsign", "Identity",
    )
}  # fmt: skip

# Attributes of networks of theirs, by our MLP, Layer and Neuron.
ATTRIBUTES = drawing.advice_table("""
forward: call it, as in mlp(x)
train eval: a network has no modes for training and evaluation: leave it out
fit: write nn.fit(mlp, X, Y)
predict: write nn.predict(mlp, X) for classes, mlp(x) for the outputs
predict_proba: write mlp(x) for the outputs of one row
score evaluate: write nn.evaluate(mlp, X, Y)
compile: write nn.fit(mlp, X, Y, loss=…, optimizer=…, engine="compiled")
state_dict: write nn.save(mlp, path); the numbers are [p.data for p in mlp.parameters()]
load_state_dict load: write mlp = nn.load(path)
save: write nn.save(mlp, path)
draw plot show: write nn.draw_network(mlp).show()
backward: an output has it, as in mlp(x)[0].backward()
step: write optimizer = nn.SGD(mlp, lr=0.1), optimizer.step()
params trainable_variables trainable_weights: write mlp.parameters()
num_parameters count_params n_params: write len(mlp.parameters())
get_weights get_params data: write [p.data for p in mlp.parameters()]
set_weights set_params: write for p, number in zip(mlp.parameters(), numbers): p.data = number
modules children add append n_layers: mlp.layers is a list of layers
nin nout in_features out_features inputs outputs size shape: write mlp.sizes
loss loss_ losses history loss_curve_: history = nn.fit(mlp, X, Y) has them
optimizer: write optimizer = nn.SGD(mlp, lr=0.1), and nn.fit(mlp, X, Y, optimizer=optimizer)
copy clone: write copy.deepcopy(mlp)
named_parameters: write [(p.label, p) for p in mlp.parameters()]
weights: write [p.data for p in mlp.parameters()], or mlp.layers[0].neurons[0].w
weight w coefs_: write [neuron.w for neuron in mlp.layers[0].neurons]
bias biases b intercepts_: write [neuron.b for neuron in mlp.layers[0].neurons]
activation: write [layer.activation for layer in mlp.layers]
grad: write [p.grad for p in mlp.parameters()], after a backward pass
to cuda cpu double float: numbers are Python floats, on the processor: leave it out
""")

# Attributes of theirs of what `fit` returns, and of optimizers.
HISTORY = drawing.advice_table("""
loss accuracy validation_loss validation_accuracy: write [epoch.{name} for epoch in history]
history losses: write [epoch.loss for epoch in history]
epoch: write history.epochs, or len(history)
best_loss: write history[history.best - 1].loss
val_loss: write [epoch.validation_loss for epoch in history]
val_accuracy: write [epoch.validation_accuracy for epoch in history]
show draw savefig: write history.plot(), and history.plot().save('history.svg')
save to_csv: write csv.writer(file).writerows(map(dataclasses.astuple, history))
to_frame to_pandas df: write pandas.DataFrame(history.epochs)
predict evaluate model parameters: fit trains the network in place: nn.predict(mlp, X)
""")
EPOCH = drawing.advice_table("""
val_loss: write epoch.validation_loss
val_accuracy val_acc: write epoch.validation_accuracy
acc: write epoch.accuracy
""")
OPTIMIZER = drawing.advice_table("""
param_groups: write optimizer.parameters and optimizer.lr
params: write optimizer.parameters
learning_rate: write optimizer.lr
update apply_gradients: write optimizer.step()
minimize: write cost.backward(), then optimizer.step()
zero_gradients: write optimizer.zero_grad()
""")

# Arguments of theirs: the name of ours, or what to do instead.
OURS = drawing.advice_table("""
learning_rate eta alpha learning_rate_init step_size: lr
n_epochs num_epochs nb_epoch iterations n_iter max_iter steps: epochs
batch minibatch_size mini_batch_size bs: batch_size
criterion cost loss_fn loss_function objective: loss
optim opt solver: optimizer
validation_data val val_data evaluation_data eval_set test: validation
verbose: progress
n_samples samples count size: n
test_size: test
random_state rng key: seed
clipnorm max_norm grad_clip max_grad_norm clip_grad_norm: clip_norm
callback: callbacks
activations act nonlinearity activation_fn hidden_activation: activation
output_activation out_activation final_activation: output
initializer kernel_initializer weight_init initialization: init
y Y y_train labels target: targets
epsilon: eps
tol threshold delta: min_delta
restore_best_weights: restore_best
""")
ARGUMENTS = drawing.advice_table("""
shuffle: every epoch has an order of its own: leave it out
validation_split: write nn.data.split(X, Y) before, and validation=(X, Y)
metrics: the history has loss and accuracy: leave it out
device dtype: numbers are Python floats, on the processor: leave it out
bias: every neuron has a bias: leave it out
weight_decay: nn.AdamW has it; for others add it to the cost, as in nn.fit(…, l2=weight_decay / 2)
patience early_stopping: write callbacks=[nn.early_stopping(patience=5)]
beta1 beta2 beta_1 beta_2: write betas=(0.9, 0.999)
maximize: negate the cost
monitor: it looks at the validation loss, if there is one: leave it out
mode: less is better: leave it out
tol: write callbacks=[nn.early_stopping(min_delta=1e-3)]
momentum: write optimizer=nn.SGD(mlp, lr=0.1, momentum=0.9)
nesterov: write nn.SGD(mlp, lr=0.1, momentum=0.9)
amsgrad: write nn.Adam(mlp)
scheduler lr_scheduler decay: a callback of nn.fit sets optimizer.lr after an epoch
sample_weight class_weight: write a loss of your own, loss=lambda outputs, y: …
nonlin: write activation="relu", or activation="identity"
""")
