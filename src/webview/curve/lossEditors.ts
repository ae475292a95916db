import { lossLabel, type LossSpec } from '../../engine/insight/maps';
import { element, replaceChildren } from '../kit/dom';
import { swatch } from '../kit/swatch';
import type { Look, Theme } from '../kit/theme';
import { type Choice, dropdown, quietButton, slider } from '../kit/widgets';
import type { AddedLoss } from './state';

/** What the controls of a loss ask of the panel. */
export interface LossEditorEvents {
  changed(id: number, spec: LossSpec): void;
  removed(id: number): void;
}

/** The losses that were added in the panel, each with controls for what its family has. */
export class LossEditors {
  readonly root = element('div', { class: 'loss-editors' });
  private readonly rows = new Map<number, LossEditor>();

  constructor(private readonly events: LossEditorEvents) {}

  show(added: readonly (AddedLoss & { readonly look: Look })[], theme: Theme): void {
    for (const [id, row] of this.rows) {
      if (added.some((loss) => loss.id === id)) continue;
      row.root.remove();
      this.rows.delete(id);
    }
    for (const { id, spec, look } of added) {
      let row = this.rows.get(id);
      if (!row) {
        row = new LossEditor(id, spec, this.events);
        this.rows.set(id, row);
        this.root.append(row.root);
      }
      row.show(spec, look, theme);
    }
  }
}

const modulators: readonly Choice[] = [
  { value: 'full', text: 'full' },
  { value: 'detached', text: 'detached' },
];

/** The controls of one loss. They hold what the user set; the panel only reads them. */
class LossEditor {
  readonly root: HTMLElement;
  private readonly name = element('span', { class: 'loss-name' });
  private drawn = '';

  constructor(
    private readonly id: number,
    private spec: LossSpec,
    private readonly events: LossEditorEvents,
  ) {
    this.root = element(
      'div',
      { class: 'loss-editor', role: 'group' },
      this.name,
      ...this.controls(),
      quietButton('remove', 'Take this loss out of the charts', () => events.removed(id)),
    );
  }

  show(spec: LossSpec, look: Look, theme: Theme): void {
    const label = lossLabel(spec);
    const text = JSON.stringify([label, look, theme]);
    if (text === this.drawn) return;
    this.drawn = text;
    this.root.setAttribute('aria-label', label);
    replaceChildren(this.name, swatch(theme, look), label);
  }

  private controls(): HTMLElement[] {
    const { spec } = this;
    switch (spec.type) {
      case 'focal':
        return [
          slider('γ', { max: 6, step: 0.25, value: spec.gamma ?? 2 }, String, (gamma) => this.change({ gamma })).root,
          dropdown('Modulator', modulators, spec.modulator ?? 'full', (modulator) =>
            this.change({ modulator: modulator as 'full' | 'detached' }),
          ).root,
          ...(spec.alpha === undefined
            ? this.weights(spec.classWeights)
            : [slider('α', { max: 1, step: 0.05, value: spec.alpha }, String, (alpha) => this.change({ alpha })).root]),
        ];
      case 'crossEntropy':
        return [
          ...this.weights(spec.classWeights),
          slider('Smoothing', { max: 0.5, step: 0.01, value: spec.labelSmoothing ?? 0 }, percent, (labelSmoothing) =>
            this.change({ labelSmoothing }),
          ).root,
        ];
      default:
        return [];
    }
  }

  private weights(classWeights: readonly [number, number] | undefined): HTMLElement[] {
    const values: [number, number] = [...(classWeights ?? [1, 1])];
    return (['background', 'foreground'] as const).map(
      (name, side) =>
        slider(
          `Weight of ${name}`,
          { max: 5, step: 0.1, value: values[side]! },
          (value) => String(weightOf(value)),
          (value) => {
            values[side] = weightOf(value);
            this.change({ classWeights: [...values] });
          },
        ).root,
    );
  }

  private change(options: Partial<LossSpec>): void {
    this.spec = { ...this.spec, ...options } as LossSpec;
    this.events.changed(this.id, this.spec);
  }
}

/** Weights are above 0. */
function weightOf(value: number): number {
  return Math.max(0.1, Number(value.toFixed(1)));
}

function percent(value: number): string {
  return `${Math.round(100 * value)} %`;
}
