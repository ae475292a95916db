/** Something that was measured in the editor. */
export interface Figure {
  /** What, in words. */
  readonly what: string;
  readonly value: number;
  readonly unit: 'ms' | 'frames/s';
  /** What it should stay below (milliseconds) or above (frames a second). */
  readonly aim?: number;
}

const measured: Figure[] = [];

/** Prints a figure and keeps it. */
export function figure(what: string, value: number, unit: Figure['unit'], aim?: number): void {
  measured.push({ what, value, unit, ...(aim === undefined ? {} : { aim }) });
  const wanted = aim === undefined ? '' : ` (aim: ${unit === 'ms' ? '<' : '>='} ${aim} ${unit})`;
  console.log(`    ${what}: ${Math.round(value)} ${unit}${wanted}`);
}

/** Everything measured so far, in the order of the tests. */
export function figures(): readonly Figure[] {
  return measured;
}
