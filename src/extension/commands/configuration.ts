import { dirname, isAbsolute, relative } from 'node:path';
import type { RunDocument } from '../../runs/document';

/**
 * What a run was trained with, as text to be compared with that of another run: everything that decides on its numbers,
 * and nothing that differs between any two runs, such as times and process ids.
 */
export function configurationText(document: RunDocument): string {
  const { experiment, loss, dataset, parameters, engine, accelerator, versions } = document;
  const { file: _file, losses: _losses, ...settings } = (experiment ?? {}) as Record<string, unknown>;
  const configuration = {
    loss: { label: loss.label, ...(loss.spec as object) },
    ...settings,
    data: { fingerprint: dataset.fingerprint, train: dataset.train, test: dataset.test, synthetic: dataset.synthetic },
    parameters,
    engine,
    accelerator: { name: accelerator.name, provider: accelerator.provider, threads: accelerator.threads },
    versions,
  };
  return `${JSON.stringify(configuration, null, 2)}\n`;
}

/**
 * The experiment file that a run would have come from: its own settings, its loss alone, paths relative to the folder that
 * the file shall lie in.
 */
export function experimentFileText(document: RunDocument, folder: string): string {
  const stored = (document.experiment ?? {}) as Record<string, unknown>;
  const { file: _file, name, dataset, losses: _losses, ...rest } = stored;
  const text = {
    ...(typeof name === 'string' ? { name } : {}),
    dataset: relativePaths(dataset, folder),
    ...rest,
    losses: [document.loss.spec],
  };
  const note = `// The settings of run ${document.id}.\n`;
  return `${note}${JSON.stringify(text, null, 2)}\n`;
}

const pathKeys = new Set(['images', 'masks']);

function relativePaths(value: unknown, folder: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => {
      if (pathKeys.has(key) && typeof entry === 'string' && isAbsolute(entry)) return [key, near(entry, folder)];
      return [key, relativePaths(entry, folder)];
    }),
  );
}

/** A path relative to a folder, with forward slashes; as it is when it lies on another drive. */
function near(path: string, folder: string): string {
  const result = relative(folder, path);
  return isAbsolute(result) ? path : result.replaceAll('\\', '/') || '.';
}

/** Folder that a run's experiment file lies, or lay, in: beside the runs folder when the run does not know. */
export function experimentFolder(document: RunDocument, runsFolder: string): string {
  return document.experimentFile === null ? dirname(runsFolder) : dirname(document.experimentFile);
}
