import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import {
  curvatureFile,
  curvatureFolder,
  curvatureIds,
  isBeingMeasured,
  readCurvature,
  type CurvatureDocument,
} from '../../runs/curvatureDocument';
import { fileProblem } from '../../runs/files';
import { Problem } from '../../runs/problem';

/**
 * A measurement of the same kind that was begun before, or a new one under a free name.
 * @throws Problem when another process is at it, or the file of the earlier one is damaged.
 */
export async function begunMeasurement(runFolder: string, fresh: CurvatureDocument): Promise<CurvatureDocument> {
  const same = ({ checkpoint, loss, images, settings }: CurvatureDocument): string =>
    JSON.stringify([checkpoint, loss, images, settings]);
  const ids = await curvatureIds(runFolder);
  for (const id of ids.filter((one) => one === fresh.id || one.startsWith(`${fresh.id}-`))) {
    const before = await readCurvature(curvatureFile(runFolder, id));
    if (same(before) !== same(fresh)) continue;
    if (isBeingMeasured(before)) {
      throw new Problem('this is being measured by another process', {
        place: { file: curvatureFile(runFolder, id) },
        hint: `It is process ${before.pid} on ${before.host}.`,
      });
    }
    return { ...before, pid: process.pid, host: hostname() };
  }
  const folder = curvatureFolder(runFolder);
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw fileProblem(error, folder);
  }
  for (let n = 1; ; n++) {
    const id = n === 1 ? fresh.id : `${fresh.id}-${n}`;
    if (!ids.includes(id)) return { ...fresh, id };
  }
}
