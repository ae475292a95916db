import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { ImageReference } from '../../webview/protocol/heatmap';

/** Endings of the image files that can be looked at. */
export const imageEndings = ['png', 'jpg', 'jpeg', 'tif', 'tiff', 'bmp', 'webp', 'gif'];

/** Lets the user choose an image file, and its mask if there is one; null when they thought better of it. */
export async function chooseImageFile(): Promise<ImageReference | null> {
  const filters = { [vscode.l10n.t('Images')]: imageEndings };
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const [image] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Image to look at'),
      filters,
      ...(folder ? { defaultUri: folder } : {}),
    })) ?? [];
  if (!image) return null;
  const choose = vscode.l10n.t('Choose a Mask…');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('Is there a mask for this image? With it, confidence, loss and gradient can be shown.'),
    choose,
    vscode.l10n.t('No Mask'),
  );
  if (answer !== choose) return { path: image.fsPath };
  const defaultUri = vscode.Uri.file(dirname(image.fsPath));
  const [mask] = (await vscode.window.showOpenDialog({ title: vscode.l10n.t('Its mask'), filters, defaultUri })) ?? [];
  return mask ? { path: image.fsPath, mask: mask.fsPath } : { path: image.fsPath };
}
