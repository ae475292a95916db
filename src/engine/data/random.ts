/** A stream of random numbers that depends on nothing but the keys it was made from. */
export interface Random {
  /** Uniform in [0, 1), a multiple of 2^-32. */
  next(): number;
  /** Uniform integer in [0, n), for 1 <= n <= 2^32. */
  integer(n: number): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Standard normal: mean 0, standard deviation 1. */
  normal(): number;
  /** Shuffles in place (Fisher-Yates) and returns the same array. */
  shuffle<T>(array: T[]): T[];
}

/**
 * An independent stream of random numbers for each tuple of keys: `randomFor(99, 'order', 3)` gives the same numbers in
 * every process and on every machine, whatever was drawn before from any other stream. That is what makes a resumed run
 * see the samples an undisturbed one would have seen.
 *
 * The keys are hashed to 128 bits (MurmurHash3's mixing) that seed sfc32, Chris Doty-Humphrey's small fast counter.
 */
export function randomFor(seed: number, ...keys: (string | number)[]): Random {
  // JSON keeps 1 and '1', and ['a', 'b'] and ['a,b'], apart.
  return sfc32(...hash128(JSON.stringify([seed, ...keys])));
}

function sfc32(a: number, b: number, c: number, counter: number): Random {
  function bits(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  }
  for (let i = 0; i < 12; i++) bits(); // the author's advice: lets the seed's bits spread before the first number is used

  const next = () => bits() / 4294967296;
  const integer = (n: number) => Math.floor(next() * n);
  // Marsaglia's polar method gives two at a time; the second waits here.
  let spare = Number.NaN;
  return {
    next,
    integer,
    between: (low, high) => low + (high - low) * next(),
    normal() {
      if (!Number.isNaN(spare)) {
        const value = spare;
        spare = Number.NaN;
        return value;
      }
      let x: number, y: number, square: number;
      do {
        x = 2 * next() - 1;
        y = 2 * next() - 1;
        square = x * x + y * y;
      } while (square >= 1 || square === 0);
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      spare = y * factor;
      return x * factor;
    },
    shuffle(array) {
      for (let i = array.length - 1; i > 0; i--) {
        const j = integer(i + 1);
        const kept = array[i]!;
        array[i] = array[j]!;
        array[j] = kept;
      }
      return array;
    },
  };
}

function hash128(text: string): [number, number, number, number] {
  let a = 0x6a09e667;
  let b = 0xbb67ae85;
  let c = 0x3c6ef372;
  let d = 0xa54ff53a;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(b ^ unit, 0x85ebca6b) ^ (a >>> 15);
    b = Math.imul(c ^ unit, 0xc2b2ae35) ^ (b >>> 13);
    c = Math.imul(d ^ unit, 0x27d4eb2f) ^ (c >>> 16);
    d = Math.imul(a ^ unit, 0x165667b1) ^ (d >>> 14);
  }
  return [finish(a ^ c), finish(b ^ d), finish(c ^ b), finish(d ^ a)];
}

/** MurmurHash3's finaliser: every bit of the input moves every bit of the output. */
function finish(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
