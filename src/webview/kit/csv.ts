export type Cell = string | number | null;

/** A table as comma-separated values (RFC 4180), every row ended by a newline. NaN and null become empty cells. */
export function csvText(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [columns, ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('');
}

function cell(value: Cell): string {
  if (value === null || Number.isNaN(value)) return '';
  if (typeof value === 'number') return String(value);
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** A text as a file name: what file systems dislike becomes a hyphen. */
export function fileName(text: string, ending: string): string {
  const plain = text.replace(/[^\p{Letter}\p{Number}.=]+/gu, '-').replace(/^[-.]+|[-.]+$/g, '');
  return `${plain.slice(0, 80) || 'figure'}.${ending}`;
}
