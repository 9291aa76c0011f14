// The engine: a recorded graph computed again, with other numbers in its leaves. The operations are rows of
// `table` (arithmetic.js, and what autograd/stepper/javascript.py wrote); nothing here knows the page.
//
//     const engine = new Engine(program, table);  // autograd.stepper.program wrote `program`
//     engine.data[leaf] = 0.5;
//     engine.forward();   // data and locals; if that is not possible: refused, unknown
//     engine.backward();  // grad; one use at a time, if asked: engine.backward((use) => …)
//
// Nodes are numbered in topological order, the last is the output. A program has, per node, the name of its
// operation ("" for a leaf), its operands (the number of a node; [2.5] for a constant, which may be replaced;
// null for a branch that was not taken) and its recorded data; of operations that the page cannot compute,
// the recorded local derivatives.

import { flags, INVALID, OVERFLOW } from "./arithmetic.js";

export class Engine {
  constructor({ ops, operands, data, locals = {}, ieee = false }, table) {
    this.table = table;
    this.ieee = ieee; // whether inf and nan pass, as under errstate("ieee")
    this.ops = ops.split(" ");
    this.operands = operands;
    this.parents = operands.map((all) => all.filter(Number.isInteger)); // one entry per use
    this.recorded = Float64Array.from(data);
    this.data = Float64Array.from(data);
    this.grad = new Float64Array(data.length);
    this.locals = operands.map((_, k) => locals[k] ?? []); // per use
    this.raised = new Uint8Array(data.length); // what Python raises for the local derivatives
    this.unknown = new Uint8Array(data.length); // 1 for a node that was refused, and all above it
    this.refused = new Map(); // why, by node: "domain", "overflow" or "undefined"
    this.stopped = null; // the use at which the backward pass is refused, and why
    this.fixed = null; // see isFixed
    this.reached = new Uint8Array(data.length); // 1 for a node whose gradient is known
    this.fixed = this.#belowFixed();
  }

  get output() {
    return this.ops.length - 1;
  }
  computes(node) {
    return this.ops[node] in this.table.partials;
  }

  // Whether a node goes into an operation that the page cannot compute, so that its number must stay.
  isFixed(node) {
    return this.fixed[node] === 1;
  }
  #belowFixed() {
    const fixed = new Uint8Array(this.ops.length);
    for (let k = this.output; k >= 0; k--)
      if (fixed[k] || (this.ops[k] && !this.computes(k))) for (const parent of this.parents[k]) fixed[parent] = 1;
    return fixed;
  }

  // The numbers of a node's operands, and which of them is the one in a slot.
  numbers(k) {
    return this.operands[k].map((o) => (o === null ? NaN : typeof o === "number" ? this.data[o] : o[0]));
  }
  operandOf(k, slot) {
    const places = [...this.operands[k].keys()].filter((i) => typeof this.operands[k][i] === "number");
    return places[slot];
  }

  // All values and local derivatives from the leaves, or, after `from` alone has changed, from there on.
  forward(from = 0) {
    for (let k = from; k <= this.output; k++) if (this.ops[k]) this.#evaluate(k);
  }

  // The values alone from a node on, under IEEE's rules.
  values(from) {
    for (let k = from; k <= this.output; k++)
      if (this.ops[k] && this.computes(k)) this.data[k] = this.value(this.ops[k], this.numbers(k));
  }

  #evaluate(k) {
    this.refused.delete(k);
    this.unknown[k] = this.parents[k].some((parent) => this.unknown[parent]) ? 1 : 0;
    if (this.unknown[k]) this.data[k] = NaN;
    else if (this.computes(k)) {
      const numbers = this.numbers(k);
      flags.raised = 0;
      const y = this.value(this.ops[k], numbers);
      const why = this.ieee ? null : refusal(y, numbers);
      this.data[k] = y;
      if (why) {
        this.refused.set(k, why);
        this.unknown[k] = 1;
        return;
      }
      flags.raised = 0;
      const locals = this.partials(this.ops[k], y, numbers);
      this.raised[k] = flags.raised;
      this.locals[k] = locals.filter((_, slot) => typeof this.operands[k][slot] === "number");
    }
  }

  // One row at these operands: its value, and its partial derivatives.
  value(op, numbers) {
    const { value, shapes } = this.table;
    if (!shapes[op]) return value[op](...numbers);
    flags.raised = 0;
    const y = value[op](...grouped(shapes[op], numbers));
    return flags.raised ? (numbers.some(Number.isNaN) ? NaN : Infinity) : y;
  }
  partials(op, y, numbers) {
    const { partials, shapes } = this.table;
    if (!shapes[op]) return partials[op](y, ...numbers);
    const locals = partials[op](y, ...grouped(shapes[op], numbers));
    return flags.raised ? numbers.map((_, slot) => (slot === 0 && shapes[op][0] === "1" ? 0 : NaN)) : locals;
  }

  // The gradients of all nodes, from 1 at the output. `tell`, if there is one, gets each use in its order.
  backward(tell = null) {
    this.grad.fill(0);
    this.reached.fill(0);
    this.stopped = null;
    if (this.unknown[this.output]) return;
    this.grad[this.output] = 1;
    this.reached[this.output] = 1;
    for (let k = this.output; k >= 0; k--) {
      if (!this.reached[k]) continue;
      const upstream = this.grad[k];
      for (let slot = 0; slot < this.parents[k].length; slot++) {
        const parent = this.parents[k][slot];
        const local = this.locals[k][slot];
        const contribution = upstream * local;
        const before = this.grad[parent];
        const after = this.reached[parent] ? before + contribution : contribution;
        const why = after - after !== 0 && !this.ieee ? this.#refusesStep(k, upstream, local, before, after) : null;
        if (why) {
          this.stopped = { node: k, slot, why };
          return;
        }
        this.grad[parent] = after;
        this.reached[parent] = 1;
        tell?.({ node: k, slot, parent, upstream, local, contribution, before, after });
      }
    }
  }

  // Why Python refuses a step that is not finite, if it does (autograd/graph.py): an infinity may flow on from
  // a pole, and not from a derivative that is only too large for a float.
  #refusesStep(k, upstream, local, before, after) {
    const isFinite = (x) => x - x === 0;
    if (!isFinite(local) && local === local) {
      const numbers = this.numbers(k).filter((_, i) => this.operands[k][i] !== null);
      if (isFinite(this.data[k]) && numbers.every(isFinite) && this.raised[k] !== INVALID) return "overflow";
    }
    if (after !== after) return "nan";
    return isFinite(upstream) && isFinite(local) && isFinite(before) ? "overflow" : null;
  }
}

// Why a value is refused, if it is: not finite, though the operands are, or undefined.
function refusal(y, numbers) {
  if (y - y === 0) return null;
  if (!flags.raised && y === y && !numbers.every((x) => x - x === 0)) return null;
  if (flags.raised === INVALID) return "domain";
  return flags.raised === OVERFLOW || y === y ? "overflow" : "undefined";
}

// The arguments of a row of lists: lists of one length, and numbers.
function grouped(shape, numbers) {
  const lists = [...shape].filter((kind) => kind === "*").length;
  const size = (numbers.length - shape.length + lists) / lists;
  let at = 0;
  return [...shape].map((kind) => (kind === "*" ? numbers.slice(at, (at += size)) : numbers[at++]));
}
