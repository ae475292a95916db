import type { BenchCase } from './cases';
import type { Side } from './side';

/** One measured quantity of both sides. */
export interface Compared {
  readonly ours: number;
  readonly peer: number | null;
  /** Median over the rounds of peer / ours; null without a peer. */
  readonly ratio: number | null;
}

export interface CaseResult {
  readonly name: string;
  /** Milliseconds. */
  readonly step: Compared;
  /** Milliseconds. */
  readonly forward: Compared;
  /** MiB. */
  readonly memory: Compared;
  readonly versions: Readonly<Record<string, string>>;
}

/** What one block of runs should take at least, so that a block is long against the change of sides. */
const blockMilliseconds = 400;

/**
 * Measures a case: both sides train in turn, then their peak memory is read, then both do forward passes in turn.
 *
 * @param peer undefined: ours alone.
 * @param repeats rounds; one round is one block of runs on each side.
 * @param say told what is under way.
 * @throws Error when the sides' networks differ in size, or a side fails.
 */
export async function measureCase(
  bench: BenchCase,
  tile: number,
  ours: Side,
  peer: Side | undefined,
  { threads, repeats, say }: { threads: number; repeats: number; say: (what: string) => void },
): Promise<CaseResult> {
  say('preparing');
  const prepared = await ours.prepare(bench, tile, threads);
  const other = await peer?.prepare(bench, tile, threads);
  if (other && other.parameters !== prepared.parameters) {
    throw new Error(`${bench.name}: ours has ${prepared.parameters} parameters, the peer ${other.parameters}`);
  }
  const step = await alternate('step', ours, peer, repeats, say);
  const memory = { ours: await ours.peakMemory(), peer: peer ? await peer.peakMemory() : null };
  const forward = await alternate('forward', ours, peer, repeats, say);
  return {
    name: bench.name,
    step,
    forward,
    memory: { ...memory, ratio: memory.peer === null ? null : memory.peer / memory.ours },
    versions: { ...prepared.versions, ...other?.versions },
  };
}

/**
 * Blocks of runs on one side and the other in turn; who begins alternates, too. What slows the machine down for a while hits
 * both sides of a round, so it hardly shows in the median of the rounds' ratios.
 */
async function alternate(
  what: 'step' | 'forward',
  ours: Side,
  peer: Side | undefined,
  repeats: number,
  say: (what: string) => void,
): Promise<Compared> {
  say(`${what}: warming up`);
  const sides = peer ? [ours, peer] : [ours];
  // The second of two warm-up runs says how many runs make a block.
  const expected: number[] = [];
  for (const side of sides) expected.push((await side.times(what, 1, 1))[0]!);
  const runs = Math.max(1, Math.min(20, Math.ceil(blockMilliseconds / Math.max(...expected))));
  // The first run after the other side's has cold caches; where runs are long that does not matter.
  const untimed = runs > 1 ? 1 : 0;
  const blocks = new Map<Side, number[]>(sides.map((side) => [side, []]));
  for (let round = 0; round < repeats; round++) {
    say(`${what}: round ${round + 1} of ${repeats}`);
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      blocks.get(side)!.push(median(await side.times(what, untimed, runs)));
    }
  }
  const own = blocks.get(ours)!;
  const others = peer && blocks.get(peer)!;
  return {
    ours: median(own),
    peer: others ? median(others) : null,
    ratio: others ? median(own.map((time, round) => others[round]! / time)) : null,
  };
}

/** Middle value; the mean of the two middle ones for an even count. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
