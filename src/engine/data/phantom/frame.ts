import type { Random } from '../random';

/** Size of a phantom at scale 1, that of the photographs it stands in for. */
export const phantomWidth = 428;
export const phantomHeight = 569;

/** The picture being made. Anatomy is measured in pixels of scale 1; `unit` turns that into pixels of this picture. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly unit: number;
}

/** @param scale 1 for 428 × 569 pixels (width × height). */
export function frameOf(scale: number): Frame {
  return { width: Math.round(phantomWidth * scale), height: Math.round(phantomHeight * scale), unit: scale };
}

/**
 * Smooth random values, [height, width], mean about 0 and standard deviation about 1: normal numbers on a lattice, joined
 * by cubic B-splines.
 * @param cell distance of the lattice's points, in pixels of scale 1.
 * @param stretch how many times longer than wide the grains are, along y.
 */
export function smoothNoise(frame: Frame, random: Random, cell: number, stretch = 1): Float32Array {
  const { width, height, unit } = frame;
  const [across, down] = [splines(width, cell * unit), splines(height, cell * unit * stretch)];
  const lattice = new Float32Array(across.points * down.points);
  for (let i = 0; i < lattice.length; i++) lattice[i] = random.normal();
  const stripes = new Float32Array(down.points * width);
  for (let row = 0; row < down.points; row++) {
    for (let x = 0; x < width; x++) {
      const at = row * across.points + across.first[x]!;
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += across.weights[4 * x + k]! * lattice[at + k]!;
      stripes[row * width + x] = sum;
    }
  }
  const result = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const at = down.first[y]! * width;
    const [a, b, c, d] = [0, 1, 2, 3].map((k) => down.weights[4 * y + k]! / rootMeanSquare) as Four;
    for (let x = 0; x < width; x++) {
      const i = at + x;
      result[y * width + x] =
        a * stripes[i]! + b * stripes[i + width]! + c * stripes[i + 2 * width]! + d * stripes[i + 3 * width]!;
    }
  }
  return result;
}

/** Sum of `octaves` smooth noises, each half as coarse and `gain` times as strong as the one before; deviation about 1. */
export function fractalNoise(frame: Frame, random: Random, cell: number, octaves: number, gain = 0.5): Float32Array {
  const result = smoothNoise(frame, random, cell);
  let power = 1;
  for (let octave = 1; octave < octaves; octave++) {
    const strength = gain ** octave;
    const finer = smoothNoise(frame, random, cell / 2 ** octave);
    for (let i = 0; i < result.length; i++) result[i]! += strength * finer[i]!;
    power += strength * strength;
  }
  const norm = 1 / Math.sqrt(power);
  for (let i = 0; i < result.length; i++) result[i]! *= norm;
  return result;
}

/** 0 below `low`, 1 above `high`, smooth between. */
export function smoothstep(low: number, high: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return t * t * (3 - 2 * t);
}

type Four = [number, number, number, number];

/** Deviation of the sum of 4 × 4 normal numbers under a B-spline's weights, averaged over the places between points. */
const rootMeanSquare = 0.48;

/** For each of `length` pixels the first of its four lattice points and their four weights. */
function splines(length: number, cell: number) {
  const first = new Int32Array(length);
  const weights = new Float32Array(4 * length);
  for (let i = 0; i < length; i++) {
    const place = i / cell;
    const whole = Math.floor(place);
    const t = place - whole;
    first[i] = whole;
    weights[4 * i] = (1 - t) ** 3 / 6;
    weights[4 * i + 1] = (3 * t ** 3 - 6 * t ** 2 + 4) / 6;
    weights[4 * i + 2] = (-3 * t ** 3 + 3 * t ** 2 + 3 * t + 1) / 6;
    weights[4 * i + 3] = t ** 3 / 6;
  }
  return { first, weights, points: Math.floor((length - 1) / cell) + 4 };
}
