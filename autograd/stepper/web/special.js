// Special functions that JavaScript lacks: erf and its inverse, ψ and its derivatives, log|Γ|.

import { INVALID, OVERFLOW, raise, table } from "./arithmetic.js";
import { fsum, squared } from "./lists.js";

// exp(−x²), with the square in two parts: its rounding would be seen in the result.
function bell(x) {
  const [square, rest] = squared(x);
  return square > 750 ? 0 : Math.exp(-square) * (1 - rest);
}

// erf by its series, whose terms have one sign (NIST DLMF 7.6.2).
function erfSeries(x) {
  const twice = 2 * x * x;
  let [term, total] = [x, x];
  for (let n = 3; Math.abs(term) > 1e-18 * Math.abs(total); n += 2) {
    term *= twice / n;
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * bell(x) * total;
}

// erfc of x ≥ 1/2 by its continued fraction, from its end (NIST DLMF 7.9.1).
function erfcFraction(x) {
  let denominator = x;
  for (let n = Math.ceil(24 + 190 / (x * x)); n > 0; n--) denominator = x + n / 2 / denominator;
  return bell(x) / Math.sqrt(Math.PI) / denominator;
}

table.value.erf = (x) => {
  if (!(Math.abs(x) >= 1)) return x === 0 ? x : erfSeries(x);
  return Math.sign(x) * (1 - (Math.abs(x) > 6 ? 0 : erfcFraction(Math.abs(x))));
};
table.value.erfc = (x) => {
  if (!(x >= 0.5)) return x < -6 ? 2 : x < -1 ? 2 - erfcFraction(-x) : 1 - table.value.erf(x);
  return x > 28 ? 0 : erfcFraction(x);
};
// By Winitzki's approximation, refined by Halley's method (autograd/table/special.py).
table.value.erfinv = (x) => {
  if (!(Math.abs(x) < 1)) {
    if (x === x) raise(INVALID);
    return Math.abs(x) === 1 ? x * Infinity : NaN;
  }
  if (Math.abs(x) < 1e-8) return x * (Math.sqrt(Math.PI) / 2);
  const size = Math.abs(x);
  const rest = 1 - size;
  const log = Math.log(rest) + Math.log1p(size);
  const half = 2 / (Math.PI * 0.147) + log / 2;
  let y = Math.sqrt(-log / 0.147 / (Math.sqrt(half * half - log / 0.147) + half));
  for (let i = 0; i < 3; i++) {
    const error = size < 0.5 ? table.value.erf(y) - size : rest - table.value.erfc(y);
    const step = error / ((2 / Math.sqrt(Math.PI)) * Math.exp(-y * y));
    y -= step / (1 + y * step);
  }
  return Math.sign(x) * y;
};

// ψ and its derivatives, by an asymptotic series, shifted there by the recurrence (autograd/table/special.py).
const BERNOULLI = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798];
const product = (from, to) => {
  let all = 1;
  for (let k = from; k < to; k++) all *= k;
  return all;
};
table.value.polygamma = (n, x) => {
  if (x !== x || x === Infinity) return x !== x || n === 0 ? x : 0;
  if (x === -Infinity) return tooLarge();
  if (!Number.isInteger(n) || n < 0 || (x <= 0 && x === Math.floor(x))) {
    raise(INVALID);
    return NaN;
  }
  const sign = n % 2 ? 1 : -1;
  if (x < -20) return -sign * table.value.polygamma(n, 1 - x) - cotangentDerivative(n, x);
  const terms = [];
  for (; x < 15 + n; x += 1) terms.push(x ** -(n + 1));
  terms.push(n ? x ** -n / n : -Math.log(x), 0.5 * x ** -(n + 1));
  BERNOULLI.forEach((bernoulli, i) => {
    const k = i + 1;
    const rising = n ? product(2 * k + 1, 2 * k + n) : 1 / (2 * k);
    terms.push(((bernoulli * rising) / product(1, Math.max(n, 1) + 1)) * x ** -(2 * k + n));
  });
  const y = sign * product(1, n + 1) * fsum(terms);
  return y - y === 0 ? y : tooLarge();
};
const tooLarge = () => (raise(OVERFLOW), Infinity);
table.value.digamma = (x) => table.value.polygamma(0, x);

function cotangentDerivative(n, x) {
  const cotangent = 1 / Math.tan(Math.PI * (x - table.value.round(x)));
  let coefficients = [0, 1];
  for (let i = 0; i < n; i++) {
    const slopes = [...coefficients.map((a, k) => k * a).slice(1), 0, 0, 0];
    coefficients = [...coefficients, 0].map((_, k) => -(slopes[k] + (k >= 2 ? slopes[k - 2] : 0)));
  }
  return Math.PI ** (n + 1) * fsum(coefficients.map((a, k) => a * cotangent ** k));
}

// log|Γ| by Stirling's series (NIST DLMF 5.11.1), near 1 by Taylor's (5.7.3), where no digits are lost;
// between them by the recurrence, and by reflection below 0.
table.value.lgamma = (x) => {
  if (x - x !== 0) return x * x; // nan, and ∞ at −∞ too
  if (x <= 0 && x === Math.floor(x)) {
    raise(INVALID);
    return Infinity;
  }
  if (x < 0) {
    const sine = Math.abs(Math.sin(Math.PI * (x - table.value.round(x))));
    if (x > -1e-20) return -Math.log(-x);
    return fsum([Math.log(Math.PI), -Math.log(sine), -Math.log(-x), -table.value.lgamma(-x)]);
  }
  if (x < 0.5) return lgammaNearOne(x) - Math.log(x);
  if (x >= 15) {
    const series = BERNOULLI.map((bernoulli, i) => bernoulli / (2 * i + 2) / (2 * i + 1) / x ** (2 * i + 1));
    const y = fsum([(x - 0.5) * Math.log(x), -x, 0.5 * Math.log(2 * Math.PI), ...series]);
    return y - y === 0 ? y : tooLarge();
  }
  let factors = 1;
  while (x > 1.5) factors *= x -= 1;
  return lgammaNearOne(x - 1) + Math.log(factors);
};

// log Γ(1 + z), |z| ≤ 1/2.
function lgammaNearOne(z) {
  const terms = ZETA.map((zeta, i) => (zeta * (-z) ** (i + 2)) / (i + 2));
  return fsum([-Math.log1p(z), z * (1 - 0.5772156649015329), ...terms]);
}
// ζ(k) − 1 for k = 2, 3, … by Euler and Maclaurin's formula.
const ZETA = [...Array(30).keys()].map((i) => {
  const k = i + 2;
  const terms = [2, 3, 4, 5, 6, 7, 8, 9].map((n) => n ** -k);
  const rest = BERNOULLI.map((bernoulli, j) => {
    const order = 2 * j + 1;
    return (bernoulli * product(k, k + order)) / product(1, order + 2) / 10 ** (k + order);
  });
  return fsum([...terms, 10 ** (1 - k) / (k - 1), 10 ** -k / 2, ...rest]);
});
