import type { DescentSnapshot } from '../protocol/descent';
import type { Pictures } from './tiles';

/** The photograph and the target out of their PNGs. Throws an Error in words when one of them is damaged. */
export async function readPictures({ image, mask, info }: DescentSnapshot): Promise<Pictures> {
  const { height, width } = info.image;
  const photo = await drawn(image, 'image.png', width, height);
  const target = await drawn(mask, 'mask.png', width, height);
  const { data } = target.getContext('2d')!.getImageData(0, 0, width, height);
  return { photo, labels: Uint8Array.from({ length: height * width }, (_, pixel) => Number(data[4 * pixel]! > 127)) };
}

/** A PNG on a canvas. It comes as bytes rather than by address: the page may fetch nothing, and may read these pixels. */
async function drawn(png: Uint8Array, name: string, width: number, height: number): Promise<HTMLCanvasElement> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(new Blob([new Uint8Array(png)], { type: 'image/png' }));
  } catch (error) {
    throw new Error(`${name} of this descent is damaged`, { cause: error });
  }
  if (bitmap.width !== width || bitmap.height !== height) {
    throw new Error(`${name} of this descent is ${bitmap.width} × ${bitmap.height} pixels, not ${width} × ${height}`);
  }
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d', { willReadFrequently: true })!.drawImage(bitmap, 0, 0);
  return canvas;
}
