// The functions that the table's formulas call and that are not formulas themselves, and the flags that say
// where Python raises. autograd/stepper/javascript.py writes the rows of a graph into the same `table`.

// By the name of the row: its value, its partial derivatives, which case of each is shown, all results of a
// row with an index, and the arguments of a row of lists: "*" for a list, "1" for a number.
export const table = {
  value: Object.create(null),
  partials: Object.create(null),
  branches: Object.create(null),
  every: Object.create(null),
  shapes: Object.create(null),
  key: "", // the name of these rows; a page can have steppers with other rows
};

// Whether Python would have raised since the flag was cleared, and first of all what.
export const INVALID = 1; // a pole, or no value
export const OVERFLOW = 2;
export const flags = { raised: 0 };

export const raise = (flag) => (flags.raised ||= flag);

export function divide(a, b) {
  if (b === 0) raise(INVALID);
  return a / b;
}

// A function of JavaScript's, with the flags of Python's: no value, or an infinity out of finite numbers,
// which is an overflow, except at a pole.
const flagged =
  (f, ...poles) =>
  (x) => {
    const y = f(x);
    if (y - y !== 0 && x === x && (y !== y || Math.abs(x) !== Infinity))
      raise(y !== y || poles.includes(x) ? INVALID : OVERFLOW);
    return y;
  };

table.value.abs = Math.abs;
table.value.floor = Math.floor;
table.value.ceil = Math.ceil;
table.value.log = flagged(Math.log, 0);
table.value.sqrt = flagged(Math.sqrt);
table.value.cbrt = Math.cbrt;
table.value.exp = flagged(Math.exp);
table.value.exp2 = flagged((x) => 2 ** x);
table.value.expm1 = flagged(Math.expm1);
table.value.log1p = flagged(Math.log1p, -1);
table.value.log2 = flagged(Math.log2, 0);
table.value.log10 = flagged(Math.log10, 0);
table.value.sin = flagged(Math.sin);
table.value.cos = flagged(Math.cos);
table.value.tan = flagged(Math.tan);
table.value.asin = flagged(Math.asin);
table.value.acos = flagged(Math.acos);
table.value.atan = Math.atan;
table.value.atan2 = Math.atan2;
table.value.sinh = flagged(Math.sinh);
table.value.cosh = flagged(Math.cosh);
table.value.tanh = Math.tanh;
table.value.asinh = Math.asinh;
table.value.acosh = flagged(Math.acosh);
table.value.atanh = flagged(Math.atanh, 1, -1);

// The nearest whole number, of two the even one; the sign stays at 0.
table.value.round = (x) => {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest === 0 || x - x !== 0) return x;
  const up = rest > 0.5 || (rest === 0.5 && below % 2 !== 0);
  return up ? Math.ceil(x) : below;
};

// Where JavaScript says nan, Python follows IEEE 754: 1 to any power is 1.
table.value.pow = (a, b) => {
  if (a === 1 || (a === -1 && Math.abs(b) === Infinity)) return 1;
  const y = a ** b;
  if (y - y !== 0 && a - a === 0 && b - b === 0) raise(y !== y || a === 0 ? INVALID : OVERFLOW);
  return y;
};

// Division with a remainder of the divisor's sign, as Python has it.
table.value.mod = (a, b) => {
  if (b === 0) raise(INVALID);
  const rest = a % b;
  if (rest === 0) return b < 0 ? -0 : 0;
  return rest < 0 !== b < 0 ? rest + b : rest;
};
table.value.floordiv = (a, b) => {
  if (b === 0) return divide(a, b);
  const rest = a % b;
  const whole = (a - rest) / b - (rest && rest < 0 !== b < 0 ? 1 : 0);
  if (whole === 0) return a / b < 0 ? -0 : 0;
  return whole - Math.floor(whole) > 0.5 ? Math.floor(whole) + 1 : Math.floor(whole);
};
