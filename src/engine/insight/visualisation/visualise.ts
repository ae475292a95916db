import { setImmediate as turn } from 'node:timers/promises';
import { Problem } from '../../../runs/problem';
import type { Program, Runtime } from '../../compile/program';
import { unetGeometry, validMargin, type Size } from '../../data/geometry';
import { randomFor } from '../../data/random';
import type { ModelConfig } from '../../experiment/schema';
import type { Weights } from '../../surface/directions';
import { findLayer } from '../activations/layers';
import { visualiseDefaults } from '../protocol/methods/visualise';
import { Adam } from './adam';
import { ascentGradient, type ReluSide } from './ascentGradient';
import { addDecayGradient, addTotalVariationGradient, blurred, rolled } from './regularisers';

export interface VisualiseOptions {
  /** A name of `networkLayers`. */
  readonly layer: string;
  /** Number of the feature map, from 0. */
  readonly channel: number;
  /** Side of the picture in pixels; rounded up to what the network can read. */
  readonly size?: number | undefined;
  readonly steps?: number | undefined;
  /** Adam's, in pixel values from 0 to 1. */
  readonly learningRate?: number | undefined;
  /** Largest random shift per step, in pixels. */
  readonly jitter?: number | undefined;
  /** Standard deviation of the blur after every fourth step, in pixels. */
  readonly blur?: number | undefined;
  /** Weight of the total variation: with how much each neighbour pulls, where the feature's own pull is 1 on average. */
  readonly totalVariation?: number | undefined;
  /** Weight of the pull towards grey. */
  readonly decay?: number | undefined;
  readonly seed?: number | undefined;
  /**
   * On which side of the layer's ReLU the mean is taken. After it, only the places count where the filter fires, which shows
   * what it looks for; before it there is a slope also where it does not fire, so that a filter that noise leaves silent
   * can be woken.
   */
  readonly relu?: ReluSide | undefined;
}

/** How a caller follows a visualisation, or gives it up between two steps. */
export interface VisualiseProgress {
  readonly signal?: AbortSignal | undefined;
  onStep?(step: number, activation: number): void;
}

export interface FeaturePicture {
  readonly height: number;
  readonly width: number;
  /** [height, width, 3] */
  readonly picture: Uint8Array;
  /** Mean of the feature map (on the chosen side of the ReLU) before each step, and after the last. */
  readonly activation: readonly number[];
  /** Steps at which no pixel could change the feature: the filter was silent all over the picture. */
  readonly withoutSlope: number;
}

/** The blur comes every so many steps (Yosinski et al., 2015, section 3). */
const blurEvery = 4;

/** The largest side of a picture. */
const largestSize = 1024;

/**
 * A picture that makes one feature map large, by gradient ascent on its pixels from grey noise (Erhan et al., "Visualizing
 * higher-layer features of a deep network", 2009), with the usual regularisers: random shifts (Mordvintsev et al., 2015), a
 * blur now and then and a pull towards grey (Yosinski et al., "Understanding neural networks through deep visualization",
 * 2015), and total variation (Mahendran & Vedaldi, 2015). Pixels stay in [0, 1].
 *
 * The feature's gradient is scaled to a root mean square of 1 over the pixels, so that weights of the regularisers mean the
 * same for every layer. Equal seeds give equal pictures.
 *
 * @param progress.signal gives up between two steps.
 * @throws Problem for a layer or feature map that there is not, and for a size that is too large; the signal's reason.
 */
export async function visualise(
  runtime: Runtime,
  model: ModelConfig,
  weights: Weights,
  options: VisualiseOptions,
  progress: VisualiseProgress = {},
): Promise<FeaturePicture> {
  const settings = { ...visualiseDefaults, ...withoutUndefined(options) };
  const { channels } = findLayer(model, settings.layer);
  refuseNonsense(settings, channels);
  const tile = pictureSize(model, settings.size);
  const program = await runtime.compile(ascentGradient(model, tile, settings.layer, settings.relu));
  try {
    await program.writeState(weights);
    return await ascend(program, model, tile, channels, settings, progress);
  } finally {
    await program.dispose();
  }
}

type Settings = VisualiseOptions & { readonly [K in keyof typeof visualiseDefaults]: NonNullable<VisualiseOptions[K]> };

async function ascend(
  program: Program,
  model: ModelConfig,
  tile: Size,
  channels: number,
  settings: Settings,
  progress: VisualiseProgress,
): Promise<FeaturePicture> {
  const [height, width] = tile;
  const random = randomFor(settings.seed, 'visualisation', settings.layer, settings.channel);
  const wanted = new Float32Array(channels);
  wanted[settings.channel] = 1;
  let picture: Float32Array = Float32Array.from({ length: model.channels * height * width }, () =>
    clipped(0.5 + 0.05 * random.normal()),
  );
  const adam = new Adam(picture.length, settings.learningRate);
  const activation: number[] = [];
  let withoutSlope = 0;
  for (let step = 1; step <= settings.steps; step++) {
    progress.signal?.throwIfAborted();
    const shift = (): number => random.integer(2 * settings.jitter + 1) - settings.jitter;
    const [down, right] = [shift(), shift()];
    const seen = rolled(picture, height, width, down, right);
    const result = await program.run({ picture: seen, channels: wanted });
    activation.push(result.activation![0]!);
    progress.onStep?.(step, result.activation![0]!);
    const descent = rolled(result.gradient!, height, width, -down, -right);
    if (!toUnitDescent(descent)) withoutSlope += 1;
    addTotalVariationGradient(picture, height, width, settings.totalVariation, descent);
    addDecayGradient(picture, settings.decay, descent);
    adam.step(picture, descent);
    if (settings.blur > 0 && step % blurEvery === 0) picture = blurred(picture, height, width, settings.blur);
    for (let i = 0; i < picture.length; i++) picture[i] = clipped(picture[i]!);
    await turn(); // signals are heard between steps
  }
  const last = await program.run({ picture, channels: wanted });
  activation.push(last.activation![0]!);
  return { height, width, picture: toBytes(picture, model.channels, height * width), activation, withoutSlope };
}

/** Scales a gradient of ascent to a root mean square of 1 and turns it round; false when it is 0 all over. */
function toUnitDescent(gradient: Float32Array): boolean {
  const square = gradient.reduce((sum, value) => sum + value * value, 0) / gradient.length;
  if (square === 0) return false;
  const factor = -1 / Math.sqrt(square);
  for (let i = 0; i < gradient.length; i++) gradient[i]! *= factor;
  return true;
}

/** The smallest square that the network can read, of at least this side. */
export function pictureSize(model: ModelConfig, side: number): Size {
  const answered = Math.max(1, side - 2 * validMargin(model));
  return unetGeometry(model, [answered, answered]).tile;
}

function refuseNonsense({ layer, channel, size, steps, learningRate, ...rest }: Settings, channels: number): void {
  if (!Number.isInteger(channel) || channel < 0 || channel >= channels) {
    throw new Problem(`layer ${layer} has no feature map ${channel}`, {
      hint: `It has those from 0 to ${channels - 1}.`,
    });
  }
  if (!Number.isInteger(size) || size < 1 || size > largestSize) {
    throw new Problem(`a picture of ${size} pixels a side cannot be made`, { hint: `From 1 to ${largestSize}.` });
  }
  if (!Number.isInteger(steps) || steps < 1) throw new Problem(`${steps} steps make no sense: at least 1`);
  if (!(learningRate > 0)) throw new Problem(`a learning rate of ${learningRate} makes no sense: it must be above 0`);
  for (const key of ['jitter', 'blur', 'totalVariation', 'decay'] as const) {
    const whole = key === 'jitter' ? Number.isInteger(rest[key]) : Number.isFinite(rest[key]);
    if (!whole || rest[key] < 0) throw new Problem(`a ${key} of ${rest[key]} makes no sense: it must not be negative`);
  }
}

/** [C,H,W] in [0, 1] as [H,W,3] of bytes; grey is repeated. */
function toBytes(picture: Float32Array, channels: number, pixels: number): Uint8Array {
  const bytes = new Uint8Array(3 * pixels);
  for (let i = 0; i < pixels; i++) {
    for (let c = 0; c < 3; c++) bytes[3 * i + c] = Math.round(255 * picture[(channels === 3 ? c * pixels : 0) + i]!);
  }
  return bytes;
}

const clipped = (value: number): number => Math.min(1, Math.max(0, value));

function withoutUndefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
