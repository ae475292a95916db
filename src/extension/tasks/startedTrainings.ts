import { hostname } from 'node:os';
import type * as vscode from 'vscode';
import type { RunRecord } from '../runs/runStore';
import { isLive } from '../tree/treeModel';
import { taskType } from './taskDefinition';
import type { Waiting } from './trainingQueue';

/** A training that this window started and whose task is running. */
export interface Started {
  readonly execution: vscode.TaskExecution;
  readonly waiting: Waiting | undefined;
  pid: number | undefined;
  /** When its task was started, in milliseconds. */
  readonly since: number;
  ended: boolean;
  /** Run folders that its process has made, or has taken up again. */
  readonly folders: Set<string>;
}

/** The trainings whose tasks are running in this window, whoever started them. */
export class StartedTrainings {
  private readonly started = new Map<vscode.TaskExecution, Started>();

  /** Keeps an eye on a task, if it is one of ours. */
  adopt(execution: vscode.TaskExecution, waiting?: Waiting): Started | undefined {
    if (execution.task.definition.type !== taskType) return undefined;
    const known = this.find(execution);
    if (known && waiting === undefined) return known;
    const started: Started = {
      execution: known?.execution ?? execution,
      waiting,
      pid: known?.pid,
      since: known?.since ?? Date.now(),
      ended: known?.ended ?? false,
      folders: known?.folders ?? new Set(),
    };
    this.started.set(started.execution, started);
    return started;
  }

  /** The editor does not promise to name an execution by the same object every time. */
  find(execution: vscode.TaskExecution): Started | undefined {
    const same = this.started.get(execution);
    if (same) return same;
    return [...this.started.values()].find(({ execution: { task } }) => {
      return task.name === execution.task.name && sameTraining(task.definition, execution.task.definition);
    });
  }

  has({ execution }: Started): boolean {
    return this.started.has(execution);
  }

  forget({ execution }: Started): void {
    this.started.delete(execution);
  }

  ofProcess(pid: number): Started | undefined {
    return [...this.started.values()].find((candidate) => candidate.pid === pid);
  }

  /** How many running tasks have this definition: two of them would be one to the editor, which would ask whether to restart it. */
  twins(definition: vscode.TaskDefinition): number {
    return [...this.started.keys()].filter(({ task }) => sameTraining(task.definition, definition)).length;
  }

  /** Trainings of this window, and live runs on this machine that somebody else started. */
  running(records: readonly RunRecord[]): number {
    const started = [...this.started.values()];
    const own = new Set(started.flatMap(({ folders }) => [...folders]));
    const pids = new Set(started.map(({ pid }) => pid));
    const others = records.filter((record) => {
      if (!isLive(record) || own.has(record.folder) || !record.entry.ok) return false;
      const { host, pid } = record.entry.document;
      return host === hostname() && !pids.has(pid);
    });
    // A task that the editor took up again after a reload does not say which process it is: one of the others.
    const nameless = started.filter(({ pid, folders }) => pid === undefined && folders.size === 0).length;
    return started.length + Math.max(0, others.length - nameless);
  }
}

function sameTraining(a: vscode.TaskDefinition, b: vscode.TaskDefinition): boolean {
  const key = ({ experiment, losses, resume, again }: vscode.TaskDefinition) =>
    JSON.stringify([experiment, losses, resume, again]);
  return key(a) === key(b);
}
