// Where the reader is in the recorded pass, and what follows from that: the steps that are done, the
// gradients that are known, what a quiz still hides. It knows nothing of the page.

import { short } from "./numbers.js";

const byId = (items) => Object.fromEntries(items.map((item) => [item.id, item]));

export class Pass {
  constructor(model, at = 0) {
    this.model = model;
    this.steps = model.steps;
    this.nodes = byId(model.nodes);
    this.boxes = byId(model.boxes);
    this.edges = byId(model.edges);
    this.root = this.nodes[model.root];
    this.computed = model.nodes.filter((node) => node.op); // one forward step each
    this.direction = "backward"; // or "forward"
    this.at = at; // so many steps are done
    this.byNode = false; // whether to stop only where a node has passed all on
    this.picked = null; // the node that the reader asks about
    this.quiz = { on: false, answered: new Set(), right: 0, wrong: 0, said: "" };
  }

  get forward() {
    return this.direction === "forward";
  }
  get last() {
    return this.forward ? this.computed.length : this.steps.length;
  }

  // The places where a reader stops, and the ones before and after this.
  stops() {
    const all = [...Array(this.last + 1).keys()];
    if (!this.byNode || this.forward) return all;
    const passesOn = (k) => this.steps[k - 1].node !== this.steps[k].node;
    return all.filter((k) => k < 2 || k === this.last || passesOn(k));
  }
  before() {
    return this.stops().findLast((k) => k < this.at);
  }
  after() {
    return this.stops().find((k) => k > this.at);
  }

  // What happens here: the steps since the last stop, or the node that the forward pass computes.
  current() {
    return this.forward ? [] : this.steps.slice(this.before() ?? 0, this.at);
  }
  get computing() {
    return this.forward ? this.computed[this.at - 1] : undefined;
  }

  // Whether a quiz hides what the step gives.
  hides(step) {
    return this.quiz.on && step.kind === "push" && step.i === this.at - 1 && !this.quiz.answered.has(step.i);
  }
  asks() {
    return this.current().some((step) => this.hides(step));
  }

  // The gradients known here, by node.
  gradients() {
    const told = this.forward ? [] : this.steps.slice(0, this.at).filter((step) => !this.hides(step));
    return Object.assign({}, ...told.map((step) => step.gains));
  }

  // A name as it stands in a formula: not too long, an expression in parentheses. One that is written
  // from right to left is kept apart, or it would turn the numbers around it, too.
  name(id) {
    const { label } = this.nodes[id];
    const cut = label.length > 40 ? `${label.slice(0, 39)}…` : label;
    const apart = /[\u0590-\u08ff\ufb1d-\ufefc]/.test(cut) ? `\u2068${cut}\u2069` : cut;
    return /[\s+−*·/×÷^=-]/.test(cut) ? `(${apart})` : apart;
  }
  get output() {
    return this.name(this.model.root);
  }
  // The folded box that a node is in, if it is.
  boxOf(id) {
    return this.boxes[this.nodes[id].box];
  }
  // Which operand the step goes to, where the node has the same one several times; else 0.
  place(step) {
    return this.edges[step.edge].place;
  }

  // upstream × local = contribution, or ? for what is secret.
  product(step, secret = false) {
    const result = secret ? "?" : short(step.contribution);
    if (step.local === null) return `Σ = ${result}`;
    const local = short(step.local);
    const factor = local.startsWith("−") ? `(${local})` : local;
    return `${short(step.upstream)} × ${factor} ${step.exact[0] || secret ? "=" : "≈"} ${result}`;
  }
}
