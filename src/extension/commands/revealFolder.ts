import * as vscode from 'vscode';

/** Shows a folder where the user looks at folders. */
export async function revealFolder(folder: string): Promise<void> {
  // On a remote machine there is no desktop to show it on: the explorer shows it if it is in the workspace.
  const command = vscode.env.remoteName === undefined ? 'revealFileInOS' : 'revealInExplorer';
  await vscode.commands.executeCommand(command, vscode.Uri.file(folder));
}
