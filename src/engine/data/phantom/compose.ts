import { randomFor } from '../random';
import { blur, expose } from './camera';
import { drawDisc } from './disc';
import { drawEye } from './eye';
import type { Colour } from './eye';
import { frameOf } from './frame';
import { drawTexture, illuminate } from './illumination';
import { drawLesions } from './lesions';
import { paint } from './paint';
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

/** Light that no image point sends: scattered in the eye and the camera, also into the black around the field. */
const darkness: Colour = [6, 3, 3];

/**
 * Draws phantom number `index` of a series, a generated fundus photograph: the same seed, index and scale give the same
 * pixels. Each part has a random stream of its own, so that a change to one leaves the others as they are.
 * @param scale 1 for 428 × 569 pixels (width × height).
 */
export function renderPhantom(seed: number, index: number, scale = 1): Phantom {
  const stream = (part: string) => randomFor(seed, 'phantom', index, part);
  const frame = frameOf(scale);
  const eye = drawEye(stream('eye'));
  const scene = {
    eye,
    illumination: illuminate(frame, eye, stream('light')),
    texture: drawTexture(frame, eye, stream('texture')),
    disc: drawDisc(frame, eye, stream('disc')),
    lesions: drawLesions(frame, eye, stream('lesions')),
    vessels: drawVessels(frame, growVessels(eye, stream('vessels'))),
  };
  const planes = paint(scene, stream('paint'));
  for (const [c, plane] of planes.entries()) {
    blur(plane, frame, Math.max(0.4, eye.blur * scale));
    closeField(plane, scene.illumination.field, darkness[c]!);
  }
  const pixels = expose(planes, frame, eye.noise, stream('noise'));
  return { width: frame.width, height: frame.height, pixels, labels: scene.disc.labels };
}

/** Blackens what lies outside the camera's round field. */
function closeField(plane: Float32Array, field: Float32Array, black: number): void {
  for (let i = 0; i < plane.length; i++) plane[i] = black + field[i]! * (plane[i]! - black);
}
