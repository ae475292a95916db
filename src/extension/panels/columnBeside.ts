import * as vscode from 'vscode';

/** Beside the code when there is code, else in the same place. */
export function columnBeside(): vscode.ViewColumn {
  return vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
}
