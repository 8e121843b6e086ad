// Numbers as Python has them: times in whole nanoseconds, quotients of whole numbers, sums of floats, and digits.
const NS = 1_000_000_000n,
  NEVER = 1n << 62n;

// A duration that is given, as whole nanoseconds: rounded half up from the digits that it is written with.
function ns(seconds) {
  const [, sign, whole, part = "", power = "0"] = String(seconds).match(/^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/);
  const digits = BigInt(sign + whole + part),
    shift = 9 + Number(power) - part.length;
  if (shift >= 0) return digits * 10n ** BigInt(shift);
  const unit = 10n ** BigInt(-shift);
  return floored(2n * digits + unit, 2n * unit);
}

function floored(a, b) {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

// A duration that was computed, as whole nanoseconds.
function halfUp(nanoseconds) {
  const whole = Math.floor(nanoseconds);
  return BigInt(whole) + BigInt(nanoseconds - whole >= 0.5);
}

const roundedUp = (a, b) => -floored(-a, b);

// The float nearest to a quotient of whole numbers.
function ratio(a, b) {
  ((a = BigInt(a)), (b = BigInt(b)));
  if (a < 0n) return -ratio(-a, b);
  const shift = Math.max(0, 66 + b.toString(2).length - a.toString(2).length);
  const scaled = a << BigInt(shift);
  const sticky = ((scaled / b) << 1n) | BigInt(scaled % b !== 0n);
  return Number(sticky) / 2 ** (shift + 1);
}

const seconds = (nanoseconds) => ratio(nanoseconds, NS);

// A sum as NumPy takes it: of up to 128 in eight columns, of more in halves.
function total(values, begin = 0, n = values.length) {
  if (n < 8) {
    let sum = n ? values[begin] : 0;
    for (let i = 1; i < n; i++) sum += values[begin + i];
    return sum;
  }
  if (n > 128) {
    const half = Math.floor(n / 2) - (Math.floor(n / 2) % 8);
    return total(values, begin, half) + total(values, begin + half, n - half);
  }
  const r = Array.from({ length: 8 }, (_, i) => values[begin + i]);
  let i = 8;
  for (; i < n - (n % 8); i += 8) for (let j = 0; j < 8; j++) r[j] += values[begin + i + j];
  let sum = r[0] + r[1] + (r[2] + r[3]) + (r[4] + r[5] + (r[6] + r[7]));
  for (; i < n; i++) sum += values[begin + i];
  return sum;
}

// The sum of floats with one rounding, as math.fsum has it (Shewchuk).
function exactSum(values) {
  const partials = [];
  for (let x of values) {
    let n = 0;
    for (let y of partials) {
      if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x];
      const high = x + y,
        low = y - (high - x);
      if (low) partials[n++] = low;
      x = high;
    }
    partials.length = n;
    partials.push(x);
  }
  let n = partials.length,
    high = n ? partials[--n] : 0,
    low = 0;
  while (n > 0) {
    const x = high,
      y = partials[--n];
    high = x + y;
    low = y - (high - x);
    if (low) break;
  }
  if (n > 0 && low < 0 === partials[n - 1] < 0) {
    const twice = low * 2,
      x = high + twice;
    if (twice === x - high) high = x;
  }
  return high;
}

// So many digits after the point; what lies half-way goes to the even one.
function fixed(value, digits) {
  const rounded = value.toFixed(digits),
    exact = value.toFixed(Math.min(100, digits + 60));
  const rest = exact.slice(exact.indexOf(".") + 1 + digits);
  if (!/^50*$/.test(rest) || /[02468]$/.test(rounded)) return rounded;
  const down = exact.slice(0, exact.indexOf(".") + 1 + digits);
  return digits ? down : down.slice(0, -1);
}

const percent = (part) => `${fixed(100 * part, 0)}%`;
const counted = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");

// Two digits that count, as Python's format .2g of what lies from 0.1 to below 100.
function twoDigits(value) {
  const text = fixed(value, value < 0.995 ? 2 : value < 9.95 ? 1 : 0);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
