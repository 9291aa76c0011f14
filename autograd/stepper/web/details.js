// The details of one node: its formula, its full sum, its messages, a check, the demon.

import { demon } from "./demon.js";
import { make, math, mi, mn, mo, row, total, written } from "./elements.js";
import { placeOf, raised, short } from "./numbers.js";
import { isExactValue, why } from "./words.js";

// `pick` chooses another node, or what is picked to close; `open` shows a folded box's inside. In a quiz,
// only the formula of the node is shown; while it `waits`, no check and no curve.
export function details(pass, node, { pick, open, waits = false }) {
  const { say } = pass;
  const told = !pass.quiz;
  const found = told && !waits ? pass.about(node) : {};
  const close = { type: "button", "aria-label": say("close"), onclick: () => pick(pass.picked, pass.constant) };
  return make(
    "section.ad-details",
    { "aria-label": say("about", { node: node.label }) },
    make(
      "header",
      {},
      make("h2", {}, node.label),
      node.scope ? make("span", {}, node.scope) : null,
      neighbours(pass, node, pick),
      told ? way(pass, node, open) : null,
      make("button", close, "✕"),
    ),
    make(
      "dl",
      {},
      term(say("value"), value(pass, node)),
      told ? [term(say("gradient"), gradient(pass, node)), term(say("passes_on"), passesOn(pass, node))] : [],
      term(say("check"), found.check ? check(pass, node, found.check) : []),
      term(say("line"), node.line ? make("code", {}, node.line) : []),
    ),
    found.demon && node.grad !== undefined ? demon(pass, node, found.demon) : null,
  );
}

const term = (title, ...content) =>
  content.flat(9).length ? [make("dt", {}, title), make("dd", {}, content)] : [];

function value(pass, node) {
  if (!node.op) return short(node.data, 6);
  const { letters, numbers } = node.formula;
  const inNumbers = numbers ? [mo("="), written(pass.numbers(numbers, node.id))] : [];
  return math(mi(pass.name(node.id)), mo("="), written(letters), inNumbers, mo(isExactValue(pass, node) ? "=" : "≈"), mn(node.data));
}

// dL/da = 135, the sum over 3 uses, each with what comes through it.
function gradient(pass, node) {
  const incoming = pass.steps.filter((step) => step.to === node.id);
  const goesHere = ([, k, slot]) => pass.live.engine.parents[k][slot] === placeOf(node.id);
  const inner = pass.steps.flatMap((step) => step.inside?.lines ?? []).filter(goesHere);
  const mark = (step) => (pass.place(step) ? `${pass.name(step.to)}⁽${raised(pass.place(step))}⁾ ` : "");
  const sender = (step) => (step.local === null ? pass.boxOf(step.node).label : pass.name(step.node));
  const line = (step) => `${mark(step)}${pass.say("from", { node: sender(step) })}: ${pass.product(step)}`;
  return [
    math(total(pass.output, pass.name(node.id)), mo("="), mi(pass.grad(node.id)), mo("="), mn(node.grad)),
    incoming.length + inner.length ? pass.say("sum_of_uses", { count: incoming.length + inner.length }) : [],
    incoming.map((step) => make("div", {}, line(step))),
    inner.map(([factors, k, slot]) => make("div", {}, `${factors.split(" += ")[1]} = ${pass.productOf(k, slot)}`)),
  ];
}

// The gradients that it passes to its operands, and the reasons.
function passesOn(pass, node) {
  const outgoing = pass.steps.filter((step) => step.to && step.node === node.id);
  return outgoing.map((step) => {
    const words = `${pass.say("to", { node: pass.name(step.to) })}: ${pass.product(step)}`;
    return make("div", {}, words, why(pass, step));
  });
}

// (L(a + h) − L(a − h)) / 2h as h goes to 0, which Python computed; at a corner, the slopes of both sides.
function check(pass, node, { kind, left, right, value: limit }) {
  const { h } = pass.model.letters;
  if (kind === "corner") return pass.say("check_corner", { left: short(left, 6), right: short(right, 6) });
  if (kind === "jump") return pass.say("check_jump");
  const call = (sign) => [mi(pass.output), mo("("), mi(pass.name(node.id)), mo(sign), mi(h), mo(")")];
  const numerator = row(call("+"), mo("−"), call("−"));
  const fraction = make("math:mfrac", {}, numerator, row(mn("2"), mi(h)));
  return [math(fraction, mo("→"), mn(short(limit, 6))), pass.say("check_limit", { h })];
}

// The nodes of the same folded box.
function neighbours(pass, node, pick) {
  const choose = (id) =>
    make(
      "button",
      { type: "button", "aria-pressed": id === node.id, onclick: () => id !== node.id && pick(id) },
      pass.name(id),
    );
  return (pass.boxes[node.box]?.nodes ?? []).slice(0, 12).map(choose);
}

// The way into a folded box, if Python has drawn its inside.
function way(pass, node, open) {
  const { views } = pass.model;
  const found = views?.[node.box] === "all" ? views.all : views?.[node.box];
  const label = pass.say("open", { box: pass.boxes[node.box]?.label });
  return found ? make("button", { type: "button", onclick: () => open(found) }, label) : null;
}
