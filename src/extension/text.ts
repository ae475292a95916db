/** Signature of `vscode.l10n.t`: placeholders are `{0}`, `{1}`, … */
export type Translate = (message: string, ...values: (string | number)[]) => string;

let translate: Translate = (message, ...values) =>
  message.replace(/\{(\d+)\}/g, (whole, index: string) => String(values[Number(index)] ?? whole));

/**
 * A text that the user reads, in the user's language. Modules that know nothing of the editor use this one; at activation
 * it is given the editor's own translation. Without one it is English.
 */
export const t: Translate = (message, ...values) => translate(message, ...values);

/** Replaces the translation behind `t`. */
export function setTranslation(to: Translate): void {
  translate = to;
}

/** A measured value with `digits` behind the point; a dash where there is none. */
export function figure(value: number | null | undefined, digits = 3): string {
  return value === null || value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(digits);
}

/** Seconds in words of one or two units: 42 s, 3 min 20 s, 5 h 10 min, 2 d 4 h. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  const whole = Math.max(0, Math.round(seconds));
  const units = [
    [86_400, t('{0} d')],
    [3600, t('{0} h')],
    [60, t('{0} min')],
    [1, t('{0} s')],
  ] as const;
  const index = Math.max(
    0,
    units.findIndex(([length]) => whole >= length),
  );
  const [length, words] = whole === 0 ? units[3] : units[index]!;
  const next = whole === 0 ? undefined : units[index + 1];
  const rest = next ? Math.floor((whole % length) / next[0]) : 0;
  const fill = (text: string, value: number) => text.replace('{0}', String(value));
  const first = fill(words, Math.floor(whole / length));
  return next && rest > 0 ? `${first} ${fill(next[1], rest)}` : first;
}
