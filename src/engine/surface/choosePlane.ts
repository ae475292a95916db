import { dirname, join, resolve } from 'node:path';
import { surfacesFolder } from '../../runs/layout';
import { Problem } from '../../runs/problem';
import { namesIn } from '../../runs/files';
import { listRuns } from '../../runs/scan';
import { surfaceFileNames } from '../../runs/surfaceDocument';
import type { PlaneProvenance } from '../../runs/surfaceProvenance';
import type { ParameterSpec } from '../unet/unet';
import { CheckpointFiles, checkpointsOf } from './checkpointFiles';
import { readNetwork, type KnownRun } from './chooseNetworks';
import { shapeOf, type Plane } from './plane';
import { principalComponents } from './pca';

/**
 * The plane of the first two principal components of all checkpoints of the runs together. Its centre is the last network of
 * a single run (as in Li et al. 2018), or the mean of all checkpoints of several, where the plane lies nearest to all of them.
 * Directions have the length 1, so a and b are distances between weights.
 * @throws Problem when there are too few checkpoints, or one is damaged or of another architecture than `specs`.
 */
export async function pcaPlane(runs: readonly KnownRun[], specs: readonly ParameterSpec[]): Promise<Plane> {
  const checkpoints = await checkpointsOf(runs);
  const files = await CheckpointFiles.open(checkpoints, specs);
  try {
    const { mean, directions, explained } = await principalComponents(files, specs, 2);
    const [a, b] = [directions[0]!, directions[1]!];
    const last = runs.length === 1 ? await readNetwork(runs[0]!, 'last', specs) : undefined;
    const provenance: PlaneProvenance = {
      kind: 'pca',
      runs: checkpoints.map(({ run: { document }, epochs, available }) => ({
        run: document.id,
        loss: document.loss.label,
        epochs: [...epochs],
        available,
      })),
      checkpoint: last?.checkpoint ?? null,
      explained: explained.slice(0, 10),
      ...shapeOf(a, b),
    };
    return { centre: last?.weights ?? mean, a, b, provenance };
  } finally {
    await files.close();
  }
}

/**
 * The folder of a surface that a user means: a path, or a name (or a part of it that only one surface has) among the surfaces
 * of `run`, else among those of the other runs in the same folder.
 * @throws Problem when there is none or more than one.
 */
export async function findSurface(name: string, run: KnownRun | string): Promise<string> {
  const path = resolve(name);
  if ((await namesIn(path)).includes(surfaceFileNames.document)) return path;
  const known: string[] = [];
  const own = typeof run === 'string' ? [] : [run.folder];
  const others = async (): Promise<string[]> =>
    (await listRuns(typeof run === 'string' ? run : dirname(run.folder))).flatMap((entry) =>
      entry.ok && !own.includes(entry.folder) ? [entry.folder] : [],
    );
  for (const folders of [() => Promise.resolve(own), others]) {
    const found: string[] = [];
    for (const folder of await folders()) {
      for (const id of await namesIn(surfacesFolder(folder))) found.push(join(surfacesFolder(folder), id));
    }
    known.push(...found);
    const base = (at: string): string => at.slice(dirname(at).length + 1);
    const exact = found.filter((at) => base(at) === name);
    const matches = exact.length > 0 ? exact : found.filter((at) => base(at).includes(name));
    if (matches.length === 1) return matches[0]!;
    if (matches.length > 1) {
      throw new Problem(`"${name}" fits ${matches.length} surfaces`, {
        hint: `Give the path of one of them: ${matches.slice(0, 5).join(', ')}${matches.length > 5 ? ', …' : ''}`,
      });
    }
  }
  throw new Problem(`there is no surface "${name}"`, {
    hint:
      known.length === 0
        ? 'Nothing has been sampled yet.'
        : `There are: ${known.slice(0, 8).join(', ')}${known.length > 8 ? ', …' : ''}`,
  });
}
