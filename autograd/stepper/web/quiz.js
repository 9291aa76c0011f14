// The quiz: at each step it asks for the rule, its number, the gradient that comes in, the product and the
// sum, one after the other, and hides all that would give an answer away.

import { make, math, mi, mn, mo, written } from "./elements.js";
import { short } from "./numbers.js";
import { symbol, terms } from "./words.js";

const MAX_CHOICES = 7;
const PARTS = ["rule", "local", "upstream", "product", "sum"];

export class Quiz {
  constructor(pass) {
    this.pass = pass;
    this.asked = pass.steps.map((step) => parts(pass, step)); // by step, what is still to be answered
    this.results = []; // {step, part, wrong, shown}
    this.said = "";
  }

  hides(step, part) {
    return this.asked[step.i].some((open) => PARTS.indexOf(open) <= PARTS.indexOf(part));
  }
  reach() {
    const open = this.asked.findIndex((left) => left.length);
    return open < 0 ? this.asked.length : open + 1;
  }
  get done() {
    return this.asked.every((left) => !left.length);
  }

  // The result of the question that is open at a step.
  result(step) {
    const part = this.asked[step.i][0];
    const known = this.results.find((one) => one.step === step && one.part === part);
    if (!known) this.results.push({ step, part, wrong: 0, shown: false });
    return known ?? this.results.at(-1);
  }
  close(step, said) {
    this.asked[step.i].shift();
    this.said = said;
  }
  miss(step, said) {
    this.result(step).wrong += 1;
    this.said = said;
  }
}

// The possible questions: a rule if there is a choice, its number if the rule is not one, a sum if there are two
// terms. A box with several outputs has no one local derivative: what they pass on together is asked for.
function parts(pass, step) {
  if (step.kind !== "push") return [];
  if (step.local === null) return ["product", ...(step.nth > 1 ? ["sum"] : [])];
  const rules = choices(pass, step).length > 1 ? ["rule"] : [];
  return [...rules, "local", "upstream", "product", ...(step.nth > 1 ? ["sum"] : [])];
}

// The form for the question that is open at a step; `changed` is called when the reader has tried.
export function question(pass, step, changed) {
  const { quiz } = pass;
  const part = quiz.asked[step.i][0];
  quiz.result(step);
  const reveal = () => {
    quiz.result(step).shown = true;
    const number = part === "rule" ? choices(pass, step)[0].text : short(truth(step)[part]);
    quiz.close(step, pass.say("shown", { number }));
    changed();
  };
  const show = make("button", { type: "button", onclick: reveal }, pass.say("answer_show"));
  return part === "rule" ? chooseRule(pass, step, changed, show) : typeNumber(pass, step, part, changed, show);
}

function chooseRule(pass, step, changed, show) {
  const { quiz, say } = pass;
  const own = symbol(pass, pass.edgeOf(step));
  const pick = (choice) => {
    if (choice.right) quiz.close(step, say("right"));
    else quiz.miss(step, say(choice.wrong, { to: pass.word(step.to), node: pass.word(step.node) }));
    changed();
  };
  const button = (choice, i) =>
    make(
      `button.ad-choice${i ? "" : ".ad-answer"}`,
      { type: "button", "aria-label": choice.text, onclick: () => pick(choice) },
      choice.shown(),
    );
  const options = choices(pass, step).sort((one, other) => (one.text < other.text ? -1 : 1));
  return make("div.ad-question", { role: "group" }, math(own, mo("="), mi("?")), options.map(button), show);
}

// The rule of this arrow, those of the others into the node, and what beginners take for it; the right one first.
export function choices(pass, step) {
  const edge = pass.edgeOf(step);
  const found = [];
  const add = (shown, right, wrong) => {
    const { textContent: text } = math(shown());
    if (text && !found.some((one) => one.text === text))
      found.push({ shown: () => math(shown()), text, right, wrong });
  };
  if (!edge.letters) return [];
  add(() => written(edge.letters), true);
  add(() => mi(pass.name(step.to)), false, "wrong_own");
  add(() => mi(pass.name(step.node)), false, "wrong_result");
  for (const other of pass.into(edge.dst))
    if (other.letters && found.length < MAX_CHOICES) add(() => written(other.letters), false, "wrong_other");
  add(() => mn(1), false, "wrong");
  return found;
}

export const truth = (step) => ({
  local: step.local,
  upstream: step.upstream,
  product: step.contribution,
  sum: step.after,
});

// The question for a part, with `local` for the local derivative.
export function asked(pass, step, part, local) {
  const [before, contribution] = [short(step.before), short(step.contribution)];
  const gradient = pass.grad(part === "upstream" ? step.node : step.to);
  const isSum = part === "product" && step.local === null;
  const factors = isSum ? terms(pass, step) : pass.factors(step);
  const ways = part === "local" && step.terms ? `${local} = ${terms(pass, step)}` : local;
  const box = pass.boxOf(step.node)?.label;
  return pass.say(isSum ? "ask_several" : `ask_${part}`, { before, contribution, gradient, factors, box, local: ways });
}

function typeNumber(pass, step, part, changed, show) {
  const { quiz, say } = pass;
  const name = symbol(pass, pass.edgeOf(step));
  const [start, end] = asked(pass, step, part, "\n").split("\n");
  const answer = make("input.ad-answer", {
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    "aria-label": `${start} ${say("answer")}`,
  });
  const check = (event) => {
    event.preventDefault();
    const text = answer.value.trim().replace("−", "-").replace(",", ".");
    const given = text === "" ? NaN : Number(text.replace(/∞|inf$/, "Infinity"));
    if (close(given, truth(step)[part])) quiz.close(step, say("right"));
    else if (Number.isNaN(given)) quiz.said = say("not_a_number");
    else quiz.miss(step, say(...mistake(pass, step, part, given)));
    changed();
  };
  return make(
    "form.ad-question",
    { onsubmit: check },
    make("label", {}, start, end === undefined ? "" : [math(name), end], answer),
    make("button", { type: "submit" }, say("answer_check")),
    show,
  );
}

// Equal as a reader rounds: within 1 %.
const close = (given, wanted) =>
  given === wanted || Math.abs(given - wanted) <= 0.01 * Math.abs(wanted) + 1e-12;

// The sentence that answers a wrong number, by the mistake that gives it.
function mistake(pass, step, part, given) {
  const [to, node] = [pass.nodes[step.to], pass.nodes[step.node]];
  const { upstream, local, contribution, before } = step;
  const ways = step.terms ? pass.live.factors(step, pass.boxOf(step.node)) : [];
  const products = ways.flatMap(([outer, inner]) => [
    ["wrong_part", outer * inner],
    ["wrong_added", outer + inner],
  ]);
  const others = pass.into(step.node).map((edge) => ["wrong_other", edge.local]);
  const known = {
    local: [...products, ["wrong_own", to.data], ["wrong_result", node.data], ...others],
    upstream: [["wrong_value", node.data]],
    product:
      local === null
        ? products
        : [
            ["wrong_upstream", local],
            ["wrong_local", upstream],
            ["wrong_added", upstream + local],
          ],
    sum: [
      ["wrong_overwritten", contribution],
      ["wrong_multiplied", before * contribution],
    ],
  }[part];
  const found = known.find(([, number]) => close(given, number));
  const key = found?.[0] ?? (close(-given, truth(step)[part]) ? "wrong_sign" : "wrong");
  const values = { upstream: short(upstream), local: short(local), before: short(before) };
  return [key, { ...values, to: pass.word(step.to), node: pass.word(step.node) }];
}
