import { inSight } from '../kit/sight';
import type { NetworkRun } from '../protocol/network';
import type { Answers } from './answers';
import type { NetworkState } from './state';
import type { WeightsView } from './weightsView';
import { noCheckpoint } from './words';

/** What the section is drawn from, besides the run. */
interface Around {
  readonly state: NetworkState;
  readonly layer: string | null;
  readonly trusted: boolean;
  /** Whether what comes first is shown, or cannot be had: nothing has to wait for it any more. */
  readonly rest: boolean;
}

/** When the statistics of the weights are asked for: they take a while, and most who open a panel look at its beginning. */
export class WeightsSection {
  /** What the weights were read for; null as long as nobody has looked at them. */
  private readFor: string | null = null;

  constructor(
    private readonly view: WeightsView,
    private readonly answers: Answers,
    draw: () => void,
  ) {
    new IntersectionObserver((entries) => inSight(entries) && draw()).observe(view.root);
  }

  /** The next drawing reads them anew. */
  forget(): void {
    this.readFor = null;
  }

  show(run: NetworkRun, { state, layer, trusted, rest }: Around): void {
    const { view } = this;
    view.root.hidden = !trusted;
    const key = JSON.stringify([run.version, run.epochs.length]);
    if (this.readFor === null && trusted && run.epochs.length > 0 && rest && this.inSight()) this.readFor = key;
    const weights = this.readFor === null ? null : this.answers.askWeights(this.readFor);
    view.show({
      weights: run.epochs.length === 0 ? { state: 'failed', message: noCheckpoint } : weights,
      about: `trained with ${run.info.loss}`,
      changeBy: state.changeBy,
      linear: new Set(state.switchedY),
      layer,
      stale: this.readFor !== null && this.readFor !== key,
    });
  }

  private inSight(): boolean {
    return this.view.root.getBoundingClientRect().top < window.innerHeight;
  }
}
