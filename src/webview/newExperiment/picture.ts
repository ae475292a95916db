import { decodeTiff } from './tiff';

/** Longest side of a preview, in pixels. */
const side = 220;

/** A picture as a small canvas. @throws Error in words when it cannot be shown. */
export async function thumbnail(address: string): Promise<HTMLCanvasElement> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`it cannot be read (${response.status})`);
  const bytes = await response.arrayBuffer();
  const tiff = /\.tiff?$/i.test(new URL(address).pathname);
  const bitmap = await createImageBitmap(tiff ? asImage(bytes) : new Blob([bytes]));
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = contextOf(canvas);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas;
}

/** Shows a mask as it is understood: white where its value is above the threshold, black elsewhere. */
export function asForeground(canvas: HTMLCanvasElement, threshold: number): void {
  const context = contextOf(canvas);
  const image = context.getImageData(0, 0, canvas.width, canvas.height);
  const { data } = image;
  for (let at = 0; at < data.length; at += 4) {
    const value = data[at]! > threshold ? 255 : 0;
    data[at] = data[at + 1] = data[at + 2] = value;
  }
  context.putImageData(image, 0, 0);
}

function asImage(bytes: ArrayBuffer): ImageData {
  const { data, width, height } = decodeTiff(bytes);
  return new ImageData(data, width, height);
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('this window cannot draw');
  return context;
}
