import * as vscode from 'vscode';
import type { InspectorState } from './inspectorClient';

/** What the user should know of the inspector; null when there is nothing to know. */
export function inspectorWord(state: InspectorState): string | null {
  if (state.kind === 'starting') return vscode.l10n.t('Starting the engine to look inside …');
  if (state.kind !== 'crashed') return null;
  return vscode.l10n.t('The engine that looks inside had ended ({0}); it is started again.', state.reason);
}
