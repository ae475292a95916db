import { dirname, extname, join } from 'node:path';
import * as vscode from 'vscode';
import type { ExportedFile } from '../../webview/protocol/run';

const kinds: Readonly<Record<string, string>> = { svg: 'SVG', png: 'PNG', csv: 'CSV' };

/** Folder of the last file that was saved, for the next one. */
let lastFolder: string | undefined;

/** Asks where to save a file and saves it; false when the user thought better of it. */
export async function saveFile({ name, content }: ExportedFile): Promise<boolean> {
  const folder = lastFolder ?? vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const ending = extname(name).slice(1);
  const kind = kinds[ending];
  const target = await vscode.window.showSaveDialog({
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.file(join(folder, name)) }),
    ...(kind === undefined ? {} : { filters: { [kind]: [ending] } }),
  });
  if (!target) return false;
  lastFolder = dirname(target.fsPath);
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content);
  await vscode.workspace.fs.writeFile(target, bytes);
  const open = vscode.l10n.t('Open');
  void vscode.window
    .showInformationMessage(vscode.l10n.t('Saved {0}', vscode.workspace.asRelativePath(target)), open)
    .then((answer) => answer === open && vscode.commands.executeCommand('vscode.open', target));
  return true;
}
