// The reader's place in the recorded pass, and what follows from that: the steps that are done, the
// gradients that are known, what a quiz still hides. It knows nothing of the page.

import { apart, filled, isProduct, placeOf, raised, short, teller } from "./numbers.js";
import { Probe } from "./probe.js";

const LARGE = 120; // nodes
const byId = (items) => Object.fromEntries(items.map((item) => [item.id, item]));

export class Pass {
  constructor(model, live, at = 0) {
    this.model = model;
    this.live = live; // the graph, which computes itself again when a reader changes its inputs
    this.probe = new Probe(live);
    this.say = teller(model.sentences);
    this.steps = model.steps;
    this.nodes = byId(model.nodes);
    this.boxes = byId(model.boxes);
    this.edges = byId(model.edges);
    for (const step of model.steps) if (step.rule) step.rule = ownEdge(step, this.edges[step.edge]);
    this.root = this.nodes[model.root];
    this.computed = model.nodes.filter((node) => node.op); // one forward step each
    this.direction = "backward"; // or "forward", or "update"
    this.at = at; // so many steps are done
    this.byNode = false; // whether to stop only where a node has passed all on
    this.picked = null; // the node that the reader asks about
    this.constant = null; // the constant of that node, if it is asked about
    this.descent = null; // the phase of updates (descent.js)
    this.quiz = null; // what is asked and answered (quiz.js)
  }

  get forward() {
    return this.direction === "forward";
  }
  get isLarge() {
    return this.live.engine.output > LARGE; // what takes longest waits until the reader pauses
  }
  get updating() {
    return this.direction === "update";
  }
  get last() {
    if (this.updating) return this.descent.history.length - 1;
    return this.forward ? this.computed.length : this.steps.length;
  }
  // The last place that a reader may reach: in a quiz, to the first question that is open.
  get reach() {
    return this.quiz ? this.quiz.reach() : this.last;
  }

  // The places where a reader stops, and the ones before and after this.
  stops() {
    const all = [...Array(this.last + 1).keys()];
    if (!this.byNode || this.direction !== "backward") return all;
    const passesOn = (k) => this.steps[k - 1].node !== this.steps[k].node;
    return all.filter((k) => k < 2 || k === this.last || passesOn(k));
  }
  before() {
    return this.stops().findLast((k) => k < this.at);
  }
  after() {
    return this.stops().find((k) => k > this.at && k <= this.reach);
  }

  // The steps since the last stop, or the node that the forward pass computes.
  current() {
    return this.direction === "backward" ? this.steps.slice(this.before() ?? 0, this.at) : [];
  }
  // The steps that are done here: after the backward pass all of them.
  get done() {
    return this.forward ? [] : this.updating ? this.steps : this.steps.slice(0, this.at);
  }
  get computing() {
    return this.forward ? this.computed[this.at - 1] : undefined;
  }

  // After an input has changed: all numbers, and what follows from them, once more.
  refresh() {
    this.live.write(this.model);
    this.found = null;
  }
  get conventions() {
    this.found ??= this.live.version > 1 ? this.probe.conventions() : null;
    return this.found;
  }
  // Whether the gradient of a node depends on the convention at a corner or a jump; the corner of an operand.
  isConvention(id) {
    return this.conventions ? this.conventions.has(placeOf(id)) : this.nodes[id].convention === true;
  }
  kink(edge) {
    return this.live.version > 1 ? this.probe.kink(placeOf(edge.dst), edge.slot) : edge.kink;
  }
  // The check of a node and its curve, if there are any.
  about(node) {
    if (this.live.version === 1) return node;
    return this.probe.about(placeOf(node.id), !node.op || node.demon !== undefined);
  }
  // A formula in numbers; `dst` is the node that it belongs to.
  numbers(template, dst) {
    return filled(template, (of) => short(this.live.number(of, placeOf(dst))));
  }
  // A definition of a made-up name; that of an input has its number.
  defined(id) {
    return (this.nodes[id].defined ?? []).map((line) =>
      typeof line === "string" ? line : `${line.name} = ${short(this.live.data(line.leaf))}`,
    );
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
    const known = {};
    for (const step of this.done) if (!this.hides(step)) Object.assign(known, step.gains);
    return known;
  }

  // A name as it is written in a formula. One that is written from right to left is isolated, or it
  // would turn the numbers around it, too.
  name(id) {
    return apart(this.nodes[id].name);
  }
  // The constants that a reader may change; a folded box would hide those inside of it.
  get constants() {
    const { model, live, nodes } = this;
    const isHidden = (id) => model.closes !== undefined && nodes[`n${live.constant(id).k}`].scope !== "";
    const all = model.lock ? [] : (model.open?.constants ?? []);
    return all.filter((id) => live.canEditConstant(id) && !isHidden(id));
  }
  // The name of an input, or of a constant by its place.
  inputName(id) {
    if (id[0] === "n") return this.nodes[id].label;
    const [k, slot] = id.slice(1).split("_").map(Number);
    return this.say("operand_of", { place: slot + 1, node: this.word(`n${k}`) });
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
  // ∂b/∂a⁽¹⁾, as text.
  derivative({ dst, src, place }) {
    return `∂${this.name(dst)}/∂${this.name(src)}${place ? `⁽${raised(place)}⁾` : ""}`;
  }
  // The folded box that a node is in, if it is.
  boxOf(id) {
    return this.boxes[this.nodes[id].box];
  }
  // Which operand the step goes to, if the node has the same one several times; else 0.
  place(step) {
    return this.edgeOf(step).place;
  }

  // upstream × local = contribution, or ? for what is secret.
  product(step) {
    const result = this.hides(step, "product") ? "?" : short(step.contribution);
    if (step.local === null) return `Σ = ${result}`;
    const { upstream, local, contribution } = step;
    const isExact = result === "?" || isProduct(upstream, local, contribution);
    return `${this.factors(step)} ${isExact ? "=" : "≈"} ${result}`;
  }
  // The same of one use of a node.
  productOf(k, slot) {
    const [upstream, local] = [this.live.grad(k), this.live.local(k, slot)];
    return this.product({ i: 0, upstream, local, contribution: upstream * local });
  }
  // The edge of a step, with its rule; the edges into a node.
  edgeOf(step) {
    return step.rule ?? this.edges[step.edge];
  }
  into(id) {
    return this.steps.filter((step) => step.to && step.node === id).map((step) => this.edgeOf(step));
  }
  factors(step) {
    const local = this.hides(step, "local") ? "?" : short(step.local);
    const upstream = this.hides(step, "upstream") ? "?" : short(step.upstream);
    return `${upstream} × ${local.startsWith("−") ? `(${local})` : local}`;
  }
}

// The edge of a step that shares it with others.
function ownEdge({ to: src, slot, local, uses, out, rule }, edge) {
  const use = slot === null && uses.length === 1 && uses[0][0] === out ? uses[0] : null;
  return { ...edge, src, slot, local, use, ...rule };
}
