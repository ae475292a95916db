import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Problem } from '../../runs/problem';
import { decodeNpy } from './npy';

const surfaceSchema = z.object({
  kind: z.literal('plane'),
  axes: z.object({ a: z.array(z.number()).min(2), b: z.array(z.number()).min(2) }),
  quantities: z.record(
    z.string(),
    z.object({
      label: z.string(),
      file: z.string(),
      /** Of a standard error: the quantity that it belongs to. The report draws means only. */
      standardErrorOf: z.string().optional(),
    }),
  ),
  /** In words: which weights, directions, images and loss. */
  provenance: z.string(),
  /** The path of training, as coordinates in the plane. */
  trajectory: z.array(z.object({ a: z.number(), b: z.number(), epoch: z.number().optional() })).optional(),
});

/** What `surfaces/<id>/surface.json` holds; each quantity's file is a float32 `.npy` of shape [b, a] beside it. */
export type SurfaceDocument = z.infer<typeof surfaceSchema>;

/** A sampled plane with its values. */
export interface Surface {
  readonly id: string;
  readonly a: readonly number[];
  readonly b: readonly number[];
  /** Values row by row, a runs fastest; NaN where nothing has been computed. */
  readonly quantities: readonly { key: string; label: string; values: Float32Array }[];
  readonly provenance: string;
  readonly trajectory: readonly { a: number; b: number }[];
}

/**
 * The planes in a run folder, by name. A surface that is half-written or of another kind is left out, with the reason
 * in `warnings`.
 */
export async function readSurfaces(folder: string): Promise<{ surfaces: Surface[]; warnings: string[] }> {
  const parent = join(folder, 'surfaces');
  const surfaces: Surface[] = [];
  const warnings: string[] = [];
  for (const id of await subfolders(parent)) {
    try {
      const surface = await readSurface(join(parent, id), id);
      if (surface) surfaces.push(surface);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      warnings.push(error.describe());
    }
  }
  return { surfaces, warnings };
}

/** Undefined for a line, which is no picture. */
async function readSurface(folder: string, id: string): Promise<Surface | undefined> {
  const file = join(folder, 'surface.json');
  const document = parse((await readWhole(file)).toString('utf8'), file);
  if (document === 'line') return undefined;
  const { a, b } = document.axes;
  const quantities = [];
  for (const [key, { label, file: name, standardErrorOf }] of Object.entries(document.quantities)) {
    if (standardErrorOf !== undefined) continue;
    const path = join(folder, name);
    const { shape, data } = decodeNpy(await readWhole(path), path);
    if (shape.length !== 2 || shape[0] !== b.length || shape[1] !== a.length) {
      throw new Problem(
        `the array is [${shape.join(', ')}], but the axes of surface.json ask for [${b.length}, ${a.length}]`,
        {
          place: { file: path },
        },
      );
    }
    quantities.push({ key, label, values: data });
  }
  if (quantities.length === 0) throw new Problem('the surface names no quantities', { place: { file } });
  return { id, a, b, quantities, provenance: document.provenance, trajectory: document.trajectory ?? [] };
}

function parse(text: string, file: string): SurfaceDocument | 'line' {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Problem('the surface is not whole JSON', { place: { file }, cause });
  }
  if ((value as { kind?: unknown } | null)?.kind === 'line') return 'line';
  const parsed = surfaceSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Problem(`not a surface that the report can draw: ${z.prettifyError(parsed.error)}`, { place: { file } });
}

async function readWhole(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new Problem('the file cannot be read', { place: { file }, cause });
  }
}

async function subfolders(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
