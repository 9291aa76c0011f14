// The reader's place in the recorded pass, and what follows from that: the steps that are done, the
// gradients that are known, what a quiz still hides. It knows nothing of the page.

import { short, teller } from "./numbers.js";

const byId = (items) => Object.fromEntries(items.map((item) => [item.id, item]));

export class Pass {
  constructor(model, at = 0) {
    this.model = model;
    this.say = teller(model.sentences);
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
    this.quiz = null; // what is asked and answered (quiz.js)
  }

  get forward() {
    return this.direction === "forward";
  }
  get last() {
    return this.forward ? this.computed.length : this.steps.length;
  }
  // The last place that a reader may reach: in a quiz, to the first question that is open.
  get reach() {
    return this.quiz ? this.quiz.reach() : this.last;
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
    return this.stops().find((k) => k > this.at && k <= this.reach);
  }

  // The steps of this place: the steps since the last stop, or the node that the forward pass computes.
  current() {
    return this.forward ? [] : this.steps.slice(this.before() ?? 0, this.at);
  }
  get computing() {
    return this.forward ? this.computed[this.at - 1] : undefined;
  }

  // Whether a quiz still hides a part of a step: its rule, local, upstream, product or sum.
  hides(step, part = "sum") {
    return this.quiz?.hides(step, part) ?? false;
  }
  asks() {
    return this.current().some((step) => this.hides(step));
  }

  // The gradients known here, by node.
  gradients() {
    const told = this.forward ? [] : this.steps.slice(0, this.at).filter((step) => !this.hides(step));
    return Object.assign({}, ...told.map((step) => step.gains));
  }

  // A name as it is written in a formula. One that is written from right to left is isolated, or it
  // would turn the numbers around it, too.
  name(id) {
    return apart(this.nodes[id].name);
  }
  // A name as it is written in a sentence.
  word(id) {
    const { label } = this.nodes[id];
    return apart(label.length > 40 ? `${label.slice(0, 39)}…` : label);
  }
  // A gradient as code has it: b.grad.
  grad(id) {
    return apart(this.nodes[id].gradient);
  }
  get output() {
    return this.name(this.model.root);
  }
  // The folded box that a node is in, if it is.
  boxOf(id) {
    return this.boxes[this.nodes[id].box];
  }
  // Which operand the step goes to, if the node has the same one several times; else 0.
  place(step) {
    return this.edges[step.edge].place;
  }

  // upstream × local = contribution, or ? for what is secret.
  product(step) {
    const result = this.hides(step, "product") ? "?" : short(step.contribution);
    if (step.local === null) return `Σ = ${result}`;
    return `${this.factors(step)} ${step.exact[0] || result === "?" ? "=" : "≈"} ${result}`;
  }
  factors(step) {
    const local = this.hides(step, "local") ? "?" : short(step.local);
    const upstream = this.hides(step, "upstream") ? "?" : short(step.upstream);
    return `${upstream} × ${local.startsWith("−") ? `(${local})` : local}`;
  }
}

const apart = (name) => (/[\u0590-\u08ff\ufb1d-\ufefc]/.test(name) ? `\u2068${name}\u2069` : name);
