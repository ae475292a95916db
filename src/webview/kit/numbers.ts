import { element, replaceChildren } from './dom';
import type { NumbersTable } from './table';

/**
 * Numbers for those who read them, or have them read out: a table whose rows begin with their names.
 * @param what is left out, if any is: "rows", "columns".
 */
export function showNumbers(
  parent: HTMLElement,
  caption: string,
  { columns, rows, leftOut }: NumbersTable,
  what: string,
): void {
  const cell = (text: string, index: number): HTMLElement =>
    index === 0 ? element('th', { scope: 'row' }, text) : element('td', {}, text);
  replaceChildren(
    parent,
    element(
      'table',
      {},
      element('caption', { class: 'visually-hidden' }, caption),
      element('thead', {}, element('tr', {}, ...columns.map((name) => element('th', { scope: 'col' }, name)))),
      element('tbody', {}, ...rows.map((row) => element('tr', {}, ...row.map(cell)))),
    ),
    leftOut > 0 &&
      element('p', { class: 'muted' }, `${leftOut} ${what} in between are left out here; the CSV has them all.`),
  );
}
