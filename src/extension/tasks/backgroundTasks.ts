import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { Engine } from './engine';
import type { TrainingSettings } from './taskDefinition';

/** A task about runs, as it can stand in tasks.json. */
interface TaskOnRuns {
  readonly type: string;
  /** Run folders. */
  readonly runs: readonly string[];
  /** Names one launch by the extension: it is carried out once. */
  readonly launch?: string;
}

/** One type of task. */
export interface TaskKind<Definition extends TaskOnRuns> {
  /** The engine's command line. */
  args(definition: Definition, settings: TrainingSettings): string[];
  /** What a task is called. */
  name(definition: Definition): string;
  /** What it does, in words. */
  readonly detail: string;
}

/**
 * Makes the editor's tasks of one type that measure something about runs, behind what is on the screen: their terminals show how
 * far they are. None is offered by itself, but one may stand in tasks.json.
 */
export class BackgroundTasks<Definition extends TaskOnRuns> implements vscode.TaskProvider {
  constructor(
    private readonly engine: Pick<Engine, 'node' | 'cli' | 'launch'>,
    private readonly kind: TaskKind<Definition>,
  ) {}

  provideTasks(): vscode.Task[] {
    return [];
  }

  resolveTask(task: vscode.Task): Promise<vscode.Task> | undefined {
    const definition = task.definition as Definition & vscode.TaskDefinition;
    if (!Array.isArray(definition.runs) || definition.runs.length === 0) return undefined;
    return this.create(definition, task.scope);
  }

  async create(
    definition: Definition & vscode.TaskDefinition,
    scope: vscode.Task['scope'] = undefined,
  ): Promise<vscode.Task> {
    const { engine, kind } = this;
    const run = vscode.Uri.file(definition.runs[0]!);
    const settings = vscode.workspace.getConfiguration('losscape', run);
    const args = kind.args(definition, {
      accelerator: settings.get('accelerator', 'auto'),
      threads: settings.get('threads', 0),
    });
    const { command, env } = await engine.node();
    const execution = new vscode.ProcessExecution(command, [engine.cli, ...args], {
      cwd: dirname(dirname(run.fsPath)),
      env: { ...env, ...engine.launch(definition.launch) },
    });
    const place = scope ?? vscode.workspace.getWorkspaceFolder(run) ?? vscode.TaskScope.Workspace;
    const task = new vscode.Task(definition, place, kind.name(definition), definition.type, execution, ['$losscape']);
    task.isBackground = true;
    task.detail = kind.detail;
    task.presentationOptions = {
      reveal: vscode.TaskRevealKind.Silent,
      panel: vscode.TaskPanelKind.Dedicated,
      focus: false,
      clear: false,
      showReuseMessage: false,
    };
    return task;
  }

  /** Starts one: a launch of its own, carried out once. */
  async start(definition: Definition): Promise<vscode.TaskExecution> {
    return vscode.tasks.executeTask(await this.create({ ...definition, launch: randomUUID() }));
  }
}

/** When a task has ended. */
export function taskEnd(execution: vscode.TaskExecution): Promise<'ended'> {
  return new Promise((resolve) => {
    const listener = vscode.tasks.onDidEndTask(({ execution: other }) => {
      if (other !== execution && other.task.name !== execution.task.name) return;
      listener.dispose();
      resolve('ended');
    });
  });
}
