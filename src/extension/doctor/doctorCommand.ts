import * as vscode from 'vscode';
import { registerCommands } from '../commands/register';
import type { Experiments } from '../runs/experiments';
import type { RunStore } from '../runs/runStore';
import type { Engine } from '../tasks/engine';
import { doctorReport, type Findings } from './doctorReport';

const scheme = 'losscape-doctor';

/** `Losscape: Doctor`: what trains here, and what is wrong, as a document with a button that copies it. */
export function registerDoctor(
  context: vscode.ExtensionContext,
  store: RunStore,
  experiments: Experiments,
  engine: Engine,
): void {
  let report = '';
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const uri = vscode.Uri.from({ scheme, path: `/${vscode.l10n.t('Losscape Doctor')}.md` });
  context.subscriptions.push(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: () => report,
    }),
  );
  const copy = () => vscode.env.clipboard.writeText(report);

  registerCommands(context, {
    'losscape.copyDoctorReport': copy,
    'losscape.doctor': async () => {
      const location = vscode.ProgressLocation.Notification;
      const title = vscode.l10n.t('Losscape looks at what trains here');
      const { summary, wrong, markdown } = await vscode.window.withProgress({ location, title }, async () =>
        doctorReport(await examine(context, store, experiments, engine)),
      );
      report = markdown;
      changed.fire(uri);
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
      const show = wrong.length > 0 ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
      const copyLabel = vscode.l10n.t('Copy Report');
      // Not awaited: the command has done its work when the report is there.
      void show(summary, copyLabel).then((answer) => (answer === copyLabel ? copy() : undefined));
      return report;
    },
  });
}

async function examine(
  context: vscode.ExtensionContext,
  store: RunStore,
  experiments: Experiments,
  engine: Engine,
): Promise<Findings> {
  const trusted = vscode.workspace.isTrusted;
  const node = await engine.node().catch((error: Error) => error.message);
  const ask = trusted && typeof node !== 'string';
  const [json, text] = ask ? await Promise.all([engine.run(['doctor', '--json']), engine.run(['doctor'])]) : [];
  const { packageJSON } = context.extension as { packageJSON: { version: string } };
  return {
    extension: packageJSON.version,
    editor: `${vscode.env.appName} ${vscode.version}`,
    platform: `${process.platform}-${process.arch}`,
    remote: vscode.env.remoteName,
    trusted,
    node,
    engine: json && text ? { json, text } : null,
    settings: changedSettings(),
    runs: store.all().length,
    runsFolders: experiments.runsFolders(),
    polling: store.watching.mode === 'polling' ? (store.watching.reason ?? '') : undefined,
  };
}

function changedSettings(): Record<string, unknown> {
  const settings = vscode.workspace.getConfiguration('losscape');
  const keys = ['nodePath', 'runsFolders', 'maxConcurrentRuns', 'accelerator', 'threads', 'openMetricsOnStart'];
  return Object.fromEntries(
    keys.flatMap((key) => {
      const inspected = settings.inspect(key);
      const value: unknown = settings.get(key);
      return JSON.stringify(value) === JSON.stringify(inspected?.defaultValue) ? [] : [[`losscape.${key}`, value]];
    }),
  );
}
