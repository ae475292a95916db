import type { RunDocument } from '../../runs/document';
import type { RunStore } from '../runs/runStore';
import type { InspectedRun } from './inspector';

/** What changes when epochs of a run that were there are trained again. */
export function runVersion({ started, resumedFrom }: Pick<RunDocument, 'started' | 'resumedFrom'>): string {
  return `${started} ${resumedFrom.join(' ')}`;
}

/** A run as the inspector is asked about it. All panels ask alike, so that each finds what others have asked before. */
export function inspectedRun(store: Pick<RunStore, 'get'>, folder: string): InspectedRun {
  const entry = store.get(folder)?.entry;
  return { folder, version: entry?.ok ? runVersion(entry.document) : '' };
}
