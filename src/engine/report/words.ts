/** Seconds in words of one or two units: 42 s, 3 min 20 s, 5 h 10 min, 2 d 4 h. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
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
