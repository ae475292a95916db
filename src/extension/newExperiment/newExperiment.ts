import { access, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { lossLabel } from '../../engine/experiment/lossLabel';
import { readExperiment } from '../../engine/experiment/read';
import { type Envelope, type Handlers, MessageHandler } from '../../webview/protocol/messageHandler';
import type {
  NewExperimentToHost,
  NewExperimentToPanel,
  NewExperimentView,
} from '../../webview/protocol/newExperiment';
import { tell } from '../commands/register';
import { complaint } from '../tasks/engineProcess';
import type { TaskTrainer } from '../tasks/trainer';
import { candidateFolders } from './candidateFolders';
import { newExperimentPage } from './page';
import { listPairFiles, type PairFiles, spread } from './previewPairs';
import { Problem } from '../../runs/problem';

/** Pairs that are shown. */
const shownPairs = 6;

interface Written {
  readonly file: string;
  readonly findings: readonly string[];
}

/**
 * "New experiment…": the engine looks at a folder of images and masks and writes an experiment file; a page shows what it
 * found out, with a few pairs, so that a wrong pairing is seen before anything is trained.
 */
export class NewExperiment {
  private constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly trainer: TaskTrainer,
  ) {}

  /** @param folder the folder of images and masks; asked for when left out. */
  static async begin(context: vscode.ExtensionContext, trainer: TaskTrainer, folder?: vscode.Uri): Promise<void> {
    await new NewExperiment(context, trainer).run(folder instanceof vscode.Uri ? folder.fsPath : undefined);
  }

  private async run(given: string | undefined): Promise<void> {
    const folder = given ?? (await chooseFolder());
    if (folder === undefined) return;
    const written = await this.write(folder);
    if (written) await this.showPage(written);
  }

  private async write(folder: string): Promise<Written | undefined> {
    const t = vscode.l10n.t;
    const file = join(folder, `${basename(folder)}.losscape.json`);
    const args = ['init', folder];
    if (await exists(file)) {
      const [open, again] = [t('Open It'), t('Write a New One')];
      const question = t('There is an experiment file already: {0}', basename(file));
      const answer = await vscode.window.showWarningMessage(question, { modal: true }, open, again);
      if (answer === open) await vscode.window.showTextDocument(vscode.Uri.file(file));
      if (answer !== again) return undefined;
      args.push('--force');
    }
    const location = vscode.ProgressLocation.Notification;
    const title = t('Looking at the images and masks in {0}', basename(folder));
    const result = await vscode.window.withProgress({ location, title }, () =>
      this.trainer.runEngine(args, { cwd: folder }),
    );
    if (result.code !== 0) throw new Problem(complaint(result));
    // Its last two lines say where the file is and how to train from a terminal.
    const lines = result.stdout.split('\n').map((line) => line.trim().replace(/\s{2,}/g, ': '));
    return { file, findings: lines.filter((line) => line !== '' && !/^(Wrote|Look it over)\b/.test(line)) };
  }

  private async showPage({ file, findings }: Written): Promise<void> {
    const { dataset, losses } = await readExperiment(file);
    const all = await listPairFiles(dataset.images, dataset.masks);
    const pairs = spread(all, shownPairs);
    const roots = [dataset.images, dataset.masks].map((path) => vscode.Uri.file(path));
    const panel = vscode.window.createWebviewPanel(
      'losscape.newExperiment',
      vscode.l10n.t('New Experiment'),
      vscode.ViewColumn.Active,
      {
        enableScripts: true,
        localResourceRoots: [vscode.Uri.joinPath(this.context.extensionUri, 'dist', 'webview'), ...roots],
      },
    );
    panel.iconPath = vscode.Uri.joinPath(this.context.extensionUri, 'media', 'icon.svg');
    const address = (path: string) => panel.webview.asWebviewUri(vscode.Uri.file(path)).toString();
    const view: NewExperimentView = {
      file,
      findings,
      pairs: pairs.map(({ name, image, mask }) => ({ name, image: address(image), mask: address(mask) })),
      total: all.length,
      maskThreshold: dataset.maskThreshold,
      losses: losses.map(lossLabel),
    };
    const line = new MessageHandler<NewExperimentToPanel, NewExperimentToHost>(
      (envelope: Envelope) => void panel.webview.postMessage(envelope),
      this.handlers(view, pairs, panel),
      (error) => void tell(error),
    );
    panel.webview.onDidReceiveMessage((message: unknown) => line.receive(message));
    panel.webview.html = newExperimentPage(panel.webview, this.context.extensionUri);
  }

  private handlers(
    view: NewExperimentView,
    pairs: readonly PairFiles[],
    panel: vscode.WebviewPanel,
  ): Handlers<NewExperimentToHost> {
    const { file } = view;
    return {
      ready: () => view,
      edit: async () => {
        await vscode.window.showTextDocument(vscode.Uri.file(file), { viewColumn: vscode.ViewColumn.Beside });
      },
      train: async () => {
        await vscode.window.showTextDocument(vscode.Uri.file(file));
        panel.dispose();
        await this.trainer.train(file, undefined);
      },
      otherFolder: async () => {
        panel.dispose();
        await rm(file, { force: true });
        await this.run(undefined);
      },
      openImage: async ({ name, which }) => {
        const pair = pairs.find((candidate) => candidate.name === name);
        if (pair)
          await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(pair[which]), vscode.ViewColumn.Beside);
      },
    };
  }
}

/** One of the folders of the workspace that look right, or any other. */
async function chooseFolder(): Promise<string | undefined> {
  const t = vscode.l10n.t;
  const roots = vscode.workspace.workspaceFolders ?? [];
  const found = (await Promise.all(roots.map(({ uri }) => candidateFolders(uri.fsPath)))).flat();
  if (found.length > 0) {
    const other = { label: `$(folder-opened) ${t('Another folder…')}`, folder: undefined };
    const picks = found.map((folder) => ({
      label: `$(folder) ${basename(folder)}`,
      description: vscode.workspace.asRelativePath(dirname(folder), true),
      folder,
    }));
    const options = { title: t('New Experiment'), placeHolder: t('Which folder holds the images and masks?') };
    const pick = await vscode.window.showQuickPick([...picks, other], options);
    if (!pick || pick.folder !== undefined) return pick?.folder;
  }
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: t('Use This Folder'),
    title: t('Folder that holds the images and the masks'),
    ...(roots[0] ? { defaultUri: roots[0].uri } : {}),
  });
  return chosen?.[0]?.fsPath;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
