import type { LoadedSurface } from './readSurface';

/*
 * VTK's XML PolyData (`.vtp`; "VTK XML file formats", docs.vtk.org), with its arrays inline as base64: a count of bytes as
 * UInt32, then the bytes, encoded together. ParaView and everything built on VTK opens it.
 */

/** A named array of a data set. */
interface DataArray {
  readonly name: string;
  readonly values: Float32Array | Int32Array | Uint8Array;
  readonly components?: number;
}

const types = [
  [Float32Array, 'Float32'],
  [Int32Array, 'Int32'],
  [Uint8Array, 'UInt8'],
] as const;

function dataArray({ name, values, components = 1 }: DataArray): string {
  const type = types.find(([kind]) => values instanceof kind)![1];
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  const encoded = Buffer.concat([length, bytes]).toString('base64');
  const parts = components === 1 ? '' : ` NumberOfComponents="${components}"`;
  return `<DataArray type="${type}" Name="${escaped(name)}"${parts} format="binary">${encoded}</DataArray>`;
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]!);

interface Cells {
  /** Points of all cells, one after the other. */
  readonly connectivity: Int32Array;
  /** Where each cell ends. */
  readonly offsets: Int32Array;
}

function polyData(
  points: Float32Array,
  cells: { lines?: Cells; polygons?: Cells },
  data: readonly DataArray[],
  note: string,
): string {
  const part = (tag: string, given?: Cells): string =>
    given
      ? `<${tag}>\n${dataArray({ name: 'connectivity', values: given.connectivity })}\n` +
        `${dataArray({ name: 'offsets', values: given.offsets })}\n</${tag}>\n`
      : '';
  const count = (given?: Cells): number => given?.offsets.length ?? 0;
  return (
    '<?xml version="1.0"?>\n' +
    `<!-- ${note.replaceAll('--', '- -')} -->\n` +
    '<VTKFile type="PolyData" version="0.1" byte_order="LittleEndian" header_type="UInt32">\n<PolyData>\n' +
    `<Piece NumberOfPoints="${points.length / 3}" NumberOfVerts="0" NumberOfLines="${count(cells.lines)}" ` +
    `NumberOfStrips="0" NumberOfPolys="${count(cells.polygons)}">\n` +
    `<PointData Scalars="${escaped(data[0]?.name ?? '')}">\n${data.map(dataArray).join('\n')}\n</PointData>\n` +
    `<Points>\n${dataArray({ name: 'Points', values: points, components: 3 })}\n</Points>\n` +
    part('Lines', cells.lines) +
    part('Polys', cells.polygons) +
    '</Piece>\n</PolyData>\n</VTKFile>\n'
  );
}

/**
 * A surface as a mesh: x and y are a and b times the lengths of the directions (weight distances), z is `height`, scaled so that
 * its range is half as large as the larger side. Every quantity lies on the points under its key; `state` is 1 where a point
 * was measured, 2 where it is interpolated. Points at which the height is not a finite number belong to no cell and lie at z = 0.
 * A line becomes a segment between any two neighbours.
 * @param height key of the quantity that makes the height.
 */
export function surfaceVtp({ document, values, states }: LoadedSurface, height: string): string {
  const { axes, plane, quantities } = document;
  const [width, rows] = [axes.a.length, axes.b.length];
  const z = values.get(height)!;
  const place = scaleOf(document, z);
  const points = new Float32Array(3 * width * rows);
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < width; i++) {
      const index = j * width + i;
      const at = Number.isFinite(z[index]) ? place.z(z[index]!) : 0;
      points.set([place.x(axes.a[i]!), place.y(axes.b[j]!), at], 3 * index);
    }
  }
  const finite = (index: number): boolean => Number.isFinite(z[index]);
  const cells: number[][] = [];
  if (document.kind === 'line') {
    for (let i = 0; i + 1 < width; i++) if (finite(i) && finite(i + 1)) cells.push([i, i + 1]);
  } else {
    for (let j = 0; j + 1 < rows; j++) {
      for (let i = 0; i + 1 < width; i++) {
        const corner = j * width + i;
        const cell = [corner, corner + 1, corner + width + 1, corner + width];
        if (cell.every(finite)) cells.push(cell);
      }
    }
  }
  const data: DataArray[] = [height, ...[...values.keys()].filter((key) => key !== height)].map((key) => ({
    name: key,
    values: values.get(key)!,
  }));
  data.push({ name: 'state', values: states });
  const made = document.kind === 'line' ? { lines: asCells(cells) } : { polygons: asCells(cells) };
  const note = `${document.provenance} z: ${quantities[height]!.label}, scaled by ${place.factor.toPrecision(4)}; plane: ${plane.kind}.`;
  return polyData(points, made, data, escaped(note));
}

/**
 * The trajectories as lines in the same space, one for each run: z is the network's own value of `height` (not the plane's), so a
 * line may run above or below the surface. Undefined when there are none that are measured.
 */
export function trajectoriesVtp(surface: LoadedSurface, height: string): string | undefined {
  const { document, trajectories, values } = surface;
  const quantity = trajectories?.quantities.indexOf(height) ?? -1;
  if (!trajectories || quantity < 0) return undefined;
  const place = scaleOf(document, values.get(height)!);
  const lines: number[][] = [];
  const points: number[] = [];
  const [epochs, distances, runs, own, below]: number[][] = [[], [], [], [], []];
  trajectories.runs.forEach(({ points: checkpoints }, run) => {
    const line: number[] = [];
    for (const { epoch, a, b, distance, true: real, plane } of checkpoints) {
      const value = real?.[quantity] ?? NaN;
      if (!Number.isFinite(value)) continue;
      line.push(points.length / 3);
      points.push(place.x(a), place.y(b), place.z(value));
      epochs!.push(epoch);
      distances!.push(distance);
      runs!.push(run);
      own!.push(value);
      below!.push(plane?.[quantity] ?? NaN);
    }
    if (line.length > 1) lines.push(line);
  });
  if (points.length === 0) return undefined;
  const data: DataArray[] = [
    { name: 'epoch', values: Int32Array.from(epochs!) },
    { name: 'run', values: Int32Array.from(runs!) },
    { name: 'distance from the plane', values: Float32Array.from(distances!) },
    { name: `${height}, of the network`, values: Float32Array.from(own!) },
    { name: `${height}, of the plane below`, values: Float32Array.from(below!) },
  ];
  const names = trajectories.runs.map(({ run }, i) => `${i}: ${run}`).join(', ');
  return polyData(Float32Array.from(points), { lines: asCells(lines) }, data, escaped(`runs ${names}`));
}

/** From coordinates of the plane to those of the mesh. */
function scaleOf({ axes, plane }: LoadedSurface['document'], z: Float32Array) {
  const [la, lb] = [plane.lengths[0], plane.lengths[1] || 1];
  const extent = (axis: readonly number[], length: number): number => (axis.at(-1)! - axis[0]!) * length;
  let [low, high] = [Infinity, -Infinity];
  for (const value of z) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const factor = high > low ? (0.5 * Math.max(extent(axes.a, la), extent(axes.b, lb))) / (high - low) : 1;
  return { factor, x: (a: number) => a * la, y: (b: number) => b * lb, z: (value: number) => (value - low) * factor };
}

function asCells(cells: readonly (readonly number[])[]): Cells {
  let end = 0;
  return {
    connectivity: Int32Array.from(cells.flat()),
    offsets: Int32Array.from(cells, (cell) => (end += cell.length)),
  };
}
