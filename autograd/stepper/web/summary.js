// The progress of a quiz: the score, and at its end a summary of all questions, to keep as a file.

import { make } from "./elements.js";
import { short } from "./numbers.js";
import { asked, choices, truth } from "./quiz.js";

export function score(quiz) {
  if (!quiz) return "";
  const right = quiz.results.filter((one) => !one.wrong && !one.shown && answered(quiz, one)).length;
  const wrong = quiz.results.filter((one) => one.wrong || one.shown).length;
  return `${quiz.said} ${quiz.pass.say("score", { right, wrong })}`.trim();
}

const answered = (quiz, { step, part }) => !quiz.asked[step.i].includes(part);

// All questions and how they went, at the end; to keep as a file.
export function summary(pass) {
  const { quiz, say } = pass;
  if (!quiz?.done || !quiz.results.length) return "";
  const lines = quiz.results.map(({ step, part, wrong, shown }) => {
    const asks = asked(pass, step, part, pass.derivative(pass.edgeOf(step)));
    const answer = part === "rule" ? choices(pass, step)[0].text : short(truth(step)[part]);
    const result = shown ? say("result_shown") : wrong ? say("result_tries", { count: wrong }) : say("result_right");
    return say("summary_line", { at: step.i + 1, question: asks, answer, result });
  });
  const title = say("title", { output: pass.output });
  const file = `data:text/plain;charset=utf-8,${encodeURIComponent([title, ...lines, score(quiz)].join("\n"))}`;
  return make(
    "section.ad-summary",
    { "aria-label": say("summary") },
    make("h2", {}, say("summary")),
    make("ol", {}, lines.map((line) => make("li", {}, line))),
    make("a", { href: file, download: "quiz.txt" }, say("save")),
  );
}
