import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DescentDocument } from './descentDocument';
import { fileProblem, namesIn } from './files';
import { decodeNpy } from './npy';
import { Problem } from './problem';

/** Paths of what a descent's folder holds besides what every run folder does. */
export function descentPaths(folder: string): Record<'table' | 'frames' | 'image' | 'mask', string> {
  return {
    table: join(folder, 'descent.csv'),
    frames: join(folder, 'frames'),
    image: join(folder, 'image.png'),
    mask: join(folder, 'mask.png'),
  };
}

/** `<folder>/frames/<loss>/frame-0100.npy`. @param loss the loss's `folder` in the document. */
export function framePath(folder: string, loss: string, step: number): string {
  return join(descentPaths(folder).frames, loss, `frame-${String(step).padStart(4, '0')}.npy`);
}

/** The step in the name of a frame's file, or null when the name is something else. */
export function frameStep(name: string): number | null {
  const match = /^frame-(\d{4,})\.npy$/.exec(name);
  return match ? Number(match[1]) : null;
}

/** Steps of which a loss has a frame by now, ascending. @param loss the loss's `folder` in the document. */
export async function frameSteps(folder: string, loss: string): Promise<number[]> {
  const names = await namesIn(join(descentPaths(folder).frames, loss));
  return names.flatMap((name) => frameStep(name) ?? []).sort((a, b) => a - b);
}

/** Steps of which a descent keeps frames, ascending: 0, every so many, and the last. */
export function plannedFrames({ steps, every }: Pick<DescentDocument, 'steps' | 'every'>): number[] {
  const planned = Array.from({ length: Math.floor(steps / every) + 1 }, (_, i) => i * every);
  return planned.at(-1) === steps ? planned : [...planned, steps];
}

/** The network's answer for the region of the image after some steps under one loss. */
export interface DescentFrame {
  readonly height: number;
  readonly width: number;
  /** [height, width]: logit of the foreground - logit of the background. */
  readonly margin: Float32Array;
}

/**
 * One frame. @param loss the loss's `folder` in the document.
 * @throws Problem that names the file when it is missing or damaged.
 */
export async function readFrame(folder: string, loss: string, step: number): Promise<DescentFrame> {
  const file = framePath(folder, loss, step);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw fileProblem(error, file);
  }
  const { shape, data } = decodeNpy(bytes, file);
  const [height, width] = shape;
  if (height === undefined || width === undefined || shape.length !== 2) {
    throw new Problem(`a frame has two axes, not ${shape.length}`, { place: { file } });
  }
  return { height, width, margin: data };
}
