import { element, replaceChildren } from '../kit/dom';
import { counted } from '../kit/format';
import { Figure, type FigureEvents } from '../kit/figure';
import type { Theme } from '../kit/theme';
import { dropdown, quietButton } from '../kit/widgets';
import type { NetworkWeights } from '../protocol/network';
import type { ExportedFile } from '../protocol/run';
import type { Loaded } from './latest';
import type { MatrixModel } from './matrix';
import { MatrixView } from './matrixView';
import type { ChangeBy } from './state';
import { sentence } from './words';
import { changeMatrix, deadDefinition, deadList, deadMatrix, normChart } from './weightsModel';

/** What the view of the weights shows. */
export interface ShownWeights {
  readonly weights: Loaded<NetworkWeights> | null;
  /** Of the run, under titles of files. */
  readonly about: string;
  readonly changeBy: ChangeBy;
  readonly linear: ReadonlySet<string>;
  readonly layer: string | null;
  /** There are newer checkpoints than those that were read. */
  readonly stale: boolean;
}

export interface WeightsEvents {
  changeBy(by: ChangeBy): void;
  picked(layer: string): void;
  save(file: ExportedFile): void;
  update(): void;
}

/** The weights over training: how much each layer moves, how large it is, and which filters never fire. */
export class WeightsView {
  readonly root: HTMLElement;
  private readonly message = element('p', { class: 'empty' });
  private readonly notes = element('div', {});
  private readonly body = element('div', { class: 'figures' });
  private readonly change: MatrixView;
  private readonly dead: MatrixView;
  private readonly figures: readonly Figure[];
  private readonly by;
  private readonly deadNow = element('div', { class: 'dead-now' });
  private models: { readonly key: readonly unknown[]; change: MatrixModel | null; dead: MatrixModel | null } | null =
    null;

  constructor(theme: Theme, events: WeightsEvents, figureEvents: FigureEvents) {
    this.by = dropdown(
      'Count',
      [
        { value: 'weight', text: 'per weight' },
        { value: 'layer', text: 'whole layer' },
      ],
      'weight',
      (by) => events.changeBy(by as ChangeBy),
    );
    const matrixEvents = {
      picked: (layer: string) => events.picked(layer),
      save: (file: ExportedFile) => events.save(file),
    };
    this.change = new MatrixView(theme, matrixEvents, this.by.root);
    this.dead = new MatrixView(theme, matrixEvents);
    this.figures = (['norms', 'changes'] as const).map(
      (id) => new Figure(id, theme, figureEvents, { paneHeight: 240 }),
    );
    this.update = quietButton('Read the newer checkpoints', 'Training has gone on since', () => events.update());
    this.body.append(this.change.root, ...this.figures.map(({ root }) => root), this.dead.root, this.deadNow);
    this.root = element(
      'section',
      { class: 'weights', 'aria-label': 'Weights over training' },
      element('h2', {}, 'Weights over training'),
      element(
        'p',
        { class: 'meaning' },
        'Which layers learn, when, and how much. A click on a row chooses its layer in the drawing above.',
      ),
      this.update,
      this.message,
      this.notes,
      this.body,
    );
  }
  private readonly update: HTMLElement;

  setTheme(theme: Theme): void {
    this.change.setTheme(theme);
    this.dead.setTheme(theme);
    for (const figure of this.figures) figure.setTheme(theme);
  }

  show(shown: ShownWeights): void {
    const { weights } = shown;
    const ready = weights?.state === 'ready' ? weights.value : null;
    this.message.hidden = ready !== null;
    this.message.classList.toggle('notice', weights?.state === 'failed');
    this.message.textContent =
      weights?.state === 'failed' ? sentence(weights.message) : 'Reading all checkpoints and measuring the filters …';
    this.body.hidden = ready === null;
    this.update.hidden = !shown.stale;
    if (!ready) return;
    this.by.set(shown.changeBy);
    replaceChildren(this.notes, ...ready.notes.map((note) => element('p', { class: 'notice' }, note)));
    const { change, dead } = this.modelsOf(ready, shown);
    this.change.root.hidden = change === null;
    if (change) this.change.show(change, changeCaption(change, shown.changeBy), shown.layer);
    this.dead.root.hidden = this.deadNow.hidden = dead === null;
    if (dead) this.dead.show(dead, deadDefinition(ready), shown.layer);
    for (const figure of this.figures) {
      const id = figure.id as 'norms' | 'changes';
      const linear = shown.linear.has(id);
      figure.update([ready, shown.about, linear], () => normChart(ready, id, shown.about, linear), captions[id]);
    }
    if (dead) this.showDead(ready);
  }

  private modelsOf(weights: NetworkWeights, { changeBy, about }: ShownWeights) {
    const key = [weights, changeBy, about];
    if (this.models?.key.every((one, i) => one === key[i])) return this.models;
    this.models = { key, change: changeMatrix(weights, changeBy, about), dead: deadMatrix(weights, about) };
    return this.models;
  }

  private showDead(weights: NetworkWeights): void {
    const list = deadList(weights);
    const epoch = weights.measuredEpochs.at(-1);
    const all = list.reduce((sum, { filters }) => sum + filters.length, 0);
    const of = weights.layers.reduce((sum, { relu, channels }) => sum + (relu ? channels : 0), 0);
    replaceChildren(
      this.deadNow,
      element('h3', {}, `After epoch ${epoch}: ${all} of ${counted(of, 'filter')} with a ReLU are dead`),
      list.length > 0 &&
        element(
          'table',
          { class: 'data' },
          element('caption', { class: 'visually-hidden' }, 'Dead filters by layer'),
          element(
            'thead',
            {},
            element('tr', {}, ...['layer', 'dead', 'filters'].map((name) => element('th', { scope: 'col' }, name))),
          ),
          element(
            'tbody',
            {},
            ...list.map(({ layer, channels, filters }) =>
              element(
                'tr',
                {},
                element('th', { scope: 'row' }, layer),
                element('td', {}, `${filters.length} of ${channels}`),
                element('td', { class: 'filters' }, filters.join(', ')),
              ),
            ),
          ),
        ),
    );
  }
}

function changeCaption({ columns }: MatrixModel, by: ChangeBy): string {
  const each = Math.max(...columns.map(([first, last]) => last - first + 1));
  return (
    'How far the weights of each layer move in one step of the optimizer, biases included; layers stand in the order of the forward pass. ' +
    (by === 'weight'
      ? 'Divided by the number of weights, so that layers can be compared. '
      : 'Layers with more weights have more to sum over. ') +
    (each > 1 ? `A column is the mean of up to ${each} steps. ` : '') +
    'Colours are logarithmic; hatched: no change, or not recorded.'
  );
}

const captions = {
  norms: 'How large the filters of each layer are, by epoch (Euclidean norm of all its weights together).',
  changes:
    'How far each layer has moved since the checkpoint before (Euclidean distance). Checkpoints that lie farther apart show larger distances.',
} as const;
