/** Red, green and blue from 0 to 255, and alpha from 0 to 1. */
export type Rgba = readonly [red: number, green: number, blue: number, alpha: number];

/** A colour as CSS computes or themes write it: `#rgb`, `#rrggbb`, `#rrggbbaa`, `rgb(…)`, `rgba(…)`. Null for anything else. */
export function parseColour(text: string): Rgba | null {
  const trimmed = text.trim();
  const hex = /^#([\da-f]{3,8})$/i.exec(trimmed)?.[1];
  if (hex !== undefined) {
    const long = hex.length <= 4 ? [...hex].map((digit) => digit + digit).join('') : hex;
    if (long.length !== 6 && long.length !== 8) return null;
    const part = (at: number): number => Number.parseInt(long.slice(at, at + 2), 16);
    return [part(0), part(2), part(4), long.length === 8 ? part(6) / 255 : 1];
  }
  const parts = /^rgba?\(([^)]+)\)$/i
    .exec(trimmed)?.[1]
    ?.split(/[\s,/]+/)
    .filter(Boolean);
  if (parts === undefined || parts.length < 3) return null;
  const numbers = parts.map((part) => (part.endsWith('%') ? Number(part.slice(0, -1)) / 100 : Number(part)));
  if (numbers.some(Number.isNaN)) return null;
  return [numbers[0]!, numbers[1]!, numbers[2]!, numbers[3] ?? 1];
}

/** `rgba(…)` as canvases and SVG understand it. */
export function colourText([red, green, blue, alpha]: Rgba): string {
  const whole = [red, green, blue].map(Math.round).join(', ');
  return alpha >= 1 ? `rgb(${whole})` : `rgba(${whole}, ${Number(alpha.toFixed(3))})`;
}

/** The colour `share` of the way from one colour to another. */
export function mix(from: string, to: string, share: number): string {
  const a = parseColour(from);
  const b = parseColour(to);
  if (a === null || b === null) return share < 0.5 ? from : to;
  return colourText(a.map((part, index) => part + (b[index]! - part) * share) as unknown as Rgba);
}

/** The same colour, `alpha` times as opaque. */
export function withAlpha(colour: string, alpha: number): string {
  const parsed = parseColour(colour);
  return parsed === null ? colour : colourText([parsed[0], parsed[1], parsed[2], parsed[3] * alpha]);
}

/** A colour laid over an opaque ground, as it is seen. */
export function over(colour: string, ground: string): string {
  const top = parseColour(colour);
  const bottom = parseColour(ground);
  if (top === null || bottom === null || top[3] >= 1) return colour;
  const part = (index: 0 | 1 | 2): number => bottom[index] + (top[index] - bottom[index]) * top[3];
  return colourText([part(0), part(1), part(2), 1]);
}

/** Contrast of two opaque colours, 1 to 21 (WCAG 2.2). */
export function contrast(first: string, second: string): number {
  const [lighter, darker] = [luminance(first), luminance(second)].sort((a, b) => b - a) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

/** Moves a colour towards `ink` until it stands out from the ground by the given contrast. */
export function legible(colour: string, ground: string, ink: string, least: number): string {
  for (let share = 0; share < 1; share += 0.1) {
    const candidate = mix(colour, ink, share);
    if (contrast(candidate, ground) >= least) return share === 0 ? colour : candidate;
  }
  return ink;
}

function luminance(colour: string): number {
  const parsed = parseColour(colour) ?? [0, 0, 0, 1];
  const [red, green, blue] = parsed.slice(0, 3).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
