// The quiz: a step's contribution stays hidden until the reader has worked it out, or gives up.

import { make } from "./elements.js";

// Begin, or end: nothing is answered yet.
export function restart(quiz, on) {
  Object.assign(quiz, { on, answered: new Set(), right: 0, wrong: 0, said: "" });
}

export const score = ({ on, said, right, wrong }) =>
  on ? `${said} ${right} right, ${wrong} wrong.`.trim() : "";

// The form that asks for what a step gives; `answered` is called whenever the reader has tried.
export function question(pass, step, answered) {
  const { quiz } = pass;
  const answer = make("input.ad-answer", {
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    "aria-label": `the contribution to ${pass.name(step.to)}`,
  });
  const check = (event) => {
    event.preventDefault();
    const given = answer.value.trim().replace("−", "-").replace(",", ".");
    judge(pass, step, given === "" ? NaN : Number(given.replace(/∞|inf$/, "Infinity")));
    answered();
  };
  const reveal = () => {
    quiz.answered.add(step.i);
    quiz.said = "";
    answered();
  };
  return make(
    "form.ad-question",
    { onsubmit: check },
    make("label", {}, pass.product(step, true).replace("?", ""), answer),
    make("button", { type: "submit" }, "Check"),
    make("button", { type: "button", onclick: reveal }, "Show"),
  );
}

// Right within 1 %, as a reader rounds.
function judge(pass, step, given) {
  const { quiz } = pass;
  const wanted = step.contribution;
  if (Number.isNaN(given)) quiz.said = "Type a number, such as 2 or −0.5.";
  else if (given === wanted || Math.abs(given - wanted) <= 0.01 * Math.abs(wanted) + 1e-12) {
    quiz.right += 1;
    quiz.answered.add(step.i);
    quiz.said = `Right: ${pass.product(step)}.`;
  } else {
    quiz.wrong += 1;
    const sign = given * wanted < 0 ? " Look at the signs." : "";
    const hint = `multiply the gradient of ${pass.name(step.node)} by the local derivative.`;
    quiz.said = `Not yet: ${hint}${sign} Try again.`;
  }
}
