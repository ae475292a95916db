import { mkdir, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import type { RunDocument } from './document';
import { fileProblem } from './files';
import { formatVersion, runFolderName } from './layout';

/** What a new run is made from; the rest of its document begins empty. */
export type RunInit = Pick<
  RunDocument,
  | 'experiment'
  | 'experimentFile'
  | 'experimentName'
  | 'loss'
  | 'dataset'
  | 'parameters'
  | 'engine'
  | 'accelerator'
  | 'versions'
  | 'seed'
  | 'epochsTotal'
> & { status?: 'queued' | 'running' };

/**
 * Makes the empty folder of a new run, and the runs folder where it is missing. Throws a Problem (exit code 2) when it
 * cannot be written to.
 * @param what stands behind the experiment in its name: the loss of a training.
 */
export async function makeRunFolder(
  runsFolder: string,
  experimentName: string,
  what: string,
  started: Date,
): Promise<string> {
  try {
    await makeFolders(runsFolder);
    for (;;) {
      const folder = join(runsFolder, runFolderName(started, experimentName, what));
      try {
        await mkdir(folder);
        return folder;
      } catch (error) {
        // Another run of the same second got the same four letters.
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  } catch (error) {
    throw fileProblem(error, runsFolder, 2);
  }
}

/** Like `mkdir -p`. Node's own says "no such file or directory" of a read-only file system. */
async function makeFolders(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' && dirname(folder) !== folder) {
      await makeFolders(dirname(folder));
      await mkdir(folder);
    } else if (code !== 'EEXIST' || !(await stat(folder)).isDirectory()) throw error;
  }
}

/** The first document of a new run. */
export function newDocument(id: string, init: RunInit, started: Date): RunDocument {
  const now = started.toISOString();
  return {
    formatVersion,
    id,
    kind: 'training',
    ...init,
    status: init.status ?? 'running',
    pid: process.pid,
    host: hostname(),
    started: now,
    updated: now,
    finished: null,
    epochsDone: 0,
    stepsDone: 0,
    secondsTraining: 0,
    dataWaitShare: null,
    last: null,
    best: null,
    error: null,
    resumedFrom: [],
  };
}
