import type { Random } from '../random';
import type { Disc } from './disc';
import { blend } from './eye';
import type { Colour, Eye } from './eye';
import type { Illumination, Texture } from './illumination';
import type { Lesions } from './lesions';
import type { VesselMaps } from './vesselRaster';

/** Everything that is seen in one picture, each as maps [height, width]. */
export interface Scene {
  readonly eye: Eye;
  readonly illumination: Illumination;
  readonly texture: Texture;
  readonly disc: Disc;
  readonly lesions: Lesions;
  readonly vessels: VesselMaps;
}

/** How much each colour shows of the choroid (orange, below the retina) and of the pigment's mottling. */
const choroidDepth: Colour = [0.45, 1, 0.7];
const mottling: Colour = [0.008, 0.02, 0.022];

/**
 * Optical density of thick vessels by colour: green is absorbed most, red least in the oxygen-rich blood of arteries.
 */
const arteryDensity: Colour = [0.07, 0.5, 0.42];
const veinDensity: Colour = [0.26, 0.82, 0.6];
/** Pixels of blood after which a vessel hardly gets darker: light comes back from in front of it too. */
const saturation = 6.5;
const bloodDensity: Colour = [0.22, 0.6, 0.5];

const exudateColour: Colour = [246, 214, 112];
const cottonColour: Colour = [250, 214, 138];
const glareColour: Colour = [236, 206, 160];
const veilColour: Colour = [164, 150, 146];
const hazeColour: Colour = [190, 142, 114];

/**
 * Light by colour, three planes [height, width], 0..255 and above. From the back to the front: retina with choroid and
 * pigment, lesions, disc, vessels (each multiplies the light that passes: Beer-Lambert), reflexes; then the light that
 * falls on all of it, and the haze in between.
 */
export function paint(scene: Scene, random: Random): Float32Array[] {
  const { eye } = scene;
  const exposure = random.between(0.88, 1.12);
  const reflexStrength = random.between(0.1, 0.5);
  const glareStrength = random.between(0.1, 0.3);
  const fibreStrength = random.between(0.01, 0.07);
  const mottleStrength = random.between(0.5, 1.6);
  const haze = random.next() ** 2 * 0.12;
  const cup = blend(eye.discColour, [290, 232, 150], random.between(0.1, 0.6));
  const bright = eye.retina.map((value) => 1.12 * value) as [number, number, number];
  const rim = blend(bright, eye.discColour, 0.35 + 0.65 * eye.contrast);
  const asymmetry = random.between(0.1, 0.4);
  return [0, 1, 2].map((c) =>
    paintColour(scene, {
      retina: eye.retina[c]!,
      bright: bright[c]!,
      rim: rim[c]!,
      cup: cup[c]!,
      cupShare: eye.contrast,
      asymmetry,
      choroid: choroidDepth[c]! * (0.02 + 0.12 * eye.tessellation),
      mottle: mottling[c]! * mottleStrength,
      fibres: fibreStrength,
      artery: arteryDensity[c]!,
      vein: veinDensity[c]!,
      blood: bloodDensity[c]!,
      exudate: exudateColour[c]!,
      cotton: cottonColour[c]!,
      glare: glareColour[c]!,
      glareStrength,
      reflexStrength,
      gain: exposure * (1 - haze),
      haze: haze * hazeColour[c]!,
      veil: veilColour[c]!,
    }),
  );
}

/** One colour's share of every ingredient. */
type Recipe = Record<
  | 'retina'
  | 'bright'
  | 'rim'
  | 'cup'
  | 'cupShare'
  | 'asymmetry'
  | 'choroid'
  | 'mottle'
  | 'fibres'
  | 'artery'
  | 'vein'
  | 'blood'
  | 'exudate'
  | 'cotton'
  | 'glare'
  | 'glareStrength'
  | 'reflexStrength'
  | 'gain'
  | 'haze'
  | 'veil',
  number
>;

function paintColour(scene: Scene, colour: Recipe): Float32Array {
  const { disc, lesions, vessels } = scene;
  const { choroid, grain, fibres } = scene.texture;
  const { light, veil } = scene.illumination;
  const plane = new Float32Array(light.length);
  for (let i = 0; i < plane.length; i++) {
    const fine = colour.mottle * grain[i]!;
    let value = colour.retina * disc.surroundings[i]! * (1 + colour.choroid * choroid[i]! + fine);
    value *= 1 + colour.fibres * fibres[i]!;
    value += 0.85 * lesions.cotton[i]! * (colour.cotton - value);
    value += 0.85 * lesions.exudates[i]! * (colour.exudate - value);
    value *= 1 - colour.blood * lesions.blood[i]!;
    const cover = disc.cover[i]!;
    if (cover > 0) {
      // The nasal rim, thick with nerve fibres, is nearer to the retina's colour.
      const nasal = colour.asymmetry * (0.5 - 0.5 * disc.temple[i]!);
      const base = colour.rim + nasal * (colour.bright - colour.rim);
      const tissue = base + disc.pallor[i]! * colour.cupShare * (colour.cup - base);
      value += cover * (tissue * disc.brightness[i]! * (1 + 0.6 * fine) - value);
    }
    const artery = vessels.arteries[i]!;
    const vein = vessels.veins[i]!;
    if (artery > 0) value *= Math.exp(-colour.artery * (1 - Math.exp(-artery / saturation)));
    if (vein > 0) value *= Math.exp(-colour.vein * (1 - Math.exp(-vein / saturation)));
    const reflex = vessels.reflex[i]! * (1 - 0.75 * cover);
    value += colour.reflexStrength * reflex * (1.25 * colour.retina - 0.7 * value);
    value += colour.glareStrength * lesions.glare[i]! * (colour.glare - value);
    value = colour.gain * light[i]! * value + colour.haze;
    plane[i] = value + veil[i]! * (colour.veil - value);
  }
  return plane;
}
