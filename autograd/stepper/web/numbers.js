// Numbers and texts that Python wrote, and numbers as a reader sees them.

// A number to read at a glance, written as autograd.text.names.short_number writes it.
export function short(x, digits = 3) {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "nan" : x > 0 ? "∞" : "−∞";
  const size = Math.abs(x);
  const trim = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  let text;
  if ((size >= 1e-3 && size < 1e6) || x === 0) {
    const power = Number(size.toExponential().split("e")[1]);
    text = trim(size.toFixed(Number.isInteger(x) ? 0 : Math.max(0, digits - 1 - power)));
  } else {
    const [mantissa, power] = size.toExponential(digits - 1).split("e");
    text = `${trim(mantissa)}e${Number(power)}`;
  }
  return ((x < 0 ? "−" : "") + text).replace("e-", "e−");
}

// Floats that JSON lacks come as text; text that people wrote stays what it is.
const FLOATS = new Map([
  ["inf", Infinity],
  ["-inf", -Infinity],
  ["nan", NaN],
]);
const WRITTEN = new Set(["label", "name", "gradient", "line", "scope", "letters", "numbers", "condition"]);
export const parse = (json) =>
  JSON.parse(json, (key, value) => (WRITTEN.has(key) ? value : (FLOATS.get(value) ?? value)));

// The sentences of the page's language, with values in their places, as autograd.text.catalogue.say has it.
export const teller = (sentences) => (key, values = {}) => {
  const one = values.count === 1 && sentences[`${key}_1`];
  return (one || sentences[key]).replace(/\{(\w+)\}/g, (_, name) => values[name]);
};

// The text behind base64.
export const decoded = (coded) =>
  new TextDecoder().decode(Uint8Array.from(atob(coded), (letter) => letter.charCodeAt(0)));
