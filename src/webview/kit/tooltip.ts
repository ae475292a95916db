import type { ChartModel } from './chartModel';
import { element, replaceChildren } from './dom';
import { duration, valueText } from './format';
import type { PointAt } from './pick';
import { swatch } from './swatch';
import type { Theme } from './theme';

const mostRows = 18;

/** What all lines say at one place, the highest value first. */
export class Tooltip {
  readonly root = element('div', { class: 'tooltip', 'aria-hidden': 'true', hidden: true });

  /** @param nearest the line under the pointer, set in bold. */
  show(
    model: ChartModel,
    points: readonly PointAt[],
    nearest: PointAt | null,
    theme: Theme,
    at: { x: number; y: number; width: number },
  ): void {
    const first = nearest ?? points[0];
    if (first === undefined) {
      this.hide();
      return;
    }
    const around = Math.max(0, Math.min(points.length - mostRows, points.indexOf(first) - mostRows / 2));
    const shown = points.slice(around, around + mostRows);
    replaceChildren(
      this.root,
      element('div', { class: 'tooltip-title' }, heading(model, first)),
      ...(around > 0 ? [element('div', { class: 'more' }, `… ${around} above`)] : []),
      element(
        'table',
        {},
        ...shown.map((point) =>
          element(
            'tr',
            { class: point.line === nearest?.line ? 'nearest' : '' },
            element('td', {}, swatch(theme, point.line.look, point.line.points)),
            element('td', { class: 'name' }, nameAt(model, point, first)),
            element('td', { class: 'number' }, valueText(point.value, model.digits)),
            element('td', { class: 'number muted' }, spread(model, point)),
          ),
        ),
      ),
      ...(points.length > around + shown.length
        ? [element('div', { class: 'more' }, `… ${points.length - around - shown.length} below`)]
        : []),
    );
    this.root.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = this.root;
    const right = at.x + 16 + width <= at.width;
    this.root.style.left = `${Math.max(0, right ? at.x + 16 : at.x - 16 - width)}px`;
    this.root.style.top = `${Math.max(0, at.y - height / 2)}px`;
  }

  hide(): void {
    this.root.hidden = true;
  }
}

/** The place in words: "epoch 12", and the epoch beside a step or a time. */
export function heading(model: ChartModel, { line, point, x }: PointAt): string {
  const place = model.xKind === 'time' ? `after ${duration(x)}` : `${model.xName} ${Number(x.toPrecision(6))}`;
  const epoch = line.epochs[point];
  return model.xName === 'epoch' || line.points || epoch === undefined || Number.isNaN(epoch)
    ? place
    : `${place} · epoch ${epoch}`;
}

/** A line's name, with its epoch where that is not the epoch in the heading. */
function nameAt({ xName }: ChartModel, { line, point }: PointAt, first: PointAt): string {
  const epoch = line.epochs[point]!;
  const same = epoch === first.line.epochs[first.point] || Number.isNaN(epoch) || line.points;
  return same ? line.name : `${line.name} (epoch ${epoch}${xName === 'epoch' ? ', the nearest' : ''})`;
}

function spread(model: ChartModel, { line, point }: PointAt): string {
  const [low, high] = [line.low?.[point], line.high?.[point]];
  if (low === undefined || high === undefined || Number.isNaN(low) || Number.isNaN(high)) return '';
  if (model.id === 'stepLoss') return high > low ? `${valueText(low, 3)} to ${valueText(high, 3)}` : '';
  return `± ${valueText((high - low) / 2, model.digits)}`;
}
