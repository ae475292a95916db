import { Problem } from '../../runs/problem';
import { isBeingSampled, type PlaneProvenance, readSurfaceDocument } from '../../runs/surfaceDocument';
import type { SurfaceInfo } from '../../webview/protocol/surface';
import { surfaceEpoch } from './surfaceInfo';

/** A surface in the folder of a run. */
export interface SurfaceEntry {
  /** Absolute path. */
  readonly folder: string;
  readonly id: string;
  /** Absolute path of the run folder that it lies in. */
  readonly run: string;
  /** What it is, or why it cannot be read. */
  readonly surface: SurfaceFacts | { readonly reason: string };
}

export interface SurfaceFacts {
  readonly plane: PlaneProvenance['kind'];
  /** Of the network at (0, 0); null where there is no single one. */
  readonly epoch: number | null;
  readonly status: SurfaceInfo['status'];
  /** Points along each axis; of a line, along its one. */
  readonly size: readonly number[];
  readonly done: number;
  readonly total: number;
  readonly provenance: string;
  readonly created: string;
}

/** What a surface is; the reason in words for one that cannot be read. */
export async function surfaceFacts(folder: string): Promise<SurfaceEntry['surface']> {
  try {
    const document = await readSurfaceDocument(folder);
    const { plane, axes, done, total, provenance, created, status } = document;
    return {
      plane: plane.kind,
      epoch: plane.kind === 'pca' && plane.checkpoint === null && !plane.movedTo ? null : surfaceEpoch(plane),
      status: status === 'sampling' && !isBeingSampled(document) ? 'interrupted' : status,
      size: document.kind === 'line' ? [axes.a.length] : [axes.a.length, axes.b.length],
      done,
      total,
      provenance,
      created,
    };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { reason: error.message };
  }
}
