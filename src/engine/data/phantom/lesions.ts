import type { Random } from '../random';
import type { Eye } from './eye';
import { phantomHeight, phantomWidth, smoothNoise, smoothstep } from './frame';
import type { Frame } from './frame';

export interface Lesions {
  /** [height, width], 0 .. 1: hard exudates, sharp yellow specks in groups. */
  readonly exudates: Float32Array;
  /** [height, width], 0 .. 1: cotton wool spots, soft and whitish, some nearly as bright as a disc. */
  readonly cotton: Float32Array;
  /** [height, width], 0 .. 1: haemorrhages, dark red. */
  readonly blood: Float32Array;
  /** [height, width], 0 .. 1: reflexes of the camera's light on the retina's surface, bluish white. */
  readonly glare: Float32Array;
}

/** What is bright and no disc, and some that is dark and no vessel. About a third of the eyes are healthy. */
export function drawLesions(frame: Frame, eye: Eye, random: Random): Lesions {
  const size = frame.width * frame.height;
  const lesions = {
    exudates: new Float32Array(size),
    cotton: new Float32Array(size),
    blood: new Float32Array(size),
    glare: new Float32Array(size),
  };
  const ragged = smoothNoise(frame, random, 9);
  const rough = smoothNoise(frame, random, 22);
  const ill = random.next() < 0.65;
  if (ill) {
    for (let group = random.integer(4); group > 0; group--) {
      const centre = besideDisc(eye, random, 1.35);
      const spread = random.between(10, 42);
      for (let speck = 3 + random.integer(22); speck > 0; speck--) {
        const [x, y] = [centre.x + spread * random.normal(), centre.y + spread * random.normal()];
        const radius = 1.2 + 5 * random.next() ** 3;
        if (clearOfDisc(eye, x, y, 1.1)) spot(frame, lesions.exudates, ragged, { x, y, radius, edge: 0.35 }, random);
      }
    }
    for (let n = random.next() < 0.5 ? 1 + random.integer(3) : 0; n > 0; n--) {
      const radius = random.between(9, 30);
      const place = besideDisc(eye, random, 1.25 + radius / eye.halfWidth);
      spot(frame, lesions.cotton, ragged, { ...place, radius, edge: 1 }, random, 0.3);
    }
    for (let n = random.next() < 0.6 ? random.integer(9) : 0; n > 0; n--) {
      const place = besideDisc(eye, random, 1.2);
      spot(frame, lesions.blood, ragged, { ...place, radius: 1.8 + 8 * random.next() ** 3, edge: 0.5 }, random);
    }
  }
  for (let n = random.next() < 0.45 ? 1 + random.integer(4) : 0; n > 0; n--) {
    const place = besideDisc(eye, random, 1.15);
    spot(frame, lesions.glare, rough, { ...place, radius: random.between(12, 46), edge: 1.1 }, random, 0.6);
  }
  return lesions;
}

interface Spot {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** Width of the edge as a share of the radius. */
  readonly edge: number;
}

/** Draws a spot with a ragged outline, stretched in some direction. The brighter of two that overlap stays. */
function spot(frame: Frame, map: Float32Array, noise: Float32Array, shape: Spot, random: Random, raggedness = 0.38) {
  const { width, height, unit } = frame;
  const { x, y, radius, edge } = shape;
  const turn = random.between(0, Math.PI);
  const stretch = random.between(1, 1.7);
  const strength = random.between(0.45, 1);
  const [cosine, sine] = [Math.cos(turn), Math.sin(turn)];
  const reach = 2.6 * radius * stretch + 2;
  const [left, right] = [
    Math.max(0, Math.floor((x - reach) * unit)),
    Math.min(width - 1, Math.ceil((x + reach) * unit)),
  ];
  const [top, bottom] = [
    Math.max(0, Math.floor((y - reach) * unit)),
    Math.min(height - 1, Math.ceil((y + reach) * unit)),
  ];
  for (let py = top; py <= bottom; py++) {
    const dy = (py + 0.5) / unit - y;
    for (let px = left; px <= right; px++) {
      const dx = (px + 0.5) / unit - x;
      const i = py * width + px;
      const away = Math.hypot((cosine * dx + sine * dy) / stretch, -sine * dx + cosine * dy) / radius;
      const value = strength * (1 - smoothstep(1 - edge, 1 + edge, away + raggedness * noise[i]!));
      if (value > map[i]!) map[i] = value;
    }
  }
}

/** A place at least `clearance` disc radii from the disc's centre, anywhere else in the picture. */
function besideDisc(eye: Eye, random: Random, clearance: number): { x: number; y: number } {
  for (;;) {
    const place = { x: random.between(0, phantomWidth), y: random.between(0, phantomHeight) };
    if (clearOfDisc(eye, place.x, place.y, clearance)) return place;
  }
}

function clearOfDisc(eye: Eye, x: number, y: number, clearance: number): boolean {
  return Math.hypot((x - eye.x) / eye.halfWidth, (y - eye.y) / eye.halfHeight) > clearance;
}
