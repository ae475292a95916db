import { randomFor } from '../random';
import { blur, expose } from './camera';
import { drawDisc } from './disc';
import { blend, drawEye } from './eye';
import type { Colour, Eye } from './eye';
import { frameOf } from './frame';
import type { Frame } from './frame';
import { drawTexture, illuminate } from './illumination';
import type { Illumination } from './illumination';
import { drawLesions } from './lesions';
import { drawVessels } from './vesselRaster';
import { growVessels } from './vessels';

export interface Phantom {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3], red, green, blue. */
  readonly pixels: Uint8Array;
  /** [height, width]: 1 inside the optic disc, 0 outside. */
  readonly labels: Uint8Array;
}

/**
 * Share of light that is absorbed per pixel of blood, by colour: green most of all, red least in the oxygen-rich blood
 * of arteries. Thick vessels do not go black, for light comes back from in front of them: `absorbed` levels off.
 */
const arteryDensity: Colour = [0.07, 0.5, 0.42];
const veinDensity: Colour = [0.26, 0.82, 0.6];
const absorbed = (thickness: number) => 1 - Math.exp(-thickness / 6.5);

/** Light that no image point sends: scattered in the eye and the camera, also into the black around the field. */
const darkness: Colour = [6, 3, 3];

const exudateColour: Colour = [246, 214, 112];
const cottonColour: Colour = [250, 214, 138];
const veilColour: Colour = [164, 150, 146];
const glareColour: Colour = [236, 206, 160];

/**
 * Draws phantom number `index` of a series: the same seed, index and scale give the same pixels.
 *
 * From the back to the front: retina with choroid and pigment, lesions, disc, vessels (Beer-Lambert: each multiplies the
 * light that passes), reflexes; then the light that falls on all of it, the lens's blur, the round field and the sensor.
 * Each part has a random stream of its own, so that a change to one leaves the others as they are.
 */
export function renderPhantom(seed: number, index: number, scale = 1): Phantom {
  const stream = (part: string) => randomFor(seed, 'phantom', index, part);
  const frame = frameOf(scale);
  const eye = drawEye(stream('eye'));
  const disc = drawDisc(frame, eye, stream('disc'));
  const vessels = drawVessels(frame, growVessels(eye, stream('vessels')));
  const light = illuminate(frame, eye, stream('light'));
  const planes = paint(frame, eye, light, disc, vessels, stream);
  for (const plane of planes) blur(plane, frame, Math.max(0.4, eye.blur * scale));
  closeField(planes, light.field);
  const pixels = expose(planes, eye.noise, stream('noise'));
  return { width: frame.width, height: frame.height, pixels, labels: disc.labels };
}

function paint(
  frame: Frame,
  eye: Eye,
  { light, veil }: Illumination,
  disc: ReturnType<typeof drawDisc>,
  vessels: ReturnType<typeof drawVessels>,
  stream: (part: string) => ReturnType<typeof randomFor>,
): Float32Array[] {
  const { choroid, grain, fibres } = drawTexture(frame, eye, stream('texture'));
  const lesions = drawLesions(frame, eye, stream('lesions'));
  const random = stream('paint');
  const exposure = random.between(0.88, 1.12);
  const reflexStrength = random.between(0.1, 0.5);
  const glareStrength = random.between(0.2, 0.6);
  const fibreStrength = random.between(0.01, 0.07);
  const mottling = random.between(0.5, 1.6);
  const haze = random.next() ** 2 * 0.12;
  const pale = blend(eye.discColour, [290, 232, 150], random.between(0.1, 0.6));
  const rim = blend(lit(eye.retina, 1.12), eye.discColour, 0.35 + 0.65 * eye.contrast);
  const asymmetry = random.between(0.1, 0.4);

  const planes: Float32Array[] = [];
  for (let c = 0; c < 3; c++) {
    const plane = new Float32Array(light.length);
    // The choroid is orange: it shows in red and green, and the blue channel hardly sees below the retina.
    const depth = [0.45, 1, 0.7][c]! * (0.02 + 0.12 * eye.tessellation);
    const mottle = ([0.008, 0.02, 0.022] as const)[c]! * mottling;
    for (let i = 0; i < plane.length; i++) {
      let value = eye.retina[c]! * disc.surroundings[i]! * (1 + depth * choroid[i]! + mottle * grain[i]!);
      value *= 1 + fibreStrength * fibres[i]!;
      value += lesions.cotton[i]! * 0.85 * (cottonColour[c]! - value);
      value += lesions.exudates[i]! * 0.85 * (exudateColour[c]! - value);
      value *= 1 - lesions.blood[i]! * [0.22, 0.6, 0.5][c]!;
      // The nasal rim, thick with nerve fibres, is nearer to the retina's colour.
      const nasal = asymmetry * (0.5 - 0.5 * disc.temple[i]!);
      const base = rim[c]! + nasal * (1.12 * eye.retina[c]! - rim[c]!);
      const tissue = base + disc.pallor[i]! * eye.contrast * (pale[c]! - base);
      value += disc.cover[i]! * (tissue * disc.brightness[i]! * (1 + 0.6 * mottle * grain[i]!) - value);
      value *= Math.exp(
        -arteryDensity[c]! * absorbed(vessels.arteries[i]!) - veinDensity[c]! * absorbed(vessels.veins[i]!),
      );
      value +=
        reflexStrength * vessels.reflex[i]! * (1 - 0.75 * disc.cover[i]!) * (1.25 * eye.retina[c]! - 0.7 * value);
      value += glareStrength * 0.5 * lesions.glare[i]! * (glareColour[c]! - value);
      plane[i] = exposure * light[i]! * value * (1 - haze) + haze * 190 * [1, 0.75, 0.6][c]!;
      plane[i]! += veil[i]! * (veilColour[c]! - plane[i]!);
    }
    planes.push(plane);
  }
  return planes;
}

const lit = (colour: Colour, factor: number): Colour => [colour[0] * factor, colour[1] * factor, colour[2] * factor];

/** Blackens what lies outside the camera's round field. */
function closeField(planes: readonly Float32Array[], field: Float32Array): void {
  for (const [c, plane] of planes.entries())
    for (let i = 0; i < plane.length; i++) plane[i] = darkness[c]! + field[i]! * (plane[i]! - darkness[c]!);
}
