import { element } from '../kit/dom';
import type { CurvatureInfo } from '../protocol/curvature';
import { digits } from '../kit/digits';
import { lambda } from './charts';
import { withHalf } from './layerBars';
import { imagesWords, lossWords } from './series';

/** Every measurement in numbers, a row each. */
export function measurementsTable(measured: readonly CurvatureInfo[]): HTMLElement {
  const most = Math.max(0, ...measured.map(({ eigenvalues }) => eigenvalues?.largest.length ?? 0));
  const heads = [
    'run',
    'epoch',
    'loss',
    'images',
    ...Array.from({ length: most }, (_, index) => lambda(index + 1)),
    'smallest',
    'trace',
    'probes',
    'gradient',
    'state',
  ];
  return element(
    'table',
    {},
    element(
      'caption',
      { class: 'visually-hidden' },
      'All measurements of curvature; ±: residual, of the trace standard error',
    ),
    element('thead', {}, element('tr', {}, ...heads.map((head) => element('th', { scope: 'col' }, head)))),
    element('tbody', {}, ...measured.map((info) => row(info, most))),
  );
}

function row(info: CurvatureInfo, most: number): HTMLElement {
  const { eigenvalues, trace, gradientNorm } = info;
  const pair = (one: { value: number; residual: number } | undefined): string =>
    one ? withHalf({ value: one.value, half: one.residual }) : '–';
  const cells = [
    String(info.epoch),
    lossWords(info),
    imagesWords(info),
    ...Array.from({ length: most }, (_, index) => pair(eigenvalues?.largest[index])),
    pair(eigenvalues?.smallest),
    trace ? withHalf({ value: trace.mean, half: trace.standardError }) : '–',
    trace ? String(info.settings.probes) : '–',
    digits(gradientNorm),
    info.status,
  ];
  return element('tr', {}, element('th', { scope: 'row' }, info.run), ...cells.map((cell) => element('td', {}, cell)));
}
