import * as vscode from 'vscode';
import { Problem } from '../../runs/problem';

type Handler = (...args: never[]) => unknown;

/**
 * Registers commands. What goes wrong in one is told to the user in words, with the way out, and once; a defect goes to the
 * log of the extension host as well.
 */
export function registerCommands(context: vscode.ExtensionContext, commands: Readonly<Record<string, Handler>>): void {
  for (const [id, handler] of Object.entries(commands)) {
    context.subscriptions.push(
      vscode.commands.registerCommand(id, async (...args: never[]) => {
        try {
          return await handler(...args);
        } catch (error) {
          // Not waited for: the command is over, however long its message stays.
          void tell(error);
          return undefined;
        }
      }),
    );
  }
}

/** Tells the user what went wrong; a place in a file is one click away. */
export async function tell(error: unknown): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  const problem = error instanceof Problem ? error : undefined;
  if (!problem && error instanceof Error) console.error(error);
  const text = problem?.hint === undefined ? message : `${message} — ${problem.hint}`;
  const place = problem?.place;
  const open = vscode.l10n.t('Open');
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  const answer = await vscode.window.showErrorMessage(sentence, ...(place ? [open] : []));
  if (!place || answer !== open) return;
  const at = new vscode.Position(Math.max(0, (place.line ?? 1) - 1), Math.max(0, (place.column ?? 1) - 1));
  await vscode.window.showTextDocument(vscode.Uri.file(place.file), { selection: new vscode.Range(at, at) });
}
