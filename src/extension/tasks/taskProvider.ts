import { relative } from 'node:path';
import * as vscode from 'vscode';
import type { Experiments } from '../runs/experiments';
import { type TrainingTask, taskType } from './taskDefinition';
import type { TaskFactory } from './taskFactory';

/** Offers a task for every experiment file, and completes those in tasks.json. */
export class TrainingTaskProvider implements vscode.TaskProvider {
  constructor(
    private readonly experiments: Experiments,
    private readonly factory: TaskFactory,
  ) {}

  provideTasks(): Promise<vscode.Task[]> {
    return Promise.all(
      this.experiments.all().flatMap(({ file }) => {
        const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file));
        if (!folder) return [];
        // With forward slashes the same tasks.json works on every system.
        const experiment = relative(folder.uri.fsPath, file).replaceAll('\\', '/');
        return [this.factory.create({ type: taskType, experiment }, folder)];
      }),
    );
  }

  resolveTask(task: vscode.Task): Promise<vscode.Task> | undefined {
    const definition = task.definition as TrainingTask & vscode.TaskDefinition;
    if (definition.experiment === undefined && definition.resume === undefined) return undefined;
    return this.factory.create(definition, task.scope ?? vscode.TaskScope.Workspace);
  }
}
