import * as vscode from 'vscode';
import type { SurfacePoint } from '../../webview/protocol/heatmap';
import { rememberedFolders } from './panelSet';

/** Where the cursors of surface panels are: they say so, and the panels that look into a point follow. */
export class SurfacePoints implements vscode.Disposable {
  private readonly moves = new vscode.EventEmitter<SurfacePoint>();
  readonly onDidMove = this.moves.event;

  move(point: SurfacePoint): void {
    this.moves.fire(point);
  }

  dispose(): void {
    this.moves.dispose();
  }
}

/** What a heatmap panel is about. */
export interface HeatmapSubject {
  /** Of runs, and of surfaces of which a point is looked into. */
  readonly folders: readonly string[];
  /** Where the points are, one for each surface. */
  readonly points: readonly SurfacePoint[];
}

/** What a heatmap panel's page has remembered; null when it was closed down before it could say what it is about. */
export function rememberedSubject(state: unknown): HeatmapSubject | null {
  const folders = rememberedFolders(state);
  const points = (state as { points?: unknown } | null | undefined)?.points;
  return folders && { folders, points: Array.isArray(points) ? points.filter(isPoint) : [] };
}

function isPoint(value: unknown): value is SurfacePoint {
  const { surface, a, b } = (value ?? {}) as Partial<Record<keyof SurfacePoint, unknown>>;
  return typeof surface === 'string' && Number.isFinite(a) && Number.isFinite(b);
}
