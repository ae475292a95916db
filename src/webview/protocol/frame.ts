/** A table of numbers by column; every column is `rows` long. NaN where there is no value. */
export interface Frame {
  readonly rows: number;
  readonly columns: Readonly<Record<string, Float64Array>>;
}

/** What has to be done to a frame to bring it up to date: keep the rows before `from`, then append these. */
export interface FrameTail {
  readonly from: number;
  readonly columns: Readonly<Record<string, Float64Array>>;
}

export const emptyFrame: Frame = { rows: 0, columns: {} };

/** A column of a frame; empty when it has no such column. */
export function column(frame: Frame, name: string): Float64Array {
  return frame.columns[name] ?? new Float64Array(0);
}

/** The tail that turns `before` into `after`, from the first row that differs; null when nothing differs. */
export function frameTail(before: Frame, after: Frame): FrameTail | null {
  const names = Object.keys(after.columns);
  const sameColumns =
    names.length === Object.keys(before.columns).length && names.every((name) => before.columns[name] !== undefined);
  const shorter = Math.min(before.rows, after.rows);
  let from = sameColumns ? shorter : 0;
  if (sameColumns) {
    for (const name of names) {
      const old = before.columns[name]!;
      const now = after.columns[name]!;
      for (let row = 0; row < from; row += 1) if (!Object.is(old[row], now[row])) from = row;
    }
    if (from === before.rows && from === after.rows) return null;
  }
  return { from, columns: Object.fromEntries(names.map((name) => [name, after.columns[name]!.slice(from)])) };
}

/** A frame with a tail applied. */
export function withTail(frame: Frame, tail: FrameTail): Frame {
  const names = Object.keys(tail.columns);
  const added = names.length === 0 ? 0 : tail.columns[names[0]!]!.length;
  const rows = tail.from + added;
  const columns = names.map((name) => {
    const whole = new Float64Array(rows).fill(NaN);
    whole.set(column(frame, name).subarray(0, tail.from));
    whole.set(tail.columns[name]!, tail.from);
    return [name, whole] as const;
  });
  return { rows, columns: Object.fromEntries(columns) };
}
