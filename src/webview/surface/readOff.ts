import { element, replaceChildren, svgElement } from '../kit/dom';
import type { SurfaceInfo } from '../protocol/surface';
import { digits } from '../kit/digits';
import type { ReadTile } from './reading';

const heads = [
  'lowest point',
  'where',
  'width along a × b',
  'bend along a, b',
  'flat share of the plane',
  'sharpness',
] as const;

/** Width, bend and sharpness of each loss's minimum as this surface shows them, with what these words mean. */
export class ReadOff {
  private readonly table = element('div', { class: 'scroll' });
  private readonly waiting = element('p', { class: 'muted' });
  private readonly meaning: HTMLElement;
  readonly root: HTMLElement;

  constructor() {
    this.meaning = element(
      'div',
      { class: 'meaning' },
      sketch(),
      element(
        'dl',
        { class: 'facts' },
        ...meanings.flatMap(([name, text]) => [element('dt', {}, name), element('dd', {}, text)]),
      ),
    );
    this.root = element(
      'div',
      { class: 'read-off' },
      element('h3', {}, 'Width and sharpness, read off this surface'),
      this.waiting,
      this.table,
      this.meaning,
    );
  }

  show(info: SurfaceInfo, tiles: readonly ReadTile[]): void {
    const known = tiles.filter(({ tile }) => tile.data.info.minima[tile.quantity.key]);
    this.root.hidden = !tiles.some(({ tile }) => tile.quantity.kind === 'loss');
    this.waiting.hidden = known.length > 0;
    this.waiting.textContent =
      info.status === 'finished'
        ? 'No shown loss has a finite value on this surface.'
        : 'They are read off when all points of the surface are there.';
    this.table.hidden = this.meaning.hidden = known.length === 0;
    if (known.length === 0) return;
    replaceChildren(
      this.table,
      element(
        'table',
        { class: 'numbers data' },
        element('caption', { class: 'visually-hidden' }, 'Width and sharpness of the minima of this surface'),
        element(
          'thead',
          {},
          element('tr', {}, ...['loss', ...heads].map((head) => element('th', { scope: 'col' }, head))),
        ),
        element('tbody', {}, ...known.map(row)),
      ),
    );
  }
}

function row({ tile, title }: ReadTile): HTMLElement {
  const minimum = tile.data.info.minima[tile.quantity.key]!;
  const line = tile.data.info.kind === 'line';
  const { onEdge, width, curvature } = minimum;
  const both = (values: readonly (number | null)[], join: string, missing: string): string =>
    (line ? values.slice(0, 1) : values).map((value) => (value === null ? missing : digits(value))).join(join);
  const cells = [
    digits(minimum.value),
    `a = ${digits(minimum.a)}${line ? '' : `, b = ${digits(minimum.b)}`}${onEdge ? ': on the edge, it may go on falling' : ''}`,
    onEdge ? '–' : both(width, ' × ', 'beyond the edge'),
    both(curvature, ', ', '–'),
    `${digits(100 * minimum.flatShare)} %`,
    digits(minimum.sharpness),
  ];
  return element('tr', {}, element('th', { scope: 'row' }, title), ...cells.map((cell) => element('td', {}, cell)));
}

const meanings = [
  [
    'Width',
    'from the lowest point along an axis to both sides, until the loss has risen by 10 % of its range on this surface. In the ' +
      'length of weights: wide is flat.',
  ],
  [
    'Bend',
    'second derivative at the lowest point, per square of the length of weights, from the points beside it: the Hessian along ' +
      'that axis, as far as the grid is fine enough. Compare it with the eigenvalues.',
  ],
  ['Flat share', 'of all points of the surface: those within 10 % of the range above the lowest.'],
  [
    'Sharpness',
    '100 (highest − centre) / (1 + centre), after Keskar et al. 2017: how far the loss climbs within the range that was sampled. ' +
      'Compare it between surfaces of the same range only.',
  ],
] as const;

/** A bowl with its width, to show what is meant. */
function sketch(): SVGElement {
  const svg = svgElement('svg', {
    class: 'sketch',
    width: 150,
    height: 96,
    viewBox: '0 0 150 96',
    'aria-hidden': 'true',
  });
  const add = (tag: string, attributes: Record<string, string | number>, text?: string): void => {
    const made = svgElement(tag, attributes);
    if (text !== undefined) made.textContent = text;
    svg.append(made);
  };
  add('path', { d: 'M8 8 C 38 118, 92 118, 142 8', class: 'curve' });
  add('line', { x1: 8, y1: 93, x2: 142, y2: 93, class: 'axis' });
  add('line', { x1: 26, y1: 58, x2: 122, y2: 58, class: 'level' });
  add('path', { d: 'M33 66 h80 m-6 -4 l6 4 l-6 4 m-68 -8 l-6 4 l6 4', class: 'arrow' });
  add('text', { x: 73, y: 52, class: 'word' }, 'width');
  add('text', { x: 124, y: 62, class: 'word small' }, '10 %');
  return svg;
}
