// Making elements: HTML, SVG and MathML, in few words.

import { short } from "./numbers.js";

const SPACES = { svg: "http://www.w3.org/2000/svg", math: "http://www.w3.org/1998/Math/MathML" };

// An element: make("p.words", {title: "…"}, "text", child, …); "math:mi" and "svg:path" work too.
export function make(kind, attributes = {}, ...children) {
  const [, space, tag, name] = kind.match(/^(?:(\w+):)?(\w+)(?:\.(.+))?$/);
  const made = space ? document.createElementNS(SPACES[space], tag) : document.createElement(tag);
  if (name) made.setAttribute("class", name.replaceAll(".", " "));
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== false && value != null) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat(9).filter((child) => child != null && child !== ""));
  return made;
}

// Change a text, a style or an attribute only if it has to be: most of a picture stays as it is.
const kept = new WeakMap();
const STYLES = new Set(["fill", "fillOpacity", "display", "stroke", "strokeWidth"]);
export function put(element, name, value) {
  let before = kept.get(element);
  if (!before) kept.set(element, (before = {}));
  if (before[name] === value) return;
  before[name] = value;
  if (name === "text") setText(element, value);
  else if (STYLES.has(name)) element.style[name] = value;
  else element.setAttribute(name, value);
}
// In an element that holds one text the text changes, which is quicker than a new one.
function setText(element, value) {
  const { firstChild } = element;
  if (firstChild?.nodeType === Node.TEXT_NODE && !firstChild.nextSibling) firstChild.data = value;
  else element.textContent = value;
}
// The same for a class.
export function flag(element, name, isSet) {
  let before = kept.get(element);
  if (!before) kept.set(element, (before = {}));
  if (before[name] === isSet) return;
  before[name] = isSet;
  element.classList.toggle(name, isSet);
}

export const mi = (text) => make("math:mi", {}, text);
export const mo = (text) => make("math:mo", {}, text);
export const mn = (x) => make("math:mn", {}, typeof x === "string" ? x : short(x));
export const row = (...children) => make("math:mrow", {}, ...children);
export const math = (...children) => make("math:math", { display: "inline" }, ...children);

// A number as a factor: a negative one has parentheses.
export const factor = (x) => (short(x).startsWith("−") ? row(mo("("), mn(x), mo(")")) : mn(x));

// ∂of/∂by: one operand of one operation, marked with its place if there are several.
export function partial(of, by, place) {
  const operand = place ? make("math:msup", {}, mi(by), make("math:mtext", {}, `(${place})`)) : mi(by);
  return make("math:mfrac", {}, row(mo("∂"), mi(of)), row(mo("∂"), operand));
}

// dof/dby: in all, by every way.
export function total(of, by) {
  const d = () => make("math:mi", { mathvariant: "normal" }, "d");
  return make("math:mfrac", {}, row(d(), mi(of)), row(d(), mi(by)));
}

// MathML that Python wrote and escaped.
export function written(markup) {
  const holder = row();
  holder.innerHTML = markup;
  return holder;
}

// The groups of an SVG by id. The ids become data, so that several pictures share a page.
export function named(svg) {
  const groups = {};
  for (const element of svg.querySelectorAll("[id]")) {
    const key = element.id.slice(`${svg.id}-`.length);
    groups[key] = element;
    element.setAttribute("data-key", key);
    element.removeAttribute("id");
  }
  svg.removeAttribute("id");
  return groups;
}
