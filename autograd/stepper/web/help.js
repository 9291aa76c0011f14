// Help on the page, folded away: what everything in the picture means, which keys there are, and the program
// that the graph comes from, with the line of the current node marked.

import { make } from "./elements.js";

const LAYERED = "z²₁ w²₁,₃"; // the term for the names that `nn` gives

// The legend, without the buttons and the notation that this page lacks.
export function help(pass, { update, link }) {
  const { lock } = pass.model;
  const absent = { update: !update, copy_link: !link, undo: lock, reset: lock };
  const left = Object.keys(absent).filter((key) => absent[key]).map((key) => pass.say(key));
  if (!pass.model.nodes.some(({ label }) => /^[abwz][¹²³⁰⁴-⁹]+[₀-₉]/.test(label))) left.push(LAYERED);
  const terms = pass.say("legend").split("\n").map((line) => line.split(" | "));
  const list = terms.filter(([term]) => !left.includes(term)).map(([term, meaning]) => [make("dt", {}, term), make("dd", {}, meaning)]);
  return make("details.ad-help", {}, make("summary", {}, pass.say("help")), make("dl", {}, list));
}

// Mark the line of the node that acts now in the program, which Python wrote into the page.
export function markLine(lines, pass) {
  const node = pass.forward ? pass.computing : pass.nodes[pass.current().at(-1)?.node];
  for (const line of lines)
    line.classList.toggle("ad-here", node?.number !== undefined && Number(line.dataset.line) === node.number);
}
