// The number of an input or a constant, to type or to slide: a row below the picture while it is picked.

import { make } from "./elements.js";
import { allDigits, placeOf } from "./numbers.js";
import { spanOf } from "./probe.js";
import { refusalOf } from "./refusals.js";

const NOTCHES = 50; // of the slider, to each side

// `id` is that of a node or of a constant. `change` is called with each new number; `begin` before the first of
// a series, for undo.
export function editor(pass, id, { begin, change }) {
  let fresh = true; // whether the next change begins a series
  const field = make("input.ad-field", {
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    oninput: () => to(read(field.value)),
    onchange: () => (fresh = true),
  });
  const slider = make("input", {
    type: "range",
    oninput: () => to(Number(slider.value)),
    onchange: () => (fresh = true),
  });
  const note = make("output.ad-note");
  const label = make("span");
  const element = make("div.ad-editor", {}, make("label", {}, label, field), slider, note);
  function to(x) {
    const wrong = !Number.isFinite(x);
    field.setAttribute("aria-invalid", wrong);
    note.textContent = wrong ? pass.say("not_a_number") : "";
    if (wrong) return;
    if (fresh) begin();
    fresh = false;
    change(id, x);
  }
  // The number as it is now; what the reader is typing stays as it is typed.
  function paint() {
    const x = pass.live.number(id);
    const node = pass.inputName(id);
    label.textContent = `${node} =`;
    field.setAttribute("aria-label", pass.say("value_of", { node }));
    slider.setAttribute("aria-label", pass.say("slide", { node }));
    const { activeElement } = /** @type {any} */ (element.getRootNode());
    if (activeElement !== field || read(field.value) !== x) field.value = allDigits(x);
    field.removeAttribute("aria-invalid");
    if (slider.max === "" || x < Number(slider.min) || x > Number(slider.max)) reach(x);
    slider.value = String(x);
    note.textContent = refusalOf(pass);
  }
  function reach(x) {
    const span = 2 * spanOf(x);
    const step = span / NOTCHES;
    const middle = Math.round(x / step) * step;
    Object.assign(slider, { min: tidy(middle - span), max: tidy(middle + span), step: "any" });
    slider.step = tidy(step);
  }
  slider.removeAttribute("max");
  reach(pass.live.number(id));
  paint();
  return { element, field, paint };
}

// Why an input cannot be changed, if that is a matter of its operations.
export function fixedNote(pass, node) {
  if (!node || node.op || pass.model.lock || pass.quiz || pass.live.canEdit(placeOf(node.id))) return "";
  return make("p.ad-words", {}, pass.say("fixed", { node: node.label }));
}

const tidy = (x) => String(Number(x.toPrecision(12)));

// A number as people type it.
export function read(text) {
  const plain = text.trim().replaceAll("−", "-").replace(",", ".");
  return plain === "" ? NaN : Number(plain);
}
