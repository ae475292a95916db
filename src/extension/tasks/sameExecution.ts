import type * as vscode from 'vscode';

/** Whether two objects stand for one execution: the editor does not promise to name it by the same object every time. */
export function sameExecution(a: vscode.TaskExecution, b: vscode.TaskExecution | undefined): boolean {
  if (a === b) return true;
  return a.task.name === b?.task.name && JSON.stringify(a.task.definition) === JSON.stringify(b.task.definition);
}
