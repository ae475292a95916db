import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isKnownLoss } from '../../engine/insight/maps';
import type { RunDocument } from '../../runs/document';
import { epochOf, fileNames } from '../../runs/layout';
import { Problem } from '../../runs/problem';
import type { HeatmapLoss, HeatmapRun, SurfacePoint } from '../../webview/protocol/heatmap';
import { runVersion } from '../inspector/inspectedRun';
import type { RunRecord, RunStore } from '../runs/runStore';
import { runOf } from '../surfaces/runOf';
import { runInfo } from './runSeries';

/**
 * The runs of a panel as their page takes them; those that are gone or cannot be read are left out.
 * @param folders of runs, and of surfaces. @param points where the points of the surfaces are.
 */
export async function heatmapRuns(
  store: RunStore,
  folders: readonly string[],
  points: ReadonlyMap<string, SurfacePoint> = new Map(),
): Promise<HeatmapRun[]> {
  const runs = await Promise.all(
    folders.map((folder) => {
      const point = points.get(folder);
      return point ? heatmapPoint(store, point) : heatmapRun(store, store.get(folder));
    }),
  );
  return runs.flatMap((run) => run ?? []);
}

/** The network at a point of a surface, in the place of a run: with what the run of the surface knows of images and losses. */
async function heatmapPoint(store: RunStore, point: SurfacePoint): Promise<HeatmapRun | null> {
  const run = await heatmapRun(store, store.get(runOf(point.surface)));
  if (!run) return null;
  return { ...run, info: { ...run.info, folder: point.surface }, point, epochs: [] };
}

async function heatmapRun(store: RunStore, record: RunRecord | undefined): Promise<HeatmapRun | null> {
  if (!record?.entry.ok) return null;
  const { document } = record.entry;
  const own = await lossOf(document.loss.spec, document.loss.label);
  // Of another version, there may be losses that this one cannot compute; the run's own is shown with the reason.
  const known = (await experimentLosses(store, document)).filter(isKnownLoss);
  const losses = await Promise.all(known.map((spec) => lossOf(spec)));
  return {
    info: runInfo(record, []),
    point: null,
    epochs: await checkpointEpochs(record.folder),
    images: { train: document.dataset.train, test: document.dataset.test },
    losses: [...new Map([...losses, own].map((loss) => [loss.key, loss])).values()],
    trainedWith: own.key,
    version: runVersion(document),
  };
}

/** The losses of a run's experiment: those of its file, and those that other runs of it were trained with. */
async function experimentLosses(store: RunStore, { experiment, experimentFile }: RunDocument): Promise<unknown[]> {
  const kept = (experiment as { losses?: unknown } | null)?.losses;
  const losses: unknown[] = Array.isArray(kept) ? [...(kept as unknown[])] : [];
  if (experimentFile === null) return losses;
  for (const { entry } of store.all()) {
    if (entry.ok && entry.document.experimentFile === experimentFile) losses.push(entry.document.loss.spec);
  }
  const { readExperiment } = await import('../../engine/experiment/read');
  // A file that is gone, or is just being typed into, has nothing to add.
  const read = await readExperiment(experimentFile).catch((error: unknown) => {
    if (error instanceof Problem) return null;
    throw error;
  });
  return [...(read?.losses ?? []), ...losses];
}

/** A loss as the page takes it. The same options give the same key, whatever the loss is called. */
export async function lossOf(spec: unknown, label?: string): Promise<HeatmapLoss> {
  const { lossLabel } = await import('../../engine/experiment/lossLabel');
  const { name: _, ...options } = spec as Record<string, unknown>;
  const words = label ?? lossLabel(spec as Parameters<typeof lossLabel>[0]);
  return { key: JSON.stringify(sorted(options)), label: words, spec: options };
}

/** The same JSON with its keys in order, so that equal ones have equal texts. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

/** Epochs whose weights are in a run folder, ascending. */
export async function checkpointEpochs(folder: string): Promise<number[]> {
  let names: string[];
  try {
    names = await readdir(join(folder, fileNames.checkpoints));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names
    .filter((name) => name.endsWith('.safetensors'))
    .flatMap((name) => epochOf(name) ?? [])
    .sort((a, b) => a - b);
}
