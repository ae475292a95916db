import type { Frame } from './frame';
import type { Vessel } from './vessels';

/** [height, width] each, in pixels of scale 1 unless said otherwise. */
export interface VesselMaps {
  /** Thickness of blood that light passes, for arteries and for veins. */
  readonly arteries: Float32Array;
  readonly veins: Float32Array;
  /** The bright line that light makes along a round, smooth wall, 0 .. 1; strongest on wide arteries. */
  readonly reflex: Float32Array;
}

/** Draws vessels as round tubes seen from above: at distance d from the axis light passes 2 sqrt(r^2 - d^2) of blood. */
export function drawVessels(frame: Frame, vessels: readonly Vessel[]): VesselMaps {
  const size = frame.width * frame.height;
  const maps = { arteries: new Float32Array(size), veins: new Float32Array(size), reflex: new Float32Array(size) };
  for (const { kind, points } of vessels) {
    const map = kind === 'artery' ? maps.arteries : maps.veins;
    const shine = kind === 'artery' ? 1 : 0.35;
    for (let i = 1; i < points.length; i++) drawSegment(frame, map, maps.reflex, points[i - 1]!, points[i]!, shine);
  }
  return maps;
}

type Point = Vessel['points'][number];

function drawSegment(frame: Frame, map: Float32Array, reflex: Float32Array, a: Point, b: Point, shine: number): void {
  const { width, height, unit } = frame;
  const reach = Math.max(a.width, b.width) / 2 + 1.5;
  const left = Math.max(0, Math.floor((Math.min(a.x, b.x) - reach) * unit));
  const right = Math.min(width - 1, Math.ceil((Math.max(a.x, b.x) + reach) * unit));
  const top = Math.max(0, Math.floor((Math.min(a.y, b.y) - reach) * unit));
  const bottom = Math.min(height - 1, Math.ceil((Math.max(a.y, b.y) + reach) * unit));
  const [sx, sy] = [b.x - a.x, b.y - a.y];
  const square = sx * sx + sy * sy;
  for (let py = top; py <= bottom; py++) {
    const y = (py + 0.5) / unit;
    for (let px = left; px <= right; px++) {
      const x = (px + 0.5) / unit;
      const t = Math.min(1, Math.max(0, ((x - a.x) * sx + (y - a.y) * sy) / square));
      const distance = Math.sqrt((x - a.x - t * sx) ** 2 + (y - a.y - t * sy) ** 2);
      const radius = (a.width + t * (b.width - a.width)) / 2;
      const inside = radius * radius - distance * distance;
      if (inside <= 0) continue;
      const i = py * width + px;
      // The larger of the two where stretches of one kind overlap: they share their blood.
      const thickness = 2 * Math.sqrt(inside);
      if (thickness > map[i]!) map[i] = thickness;
      const line =
        shine * Math.exp(-((distance / (0.32 * radius)) ** 2)) * Math.min(1, Math.max(0, (radius - 1.6) / 2.5));
      if (line > reflex[i]!) reflex[i] = line;
    }
  }
}
