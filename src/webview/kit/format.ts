/** A number on an axis: three digits, powers of ten where it is very small or very large. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) {
    return value
      .toExponential(2)
      .replace(/\.?0+e/, 'e')
      .replace('e+', 'e')
      .replace('-', '−');
  }
  return String(Number(value.toPrecision(4))).replace('-', '−');
}

/** Ticks of one axis as texts, with as many digits as it takes to tell neighbours apart. */
export function tickTexts(ticks: readonly number[]): (value: number) => string {
  const plain = ticks.map(tickText);
  if (new Set(plain).size === plain.length) return tickText;
  const step = Math.min(...ticks.slice(1).map((tick, index) => Math.abs(tick - ticks[index]!)));
  const digits = Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(step))));
  return (value) => value.toFixed(digits).replace('-', '−');
}

/** A measured value with a fixed number of digits; a dash where there is none. */
export function valueText(value: number | null | undefined, digits: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size !== 0 && size < 10 ** -digits / 2) return tickText(value);
  return (size >= 1000 ? tickText(value) : value.toFixed(digits)).replace('-', '−');
}

/** Half of an interval: never shown as zero when it is not. */
export function halfText(half: number, digits: number): string {
  if (!Number.isFinite(half)) return '';
  const least = 10 ** -digits;
  return half > 0 && half < least / 2 ? `< ${least.toFixed(digits)}` : half.toFixed(digits);
}

/** A difference with its sign. */
export function signedText(value: number, digits: number): string {
  if (!Number.isFinite(value)) return '–';
  const text = Math.abs(value).toFixed(digits);
  return Number(text) === 0 ? `±${text}` : `${value < 0 ? '−' : '+'}${text}`;
}

/** Seconds in one or two units: 42 s, 3 min 20 s, 5 h 10 min, 2 d 4 h. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  const whole = Math.max(0, Math.round(seconds));
  const units = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
  ] as const;
  const index = units.findIndex(([length]) => whole >= length);
  if (index < 0) return '0 s';
  const [length, name] = units[index]!;
  const next = units[index + 1];
  const rest = next ? Math.floor((whole % length) / next[0]) : 0;
  return `${Math.floor(whole / length)} ${name}${next && rest > 0 ? ` ${rest} ${next[1]}` : ''}`;
}

/** A count with its noun: "1 run", "3 runs". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
