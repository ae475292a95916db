import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { Engine } from './engine';
import { engineCall, taskName, type TrainingTask } from './taskDefinition';

/** Makes the editor's tasks out of definitions of type `losscape`. */
export class TaskFactory {
  constructor(private readonly engine: Engine) {}

  /**
   * @param scope the workspace folder of the task; paths of the definition count from it.
   * @param definition is kept as it is: a task out of tasks.json is recognised by it.
   */
  async create(
    definition: TrainingTask & vscode.TaskDefinition,
    scope: vscode.WorkspaceFolder | vscode.TaskScope,
    options: { name?: string; reveal?: vscode.TaskRevealKind } = {},
  ): Promise<vscode.Task> {
    const folder = typeof scope === 'object' ? scope : undefined;
    const experiment = definition.experiment;
    const root = folder?.uri.fsPath ?? (experiment === undefined ? process.cwd() : dirname(experiment));
    const { args, cwd } = engineCall(definition, root, trainingSettings(folder?.uri));
    const { command, env } = await this.engine.node();
    const execution = new vscode.ProcessExecution(command, [this.engine.cli, ...args], {
      cwd,
      env: { ...env, ...this.engine.launch(definition.launch) },
    });
    const task = new vscode.Task(definition, scope, options.name ?? taskName(definition), 'losscape', execution, [
      '$losscape',
      '$losscape-file',
    ]);
    task.isBackground = true;
    task.detail = vscode.l10n.t('Train a U-Net under each loss of the experiment');
    task.presentationOptions = {
      reveal: options.reveal ?? vscode.TaskRevealKind.Always,
      // One after the other they share a terminal; at the same time each has its own.
      panel: vscode.TaskPanelKind.Shared,
      focus: false,
      clear: false,
      showReuseMessage: false,
    };
    return task;
  }
}

function trainingSettings(resource: vscode.Uri | undefined): { accelerator: string; threads: number } {
  const settings = vscode.workspace.getConfiguration('losscape', resource);
  return { accelerator: settings.get('accelerator', 'auto'), threads: settings.get('threads', 0) };
}
