import type { LoadedSurface } from './readSurface';

const stateNames = ['missing', 'measured', 'interpolated'] as const;

/**
 * A surface as a table: a row for each point, b slowest; columns a, b, state (`measured`, `interpolated`, `missing`), then every
 * quantity under its key. Numbers that are not finite are `nan`, `inf` and `-inf`, which pandas and numpy read.
 */
export function* surfaceCsv({ document: { axes }, values, states }: LoadedSurface): Generator<string> {
  yield `${['a', 'b', 'state', ...values.keys()].join()}\n`;
  for (const [j, b] of axes.b.entries()) {
    for (const [i, a] of axes.a.entries()) {
      const index = j * axes.a.length + i;
      const state = stateNames[states[index] as 0 | 1 | 2];
      yield `${[a, b, state, ...[...values.values()].map((data) => number(data[index]!))].join()}\n`;
    }
  }
}

/** The trajectories as a table: a row for each checkpoint; columns as in the file, `true/<key>` and `plane/<key>`. */
export function* trajectoriesCsv({ trajectories }: LoadedSurface): Generator<string> {
  if (!trajectories) return;
  const { quantities, runs } = trajectories;
  const columns = (part: string): string[] => quantities.map((key) => `${part}/${key}`);
  yield `${['run', 'loss', 'epoch', 'a', 'b', 'distance', ...columns('true'), ...columns('plane')].join()}\n`;
  for (const { run, loss, points } of runs) {
    for (const point of points) {
      const list = (values: readonly number[] | null): string[] =>
        quantities.map((_, i) => (values ? number(values[i]!) : ''));
      const start = [quoted(run), quoted(loss), point.epoch, point.a, point.b, point.distance];
      yield `${[...start, ...list(point.true), ...list(point.plane)].join()}\n`;
    }
  }
}

/** The shortest text that reads back as the same float32. */
export function number(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  for (let digits = 6; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === Math.fround(value)) return String(Number(text));
  }
  return String(value);
}

const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
