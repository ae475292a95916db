import { element, replaceChildren } from '../kit/dom';
import { quietButton } from '../kit/widgets';
import type { CurvatureFound } from '../protocol/curvature';
import { progressOf } from './words';

/** What is being measured, what was broken off, and what cannot be read: with what can be done about it. */
export class Notices {
  readonly root = element('div', { role: 'status' });
  private drawn = '';

  constructor(private readonly events: { stop(file: string): void; resume(file: string): void }) {}

  /** @param trusted whether anything can be measured. */
  show({ measured, problems }: CurvatureFound, trusted: boolean): void {
    const measuring = measured.filter(({ status }) => status === 'measuring');
    const open = [...measuring, ...measured.filter(({ status }) => status !== 'finished' && status !== 'measuring')];
    const lines = open.map((info) => ({ file: info.file, status: info.status, ...progressOf(info) }));
    const text = JSON.stringify([lines, problems, trusted]);
    if (text === this.drawn) return;
    this.drawn = text;
    const focused = (document.activeElement as HTMLElement | null)?.dataset['file'];
    replaceChildren(
      this.root,
      ...lines.map(({ file, status, text: words, share }) =>
        element(
          'div',
          { class: status === 'measuring' ? 'measuring' : 'notice' },
          element('span', {}, words),
          share !== null && element('progress', { max: 1, value: share, 'aria-label': words }),
          status === 'measuring'
            ? this.tool('Stop', 'Stop after the product under way; what has been measured is kept', file, (one) =>
                this.events.stop(one),
              )
            : trusted && this.tool('Go on', 'Measure what is missing', file, (one) => this.events.resume(one)),
        ),
      ),
      ...problems.map((problem) => element('p', { class: 'notice' }, `A measurement cannot be read: ${problem}`)),
    );
    if (focused !== undefined) this.root.querySelector<HTMLElement>(`[data-file="${CSS.escape(focused)}"]`)?.focus();
  }

  private tool(text: string, title: string, file: string, act: (file: string) => void): HTMLElement {
    const made = quietButton(text, title, () => act(file));
    made.classList.add('framed');
    made.dataset['file'] = file;
    return made;
  }
}
