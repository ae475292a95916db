/**
 * Compares two names the way people count: runs of digits by their value (`image2` before `image10`), everything else by
 * code unit. It never asks the machine's locale, so that "the last 9 by name" are the same 9 files everywhere.
 */
export function compareNaturally(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const x = left[i]!;
    const y = right[i]!;
    const order = isDigits(x) && isDigits(y) ? compareDigits(x, y) : compareUnits(x, y);
    if (order !== 0) return order;
  }
  // `1` and `01` count the same: the order of their letters keeps the sort total.
  return left.length - right.length || compareUnits(a, b);
}

const isDigits = (text: string) => text.charCodeAt(0) >= 48 && text.charCodeAt(0) <= 57;

/** By value without leaving strings, so that a name with a 30 digit number is not rounded. */
function compareDigits(a: string, b: string): number {
  const x = a.replace(/^0+/, '');
  const y = b.replace(/^0+/, '');
  return x.length - y.length || compareUnits(x, y);
}

const compareUnits = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
