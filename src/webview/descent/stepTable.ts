import { element } from '../kit/dom';
import { valueText } from '../kit/format';
import type { DescentInfo, DescentRows } from '../protocol/descent';
import { column } from '../protocol/frame';
import { count } from './texts';

const measured = ['loss', 'confidenceForeground', 'confidenceBackground', 'iou', 'accuracy'] as const;
const heads = ['reported loss', 'confidence, foreground', 'confidence, background', 'IoU', 'accuracy'];

/**
 * What the maps show, in numbers: a row for each loss.
 * @param steps by loss; null for one that has not begun.
 */
export function stepTable(info: DescentInfo, rows: DescentRows, steps: readonly (number | null)[]): HTMLElement {
  return element(
    'div',
    { class: 'scroll' },
    element(
      'table',
      { class: 'data' },
      element('caption', {}, 'What is shown, in numbers'),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          ...['loss descended', 'steps', ...heads].map((head) => element('th', { scope: 'col' }, head)),
        ),
      ),
      element(
        'tbody',
        {},
        ...info.losses.map((loss, index) => {
          const frame = rows[index]!;
          const step = steps[index] ?? null;
          const at = step === null ? -1 : column(frame, 'step').indexOf(step);
          return element(
            'tr',
            {},
            element('th', { scope: 'row' }, loss.label),
            element('td', {}, step === null ? '–' : count(step)),
            ...measured.map((name) => element('td', {}, at < 0 ? '–' : valueText(column(frame, name)[at], 4))),
          );
        }),
      ),
    ),
  );
}
