// Beside the gradients, for changed inputs, what the record has for those of Python: corners and jumps
// (autograd/text/kinks.py), the slope in the limit (autograd/check/differences.py), the curve of the demon.

import { table } from "./arithmetic.js";
import { Engine } from "./engine.js";
import { frexp, ldexp } from "./lists.js";
import { short } from "./numbers.js";

const TINY = 1e-300; // the distance from 0 at which slopes are compared
const MAX_OPERANDS = 64;
const POINTS = 41;
const MAX_WORK = 120_000; // operations that a check and a curve may cost

export class Probe {
  constructor(live) {
    this.live = live;
    this.engine = new Engine({ ...live.program, ieee: true }, table);
  }

  // The slopes beside an operand of a node that is at a corner or a jump; else null.
  kink(k, slot) {
    const { engine } = this.live;
    const op = engine.ops[k];
    const many = engine.operands[k].length > MAX_OPERANDS;
    if (!engine.computes(k) || many || engine.operands[k].includes(null) || engine.unknown[k]) return null;
    const operand = engine.operandOf(k, slot);
    const numbers = engine.numbers(k);
    const here = numbers[operand];
    const beside = (side) => {
      const moved = numbers.with(operand, here === 0 ? side * TINY : neighbour(here, side));
      const y = engine.value(op, moved);
      return [moved[operand], y, engine.partials(op, y, moved)[operand]];
    };
    const [[x0, y0, left], [x1, y1, right]] = [beside(-1), beside(1)];
    if (![y0, y1, left, right].every(Number.isFinite)) return null;
    const steepest = Math.max(Math.abs(left), Math.abs(right));
    const jumps = Math.abs(y1 - y0) > 10 * steepest * (x1 - x0) + 1e-9 * Math.max(Math.abs(y0), Math.abs(y1));
    const turns = Math.abs(right - left) > Math.max(1e-6 * steepest, 1e-200);
    return jumps || turns ? { left: short(left), right: short(right), jumps } : null;
  }

  // The nodes whose way to the output leads through a corner or a jump.
  conventions() {
    const { engine } = this.live;
    const found = new Set();
    for (let k = engine.output; k >= 0; k--)
      engine.parents[k].forEach((parent, slot) => {
        if (found.has(k) || this.kink(k, slot)) found.add(parent);
      });
    return found;
  }

  // The check of a node, and the curve of an input or of what one operation is applied to; each may be missing.
  about(k, wide) {
    const { engine } = this.live;
    const x = this.live.data(k);
    const y = this.live.data(engine.output);
    if (k === engine.output || y === undefined) return {};
    const evaluated = new Map([[x, y]]);
    const outputs = (point) => {
      if (!evaluated.has(point)) evaluated.set(point, this.#output(k, point));
      return evaluated.get(point);
    };
    if ((engine.output - k) * (60 + (wide ? POINTS : 0)) > MAX_WORK) return {};
    const found = slopeAt(outputs, x);
    if (!wide) return found;
    const span = spanOf(x);
    const middle = (POINTS - 1) / 2;
    const nudges = [...Array(POINTS).keys()].map((i) => (span * (i - middle)) / middle);
    return { ...found, demon: { span, changes: nudges.map((nudge) => outputs(x + nudge) - y) } };
  }

  #output(k, x) {
    this.engine.data.set(this.live.engine.data);
    this.engine.data[k] = x;
    this.engine.values(k + 1);
    return this.engine.data[this.engine.output];
  }
}

// A round number of the size of the value: 1 for 0.5, 2 for 3, 500 for 784.
export function spanOf(x) {
  const size = Math.abs(x) / 2;
  if (!Number.isFinite(size) || size < 1) return 1;
  const power = 10 ** Math.floor(Math.log10(size));
  return power * (size >= 5 * power ? 5 : size >= 2 * power ? 2 : 1);
}

// The float beside x.
const float = new Float64Array(1);
const bits = new BigInt64Array(float.buffer);
function neighbour(x, side) {
  float[0] = x;
  bits[0] += x > 0 === side > 0 ? 1n : -1n;
  return float[0];
}

const eighth = (x) => ldexp(0.125, frexp(x)[1] - 1);

// The slope at x by differences at steps from 1/8 down, each a quarter of the last, and Richardson's
// extrapolation of them to 0; at a corner the slopes of both sides; nothing if it is not certain.
function slopeAt(f, x) {
  const steps = [eighth(Math.max(1, Math.abs(x)))];
  const smallest = Math.max(eighth(Math.abs(x) || 1) / 4 ** 11, 1e-9 * Math.max(1, Math.abs(x)));
  while (steps.at(-1) / 4 >= smallest) steps.push(steps.at(-1) / 4);
  const above = steps.map((h) => [x + h, f(x + h)]);
  const below = steps.map((h) => [x - h, f(x - h)]);
  const here = steps.map(() => [x, f(x)]);
  const pairs = steps.flatMap((_, i) => (Number.isFinite(above[i][1]) && Number.isFinite(below[i][1]) ? [i] : []));
  const [last, before] = [pairs.at(-1), pairs.at(-4)];
  if (before !== undefined) {
    const gap = (i) => Math.abs(above[i][1] - below[i][1]);
    const rounding = 1e4 * Number.EPSILON * Math.max(Math.abs(above[last][1]), Math.abs(below[last][1]));
    if (gap(last) > Math.max(0.5 * gap(before), rounding)) return { check: { kind: "jump" } };
  }
  const [left, right] = [slope(below, here, 1), slope(here, above, 1)];
  const apart = Math.abs(right.value - left.value);
  const size = Math.max(Math.abs(left.value), Math.abs(right.value));
  if (apart > Math.max(1e-6 * size, 10 * (left.error + right.error)))
    return { check: { kind: "corner", left: left.value, right: right.value } };
  const { value, error } = [slope(below, above, 2), left, right].find((one) => one.error < Infinity) ?? left;
  return error <= 1e-4 * Math.abs(value) + 1e-9 ? { check: { kind: "smooth", value } } : {};
}

// The slope that the smallest steps say, made more precise by larger ones as long as these agree.
function slope(lower, upper, order) {
  let found = { value: NaN, error: Infinity };
  for (const one of extrapolated(lower, upper, order).toReversed())
    if (found.error === Infinity) found = one;
    else if (Math.abs(one.value - found.value) > 3 * (one.error + found.error)) break;
    else if (one.error < found.error) found = one;
  return found;
}

function extrapolated(lower, upper, order) {
  const rows = [];
  let previous = [];
  lower.forEach(([a, fa], k) => {
    const [b, fb] = upper[k];
    if (!Number.isFinite(fa) || !Number.isFinite(fb)) return void (previous = []);
    const current = [(fb - fa) / (b - a)];
    const rounding = (2 * Number.EPSILON * Math.max(Math.abs(fa), Math.abs(fb)) + 1e-323) / (b - a);
    let best = { value: NaN, error: Infinity };
    previous.slice(0, 12).forEach((corner, j) => {
      const factor = 4 ** (order * (j + 1));
      current.push((factor * current[j] - corner) / (factor - 1));
      const off = (other) => Math.abs(current.at(-1) - other);
      const error = Math.max(off(current.at(-2)), off(corner), rounding);
      if (error < best.error) best = { value: current.at(-1), error };
    });
    rows.push(best);
    previous = current;
  });
  return rows;
}
