import type * as vscode from 'vscode';
import type { HeatmapTarget } from '../../webview/protocol/heatmap';
import type { NetworkTarget } from '../../webview/protocol/network';

/** Opens the panels. */
export interface Panels {
  /** The metrics of one run, or of several in the same charts. */
  openMetrics(folders: readonly string[], options?: { preserveFocus?: boolean }): void;
  /** Runs held against each other, beside the code. */
  openComparison(folders: readonly string[]): void;
  /** Loss and gradient of one entry of an experiment file's `losses`. */
  openCurve(document: vscode.TextDocument, lossIndex: number): void;
  /** Maps of what the networks of runs make of one image. */
  openHeatmap(folders: readonly string[], target?: HeatmapTarget): void;
  /** The layers of a run's network: what they answer to an image, what they look for, how they learnt. */
  openNetwork(folder: string, target?: NetworkTarget): void;
  /** A loss surface; `runFolders` are runs whose surfaces can be chosen beside it. */
  openSurface(folder: string, runFolders?: readonly string[]): void;
  /** The curvature of runs by itself. */
  openCurvature(folders: readonly string[]): void;
}
