import * as vscode from 'vscode';
import { registerChildCommands } from './commands/childCommands';
import { registerPredictCommand } from './commands/predictCommand';
import { registerReportCommand } from './commands/reportCommand';
import { registerRunCommands } from './commands/runCommands';
import { RunDocuments } from './commands/runDocuments';
import { registerTrainCommands } from './commands/trainCommands';
import { registerViewCommands } from './commands/viewCommands';
import { registerCommands, tell } from './commands/register';
import { registerDescents } from './descents';
import { registerDoctor } from './doctor/doctorCommand';
import { registerExperimentFile } from './experimentFile';
import { Inspector } from './inspector/inspector';
import { showOpenedSample } from './newExperiment/sample';
import { type Panels, registerPanels } from './panels';
import { Experiments } from './runs/experiments';
import { RunStore } from './runs/runStore';
import { announceRuns } from './status/announcements';
import { StatusItem } from './status/statusItem';
import { Engine } from './tasks/engine';
import { TaskFactory } from './tasks/taskFactory';
import { TrainingTaskProvider } from './tasks/taskProvider';
import { taskType } from './tasks/taskDefinition';
import { TaskTrainer } from './tasks/trainer';
import { setTranslation } from './text';
import { registerCurvatureCommands } from './surfaces/curvatureCommands';
import { registerSurfaceCommands } from './surfaces/surfaceCommands';
import { RunsTree } from './tree/runsTree';
import { ViewSettings } from './tree/viewSettings';

/** What the tests in the editor get hold of. */
export interface LosscapeApi {
  readonly store: RunStore;
  readonly trainer: TaskTrainer;
  readonly tree: RunsTree;
  readonly panels: Panels;
  /** Milliseconds that activation took. */
  readonly activation: number;
}

/** Called by the editor when something of Losscape is needed for the first time. Reads nothing: that comes afterwards. */
export function activate(context: vscode.ExtensionContext): LosscapeApi {
  const began = performance.now();
  setTranslation((message, ...values) => vscode.l10n.t(message, ...values));
  const experiments = new Experiments();
  const store = new RunStore(context.globalState, experiments);
  const engine = new Engine(context);
  const factory = new TaskFactory(engine);
  const trainer = new TaskTrainer(store, engine, factory, context.workspaceState);
  const settings = new ViewSettings(context.workspaceState);
  const tree = new RunsTree(store, experiments, trainer, settings);
  const inspector = new Inspector(engine);
  const panels = registerPanels(context, store, inspector);
  const documents = new RunDocuments(store);
  context.subscriptions.push(
    experiments,
    store,
    engine,
    inspector,
    trainer,
    settings,
    tree,
    documents,
    new StatusItem(store, trainer, tree),
    announceRuns(trainer, panels),
    vscode.tasks.registerTaskProvider(taskType, new TrainingTaskProvider(experiments, factory)),
  );
  registerTrainCommands(context, trainer, experiments);
  registerRunCommands(context, { store, tree, trainer, panels, documents });
  registerChildCommands(context, tree);
  registerViewCommands(context, store, tree, settings);
  registerReportCommand(context, store, experiments, trainer, tree);
  registerSurfaceCommands(context, { store, tree, engine, panels });
  registerCurvatureCommands(context, { store, tree, engine, panels });
  registerPredictCommand(context, { store, engine });
  registerDescents(context, { store, engine, tree, panels });
  registerDoctor(context, store, experiments, engine);
  registerExperimentFile(context, store, panels, trainer);
  registerCommands(context, {
    'losscape.showRun': async (folder: string) => {
      await vscode.commands.executeCommand('losscape.runs.focus');
      await tree.reveal(folder, { focus: true });
      panels.openMetrics([folder], { preserveFocus: true });
    },
  });
  context.subscriptions.push(...contextKeys(store, experiments));
  // Runs are read once the editor has got its answer.
  setImmediate(() => {
    void experiments
      .find()
      .then(() => store.loaded)
      .then(() => trainer.restoreQueue())
      .then(() => showOpenedSample(context))
      .catch(tell);
  });
  return { store, trainer, tree, panels, activation: performance.now() - began };
}

/** What the walkthrough and the menus ask for. */
function contextKeys(store: RunStore, experiments: Experiments): vscode.Disposable[] {
  const known = new Map<string, boolean>();
  const set = (key: string, value: boolean): void => {
    if (known.get(key) === value) return;
    known.set(key, value);
    void vscode.commands.executeCommand('setContext', `losscape.${key}`, value);
  };
  return [
    store.onDidChange(() => set('hasRuns', store.all().length > 0)),
    experiments.onDidChange(() => set('hasExperiments', experiments.all().length > 0)),
  ];
}
