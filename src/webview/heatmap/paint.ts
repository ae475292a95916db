import { paint, type Paint, type QuantityName } from '../../engine/insight/maps';
import { painted } from '../kit/painted';
import type { ClassColour } from './layers';

/**
 * A quantity in colours, one pixel per pixel: by the same function as pictures from the command line.
 * @param values [height, width].
 */
export function paintValues(
  name: QuantityName,
  values: Float32Array,
  height: number,
  width: number,
  options: Paint,
): HTMLCanvasElement {
  return painted(height, width, (data) => paint(name, values, options, data));
}

/** Classes in colours. @param values [height, width]. */
export function paintClasses(
  values: Uint8Array,
  height: number,
  width: number,
  colours: readonly ClassColour[],
): HTMLCanvasElement {
  return painted(height, width, (data) => {
    for (let index = 0; index < values.length; index += 1) {
      const colour = colours[values[index]!];
      if (!colour) continue;
      data.set(colour, 4 * index);
      data[4 * index + 3] = 255;
    }
  });
}

/** A photograph as a picture. @param photo [height, width, 3]. */
export function paintPhoto(photo: Uint8Array, height: number, width: number): HTMLCanvasElement {
  return painted(height, width, (data) => {
    for (let index = 0, from = 0, to = 0; index < height * width; index += 1, from += 3, to += 4) {
      data[to] = photo[from]!;
      data[to + 1] = photo[from + 1]!;
      data[to + 2] = photo[from + 2]!;
      data[to + 3] = 255;
    }
  });
}

/** A picture made small, as a map is looked at from afar. */
export function shrunk(source: HTMLCanvasElement, longest: number): HTMLCanvasElement {
  const scale = Math.min(1, longest / Math.max(source.width, source.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(source.width * scale));
  canvas.height = Math.max(1, Math.round(source.height * scale));
  const context = canvas.getContext('2d')!;
  context.imageSmoothingQuality = 'medium';
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}
