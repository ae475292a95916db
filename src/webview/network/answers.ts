import type { MessageHandler } from '../protocol/messageHandler';
import type {
  ImageReference,
  LayerDescription,
  NetworkFeatures,
  NetworkImage,
  NetworkRun,
  NetworkToHost,
  NetworkToPanel,
  NetworkWeights,
} from '../protocol/network';
import { type Loaded, Latest } from './latest';
import { layerSizes, type MapSize } from './sizes';
import { nearestEpoch, type NetworkState } from './state';

type Host = Pick<MessageHandler<NetworkToHost, NetworkToPanel>, 'request'>;

/** What is known, at the moment, of what is to be shown. */
export interface Asked {
  readonly layers: readonly LayerDescription[];
  /** Why the layers cannot be told. */
  readonly layersFailed: string | null;
  readonly layer: LayerDescription | null;
  readonly epoch: number | null;
  readonly image: Loaded<NetworkImage> | null;
  readonly features: Loaded<NetworkFeatures> | null;
}

const mebibyte = 2 ** 20;

/** Everything that the panel asks of the inspector but pictures; of each kind the last question wins. */
export class Answers {
  readonly layers: Latest<readonly LayerDescription[]>;
  readonly images: Latest<NetworkImage>;
  readonly features: Latest<NetworkFeatures>;
  readonly weights: Latest<NetworkWeights>;
  private readonly dead = new WeakMap<NetworkWeights, ReadonlyMap<string, ReadonlySet<number>>>();

  constructor(
    private readonly host: Host,
    cancel: (ticket: number) => void,
    arrived: () => void,
  ) {
    this.layers = new Latest(cancel, arrived, mebibyte, () => 1);
    this.images = new Latest(cancel, arrived, 64 * mebibyte, ({ photo }) => photo.byteLength);
    this.features = new Latest(cancel, arrived, 384 * mebibyte, ({ features }) => features.byteLength);
    this.weights = new Latest(cancel, arrived, 64 * mebibyte, ({ stepChanges }) => stepChanges.byteLength);
  }

  /** Asks for everything that is shown, in the order in which it is needed. */
  ask(run: NetworkRun, state: NetworkState): Asked {
    const layers = this.layers.want(run.version, (ticket) => this.host.request('layers', { ticket }));
    const list = layers.state === 'ready' ? layers.value : [];
    const layer = list.find(({ name }) => name === state.layer) ?? list[0] ?? null;
    const epoch = state.epoch === null ? (run.epochs.at(-1) ?? null) : nearestEpoch(run.epochs, state.epoch);
    const { image } = state;
    const photo =
      image &&
      this.images.want(JSON.stringify([run.version, image]), (ticket) => this.host.request('image', { image, ticket }));
    return {
      layers: list,
      layersFailed: layers.state === 'failed' ? layers.message : null,
      layer,
      epoch,
      image: photo,
      features: image && layer && epoch !== null ? this.wantFeatures(run, layer.name, epoch, image) : null,
    };
  }

  /** What became of the weights. @param key what they are asked for: as long as it is the same, once. */
  askWeights(key: string): Loaded<NetworkWeights> {
    return this.weights.want(key, (ticket) => this.host.request('weights', { ticket }));
  }

  /** The sizes of all layers' maps for the image that was shown last; empty before that. */
  sizes(run: NetworkRun, layers: readonly LayerDescription[]): ReadonlyMap<string, MapSize> {
    const known = this.features.last;
    if (!known) return new Map();
    return layerSizes(layers, run.padding, { layer: known.layer, size: [known.shape[1], known.shape[2]] });
  }

  /** The dead filters of each layer by the last measurement; null when there is none. */
  deadFilters(): ReadonlyMap<string, ReadonlySet<number>> | null {
    const weights = this.weights.last;
    if (!weights || weights.measuredEpochs.length === 0) return null;
    const known =
      this.dead.get(weights) ?? new Map(weights.layers.map(({ name }, i) => [name, new Set(weights.dead[i])]));
    this.dead.set(weights, known);
    return known;
  }

  /** Lets everything that has failed be asked again. */
  retry(): void {
    for (const answers of [this.layers, this.images, this.features, this.weights]) answers.retry();
  }

  /** The maps of a layer, and those of the epochs beside it, so that the slider is quick. */
  private wantFeatures(
    { version, epochs }: NetworkRun,
    layer: string,
    epoch: number,
    image: ImageReference,
  ): Loaded<NetworkFeatures> {
    const key = (of: number): string => JSON.stringify([version, of, image, layer]);
    const asking = (of: number) => (ticket: number) =>
      this.host.request('activations', { epoch: of, image, layer, ticket });
    const answer = this.features.want(key(epoch), asking(epoch));
    const at = epochs.indexOf(epoch);
    if (answer.state === 'ready')
      for (const near of [epochs[at + 1], epochs[at - 1]])
        if (near !== undefined) this.features.ahead(key(near), asking(near));
    return answer;
  }
}
