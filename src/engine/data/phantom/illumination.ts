import type { Random } from '../random';
import type { Eye } from './eye';
import { fractalNoise, phantomHeight, phantomWidth, smoothNoise, smoothstep } from './frame';
import type { Frame } from './frame';

export interface Illumination {
  /** [height, width]: light that falls on the retina, about 1. */
  readonly light: Float32Array;
  /** [height, width]: 1 in the camera's round field of view, 0 in the black around it. */
  readonly field: Float32Array;
  /** [height, width], 0 .. 1: grey light that the iris throws over the edge of some pictures. */
  readonly veil: Float32Array;
}

/** The camera's light: slanting, patchy, falling off towards the edge of the round field, of which a part may be seen. */
export function illuminate(frame: Frame, eye: Eye, random: Random): Illumination {
  const { width, height, unit } = frame;
  const light = smoothNoise(frame, random, 230);
  const field = new Float32Array(width * height);
  const veil = new Float32Array(width * height);
  const patchiness = random.between(0.02, 0.08);
  const slant = random.between(0.02, 0.22);
  const direction = random.between(0, 2 * Math.PI);
  const [slantX, slantY] = [(slant * Math.cos(direction)) / 300, (slant * Math.sin(direction)) / 300];

  // A disc lies to the nose of the field's centre: where black shows, it shows on the nasal side.
  const radius = random.between(500, 570);
  const shown = random.next() < 0.65;
  const edge = eye.x - eye.temporal * eye.halfWidth * random.between(1.5, 4);
  const centreX = shown ? edge + eye.temporal * radius : phantomWidth / 2 + 90 * random.normal();
  const centreY = shown ? eye.y + 85 * random.normal() : phantomHeight / 2 + 50 * random.normal();
  const falloff = random.between(0.15, 0.5);
  const sharpness = random.between(0.8, 2);
  const flare = { strength: random.next() < 0.3 ? random.between(0.15, 0.6) : 0, angle: random.between(-0.7, 0.7) };
  const flareX = -eye.temporal * Math.cos(flare.angle);
  const flareY = Math.sin(flare.angle);

  for (let y = 0, i = 0; y < height; y++) {
    const cy = (y + 0.5) / unit;
    for (let x = 0; x < width; x++, i++) {
      const cx = (x + 0.5) / unit;
      const away = Math.sqrt((cx - centreX) ** 2 + (cy - centreY) ** 2);
      const ratio = away / radius;
      const tilted = (cx - phantomWidth / 2) * slantX + (cy - phantomHeight / 2) * slantY;
      light[i] = Math.max(
        0.1,
        (1 + tilted + patchiness * light[i]!) * (1 - falloff * ratio * ratio * ratio * Math.sqrt(ratio)),
      );
      const facing = (flareX * (cx - centreX) + flareY * (cy - centreY)) / (away + 1);
      veil[i] = flare.strength * smoothstep(0.72, 1, ratio) * smoothstep(0.5, 1, facing);
      field[i] = 1 - smoothstep(radius - sharpness, radius + sharpness, away);
    }
  }
  return { light, field, veil };
}

/** What is seen in and through the retina, [height, width] each, mean about 0. */
export interface Texture {
  /** Bright strands of choroidal vessels, with pigment between them. */
  readonly choroid: Float32Array;
  /** The fine mottling of the pigment epithelium. */
  readonly grain: Float32Array;
  /** The nerve fibres' faint streaks, which fan out from the disc. */
  readonly fibres: Float32Array;
}

/** Draws the texture of a retina. */
export function drawTexture(frame: Frame, eye: Eye, random: Random): Texture {
  const { width, height, unit } = frame;
  // Ridges of smooth noise are lines that run on and join: the choroid's net.
  const strands = smoothNoise(frame, random, 34, 1.8);
  const clouds = fractalNoise(frame, random, 90, 3);
  const fine = smoothNoise(frame, random, 17, 1.5);
  const choroid = new Float32Array(width * height);
  for (let i = 0; i < choroid.length; i++)
    choroid[i] = 0.9 * (0.8 - Math.abs(strands[i]!)) + 0.35 * (0.8 - Math.abs(fine[i]!)) + 0.42 * clouds[i]!;
  const grain = fractalNoise(frame, random, 6, 3, 0.9);

  const fibres = new Float32Array(width * height);
  const rays = Float32Array.from({ length: 512 }, () => random.normal());
  const bundle = Float32Array.from({ length: 16 }, () => random.next());
  for (let y = 0, i = 0; y < height; y++) {
    const dy = (y + 0.5) / unit - eye.y;
    for (let x = 0; x < width; x++, i++) {
      const dx = (x + 0.5) / unit - eye.x;
      const away = Math.sqrt(dx * dx + dy * dy) / eye.halfHeight;
      const fade = smoothstep(0.8, 1.2, away) * Math.exp(-away / 1.6);
      if (fade < 0.03) continue;
      const turn = (Math.atan2(dy, dx) / (2 * Math.PI) + 1) % 1;
      // Fibres run up and down in the thickest bundles.
      const bow = turn + 0.012 * Math.sin(2.2 * away + 20 * turn);
      const strength = Math.abs(dy) / (Math.abs(dx) + Math.abs(dy) + 1e-6);
      fibres[i] = circular(rays, bow) * fade * (0.3 + 0.7 * strength) * (0.4 + circular(bundle, turn));
    }
  }
  return { choroid, grain, fibres };
}

/** Reads a ring of values at `turn` in [0, 1), smooth between neighbours. */
function circular(ring: Float32Array, turn: number): number {
  const place = (((turn % 1) + 1) % 1) * ring.length;
  const whole = Math.floor(place);
  const t = smoothstep(0, 1, place - whole);
  return ring[whole % ring.length]! * (1 - t) + ring[(whole + 1) % ring.length]! * t;
}
