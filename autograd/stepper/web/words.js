// The current step in symbols, in numbers and in words.

import { factor, make, math, mi, mn, mo, partial, total, written } from "./elements.js";
import { isProduct, isShort, isSum, isSumOfProducts, placeOf, short } from "./numbers.js";
import { refusalOf } from "./refusals.js";

const words = (text) => make("p.ad-words", {}, text);
const rule = (...formulas) => make("p.ad-rule", {}, formulas);

// The words of this place; `question` replaces the parts that a quiz hides.
export function statement(pass, question) {
  if (pass.updating) return [];
  if (pass.forward) return forwardStatement(pass, pass.computing);
  const steps = pass.current();
  if (!steps.length) return [words(pass.say("start", { output: pass.word(pass.model.root) }))];
  const [step] = steps;
  if (steps.length > 1) {
    const rules = steps.map((one) => make("p", {}, chainRule(pass, one)));
    const label = pass.say("passes", { node: pass.word(step.node) });
    const attributes = { tabindex: 0, role: "group", "aria-label": label };
    return [make("div.ad-list", attributes, rules), words(label)];
  }
  if (step.after === undefined) return [rule(chainRule(pass, step)), words(refusalOf(pass))];
  if (pass.hides(step)) return [rule(chainRule(pass, step)), question(step)];
  const shown = [rule(chainRule(pass, step))];
  if (step.kind === "push") shown.push(why(pass, step));
  shown.push(definitions(pass, step));
  if (step.kind === "push") shown.push(runningSum(pass, step));
  return [...shown, ...sentences(pass, step).map(words), inside(pass, step)];
}

// a.grad += b.grad · ∂b/∂a, and the same in numbers: formulas between which a line may break.
function chainRule(pass, step) {
  const gradient = mi(pass.grad(step.to ?? step.node));
  if (step.kind === "seed")
    return math(gradient, mo("+="), total(pass.output, pass.output), mo("="), mn(step.after));
  const secret = (part, shown) => (pass.hides(step, part) ? mi("?") : shown());
  const result = secret("product", () => make("math:mrow", { class: "ad-product" }, mn(step.contribution)));
  if (step.local === null) return math(gradient, mo("+="), mo("Σ"), mo("="), result);
  const isExact = pass.hides(step) || isProduct(step.upstream, step.local, step.contribution);
  const relation = mo(isExact ? "=" : "≈");
  const upstream = secret("upstream", () => mn(step.upstream));
  const local = secret("local", () => factor(step.local));
  return [
    math(gradient, mo("+=")),
    math(mi(pass.grad(step.node)), mo("·"), symbol(pass, pass.edgeOf(step))),
    math(mo("="), upstream, mo("×"), local, relation, result),
  ];
}

export const symbol = (pass, { dst, src, place }) => partial(pass.name(dst), pass.name(src), place);

// ∂o/∂z = 1 − o² = 1 − 0.707² ≈ 0.5: the rule with the node's own operands, and their numbers.
export function reason(pass, edge) {
  if (edge.local === null || (edge.slot === null && !edge.use)) return "";
  const parts = [edge.letters, pass.numbers(edge.numbers ?? "", edge.dst)].filter(Boolean).map(written);
  const value = short(edge.local);
  if (edge.selects) return chosen(pass, edge);
  const middle = parts.filter((part) => part.textContent !== value).map((part) => math(mo("="), part));
  const condition = edge.condition ? [make("math:mspace", { width: ".7em" }), written(edge.condition)] : [];
  const last = math(mo(isExactRule(pass, edge) ? "=" : "≈"), mn(value), condition);
  return make("p.ad-reason", {}, math(symbol(pass, edge)), middle, last);
}

// ∂y/∂x = 1 (x = y): a maximum is one of its operands; if it is several, they share the slope.
function chosen(pass, edge) {
  const [x, y] = [edge.src, edge.dst].map((id) => pass.nodes[id].data);
  const shares = x === y && edge.local < 1 ? math(mo("="), mn("1"), mo("/"), mn(short(Math.round(1 / edge.local)))) : "";
  const condition = [mi(pass.name(edge.src)), mo(x < y ? "<" : x > y ? ">" : "="), mi(pass.name(edge.dst))];
  const last = math(mo(shares && !isShort(edge.local) ? "≈" : "="), mn(edge.local), mo("("), condition, mo(")"));
  return make("p.ad-reason", {}, math(symbol(pass, edge)), shares, last);
}

// The reason for a step: the rule of its edge, or the products that a folded box adds up.
export function why(pass, step) {
  if (!step.terms) return reason(pass, pass.edgeOf(step));
  const result = step.local ?? step.contribution;
  const isExact = step.terms.more > 0 || isSumOfProducts(pass.live.factors(step, pass.boxOf(step.node)), result);
  return make("p.ad-reason", {}, subject(pass, step), ` = ${terms(pass, step)} ${isExact ? "=" : "≈"} ${short(result)}`);
}
const subject = (pass, step) => math(step.local === null ? mo("Σ") : symbol(pass, pass.edgeOf(step)));

// ∂a/∂z·∂z/∂x + … = 0.42 × (−3) + …
export function terms(pass, step) {
  const { shown, more } = step.terms;
  const rest = more ? " + …" : "";
  const fenced = (x) => (short(x).startsWith("−") ? `(${short(x)})` : short(x));
  const factors = pass.live.factors(step, pass.boxOf(step.node)).slice(0, shown.length);
  const numbers = factors.map(([a, b], i) => `${i ? fenced(a) : short(a)} × ${fenced(b)}`).join(" + ");
  return `${shown.map((pair) => pair.join("·")).join(" + ")}${rest} = ${numbers}${rest}`;
}

// a.grad = 9 + 63 = 72, and which of its uses this is.
function runningSum(pass, step) {
  const added = short(step.contribution);
  const summands = `${short(step.before)} ${added.startsWith("−") ? `− ${added.slice(1)}` : `+ ${added}`}`;
  const sum = step.nth > 1 || step.before ? `${summands} ${isSum(step.before, step.contribution, step.after) ? "=" : "≈"} ` : "";
  const use = pass.say(step.nth === step.of ? "use_last" : "use", step);
  const gradient = make("b", {}, pass.grad(step.to));
  return make("p.ad-sum", {}, gradient, ` = ${sum}${short(step.after)}`, make("span.ad-use", {}, use));
}

// The formula of the node, and definitions of the names that Python made up.
function definitions(pass, step) {
  const lines = [step.node, step.to ?? step.node].flatMap((id) => pass.defined(id));
  const { means } = pass.nodes[step.node];
  if (means) lines.unshift(means);
  if (!lines.length) return "";
  return make("p.ad-defined", {}, pass.say("where", { definitions: [...new Set(lines)].join(", ") }));
}

// The meaning of the step: directly, through this arrow, and, when the gradient is complete, in all. If a
// corner or a jump is on the way, no sentence is right on both sides, and none is shown.
function sentences(pass, step) {
  const { delta } = pass.model.letters;
  const output = pass.word(pass.model.root);
  if (step.kind === "seed") return [pass.say("seed", { output, delta })];
  const edge = pass.edgeOf(step);
  const kink = step.local === null ? null : pass.kink(edge);
  const box = pass.boxOf(step.node)?.label;
  const [node, to] = [pass.word(step.node), pass.word(step.to)];
  const [local, upstream] = [short(step.local), short(step.upstream)];
  const [contribution, gradient] = [short(step.contribution), short(step.after)];
  const values = { output, delta, box, node, to, local, upstream, contribution, gradient, place: edge.place };
  const said = [];
  if (step.local === null) said.push("several");
  else if (kink) {
    Object.assign(values, kink, { operation: pass.nodes[step.node].op });
    said.push(kink.jumps ? "jump" : "corner");
  } else {
    said.push(box ? "direct_box" : edge.place ? "direct_place" : "direct");
    if (step.node !== pass.model.root) said.push(pass.isConvention(step.node) ? "arrow_kink" : "arrow");
  }
  if (step.nth === step.of && (step.of > 1 || step.node !== pass.model.root || kink))
    said.push(pass.isConvention(step.to) ? "complete_kink" : "complete");
  return said.map((key) => pass.say(key, values));
}

// The steps inside a folded box that has received all, down to its weights and bias.
function inside(pass, step) {
  if (!step.inside) return "";
  const values = { node: pass.grad(step.to ?? step.node), box: pass.boxOf(step.to ?? step.node).label };
  const { lines, more } = step.inside;
  const rest = more ? [make("div", {}, pass.say("more_inside", { count: more }))] : [];
  const items = lines.map(([factors, k, slot, letters]) =>
    make("div", {}, `${factors} = ${pass.productOf(k, slot)}`, letters && make("span.ad-use", {}, `${factors.split(" · ")[1]} = ${letters}`)),
  );
  return make("details.ad-inside", {}, make("summary", {}, pass.say("inside", values)), items, rest);
}

// y = a·b = 2·3 = 6, and the local derivatives that the way back will need.
function forwardStatement(pass, node) {
  if (!node) return [words(pass.say("forward_start", { count: pass.computed.length }))];
  const { letters, numbers } = node.formula;
  const edges = pass.into(node.id).filter((edge) => edge.local !== null).slice(0, 6);
  const locals = edges.map((edge) => math(symbol(pass, edge), mo("="), mn(edge.local)));
  const result = math(mo(isExactValue(pass, node) ? "=" : "≈"), mn(node.data));
  const isNamed = node.means === undefined && node.box === node.id; // by the formula itself
  return [
    rule(
      math(isNamed ? [] : [mi(pass.name(node.id)), mo("=")], written(letters)),
      numbers ? math(mo("="), written(pass.numbers(numbers, node.id))) : [],
      result,
    ),
    node.data === undefined ? words(refusalOf(pass)) : "",
    locals.length ? make("p.ad-locals", {}, `${pass.say("locals")} `, locals) : "",
  ];
}

// The step as a screen reader says it.
export function spoken(pass) {
  if (pass.updating) {
    const { data: loss } = pass.root;
    return pass.say("loss_after", { output: pass.word(pass.model.root), count: pass.at, number: short(loss) });
  }
  if (pass.forward)
    return pass.at ? `${pass.computing.label} = ${short(pass.computing.data)}` : pass.say("spoken_forward");
  const step = pass.current().at(-1);
  if (!step) return pass.say("spoken_start");
  const place = pass.say("spoken", { at: pass.at, last: pass.last });
  if (step.after === undefined) return [rule(chainRule(pass, step)), words(refusalOf(pass))];
  if (pass.hides(step)) return place;
  const product = step.to ? pass.product(step) : "1";
  const result = `${pass.grad(step.to ?? step.node)} += ${product}; ${short(step.after)}.`;
  return [place, result, ...sentences(pass, step)].join(" ");
}

// Whether all numbers of the formula of a node, or of the rule of an edge, are printed in full.
export function isExactValue(pass, node) {
  const k = placeOf(node.id);
  if (pass.live.version === 1) return node.formula.exact;
  return [k, ...pass.live.engine.parents[k]].every((one) => isShort(pass.live.data(one)));
}

function isExactRule(pass, edge) {
  if (pass.live.version === 1) return edge.exact;
  const dst = edge.use?.[0] ?? placeOf(edge.dst);
  return isShort(edge.local) && (edge.reads ?? []).every((of) => isShort(pass.live.number(of, dst)));
}
