import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Engine } from '../tasks/engine';
import { sameExecution } from '../tasks/sameExecution';
import { descentCall, type DescentTask, descentTaskName, descentTaskType } from '../tasks/descentTask';

/** Starts descents as the editor's tasks, and finds the folder that each of them makes. */
export class Descender implements vscode.TaskProvider, vscode.Disposable {
  private readonly provider = vscode.tasks.registerTaskProvider(descentTaskType, this);

  constructor(private readonly engine: Engine) {}

  /** There is nothing to offer before a run and an image have been chosen. */
  provideTasks(): vscode.Task[] {
    return [];
  }

  resolveTask(task: vscode.Task): Promise<vscode.Task> | undefined {
    const definition = task.definition as DescentTask & vscode.TaskDefinition;
    if (definition.resume === undefined && definition.run === undefined) return undefined;
    return this.task(definition, task.scope ?? vscode.TaskScope.Workspace);
  }

  /**
   * Starts a descent and follows it until its folder is there. Undefined when the user ended it before; rejects when it
   * did not come so far.
   */
  async start(definition: DescentTask): Promise<string | undefined> {
    if (!vscode.workspace.isTrusted) {
      throw new Error(vscode.l10n.t('A descent runs programs: trust this workspace first.'));
    }
    const location = vscode.ProgressLocation.Notification;
    const title = vscode.l10n.t('Starting to descend on {0}', definition.image ?? descentTaskName(definition));
    return vscode.window.withProgress({ location, title, cancellable: true }, async (_, token) => {
      const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(definition.run ?? definition.resume!));
      const task = await this.task({ ...definition, launch: randomUUID() }, folder ?? vscode.TaskScope.Workspace);
      const process = watchTask();
      try {
        const execution = await vscode.tasks.executeTask(task);
        process.of = execution;
        token.onCancellationRequested(() => execution.terminate());
        return await this.firstSight(definition, process, token);
      } finally {
        process.dispose();
      }
    });
  }

  dispose(): void {
    this.provider.dispose();
  }

  /** Waits for the folder that a process makes, or takes up again. */
  private async firstSight(
    definition: DescentTask,
    process: WatchedTask,
    token: vscode.CancellationToken,
  ): Promise<string | undefined> {
    for (;;) {
      const { pid, ended } = process;
      if (pid !== undefined) {
        const found = await descentOf(definition, pid);
        if (found !== undefined) return found;
      }
      if (token.isCancellationRequested) return undefined;
      if (ended) throw new Error(vscode.l10n.t('The engine ended before the descent began; its terminal tells why.'));
      await delay(400);
    }
  }

  private async task(
    definition: DescentTask & vscode.TaskDefinition,
    scope: vscode.WorkspaceFolder | vscode.TaskScope,
  ): Promise<vscode.Task> {
    const folder = typeof scope === 'object' ? scope : undefined;
    const settings = vscode.workspace.getConfiguration('losscape', folder?.uri);
    const { args, cwd } = descentCall(definition, folder?.uri.fsPath ?? dirname(definition.run ?? definition.resume!), {
      accelerator: settings.get('accelerator', 'auto'),
      threads: settings.get('threads', 0),
    });
    const { command, env } = await this.engine.node();
    const execution = new vscode.ProcessExecution(command, [this.engine.cli, ...args], {
      cwd,
      env: { ...env, ...this.engine.launch(definition.launch) },
    });
    const name = vscode.l10n.t('Descend on {0}', descentTaskName(definition));
    const task = new vscode.Task(definition, scope, name, 'losscape', execution, ['$losscape-file']);
    task.detail = vscode.l10n.t('Descend on one image under several losses');
    task.presentationOptions = {
      reveal: vscode.TaskRevealKind.Silent,
      panel: vscode.TaskPanelKind.Dedicated,
      focus: false,
      showReuseMessage: false,
    };
    return task;
  }
}

/** The folder of the descent that a process is at. */
async function descentOf({ run, resume }: DescentTask, pid: number): Promise<string | undefined> {
  const { listDescents, readDescent } = await import('../../runs/descentDocument');
  if (resume !== undefined) {
    const entry = await readDescent(resume);
    return entry.ok && entry.document.pid === pid ? resume : undefined;
  }
  const runsFolder = dirname(run!);
  if (!existsSync(join(runsFolder))) return undefined;
  const found = (await listDescents(runsFolder)).find(
    (entry) => entry.ok && entry.document.pid === pid && entry.status === 'running',
  );
  return found?.folder;
}

interface WatchedTask extends vscode.Disposable {
  of: vscode.TaskExecution | undefined;
  readonly pid: number | undefined;
  readonly ended: boolean;
}

/** Hears of the process of a task, from before the task is started: a process may be quick. */
function watchTask(): WatchedTask {
  const pids = new Map<vscode.TaskExecution, number>();
  const ends = new Set<vscode.TaskExecution>();
  const listeners = [
    vscode.tasks.onDidStartTaskProcess(({ execution, processId }) => pids.set(execution, processId)),
    vscode.tasks.onDidEndTaskProcess(({ execution }) => ends.add(execution)),
    vscode.tasks.onDidEndTask(({ execution }) => ends.add(execution)),
  ];
  const watched = {
    of: undefined as vscode.TaskExecution | undefined,
    get pid() {
      return [...pids].find(([execution]) => sameExecution(execution, watched.of))?.[1];
    },
    get ended() {
      return [...ends].some((execution) => sameExecution(execution, watched.of));
    },
    dispose: () => {
      for (const listener of listeners) listener.dispose();
    },
  };
  return watched;
}
