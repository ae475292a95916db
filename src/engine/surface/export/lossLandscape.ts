import type { SurfaceDocument } from '../../../runs/surfaceDocument';
import type { Hdf5Dataset } from './hdf5';
import type { LoadedSurface } from './readSurface';

/*
 * The files of loss-landscape (github.com/tomgoldstein/loss-landscape, Li et al., "Visualizing the loss landscape of neural nets",
 * NeurIPS 2018), as its plot_1D.py, plot_2D.py and h52vtp.py read them.
 */

/** A file of datasets, before it is written. */
export interface Hdf5File {
  readonly name: string;
  readonly datasets: readonly Hdf5Dataset[];
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * A surface as loss-landscape has it. `surface.h5`: `xcoordinates` (our a), `ycoordinates` (b; absent for a line), and under
 * `train_loss`, `train_acc`, `test_loss`, `test_acc` arrays [y, x]: the loss that was chosen and the accuracy in percent, of the
 * splits that were sampled. Every other quantity lies beside them under its own key, so that `--surf_name` finds it too. Points
 * that are not there are NaN: loss-landscape's own −1 would be drawn as a pit. For each run with a trajectory,
 * `<run>_proj.h5` with `proj_xcoord` and `proj_ycoord`; for planes of principal components `directions.h5` with
 * `explained_variance_ratio_`, which plot_2D.py asks for with a trajectory. The directions themselves stay in the surface's folder.
 *
 * @param loss key of the quantity that becomes the loss of its split; that of the other split is found by what is measured.
 */
export function lossLandscapeFiles(surface: LoadedSurface, loss: string): Hdf5File[] {
  const { document, states, trajectories } = surface;
  const { axes, provenance, quantities, plane } = document;
  const line = document.kind === 'line';
  const shape = line ? [axes.a.length] : [axes.b.length, axes.a.length];
  const files: Hdf5File[] = [
    {
      name: 'surface.h5',
      datasets: [
        { name: 'xcoordinates', data: Float64Array.from(axes.a) },
        ...(line ? [] : [{ name: 'ycoordinates', data: Float64Array.from(axes.b) }]),
        ...namedDatasets(surface, loss, shape),
        ...[...surface.values].map(([name, data]) => ({ name, data, shape })),
        { name: 'state', data: states, shape },
      ],
      attributes: {
        provenance,
        loss: quantities[loss]!.label,
        state: '0: missing (NaN), 1: measured, 2: interpolated',
      },
    },
  ];
  if (plane.kind === 'pca' && plane.explained.length > 1) {
    const data = Float64Array.from(plane.explained);
    files.push({ name: 'directions.h5', datasets: [{ name: 'explained_variance_ratio_', data }], attributes: {} });
  }
  for (const { run, loss: label, points } of trajectories?.runs ?? []) {
    files.push({
      name: `${run.replace(/[^\w.-]+/g, '_')}_proj.h5`,
      datasets: [
        { name: 'proj_xcoord', data: Float64Array.from(points, ({ a }) => a) },
        { name: 'proj_ycoord', data: Float64Array.from(points, ({ b }) => b) },
        { name: 'epoch', data: Float64Array.from(points, ({ epoch }) => epoch) },
        { name: 'distance', data: Float64Array.from(points, ({ distance }) => distance) },
      ],
      attributes: { run, loss: label },
    });
  }
  return files;
}

/** The names that loss-landscape knows, as far as there are values for them. */
function namedDatasets({ document, values }: LoadedSurface, loss: string, shape: readonly number[]): Hdf5Dataset[] {
  return (['train', 'test'] as const).flatMap((split) => {
    const [lossKey, accuracyKey] = [document.quantities[loss]!.measure, 'accuracy'].map((measure) =>
      keyOf(document, measure, split),
    );
    const [own, accuracy] = [lossKey, accuracyKey].map((key) => (key === undefined ? undefined : values.get(key)));
    return [
      ...(own ? [{ name: `${split}_loss`, data: own, shape }] : []),
      ...(accuracy ? [{ name: `${split}_acc`, data: accuracy.map((value) => 100 * value), shape }] : []),
    ];
  });
}

function keyOf({ quantities }: SurfaceDocument, measure: string, split: 'train' | 'test'): string | undefined {
  return Object.keys(quantities).find(
    (key) =>
      quantities[key]!.measure === measure &&
      quantities[key]!.split === split &&
      quantities[key]!.standardErrorOf === undefined,
  );
}
