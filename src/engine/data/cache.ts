import type { DatasetConfig } from '../experiment/schema';
import { decodePair } from './decode';
import type { DecodedPair } from './decode';
import type { ImagePair } from './pairs';

/**
 * Decoded pairs, the longest unused ones dropped when they exceed `maxBytes`: a data set of 1,000 photographs never
 * means 1,000 photographs in memory. Two requests for one pair share one decode. What fails is not remembered.
 */
export class PairCache {
  /** In order of use, the longest unused first: a Map keeps the order of insertion. */
  readonly #kept = new Map<string, DecodedPair>();
  readonly #decoding = new Map<string, Promise<DecodedPair>>();
  #bytes = 0;

  /** @param maxBytes memory for decoded pairs, 256 MiB unless told. */
  constructor(
    readonly dataset: Pick<DatasetConfig, 'maskThreshold' | 'scale'>,
    readonly channels: 1 | 3,
    readonly maxBytes = 256 * 1024 * 1024,
  ) {}

  /** Bytes held now, never more than `maxBytes`. */
  get bytes(): number {
    return this.#bytes;
  }

  async get(pair: ImagePair): Promise<DecodedPair> {
    const key = `${pair.image}\0${pair.mask}`;
    const kept = this.#kept.get(key);
    if (kept) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept;
    }
    const decoding = this.#decoding.get(key);
    if (decoding) return decoding;
    const promise = decodePair(pair, this.dataset, this.channels);
    this.#decoding.set(key, promise);
    try {
      const decoded = await promise;
      this.#keep(key, decoded);
      return decoded;
    } finally {
      this.#decoding.delete(key);
    }
  }

  #keep(key: string, pair: DecodedPair): void {
    const bytes = bytesOf(pair);
    if (bytes > this.maxBytes) return;
    for (const [oldest, dropped] of this.#kept) {
      if (this.#bytes + bytes <= this.maxBytes) break;
      this.#kept.delete(oldest);
      this.#bytes -= bytesOf(dropped);
    }
    this.#kept.set(key, pair);
    this.#bytes += bytes;
  }
}

/** Bytes of a decoded pair's arrays. */
export function bytesOf(pair: DecodedPair): number {
  return pair.pixels.byteLength + pair.labels.byteLength;
}
