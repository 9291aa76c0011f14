// The words of the picture: tooltips, names and their meanings, and what a refused box needs.

import { make, put } from "./elements.js";
import { exact, placeOf } from "./numbers.js";
import { needsOf } from "./refusals.js";

const MAX_MEANING = 28; // characters, as in autograd/drawing/boxes.py

// The tooltips, with all digits; after a change, those of edges without the rule.
export function paintTitles(picture) {
  const { live, model } = picture.pass;
  picture.titles ??= new Map(
    [...picture.svg.querySelectorAll(".ad-node > title, .ad-edge > title")].map((title) => [
      title.parentNode,
      { title, drawn: title.textContent },
    ]),
  );
  if (live.version === 1) return;
  const { changed } = live;
  const write = (group, change) => {
    const { title, drawn } = picture.titles.get(group) ?? {};
    if (title) put(title, "text", changed ? change(drawn) : drawn);
  };
  for (const node of model.nodes)
    if (node.box === node.id)
      write(picture.groups[node.id], (text) => {
        const numbers = text.replace(/^data = .*$/m, `data = ${exact(node.data)}`);
        return model.opened ? numbers.replace(/^.*/, () => node.means ?? node.label) : numbers;
      });
  for (const edge of model.edges)
    write(picture.groups[edge.id], (text) => {
      const symbol = model.opened && edge.slot !== null ? picture.pass.derivative(edge) : text.split(" = ")[0];
      return `${symbol} = ${exact(edge.local)}`;
    });
}

// The names of nodes and the words of folded boxes: those made of constants give way to others when one is
// changed. A made-up name has its meaning in its box.
export function paintNames({ pass, parts, groups, svg, frame }) {
  for (const node of pass.model.nodes) {
    if (node.row < 0) continue;
    const { name, meaning, first, data, grad } = parts[node.id];
    const [isSingle, isNew] = [node.box === node.id, node.label !== first.label];
    put(name, "text", isNew ? node.label : first.text);
    if (meaning) put(meaning, "text", pass.model.opened ? beginning(node.means, node.label) : first.meaning);
    else if (isSingle) defineBelow(name, isNew ? beginning(node.means, node.label) : "", first.text.length);
    for (const part of [data, grad, ...(isSingle ? [groups[node.id]] : [])]) part.dataset.label = node.label;
  }
  for (const { id, words } of pass.model.boxes) {
    const texts = groups[id].querySelectorAll(".ad-caption, .ad-definition");
    for (const [i, text] of texts.entries()) if (i || words[0]) put(text, "text", cut(words[i] ?? ""));
  }
  svg.setAttribute("aria-label", pass.say("graph", { output: pass.root.label }));
  frame.setAttribute("aria-label", pass.say("graph_keys", { output: pass.root.label }));
}

// A meaning as Python has it in a box: `= a + 2`, and not too long.
const beginning = (means, label) => cut(means.slice(label.length + 1));
const cut = (text) => (text.length > MAX_MEANING ? `${text.slice(0, MAX_MEANING - 1)}…` : text);

// The same below a name that was drawn as `wide` characters and had none, as small as it must be.
function defineBelow(name, meaning, wide) {
  let line = name.parentNode.querySelector(".ad-definition");
  if (!line && !meaning) return;
  if (!line) {
    const [x, y] = [name.getAttribute("x"), Number(name.getAttribute("y")) + 10];
    line = make("svg:text", { x, y, "text-anchor": "middle", class: "ad-definition ad-fill-muted" });
    name.after(line);
  }
  put(line, "text", meaning);
  put(line, "font-size", 8 * Math.min(1, (1.6 * wide) / Math.max(1, meaning.length)));
}

// On the lower border of a box whose operation is refused: what it needs.
export function paintRefusals(picture) {
  const { pass } = picture;
  picture.refusals?.remove();
  picture.refusals = make("svg:g", { class: "ad-refusals", "aria-hidden": "true" });
  for (const [k, why] of pass.live.engine.refused) {
    const id = pass.model.nodes.find((node) => placeOf(node.id) === k)?.box;
    if (!picture.groups[id]) continue;
    const { x, y, width, height } = picture.groups[id].getBBox();
    picture.refusals.append(make("svg:text", { x: x + width / 2, y: y + height + 2 }, needsOf(pass, k, why)));
  }
  picture.svg.querySelector("g").append(picture.refusals);
}
