import { createColors } from 'picocolors';

/** Where a command writes to; the real terminal, or a test's collection of lines. */
export interface OutputStream {
  write(text: string): unknown;
  /** Width in characters, when it is a terminal. */
  readonly columns?: number;
  readonly isTTY?: boolean;
}

/** What a command may touch of the outer world. */
export interface CommandIo {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
}

export type Colours = ReturnType<typeof createColors>;

/** Colours for a stream: only on a terminal, and never against the user's NO_COLOR (https://no-color.org) or a dumb terminal. */
export function coloursFor(isTTY: boolean, environment: NodeJS.ProcessEnv = process.env): Colours {
  return createColors(isTTY && !environment.NO_COLOR && environment.TERM !== 'dumb');
}

/** A measured value with `digits` behind the point; a dash where there is none. */
export function figure(value: number | null | undefined, digits = 3): string {
  return value === null || value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(digits);
}

/** A loss: four significant digits, whatever its size. */
export function lossFigure(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(2) : String(Number(value.toPrecision(4)));
}
