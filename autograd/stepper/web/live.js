// The numbers of a record, computed again after a reader has changed inputs of the graph.

import { table } from "./arithmetic.js";
import { Engine } from "./engine.js";
import { placeOf } from "./numbers.js";
import { writeTexts } from "./texts.js";

export class Live {
  constructor(program) {
    this.program = program;
    this.engine = new Engine(program, table);
    this.leaves = [...this.engine.ops.keys()].filter((k) => !this.engine.ops[k]);
    this.constants = constants(this.engine);
    this.past = []; // the inputs before each change, for undo
    this.version = 0; // counts the computations
  }

  // Whether a reader may change a node, and whether anything has been changed, or a constant.
  canEdit(k) {
    return !this.engine.ops[k] && !this.engine.isFixed(k);
  }
  get changed() {
    return this.changedConstants || this.leaves.some((k) => !Object.is(this.engine.data[k], this.engine.recorded[k]));
  }
  get changedConstants() {
    return this.constants.some(({ place, recorded }) => !Object.is(place[0], recorded));
  }
  // The first operation that is refused, or else null.
  get refused() {
    const [first] = this.engine.refused;
    return first ? { node: first[0], why: first[1] } : null;
  }

  inputs() {
    return [...this.leaves.map((k) => this.engine.data[k]), ...this.constants.map(({ place }) => place[0])];
  }
  restore(inputs) {
    this.leaves.forEach((k, i) => (this.engine.data[k] = inputs[i]));
    this.constants.forEach(({ place }, i) => (place[0] = inputs[this.leaves.length + i]));
    this.compute();
  }
  constant(id) {
    return this.constants.find((one) => one.id === id);
  }
  canEditConstant(id) {
    const { k } = this.constant(id);
    return this.engine.computes(k) && !this.engine.isFixed(k);
  }
  // Change numbers, by their ids: n3 for an input, c4_1 for a constant.
  set(changes) {
    for (const [id, x] of changes)
      if (id[0] === "n") this.engine.data[placeOf(id)] = x;
      else this.constant(id).place[0] = x;
    this.compute();
  }
  // The inputs by their names, and the change of those that differ.
  values(names) {
    return Object.fromEntries(this.leaves.map((k) => [names[k], this.engine.data[k]]));
  }
  setNamed(values, names) {
    const wanted = (k) => (Object.hasOwn(values, names[k]) ? values[names[k]] : this.engine.data[k]);
    const differs = (k) => this.canEdit(k) && !Object.is(wanted(k), this.engine.data[k]);
    const changes = this.leaves.filter(differs).map((k) => [`n${k}`, wanted(k)]);
    if (changes.length) this.set(changes);
  }
  // Keep the inputs as they are now, to come back to.
  remember(inputs = this.inputs()) {
    this.past.push(inputs);
  }
  undo() {
    if (this.past.length) this.restore(this.past.pop());
  }
  reset() {
    if (!this.changed) return;
    this.remember();
    this.restore([...this.leaves.map((k) => this.engine.recorded[k]), ...this.constants.map(({ recorded }) => recorded)]);
  }

  compute() {
    this.uses = [];
    this.engine.forward();
    this.engine.backward((use) => this.uses.push(use));
    this.version += 1;
  }

  data(k) {
    return this.engine.unknown[k] ? undefined : this.engine.data[k];
  }
  grad(k) {
    const { stopped, reached, grad } = this.engine;
    return reached[k] && (!stopped || k >= stopped.node) ? grad[k] : undefined;
  }
  local(k, slot) {
    return this.engine.unknown[k] ? undefined : this.engine.locals[k][slot];
  }
  // The number in a place of a template: of a node, a constant, or an item of the softmax of a node's operands.
  number(of, dst) {
    if (of[0] === "n") return this.data(placeOf(of));
    if (of[0] === "c") return this.constant(of).place[0];
    const { operands, table: rows } = this.engine;
    const scores = operands[dst].slice(1).map((o) => (typeof o === "number" ? this.data(o) : o[0]));
    return rows.value.softmax(placeOf(of), scores);
  }

  // Write the numbers into a record of the graph.
  write(record) {
    writeTexts(record, this);
    for (const node of record.nodes) {
      const k = placeOf(node.id);
      node.data = this.data(k);
      node.grad = this.grad(k);
    }
    for (const edge of record.edges) if (edge.slot !== null || edge.use) this.#writeEdge(edge);
    const boxes = Object.fromEntries(record.boxes.map((box) => [box.id, box]));
    const home = Object.fromEntries(record.nodes.map((node) => [node.id, boxes[node.box]]));
    const edges = Object.fromEntries(record.edges.map((edge) => [edge.id, edge]));
    const totals = {};
    let stopped = false;
    for (const step of record.steps) {
      if (step.rule && (step.rule.slot !== null || step.rule.use)) this.#writeEdge(step.rule);
      if (step.kind === "push" && !stopped) this.#writeStep(step, home[step.node], totals);
      if (step.kind === "push" && step.uses)
        for (const edge of [edges[step.edge], step.rule]) if (edge?.slot === null) edge.local = step.local;
      if (this.engine.unknown[this.engine.output] || (step.kind === "push" && step.after === undefined)) stopped = true;
      if (stopped) for (const name of ["upstream", "contribution", "before", "after"]) if (name in step) step[name] = undefined;
      totals[step.to ?? step.node] = step.after;
      this.#writeGains(step);
    }
  }

  #writeEdge(edge) {
    const [dst, slot] = edge.use ?? [placeOf(edge.dst), edge.slot];
    edge.local = this.local(dst, slot);
    if (edge.cases && edge.local !== undefined) {
      const numbers = this.engine.numbers(dst);
      const operand = this.engine.operandOf(dst, slot);
      const branches = table.branches[this.engine.ops[dst]](this.data(dst), ...numbers);
      Object.assign(edge, edge.cases[branches[operand]]);
    }
  }

  // A step of one use is the one that the engine has made; of several, it is put together from them.
  #writeStep(step, box, totals) {
    if (!step.uses) {
      const { upstream, local, contribution, before, after } = this.uses[step.i - 1] ?? {};
      Object.assign(step, { upstream, local, contribution, before, after });
    } else {
      const { sum } = table.value;
      const known = step.uses.every(([k]) => this.grad(k) !== undefined);
      step.before = totals[step.to] ?? 0;
      const total = known ? sum(this.factors(step, box).map(([outer, local]) => outer * local)) : undefined;
      if (step.out === undefined || step.local === null) step.contribution = total;
      else {
        step.upstream = this.grad(step.out);
        step.local = total;
        step.contribution = known ? step.upstream * step.local : undefined;
      }
      step.after = known ? step.before + step.contribution : undefined;
    }
  }

  // The factors of the products that a step through a folded box adds up.
  factors({ uses, out, local }, box) {
    const inner = out === undefined || local === null ? null : this.#through(out, box?.inner ?? [out]);
    return uses.map(([k, slot]) => [inner ? inner.get(k) : this.grad(k), this.local(k, slot)]);
  }

  // ∂out/∂node for the nodes of a folded box, along the paths inside it.
  #through(out, nodes) {
    const found = new Map(nodes.map((k) => [k, 0]));
    found.set(out, 1);
    for (const k of nodes.toReversed())
      if (found.get(k))
        this.engine.parents[k].forEach((parent, slot) => {
          if (found.has(parent)) found.set(parent, found.get(parent) + found.get(k) * this.local(k, slot));
        });
    return found;
  }

  #writeGains(step) {
    const receiver = step.to ?? step.node;
    for (const id of Object.keys(step.gains)) step.gains[id] = id === receiver ? step.after : this.grad(placeOf(id));
  }
}

// The constants among the operands: where each is kept, and the number that was recorded.
function constants({ operands }) {
  return operands.flatMap((all, k) =>
    all.flatMap((place, i) => (Array.isArray(place) ? [{ id: `c${k}_${i}`, k, place, recorded: place[0] }] : [])),
  );
}
