import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { Engine } from '../tasks/engine';
import { surfaceArguments, type SurfaceTask, surfaceTaskName, surfaceTaskType } from './surfaceCall';

/** Makes the editor's tasks that sample surfaces; none is offered by itself, but one may stand in tasks.json. */
export class SurfaceTasks implements vscode.TaskProvider {
  constructor(private readonly engine: Pick<Engine, 'node' | 'cli' | 'launch'>) {}

  provideTasks(): vscode.Task[] {
    return [];
  }

  resolveTask(task: vscode.Task): Promise<vscode.Task> | undefined {
    const definition = task.definition as SurfaceTask & vscode.TaskDefinition;
    if (!Array.isArray(definition.runs) || definition.runs.length === 0) return undefined;
    return this.create(definition, task.scope);
  }

  /** Its terminal shows how far it is, and it goes on behind what is on the screen. */
  async create(
    definition: SurfaceTask & vscode.TaskDefinition,
    scope: vscode.Task['scope'] = undefined,
  ): Promise<vscode.Task> {
    const run = vscode.Uri.file(definition.runs[0]!);
    const settings = vscode.workspace.getConfiguration('losscape', run);
    const args = surfaceArguments(definition, {
      accelerator: settings.get('accelerator', 'auto'),
      threads: settings.get('threads', 0),
    });
    const { command, env } = await this.engine.node();
    const cwd = dirname(dirname(run.fsPath));
    const execution = new vscode.ProcessExecution(command, [this.engine.cli, ...args], {
      cwd,
      env: { ...env, ...this.engine.launch(definition.launch) },
    });
    const place = scope ?? vscode.workspace.getWorkspaceFolder(run) ?? vscode.TaskScope.Workspace;
    const task = new vscode.Task(definition, place, surfaceTaskName(definition), surfaceTaskType, execution, [
      '$losscape',
    ]);
    task.isBackground = true;
    task.detail = vscode.l10n.t('Sample the losses on a plane of networks');
    task.presentationOptions = {
      reveal: vscode.TaskRevealKind.Silent,
      panel: vscode.TaskPanelKind.Dedicated,
      focus: false,
      clear: false,
      showReuseMessage: false,
    };
    return task;
  }

  async start(definition: SurfaceTask): Promise<vscode.TaskExecution> {
    return vscode.tasks.executeTask(await this.create({ ...definition, launch: randomUUID() }));
  }
}
