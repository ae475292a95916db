import { existsSync } from 'node:fs';
import { basename, dirname, extname, join, parse } from 'node:path';
import * as vscode from 'vscode';
import { Problem } from '../../runs/problem';
import { imageEndings } from '../panels/chooseImageFile';
import type { RunStore } from '../runs/runStore';
import type { Engine } from '../tasks/engine';
import { nameOf } from '../tree/sorting';
import { chooseRuns, hasWeights } from './chooseRuns';
import { PredictionLines } from './predictionLines';
import { registerCommands, tell } from './register';

/** `Losscape: Predict Masks…`: masks and probability maps of the images that are selected in the explorer. */
export function registerPredictCommand(
  context: vscode.ExtensionContext,
  { store, engine }: { store: RunStore; engine: Engine },
): void {
  const t = vscode.l10n.t;
  registerCommands(context, {
    'losscape.predict': async (clicked?: vscode.Uri, selected?: readonly vscode.Uri[]) => {
      const images = await imagesOf(clicked, selected);
      if (images.length === 0) return;
      const title = t('Run whose network predicts the masks');
      const [record] = await chooseRuns(store, [], [], { title, fits: hasWeights, many: false });
      if (!record?.entry.ok) return;
      const { best } = record.entry.document;
      const [{ askEpoch }, { checkpointEpochs }] = await Promise.all([
        import('../descents/askDescent'),
        import('../panels/heatmapRuns'),
      ]);
      const heading = t('Predict masks: {0}', nameOf(record));
      const epoch = await askEpoch(heading, await checkpointEpochs(record.folder), best?.epoch);
      if (epoch === undefined) return;
      const out = await askFolder(dirname(images[0]!));
      if (out === undefined) return;
      const force = await mayWrite(images, out);
      if (force === null) return;
      const args = ['predict', record.folder, ...images, `--epoch=${epoch}`, `--out=${out}`, '--json'];
      const done = await predict(engine, [...args, ...runtimeOf(), ...(force ? ['--force'] : [])], images.length);
      if (done.problem !== undefined) void tell(new Problem(words(done, images.length)));
      if (done.masks.length > 0) await show(done.masks, out);
    },
  });
}

/** The images that the command is about: those selected, or those that the user picks. Throws for files that are none. */
async function imagesOf(clicked?: vscode.Uri, selected?: readonly vscode.Uri[]): Promise<string[]> {
  const t = vscode.l10n.t;
  const given = selected && selected.length > 0 ? selected : clicked ? [clicked] : [];
  const isImage = (file: string) => imageEndings.includes(extname(file).slice(1).toLowerCase());
  if (given.length > 0) {
    const images = given.map(({ fsPath }) => fsPath).filter(isImage);
    if (images.length === 0) throw new Error(t('None of the selected files is an image.'));
    return images;
  }
  const picked = await vscode.window.showOpenDialog({
    title: t('Images to predict the masks of'),
    canSelectMany: true,
    filters: { [t('Images')]: imageEndings },
  });
  return (picked ?? []).map(({ fsPath }) => fsPath);
}

async function askFolder(beside: string): Promise<string | undefined> {
  const t = vscode.l10n.t;
  const usual = join(beside, 'predictions');
  const picks = [
    { label: `$(folder) ${basename(usual)}`, description: vscode.workspace.asRelativePath(usual), folder: usual },
    { label: `$(folder-opened) ${t('Another folder…')}`, description: '', folder: null },
  ];
  const pick = await vscode.window.showQuickPick(picks, {
    title: t('Predict masks'),
    placeHolder: t('Where to write the masks and the probability maps?'),
  });
  if (!pick) return undefined;
  if (pick.folder !== null) return pick.folder;
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title: t('Folder for the masks'),
      canSelectFiles: false,
      canSelectFolders: true,
      defaultUri: vscode.Uri.file(beside),
    })) ?? [];
  return chosen?.fsPath;
}

/** Whether files that are there already are written anew; null when the user would rather not. */
async function mayWrite(images: readonly string[], out: string): Promise<boolean | null> {
  const t = vscode.l10n.t;
  const endings = ['mask.png', 'probability.png', 'probability.npy'];
  const existing = images.filter((image) =>
    endings.some((ending) => existsSync(join(out, `${parse(image).name}.${ending}`))),
  );
  if (existing.length === 0) return false;
  const overwrite = t('Overwrite');
  const message = t('{0} already holds predictions of {1} of these images.', basename(out), existing.length);
  const answer = await vscode.window.showWarningMessage(message, { modal: true }, overwrite);
  return answer === overwrite ? true : null;
}

function runtimeOf(): string[] {
  const settings = vscode.workspace.getConfiguration('losscape');
  const accelerator = settings.get<string>('accelerator', 'auto');
  const threads = settings.get('threads', 0);
  return [
    ...(accelerator === 'auto' ? [] : [`--accelerator=${accelerator}`]),
    ...(threads > 0 ? [`--threads=${threads}`] : []),
  ];
}

/** What became of the images. */
interface Predicted {
  /** Masks that were written. */
  readonly masks: readonly string[];
  /** What the engine complained about. */
  readonly problem?: string;
}

/** Runs the engine and tells of every image. */
async function predict(engine: Engine, args: readonly string[], count: number): Promise<Predicted> {
  const t = vscode.l10n.t;
  const location = vscode.ProgressLocation.Notification;
  const title = count === 1 ? t('Predicting the mask') : t('Predicting {0} masks', count);
  return vscode.window.withProgress({ location, title, cancellable: true }, async (progress, token) => {
    const child = await engine.start(args);
    token.onCancellationRequested(() => child.kill());
    const lines = new PredictionLines((image, done) =>
      progress.report({
        message: t('{0} of {1}: {2}', done, count, basename(image)),
        increment: 100 / count,
      }),
    );
    let complaints = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => lines.push(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints = (complaints + text).slice(0, 4000)));
    child.stdin.end();
    const code = await new Promise<number | null>((done, failed) => child.on('error', failed).on('close', done));
    if (code === 0 || token.isCancellationRequested) return { masks: lines.masks };
    const { complaint } = await import('../tasks/engineProcess');
    return { masks: lines.masks, problem: complaint({ code: code ?? -1, stdout: '', stderr: complaints }) };
  });
}

/** What went wrong, and how many images it concerns. */
function words({ masks, problem = '' }: Predicted, count: number): string {
  const t = vscode.l10n.t;
  if (masks.length > 0) return t('{0} of {1} images could not be predicted: {2}', count - masks.length, count, problem);
  return count === 1
    ? t('The mask could not be predicted: {0}', problem)
    : t('The masks could not be predicted: {0}', problem);
}

async function show(masks: readonly string[], out: string): Promise<void> {
  const t = vscode.l10n.t;
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(masks[0]!), vscode.ViewColumn.Beside);
  const reveal = t('Show in Folder');
  const message =
    masks.length === 1 ? t('The mask is in {0}.', masks[0]!) : t('{0} masks are in {1}.', masks.length, out);
  if ((await vscode.window.showInformationMessage(message, reveal)) !== reveal) return;
  const command = vscode.env.remoteName === undefined ? 'revealFileInOS' : 'revealInExplorer';
  await vscode.commands.executeCommand(command, vscode.Uri.file(masks[0]!));
}
