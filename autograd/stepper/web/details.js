// What one node is and has: its formula, its full sum, its messages, a check, the demon.

import { demon } from "./demon.js";
import { derivative, make, math, mi, mn, mo, row, written } from "./elements.js";
import { short } from "./numbers.js";

// `pick` chooses another node, or this one to close; `open` shows a folded box's inside.
export function details(pass, node, { pick, open }) {
  const rule = pass.model.rules[node.op];
  const incoming = pass.steps.filter((step) => step.to === node.id);
  const outgoing = pass.steps.filter((step) => step.to && step.node === node.id);
  const mark = (step) => (pass.place(step) ? `⁽${raised(pass.place(step))}⁾` : "");
  const sender = (step) => (step.local === null ? pass.boxOf(step.node).label : pass.name(step.node));
  const messages = (steps, told) =>
    steps.map((step) => make("div", {}, `${told(step)}${mark(step)}: ${pass.product(step)}`));
  const uses = `, the sum over ${incoming.length} use${incoming.length > 1 ? "s" : ""}:`;
  const formulas = rule ? [rule.equation, ...rule.partials] : [];
  return make(
    "section.ad-details",
    { "aria-label": `About ${node.label}` },
    make(
      "header",
      {},
      make("h2", {}, node.label),
      node.scope ? make("span", {}, node.scope) : null,
      neighbours(pass, node, pick),
      way(pass, node, open),
      make("button", { type: "button", "aria-label": "Close", onclick: () => pick(node.id) }, "✕"),
    ),
    make(
      "dl",
      {},
      term("value", value(pass, node)),
      term("in general", formulas.map((line) => make("div", {}, math(written(line))))),
      term(
        "gradient",
        math(derivative(pass.output, pass.name(node.id)), mo("="), mn(node.grad)),
        incoming.length ? uses : [],
        messages(incoming, (step) => `through ${sender(step)}`),
      ),
      term("passes on", messages(outgoing, (step) => `to ${pass.name(step.to)}`)),
      term("check", node.check === undefined ? [] : check(pass, node)),
      term("line", node.line ? make("code", {}, node.line) : []),
    ),
    node.demon ? demon(node, pass.root.label) : null,
  );
}

const raised = (place) => [...String(place)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("");

const term = (title, ...content) =>
  content.flat().length ? [make("dt", {}, title), make("dd", {}, content)] : [];

function value(pass, node) {
  if (!node.op) return short(node.data, 6);
  const { letters, exact } = node.formula;
  return math(mi(pass.name(node.id)), mo("="), written(letters), mo(exact ? "=" : "≈"), mn(node.data));
}

// (L(a + h) − L(a − h)) / 2h, which Python computed.
function check(pass, node) {
  const call = (sign) => [mi(pass.output), mo("("), mi(pass.name(node.id)), mo(sign), mi("h"), mo(")")];
  const numerator = row(call("+"), mo("−"), call("−"));
  const fraction = make("math:mfrac", {}, numerator, row(mn("2"), mi("h")));
  return math(fraction, mo("≈"), mn(short(node.check, 6)));
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

// The way into a folded box, where Python has drawn its inside.
function way(pass, node, open) {
  const { views } = pass.model;
  const found = views?.[node.box] === "all" ? views.all : views?.[node.box];
  const label = `open ${pass.boxes[node.box]?.label}`;
  return found ? make("button", { type: "button", onclick: () => open(found) }, label) : null;
}
