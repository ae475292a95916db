import type { Random } from '../random';
import { phantomHeight, phantomWidth } from './frame';

export type Colour = readonly [red: number, green: number, blue: number];

/** What distinguishes one photographed eye from another. Lengths are pixels at scale 1, angles radians. */
export interface Eye {
  /** Colour of the retina and of the disc under full light; the sensor saturates at 255. */
  readonly retina: Colour;
  readonly discColour: Colour;
  /** +1 when the temple, and with it the macula, is on the right of the picture; -1 on the left. */
  readonly temporal: 1 | -1;
  /** Centre of the disc. */
  readonly x: number;
  readonly y: number;
  /** Half axes of the disc, across and down, before it is turned by `tilt`. */
  readonly halfWidth: number;
  readonly halfHeight: number;
  readonly tilt: number;
  /** How strongly the disc stands out, 0 .. 1. */
  readonly contrast: number;
  /** Half the width of the disc's edge. */
  readonly softness: number;
  /** Cup to disc ratio. */
  readonly cup: number;
  /** How much choroid shines through, 0 .. 1. */
  readonly tessellation: number;
  /** How much the vessels wind, about 1. */
  readonly tortuosity: number;
  /** Width of the vessels, about 1. */
  readonly calibre: number;
  /** Standard deviation of the lens's blur. */
  readonly blur: number;
  /** Standard deviation of the sensor's noise in grey levels. */
  readonly noise: number;
}

/**
 * Retinas and their discs as they come, from pale to heavily pigmented; every eye is a mixture of two neighbours.
 * Red above 255 saturates the sensor: that is why photographed discs are yellow and orange.
 */
const complexions: readonly { retina: Colour; disc: Colour }[] = [
  { retina: [142, 88, 78], disc: [262, 180, 158] },
  { retina: [214, 126, 100], disc: [290, 190, 150] },
  { retina: [208, 108, 46], disc: [300, 168, 74] },
  { retina: [236, 112, 20], disc: [310, 166, 26] },
  { retina: [188, 94, 14], disc: [300, 152, 28] },
  { retina: [168, 102, 26], disc: [290, 172, 58] },
  { retina: [124, 52, 8], disc: [270, 128, 12] },
];

/** Draws an eye. Its disc takes up 5.5 to 15 % of the picture, about 10 % on average. */
export function drawEye(random: Random): Eye {
  const place = random.next() * (complexions.length - 1);
  const lower = Math.floor(place);
  const [a, b] = [complexions[lower]!, complexions[lower + 1]!];
  const mix = place - lower;
  const contrast = 1 - 0.6 * random.next() ** 1.8;

  const share = Math.min(0.15, Math.max(0.057, 0.1 + 0.022 * random.normal()));
  const elongation = random.between(1, 1.24); // discs are taller than wide
  const halfWidth = Math.sqrt((share * phantomWidth * phantomHeight) / (Math.PI * elongation));
  const halfHeight = halfWidth * elongation;
  // Whole discs only, as the photographs were cut: somewhere around the middle.
  const reach = 1.08 * halfHeight + 6;
  const inside = (middle: number, extent: number) => Math.min(extent - reach, Math.max(reach, middle));
  return {
    retina: blend(a.retina, b.retina, mix),
    discColour: blend(a.disc, b.disc, mix),
    temporal: random.integer(2) === 1 ? 1 : -1,
    x: inside(phantomWidth * random.between(0.33, 0.67), phantomWidth),
    y: inside(phantomHeight * random.between(0.34, 0.66), phantomHeight),
    halfWidth,
    halfHeight,
    tilt: 0.22 * random.normal(),
    contrast,
    softness: 2.5 + 7 * random.next() ** 2,
    cup: random.between(0.28, 0.68),
    tessellation: random.next() ** 1.5,
    tortuosity: random.between(0.6, 1.5),
    calibre: random.between(0.82, 1.15),
    blur: 0.7 + 1.7 * random.next() ** 3,
    noise: random.between(1.2, 3.4),
  };
}

export function blend(a: Colour, b: Colour, share: number): [number, number, number] {
  return [0, 1, 2].map((c) => a[c]! + share * (b[c]! - a[c]!)) as [number, number, number];
}
