// Numbers and texts that Python wrote, and numbers as a reader sees them.

// A number to read at a glance, written as autograd.text.numbers.short_number writes it.
// There is none where an operation is refused.
export function short(x, digits = 3) {
  if (x === undefined) return "–";
  return digits === 3 ? written3(x).text : shortened(x, digits);
}
// The short text of a number, and the number that it says, kept because a page repeats its numbers.
const writings = new Map();
function written3(x) {
  let found = writings.get(x);
  if (!found) {
    if (writings.size > 5000) writings.clear();
    const text = shortened(x, 3);
    writings.set(x, (found = { text, number: Number(text.replaceAll("−", "-").replace("∞", "Infinity")) }));
  }
  return found;
}

function shortened(x, digits) {
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

// All digits of a number, as Python's repr has them.
export function exact(x) {
  if (x === undefined) return "–";
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf";
  const [digits, raised] = Math.abs(x).toExponential().split("e");
  const power = Number(raised);
  const sign = x < 0 || Object.is(x, -0) ? "-" : "";
  const wide = (number) => String(Math.abs(number)).padStart(2, "0");
  if (power < -4 || power > 15) return `${sign}${digits}e${power < 0 ? "-" : "+"}${wide(power)}`;
  const text = Math.abs(x).toFixed(Math.max(0, digits.replace(".", "").length - 1 - power));
  return sign + (text.includes(".") ? text : `${text}.0`);
}

export const raised = (place) => [...String(place)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("");

// A constant with all its digits, a whole number without a point (write_number in autograd/text/mathematics.py).
export const allDigits = (x) => exact(x).replace(/\.0$/, "").replace(/^-/, "−");

// The place of a node in topological order, from its id.
export const placeOf = (id) => Number(id.slice(1));

// Whether a number is printed in full.
export const isShort = (x) => !Number.isFinite(x) || written3(x).number === x;

// Whether numbers as printed give the printed result (autograd.text.numbers.relation). A printed number has six
// digits at most, so that of a product all digits are known, and the tolerance tells only rounding.
const printed = (x) => (x === undefined ? NaN : written3(x).number);
export function isProduct(a, b, product) {
  const [left, right, result] = [a, b, product].map(printed);
  if (![left, right, result].every(Number.isFinite)) return true;
  if (result === 0) return left === 0 || right === 0;
  return Math.abs(left * right - result) <= 4e-15 * Math.abs(result);
}
export function isSumOfProducts(pairs, sum) {
  const products = pairs.map(([a, b]) => printed(a) * printed(b));
  const off = products.reduce((total, one) => total + one, 0) - printed(sum);
  return !Number.isFinite(off) || Math.abs(off) <= 1e-14 * Math.max(...products.map(Math.abs));
}
export function isSum(a, b, sum) {
  const texts = [a, b, sum].map((x) => short(x).replaceAll("−", "-"));
  if (texts.some((text) => /[∞n–]/.test(text))) return true;
  const decimals = texts.map((text) => {
    const [, digits, part = "", power = "0"] = text.match(/^(-?\d+)(?:\.(\d+))?(?:e(-?\d+))?$/);
    return { digits: BigInt(digits + part), power: Number(power) - part.length };
  });
  const low = Math.min(...decimals.map(({ power }) => power));
  const [left, right, total] = decimals.map(({ digits, power }) => digits * 10n ** BigInt(power - low));
  return left + right === total;
}

// A template that Python wrote (number_place in autograd/text/typesetting.py), with numbers in its places: mathematics
// or, if it is not markup, a text. A place for which there is no number stays.
export const filled = (template, number, isMarkup = true) =>
  template.replaceAll(/\ufff9(\(?)(\w+)\ufffb/g, (place, fenced, of) => {
    const text = number(of);
    if (text === undefined) return place;
    const isNegative = text.startsWith("−");
    if (!isMarkup) return fenced && isNegative ? `(${text})` : text;
    if (!isNegative) return `<mn>${text}</mn>`;
    const negative = `<mrow><mo>−</mo><mn>${text.slice(1)}</mn></mrow>`;
    return fenced ? `<mrow><mo>(</mo>${negative}<mo>)</mo></mrow>` : negative;
  });

// Floats that JSON lacks come as text; text that people wrote stays what it is.
const FLOATS = new Map([
  ["inf", Infinity],
  ["-inf", -Infinity],
  ["nan", NaN],
]);
const WRITTEN = new Set(["label", "name", "gradient", "line", "scope", "letters", "numbers", "condition", "op", "symbol", "ops"]);
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

// A name from right to left, isolated: it would turn the numbers around it, too.
export const apart = (name) => (/[\u0590-\u08ff\ufb1d-\ufefc]/.test(name) ? `\u2068${name}\u2069` : name);
