import type { Random } from '../random';
import type { Eye } from './eye';
import { smoothstep } from './frame';
import type { Frame } from './frame';

export interface Disc {
  /** [height, width]: 1 inside the disc's outline, 0 outside. */
  readonly labels: Uint8Array;
  /** [height, width]: how much of the disc is seen, 0 .. 1, with its soft edge. */
  readonly cover: Float32Array;
  /** [height, width]: brightness of the disc, about 1: cup and rim, brighter on the temporal side. */
  readonly brightness: Float32Array;
  /** [height, width]: how far towards white and yellow the disc's colour goes, 0 .. 1. */
  readonly pallor: Float32Array;
  /** [height, width]: -1 on the disc's nasal rim to 1 on its temporal rim. */
  readonly temple: Float32Array;
  /** [height, width]: factor on the retina around: a halo of scattered light, a crescent of pigment or atrophy. */
  readonly surroundings: Float32Array;
}

/**
 * The optic disc: an ellipse with a slightly irregular outline, whose edge is softer on the nasal side, where the nerve
 * fibres leave in numbers. The cup, paler and brighter, lies a little to the temple.
 */
export function drawDisc(frame: Frame, eye: Eye, random: Random): Disc {
  const { width, height, unit } = frame;
  const size = width * height;
  const disc = {
    labels: new Uint8Array(size),
    cover: new Float32Array(size),
    brightness: new Float32Array(size),
    pallor: new Float32Array(size),
    temple: new Float32Array(size),
    surroundings: new Float32Array(size),
  };
  const outline = drawOutline(random);
  const cup = {
    x: eye.temporal * random.between(0.04, 0.2),
    y: random.between(-0.08, 0.08),
    edge: random.between(0.15, 0.5),
    glow: random.between(0.1, 0.34),
  };
  const slope = random.between(0.08, 0.26); // temple brighter than nose
  const nasalSoftness = random.between(0.3, 2.2);
  const hidden = random.next() < 0.18 ? random.between(1, 3) : 0; // a swollen nerve blurs its edge
  const halo = random.between(0, 0.16);
  const crescent = {
    depth: random.next() < 0.45 ? random.between(-0.26, 0.16) : 0,
    reach: random.between(0.08, 0.3),
    angle: (eye.temporal === 1 ? 0 : Math.PI) + 0.5 * random.normal(),
  };
  const [cosine, sine] = [Math.cos(eye.tilt), Math.sin(eye.tilt)];
  const mean = Math.sqrt(eye.halfWidth * eye.halfHeight);

  for (let y = 0, i = 0; y < height; y++) {
    const dy = (y + 0.5) / unit - eye.y;
    for (let x = 0; x < width; x++, i++) {
      const dx = (x + 0.5) / unit - eye.x;
      // u, v: coordinates in which the disc is a circle of about radius 1.
      const u = (cosine * dx + sine * dy) / eye.halfWidth;
      const v = (-sine * dx + cosine * dy) / eye.halfHeight;
      if (u * u + v * v > 6.25) {
        disc.surroundings[i] = 1; // nothing of the disc reaches here
        continue;
      }
      const angle = Math.atan2(v, u);
      const radius = Math.sqrt(u * u + v * v) / outline(angle);
      const outside = radius - 1; // in disc radii
      disc.labels[i] = outside < 0 ? 1 : 0;

      const nasal = 0.5 - 0.5 * eye.temporal * Math.cos(angle);
      const soft = (eye.softness * (1 + nasalSoftness * nasal + hidden)) / mean;
      disc.cover[i] = 1 - smoothstep(-soft, soft, outside);

      const fromCup = Math.hypot(u - cup.x, v - cup.y);
      const inCup = 1 - smoothstep(eye.cup - cup.edge, eye.cup + cup.edge, fromCup);
      disc.pallor[i] = inCup;
      const towardsTemple = Math.max(-1, Math.min(1, eye.temporal * u));
      disc.brightness[i] = 1 + cup.glow * inCup + 0.4 * slope * towardsTemple - 0.05 * smoothstep(0.7, 1, radius);
      disc.temple[i] = towardsTemple;

      const beyond = Math.max(0, outside);
      let factor = 1 + halo * Math.exp(-((beyond / 0.45) ** 2));
      if (crescent.depth !== 0) {
        const facing = Math.cos(angle - crescent.angle);
        const wide = crescent.reach * Math.max(0, facing);
        factor *=
          1 + crescent.depth * smoothstep(0.1, 0.6, facing) * (1 - smoothstep(0.4 * wide, 1.4 * wide + 0.05, beyond));
      }
      disc.surroundings[i] = factor;
    }
  }
  return disc;
}

/** Radius of the outline at an angle, about 1: a few gentle lobes, the same area whatever they are. */
function drawOutline(random: Random): (angle: number) => number {
  const lobes = [2, 3, 4, 5].map((order) => ({
    order,
    strength: (0.035 / order) * random.normal(),
    phase: random.between(0, 2 * Math.PI),
  }));
  const area = 1 + lobes.reduce((sum, { strength }) => sum + strength * strength, 0) / 2;
  return (angle) => {
    let radius = 1;
    for (const { order, strength, phase } of lobes) radius += strength * Math.cos(order * angle + phase);
    return radius / Math.sqrt(area);
  };
}
