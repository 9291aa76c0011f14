// Gradient descent on recorded graphs: the same graphs that the page shows, with other numbers in their
// leaves. It knows nothing of the page.

import { Example, Stopped } from "./example.js";

const MEMORY = 4e6; // parameters that the history holds: 32 MB

// The cost of the examples, and the way of the parameters. `at` counts the epochs done, `position` the examples
// of the epoch that has begun.
export class TrainingRun {
  constructor({ graphs, examples, parameters, orders, limit }) {
    this.graphs = graphs.map((graph) => new Example(graph));
    this.examples = examples;
    this.orders = orders;
    this.limit = limit;
    this.parameters = parameters.map(({ value }) => value);
    this.history = [];
    this.at = 0;
    this.position = 0;
    this.#keep();
  }

  get last() {
    return this.history.length - 1;
  }
  get order() {
    return this.orders[this.at % this.orders.length];
  }
  // Whether the history holds no more epochs.
  get full() {
    return this.history.length * this.parameters.length > MEMORY;
  }

  // One step, on the next examples: p − η · 1/m Σ dC/dp. Throws a Stopped, and changes nothing, if a number
  // leaves the range of floats or an operation its domain.
  step(rate, batch) {
    const rows = this.order.slice(this.position, this.position + batch);
    const gradient = this.parameters.map(() => 0);
    for (const row of rows) {
      const graph = this.#set(row);
      graph.forward();
      graph.backward();
      graph.parameters.forEach((node, k) => {
        if (node !== null) gradient[k] += graph.gradient(node) / rows.length;
      });
    }
    const moved = this.parameters.map((value, k) => value - rate * gradient[k]);
    if (!moved.every(Number.isFinite)) throw new Stopped("stopped_diverged");
    const before = this.parameters;
    this.parameters = moved;
    if (this.position + rows.length < this.examples.length) {
      this.position += rows.length;
      return;
    }
    const measured = this.#measured(before);
    this.history.length = this.at + 1; // what came later came from other parameters
    this.history.push(measured);
    this.at += 1;
    this.position = 0;
  }

  // The rest of this epoch, whole or not at all.
  epoch(rate, batch) {
    const { parameters, position, at } = this;
    try {
      do this.step(rate, batch);
      while (this.at === at);
    } catch (error) {
      Object.assign(this, { parameters, position });
      throw error;
    }
  }

  // Back, or forward again, to the end of an epoch.
  seek(epoch) {
    this.at = Math.min(Math.max(epoch, 0), this.last);
    this.position = 0;
    this.parameters = this.history[this.at].parameters;
  }

  // An example's graph with the parameters of now and its numbers, computed.
  look(row) {
    const graph = this.#set(row);
    graph.forward();
    return graph;
  }

  // The outputs for any inputs, of the first graph: outputs are the same in all.
  outputs(inputs) {
    const [graph] = this.graphs;
    graph.set(this.parameters, inputs);
    graph.forwardToOutputs();
    return graph.outputs;
  }

  // The class that outputs say, as nn.predict has it; null if they say none.
  decided(outputs) {
    if (outputs.length > 1) return outputs.indexOf(Math.max(...outputs));
    return this.limit === null ? null : Number(outputs[0] > this.limit);
  }

  #set(row) {
    const { graph, leaves } = this.examples[row];
    this.graphs[graph].set(this.parameters, leaves);
    return this.graphs[graph];
  }

  // Cost and accuracy over all examples; Stopped, with the parameters as they were, if there is no cost.
  #measured(before) {
    try {
      let [cost, right] = [0, 0];
      this.examples.forEach(({ says }, row) => {
        const graph = this.look(row);
        cost += graph.cost;
        right += Number(says !== null && this.decided(graph.outputs) === says);
      });
      cost /= this.examples.length;
      if (!Number.isFinite(cost)) throw new Stopped("stopped_diverged");
      return { parameters: this.parameters, cost, right };
    } catch (error) {
      this.parameters = before;
      throw error;
    }
  }
  #keep() {
    this.history.push(this.#measured(this.parameters));
  }
}
