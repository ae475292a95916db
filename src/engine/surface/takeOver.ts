import { Problem } from '../../runs/problem';
import { pointStates, SurfaceGrid } from '../../runs/surfaceGrid';
import { quantityFiles, type SurfaceFolder } from './newSurface';
import { placesOf } from './resumeSurface';

/**
 * Copies the measured points of a surface into a finer or wider one, and marks them. Interpolated points are not taken over.
 * Whenever it is interrupted, the points that are not marked yet are measured again.
 * @throws Problem when the two measure different quantities.
 */
export async function takeOverPoints(from: SurfaceFolder, to: SurfaceFolder): Promise<void> {
  const { a, b } = from.document.axes;
  const columns = placesOf(a, to.document.axes.a)!;
  const rows = placesOf(b, to.document.axes.b)!;
  const files = quantityFiles(from.document.quantities);
  if (files.join() !== quantityFiles(to.document.quantities).join()) {
    throw new Problem('the surface was sampled by a version of Losscape that measures other quantities', {
      place: { file: from.folder },
      hint: 'Sample a new surface.',
    });
  }
  const open = ({ folder, document: { axes } }: SurfaceFolder): SurfaceGrid =>
    SurfaceGrid.open(folder, files, axes.a.length, axes.b.length);
  const old = open(from);
  try {
    const grid = open(to);
    try {
      for (const [j, row] of rows.entries()) {
        const states = old.doneInRow(j);
        columns.forEach((column, i) => {
          if (states[i] === pointStates.measured) grid.put(column, row, old.valuesAt(i, j, files.length));
        });
      }
      await grid.flush();
    } finally {
      grid.close();
    }
  } finally {
    old.close();
  }
}
