// Sums, products and lengths of lists, without a loss on the way (autograd/table/arithmetic.py).

import { OVERFLOW, raise, table } from "./arithmetic.js";

// The sum, rounded once (Shewchuk): partial sums that do not overlap, the smallest first.
export function fsum(xs) {
  const parts = [];
  for (let x of xs) {
    let kept = 0;
    for (let y of parts) {
      if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x];
      const high = x + y;
      const low = y - (high - x);
      if (low) parts[kept++] = low;
      x = high;
    }
    parts.length = kept;
    if (x !== 0) parts.push(x);
  }
  if (!parts.every(Number.isFinite)) return exactSum(xs);
  let total = parts.pop() ?? 0;
  while (parts.length) {
    const y = parts.pop();
    const before = total;
    total = before + y;
    const lost = y - (total - before);
    if (!lost) continue;
    // A half is rounded to even, unless a smaller part says which way.
    const next = parts.at(-1) ?? 0;
    if (lost < 0 === next < 0 && next !== 0) {
      const twice = 2 * lost;
      const other = total + twice;
      if (twice === other - total) total = other;
    }
    break;
  }
  return total;
}

// The sum of xⱼ·fⱼ if a part of it is too large for a float, in whole multiples of the smallest product.
function exactSum(xs, factors = xs.map(() => 1)) {
  const infinite = xs.map((x, i) => x * factors[i]).filter((_, i) => xs[i] * 0 + factors[i] * 0 !== 0);
  if (infinite.length) return infinite.reduce((total, x) => total + x);
  let total = 0n;
  for (const [i, x] of xs.entries()) {
    const [a, b] = [frexp(x), frexp(factors[i])];
    total += (BigInt(a[0] * 2 ** 53) * BigInt(b[0] * 2 ** 53)) << BigInt(a[1] + b[1] + 2042);
  }
  const size = total < 0n ? -total : total;
  const extra = Math.max(0, size.toString(2).length - 64);
  const kept = (size >> BigInt(extra)) | (size & ((1n << BigInt(extra)) - 1n) ? 1n : 0n);
  return Math.sign(Number(total)) * ldexp(Number(kept), extra - 2148);
}

table.value.sum = fsum;
table.value.mean = (xs) => {
  const y = fsum(xs) / xs.length;
  return Number.isFinite(y) ? y : fsum(xs.map((x) => x / xs.length));
};
table.value.dot = (ws, xs, bias) => {
  const products = ws.map((w, i) => w * xs[i]);
  const y = products.every(Number.isFinite) ? fsum([...products, bias]) : NaN;
  return Number.isFinite(y) ? y : exactSum([...ws, bias], [...xs, 1]);
};
table.value.max = (xs) => (xs.some(Number.isNaN) ? NaN : xs.reduce((most, x) => (x > most ? x : most)));
table.value.min = (xs) => (xs.some(Number.isNaN) ? NaN : xs.reduce((least, x) => (x < least ? x : least)));
table.value.prod = (xs) => {
  let mantissa = 1;
  let exponent = 0;
  for (const x of xs) {
    const [factor, power] = frexp(x);
    const [product, shift] = frexp(mantissa * factor);
    mantissa = product;
    exponent += shift + power;
  }
  return ldexp(mantissa, exponent);
};

// The length of a vector, scaled so that no square overflows or vanishes; corrected once for the rounding.
function norm(xs) {
  const sizes = xs.map(Math.abs);
  const largest = sizes.includes(Infinity) ? Infinity : Math.max(...sizes);
  if (largest === 0 || largest - largest !== 0) return largest;
  const [, power] = frexp(largest);
  const scaled = sizes.map((x) => ldexp(x, -power));
  const squares = scaled.flatMap(squared);
  const root = Math.sqrt(fsum(squares));
  const rest = fsum([...squares, ...squared(root).map((x) => -x)]);
  const y = ldexp(root + rest / (2 * root), power);
  if (y === Infinity) raise(OVERFLOW);
  return y;
}
table.value.norm = norm;
table.value.hypot = (a, b) => norm([a, b]);

// The square of a number as the sum of two floats, by its halves (Dekker).
export function squared(x) {
  const big = x * 134217729;
  const high = big - (big - x);
  const low = x - high;
  const square = x * x;
  return [square, high * high - square + 2 * high * low + low * low];
}

// x = mantissa · 2^exponent with a mantissa from 1/2 to 1, and back, rounded once.
export function frexp(x) {
  if (x === 0 || x - x !== 0) return [x, 0];
  let exponent = Math.max(-1023, Math.floor(Math.log2(Math.abs(x))) + 1);
  let mantissa = x * 2 ** -exponent;
  while (Math.abs(mantissa) < 0.5) [mantissa, exponent] = [mantissa * 2, exponent - 1];
  while (Math.abs(mantissa) >= 1) [mantissa, exponent] = [mantissa / 2, exponent + 1];
  return [mantissa, exponent];
}
export function ldexp(x, exponent) {
  if (x === 0 || x - x !== 0) return x;
  const [mantissa, power] = frexp(x);
  const first = Math.min(Math.max(exponent + power, -1000), 1000);
  return mantissa * 2 ** first * 2 ** (exponent + power - first);
}
