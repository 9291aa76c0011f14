// The graph of one kind of example, computed with the parameters of now and the numbers of any example.

import { table } from "../../../autograd/stepper/web/arithmetic.js";
import { Engine } from "../../../autograd/stepper/web/engine.js";

// The reason to stop, as a key of the sentences.
export class Stopped extends Error {}

export class Example {
  constructor({ program, record, parameters, leaves, outputs }) {
    this.engine = new Engine(program ?? record.program, table);
    this.parameters = parameters; // a node for each parameter, null for one that is not in the graph
    this.leaves = leaves;
    this.results = outputs;
    this.below = below(this.engine, outputs);
  }

  set(parameters, leaves) {
    const { data } = this.engine;
    this.parameters.forEach((node, k) => node !== null && (data[node] = parameters[k]));
    leaves.forEach((value, k) => this.leaves[k] !== null && (data[this.leaves[k]] = value));
  }

  forward() {
    const { engine } = this;
    engine.forward();
    const [why] = engine.refused.values();
    if (engine.unknown[engine.output]) throw new Stopped(why === "domain" ? "stopped_domain" : "stopped_diverged");
  }
  backward() {
    this.engine.backward();
    if (this.engine.stopped) throw new Stopped("stopped_diverged");
  }

  // The outputs alone: no cost, and no derivatives.
  forwardToOutputs() {
    const { engine } = this;
    for (const k of this.below) {
      engine.data[k] = engine.value(engine.ops[k], engine.numbers(k));
    }
  }

  get cost() {
    return this.engine.data[this.engine.output];
  }
  get outputs() {
    return this.results.map((node) => this.engine.data[node]);
  }
  // Every node's gradient of this example's own cost.
  gradient(node) {
    return this.engine.grad[node];
  }
}

// The operations that some nodes depend on, with these, in order.
function below({ ops, parents }, nodes) {
  const wanted = new Set(nodes);
  for (let k = ops.length - 1; k >= 0; k--) if (wanted.has(k)) for (const parent of parents[k]) wanted.add(parent);
  return [...wanted].filter((k) => ops[k]).sort((a, b) => a - b);
}
