import {
  gradientMap,
  isKnownLoss,
  isPixelLoss,
  type LossSpec,
  type MarginMap,
  pixelLoss,
  sigmoid,
} from '../../engine/insight/maps';
import { element } from '../kit/dom';
import { valueText } from '../kit/format';
import type { HeatmapLoss } from '../protocol/heatmap';

/** What a pixel is, under one run. */
export interface Reading {
  readonly name: string;
  readonly margin: number;
}

/** The pixel under the cursor. */
export interface PixelReading {
  readonly row: number;
  readonly column: number;
  readonly target: 0 | 1 | null;
  readonly runs: readonly Reading[];
  /** Loss and gradient of the pixel, under each loss, for the first of the runs. Null: it has no value there. */
  readonly losses: readonly { readonly name: string; readonly loss: number | null; readonly gradient: number | null }[];
}

/** Loss and gradient of one pixel under every loss. */
export class LossReader {
  /** Of losses without a closed form for one pixel, the gradients of the image that was read last. */
  private last: { readonly map: MarginMap; readonly gradients: Map<string, Float32Array | null> } | null = null;
  private readonly shares = new WeakMap<Uint8Array, number>();

  read(map: MarginMap, index: number, losses: readonly HeatmapLoss[]): PixelReading['losses'] {
    const { labels, margin } = map;
    if (labels === null) return [];
    const side = labels[index] === 1 ? 1 : 0;
    const x = side === 1 ? margin[index]! : -margin[index]!;
    return losses.map((loss) => {
      const spec = loss.spec as LossSpec;
      if (!isKnownLoss(spec)) return { name: loss.label, loss: null, gradient: null };
      if (!isPixelLoss(spec))
        return { name: loss.label, loss: null, gradient: this.gradients(map, loss)?.[index] ?? null };
      const pixel = pixelLoss(spec, side, this.share(labels));
      const slope = pixel.gradient(x);
      return { name: loss.label, loss: pixel.loss(x), gradient: side === 1 ? slope : -slope };
    });
  }

  private share(labels: Uint8Array): number {
    let share = this.shares.get(labels);
    if (share === undefined) {
      share = labels.reduce((sum, label) => sum + label, 0) / labels.length;
      this.shares.set(labels, share);
    }
    return share;
  }

  private gradients(map: MarginMap, { key, spec }: HeatmapLoss): Float32Array | null {
    if (this.last?.map !== map) this.last = { map, gradients: new Map() };
    const { gradients } = this.last;
    if (!gradients.has(key)) gradients.set(key, gradientMap(map, spec as LossSpec).values);
    return gradients.get(key)!;
  }
}

/** A pixel as a table. */
export function readingTable({ row, column, target, runs, losses }: PixelReading): HTMLElement {
  const classes = ['background', 'foreground'] as const;
  const head = (...names: string[]) =>
    element('thead', {}, element('tr', {}, ...names.map((name) => element('th', { scope: 'col' }, name))));
  const line = (name: string, ...cells: string[]) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, name),
      ...cells.map((cell) => element('td', { class: 'number' }, cell)),
    );
  return element(
    'div',
    { class: 'reading' },
    element(
      'p',
      {},
      element('b', {}, `row ${row}, column ${column}`),
      target === null ? ' · no target' : ` · target ${classes[target]}`,
    ),
    element(
      'table',
      {},
      head('', 'predicts', 'P(fg)', 'pt'),
      element(
        'tbody',
        {},
        ...runs.map(({ name, margin }) =>
          line(
            name,
            classes[margin > 0 ? 1 : 0],
            valueText(sigmoid(margin), 3),
            target === null ? '–' : valueText(sigmoid(target === 1 ? margin : -margin), 3),
          ),
        ),
      ),
    ),
    losses.length > 0 &&
      element(
        'table',
        {},
        head('under', 'loss', 'gradient'),
        element(
          'tbody',
          {},
          ...losses.map(({ name, loss, gradient }) => line(name, valueText(loss, 3), valueText(gradient, 3))),
        ),
      ),
  );
}

/** The same in a sentence. */
export function spoken({ row, column, target, runs }: PixelReading): string {
  const told = runs.map(
    ({ name, margin }) =>
      `${name} predicts ${margin > 0 ? 'foreground' : 'background'}, probability ${valueText(sigmoid(margin), 3)}`,
  );
  const truth = target === null ? '' : `, target ${target === 1 ? 'foreground' : 'background'}`;
  return `Row ${row}, column ${column}${truth}. ${told.join('. ')}`;
}
