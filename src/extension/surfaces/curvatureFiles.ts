import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import {
  curvatureFile,
  curvatureFolder,
  curvatureIds,
  isBeingMeasured,
  readCurvature,
  type CurvatureDocument,
} from '../../runs/curvatureDocument';
import { Problem } from '../../runs/problem';
import type { CurvatureEigenvalue, CurvatureFound, CurvatureInfo } from '../../webview/protocol/curvature';
import { t } from '../text';

/** Products with the Hessian are computed in single precision: smaller a residual cannot be, as a share of the largest eigenvalue. */
const precision = 1e-6;

/** What a page needs to know of a measurement. @param file absolute path. */
export function curvatureInfo(file: string, document: CurvatureDocument, now = new Date()): CurvatureInfo {
  const { checkpoint, loss, images, accelerator, status } = document;
  const { eigenvalues } = document;
  const largest = eigenvalues ? Math.max(...[...eigenvalues.largest, eigenvalues.smallest].map(sizeOf)) : 0;
  const known = (pair: CurvatureEigenvalue, scale: number): CurvatureEigenvalue => ({
    value: pair.value,
    residual: Math.max(pair.residual, precision * scale),
  });
  const interrupted = status === 'measuring' && !isBeingMeasured(document, now);
  return {
    file,
    run: basename(dirname(dirname(file))),
    trained: checkpoint.loss,
    epoch: checkpoint.epoch,
    loss: { name: loss.name, label: loss.label, variant: loss.variant },
    images: {
      split: images.split,
      count: images.names.length,
      available: images.available,
      region: images.region,
      digest: images.digest,
    },
    parameters: document.parameters,
    status: interrupted ? 'interrupted' : status,
    settings: document.settings,
    progress: interrupted ? null : document.progress,
    gradientNorm: document.gradientNorm,
    eigenvalues: eigenvalues && {
      largest: eigenvalues.largest.map((pair) => known(pair, largest)),
      smallest: known(eigenvalues.smallest, largest),
      products: eigenvalues.products,
      converged: eigenvalues.converged,
    },
    trace: document.trace,
    layers: Object.entries(document.layers).map(([name, layer]) => ({
      name,
      trace: layer.trace,
      largest: layer.largest && known(layer.largest, sizeOf(layer.largest)),
    })),
    spectrum: document.spectrum,
    seconds: document.secondsMeasuring,
    machine: t('{0} ({1}), threads: {2}', accelerator.name, accelerator.provider, accelerator.threads),
    created: document.created,
  };
}

interface Known {
  readonly version: string;
  /** Null when the file cannot be read; then `problem` says why. */
  readonly document: CurvatureDocument | null;
  readonly problem: string;
}

/** A folder that changed so long ago is not listed again: within one tick of its clock it may change unseen. */
const settledMilliseconds = 5000;

/**
 * The curvature files of some runs. Looking again costs one `stat` for each run as long as nothing happens, and only files that
 * have changed are read: a file is replaced as a whole, which its folder's time tells.
 */
export class CurvatureFiles {
  private readonly known = new Map<string, Known>();
  private readonly listed = new Map<string, { time: number; files: readonly string[] }>();

  constructor(private readonly runFolders: readonly string[]) {}

  /**
   * What there is now, and a text that changes whenever that does. Throws nothing for a damaged file: that is one of the
   * problems.
   */
  async read(now = new Date()): Promise<{ found: CurvatureFound; version: string }> {
    const versions: string[] = [];
    const measured: CurvatureInfo[] = [];
    const problems: string[] = [];
    for (const runFolder of new Set(this.runFolders)) {
      let files: readonly string[];
      try {
        files = await this.filesOf(runFolder, now);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        problems.push(sentence(error, curvatureFolder(runFolder)));
        continue;
      }
      for (const file of files) {
        const { document, problem, version } = this.known.get(file)!;
        const info = document && curvatureInfo(file, document, now);
        if (info) measured.push(info);
        else problems.push(problem);
        // A process that has died leaves its file as it was.
        versions.push(file, version, info?.status ?? '');
      }
    }
    measured.sort((a, b) => compare(a.run, b.run) || a.epoch - b.epoch || compare(a.created, b.created));
    return { found: { measured, problems }, version: [...versions, ...problems].join('|') };
  }

  private async filesOf(runFolder: string, now: Date): Promise<readonly string[]> {
    const folder = curvatureFolder(runFolder);
    const time = await stat(folder).then(
      ({ mtimeMs }) => mtimeMs,
      () => -1,
    );
    const before = this.listed.get(folder);
    if (before?.time === time && now.getTime() - time > settledMilliseconds) return before.files;
    const files = (await curvatureIds(runFolder)).map((id) => curvatureFile(runFolder, id));
    await Promise.all(files.map((file) => this.look(file)));
    this.listed.set(folder, { time, files });
    return files;
  }

  private async look(file: string): Promise<void> {
    const version = await stat(file).then(
      ({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
      () => '-',
    );
    if (this.known.get(file)?.version === version) return;
    try {
      this.known.set(file, { version, document: await readCurvature(file), problem: '' });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.known.set(file, { version, document: null, problem: sentence(error, file) });
    }
  }
}

function sentence(error: Problem, file: string): string {
  const text = `${error.place?.file ?? file}: ${error.message}`;
  return error.hint === undefined ? text : `${text}. ${error.hint}`;
}

const sizeOf = ({ value }: CurvatureEigenvalue): number => Math.abs(value);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
