import { element } from '../kit/dom';
import { valueText } from '../kit/format';
import type { DescentInfo, DescentRows } from '../protocol/descent';
import { column } from '../protocol/frame';
import { count } from './texts';

const measured = ['loss', 'confidenceForeground', 'confidenceBackground', 'iou', 'accuracy'] as const;
const heads = ['reported loss', 'confidence, foreground', 'confidence, background', 'IoU', 'accuracy'];

/** What was measured after some steps, a row for each loss: what the maps show, in numbers. */
export function stepTable(info: DescentInfo, rows: DescentRows, step: number): HTMLElement {
  return element(
    'div',
    { class: 'scroll' },
    element(
      'table',
      { class: 'data' },
      element('caption', {}, `After ${count(step)} steps`),
      element(
        'thead',
        {},
        element('tr', {}, ...['loss descended', ...heads].map((head) => element('th', { scope: 'col' }, head))),
      ),
      element(
        'tbody',
        {},
        ...info.losses.map((loss, index) => {
          const frame = rows[index]!;
          const at = column(frame, 'step').indexOf(step);
          return element(
            'tr',
            {},
            element('th', { scope: 'row' }, loss.label),
            ...measured.map((name) => element('td', {}, at < 0 ? '–' : valueText(column(frame, name)[at], 4))),
          );
        }),
      ),
    ),
  );
}
