import type { Random } from '../random';
import type { Eye } from './eye';
import { phantomHeight, phantomWidth } from './frame';

/** A stretch of one vessel, in pixels of scale 1: a chain of points, each with the vessel's width there. */
export interface Vessel {
  readonly kind: 'artery' | 'vein';
  readonly points: readonly { readonly x: number; readonly y: number; readonly width: number }[];
}

interface Growth {
  readonly kind: 'artery' | 'vein';
  x: number;
  y: number;
  heading: number;
  width: number;
  /** Heading that the vessel turns to, given where it has come to. */
  readonly aim: (x: number, y: number) => number;
  readonly generation: number;
  /** Whether it begins in the disc, not at another vessel. */
  readonly rising: boolean;
}

/** Length of a step in pixels of scale 1. */
const step = 2.5;
/** Vessels thinner than this cannot be seen. */
const thinnest = 1.1;

/**
 * The vessels of an eye. One artery and one vein enter in the disc, on its nasal side, run up and down in it, and leave to
 * four arcades; those to the temple arch around the macula. Branches share the parent's width by Murray's law (cubes add
 * up). Some thin ones come straight out of the disc's edge.
 */
export function growVessels(eye: Eye, random: Random): Vessel[] {
  const growing: Growth[] = [];
  const hilum = {
    x: eye.x - eye.temporal * eye.halfWidth * random.between(0.05, 0.28),
    y: eye.y + eye.halfHeight * random.between(-0.12, 0.12),
  };
  for (const vertical of [-1, 1]) {
    for (const side of [eye.temporal, -eye.temporal]) {
      for (const kind of ['vein', 'artery'] as const) {
        const nasal = side !== eye.temporal;
        if (nasal && random.next() < 0.12) continue;
        // From the horizontal; the arcades to the temple flatten as they go round the macula.
        const leaving = random.between(nasal ? 0.7 : 0.95, nasal ? 1.3 : 1.5);
        const flattening = random.between(nasal ? 0.05 : 0.15, nasal ? 0.35 : 0.6);
        const aim = (x: number, y: number) => {
          const away = Math.hypot(x - eye.x, y - eye.y) / eye.halfHeight;
          const elevation = leaving - flattening * Math.max(0, away - 1);
          return Math.atan2(vertical * Math.sin(elevation), side * Math.cos(elevation));
        };
        const width = eye.calibre * (kind === 'vein' ? random.between(9, 13.5) : random.between(6.5, 10));
        growing.push({
          kind,
          x: hilum.x + 0.06 * eye.halfWidth * random.normal(),
          // Those that go up begin a little below those that go down: together they look like one trunk.
          y: hilum.y - vertical * random.between(0, 0.22) * eye.halfHeight,
          heading: vertical * (Math.PI / 2) + 0.3 * random.normal(),
          width: nasal ? width * random.between(0.6, 0.95) : width,
          aim,
          generation: 0,
          rising: true,
        });
      }
    }
  }
  for (let n = 2 + random.integer(4); n > 0; n--) {
    const side = random.next() < 0.6 ? 0 : Math.PI; // to the nose more often than to the temple
    const angle = (eye.temporal === 1 ? Math.PI : 0) + side + 0.5 * random.normal();
    growing.push({
      kind: random.integer(2) === 1 ? 'artery' : 'vein',
      x: hilum.x + 0.05 * eye.halfWidth * random.normal(),
      y: hilum.y + 0.18 * eye.halfHeight * random.normal(),
      heading: angle + 0.5 * random.normal(),
      width: eye.calibre * random.between(3, 6.5),
      aim: () => angle,
      generation: 1,
      rising: true,
    });
  }
  const twigs = 3 + random.integer(6);
  for (let i = 0; i < twigs; i++) {
    const angle = random.between(0, 2 * Math.PI);
    const start = random.between(0.2, 0.85);
    growing.push({
      kind: random.integer(2) === 1 ? 'artery' : 'vein',
      x: eye.x + start * eye.halfWidth * Math.cos(angle),
      y: eye.y + start * eye.halfHeight * Math.sin(angle),
      heading: angle + 0.3 * random.normal(),
      width: eye.calibre * random.between(1.8, 3.8),
      aim: () => angle,
      generation: 1,
      rising: true,
    });
  }
  const vessels: Vessel[] = [];
  for (let next = growing.shift(); next !== undefined; next = growing.shift())
    vessels.push(growOne(next, eye, random, growing));
  return vessels;
}

/** Grows one vessel until it leaves the picture or is too thin to be seen; its branches are put into `branches`. */
function growOne(vessel: Growth, eye: Eye, random: Random, branches: Growth[]): Vessel {
  const points: { x: number; y: number; width: number }[] = [];
  let { x, y, heading, width } = vessel;
  // Curvature wanders about zero, over about 25 pixels: smooth bends, no kinks.
  let curvature = 0;
  const memory = Math.exp(-step / 25);
  const restlessness = 0.0085 * eye.tortuosity * Math.sqrt(1 - memory * memory) * (vessel.generation === 0 ? 1 : 1.35);
  let untilBranch = random.between(30, 90);
  let side = random.integer(2) === 1 ? 1 : -1;
  for (let length = 0; length < 900 && width >= thinnest; length += step) {
    // It comes up out of the disc's depth: no blunt end.
    points.push({ x, y, width: vessel.rising ? width * (0.3 + 0.7 * Math.min(1, length / 16)) : width });
    const margin = 12;
    if (x < -margin || y < -margin || x > phantomWidth + margin || y > phantomHeight + margin) break;
    const inDisc = Math.hypot((x - eye.x) / eye.halfWidth, (y - eye.y) / eye.halfHeight) < 1;
    curvature = memory * curvature + restlessness * random.normal() * (inDisc ? 2.4 : 1);
    const turn = angleBetween(heading, vessel.aim(x, y));
    heading += step * (curvature + (inDisc ? 0.024 : 0.012) * turn);
    x += step * Math.cos(heading);
    y += step * Math.sin(heading);
    width *= Math.exp(-step / (vessel.generation === 0 ? 1500 : 560));

    untilBranch -= inDisc ? 0.25 * step : step;
    if (untilBranch > 0 || vessel.generation > 4) continue;
    untilBranch = random.between(35, 120) * (vessel.generation === 0 ? 1 : 0.8);
    side = random.next() < 0.75 ? -side : side;
    const share = random.between(0.3, vessel.generation === 0 ? 0.62 : 0.78);
    const angle = heading + side * random.between(0.4, 0.95);
    const outwards = Math.atan2(y - eye.y, x - eye.x);
    const final = angle + 0.4 * angleBetween(angle, outwards);
    branches.push({
      kind: vessel.kind,
      x,
      y,
      heading: angle,
      width: width * share,
      aim: () => final,
      generation: vessel.generation + 1,
      rising: false,
    });
    width *= Math.cbrt(1 - share ** 3);
    heading -= side * 0.3 * share * share;
  }
  return { kind: vessel.kind, points };
}

/** From one heading to another the short way, in (-pi, pi]. */
function angleBetween(from: number, to: number): number {
  const turn = (to - from) % (2 * Math.PI);
  return turn > Math.PI ? turn - 2 * Math.PI : turn <= -Math.PI ? turn + 2 * Math.PI : turn;
}
