// The current step in symbols, in numbers and in words.

import { derivative, factor, make, math, mi, mn, mo, written } from "./elements.js";
import { short } from "./numbers.js";

const say = (text) => make("p.ad-words", {}, text);
const rule = (...formulas) => make("p.ad-rule", {}, formulas);

// What the page says here; `question` takes the place of the running sum where a quiz hides it.
export function statement(pass, question) {
  if (pass.forward) return forwardStatement(pass, pass.computing);
  const steps = pass.current();
  if (!steps.length)
    return [
      say(
        `Backward pass: how much does ${pass.output} change when a value changes a little? ` +
          "No gradient is known yet (·). Press → to start at the output.",
      ),
    ];
  const [step] = steps;
  if (steps.length > 1) {
    const rules = steps.map((one) => make("p", {}, chainRule(pass, one)));
    const label = `What ${pass.name(step.node)} passes on`;
    return [
      make("div.ad-list", { tabindex: 0, role: "group", "aria-label": label }, rules),
      say(`${pass.name(step.node)} passes its gradient to its operands.`),
    ];
  }
  if (step.kind === "seed") {
    const seed = math(derivative(pass.output, pass.output), mo("="), mn(1));
    return [rule(seed), say(words(pass, step))];
  }
  const sum = pass.hides(step) ? question(step) : runningSum(pass, step);
  return [rule(chainRule(pass, step)), sum, say(words(pass, step))];
}

// ∂L/∂a += ∂L/∂b · ∂b/∂a, and the same in numbers: two formulas, between which a line may break.
function chainRule(pass, step) {
  const secret = pass.hides(step);
  const relation = mo(step.exact[0] || secret ? "=" : "≈");
  const result = secret ? mi("?") : make("math:mrow", { class: "ad-product" }, mn(step.contribution));
  const gradient = derivative(pass.output, pass.name(step.to));
  if (step.local === null) return [math(gradient, mo("+="), mo("Σ"), mo("="), result)];
  const upstream = derivative(pass.output, pass.name(step.node));
  const local = derivative(pass.name(step.node), pass.name(step.to), pass.place(step));
  return [
    math(gradient, mo("+="), upstream, mo("·"), local),
    math(mo("="), mn(step.upstream), mo("×"), factor(step.local), relation, result),
  ];
}

// a.grad = 9 + 63 = 72, and which of its uses this is.
function runningSum(pass, step) {
  const added = short(step.contribution);
  const terms = `${short(step.before)} ${added.startsWith("−") ? `− ${added.slice(1)}` : `+ ${added}`}`;
  const sum = step.nth > 1 || step.before ? `${terms} ${step.exact[1] ? "=" : "≈"} ` : "";
  const use = `use ${step.nth} of ${step.of}${step.nth === step.of ? ": complete" : ""}`;
  const gradient = make("b", {}, `${pass.name(step.to)}.grad`);
  return make("p.ad-sum", {}, gradient, ` = ${sum}${short(step.after)}`, make("span.ad-use", {}, use));
}

function words(pass, step) {
  if (step.kind === "seed")
    return `The pass starts at the output itself: a change Δ of ${pass.output} is a change of 1·Δ.`;
  const [to, node] = [pass.name(step.to), pass.name(step.node)];
  const box = pass.boxOf(step.node);
  const [upstream, result] = [short(step.upstream), short(step.contribution)];
  if (pass.hides(step)) return `${node} has the gradient ${upstream}; what does it pass to ${to}?`;
  if (step.local === null) return `${box.label} has several outputs; together they pass ${result} to ${to}.`;
  const place = pass.place(step);
  const through = box ? `, through all of ${box.label},` : place ? `, as operand ${place},` : "";
  const near = `A small change Δ of ${to}${through} changes ${node} by ${short(step.local)}·Δ`;
  return `${near}, and ${node} changes ${pass.output} by ${upstream} per unit: together ${result}·Δ.`;
}

// y = a·b = 2·3 = 6, and the local derivatives that the way back will need.
function forwardStatement(pass, node) {
  if (!node) {
    const count = pass.computed.length;
    const follow = `${count} operation${count === 1 ? " follows" : "s follow"}`;
    return [say(`Forward pass: the inputs are given, ${follow}. Press → for the first.`)];
  }
  const { letters, numbers, exact } = node.formula;
  const edges = pass.model.edges.filter((edge) => edge.dst === node.id && edge.local !== null).slice(0, 6);
  const locals = edges.map((edge) =>
    math(derivative(pass.name(node.id), pass.name(edge.src), edge.place), mo("="), mn(edge.local)),
  );
  const result = math(mo(exact ? "=" : "≈"), mn(node.data));
  return [
    rule(
      math(mi(pass.name(node.id)), mo("="), written(letters)),
      numbers ? math(mo("="), written(numbers)) : [],
      result,
    ),
    locals.length ? make("p.ad-locals", {}, "local derivatives, kept for the way back: ", locals) : "",
  ];
}

// The step as a screen reader says it.
export function spoken(pass) {
  if (pass.forward)
    return pass.at ? `${pass.computing.label} = ${short(pass.computing.data)}` : "forward pass";
  const step = pass.current().at(-1);
  if (!step) return "backward pass, no gradient yet";
  const product = step.to ? pass.product(step) : "1";
  const result = `${pass.name(step.to ?? step.node)}: ${product}, gradient ${short(step.after)}. `;
  return `Step ${pass.at} of ${pass.last}. ${pass.hides(step) ? "" : result}${words(pass, step)}`;
}
