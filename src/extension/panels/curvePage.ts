import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { ExportedFile } from '../../webview/protocol/run';

/** Fills a panel with the page that was bundled for it. The page may load its own script and style sheet, nothing else. */
export function showPage(view: vscode.WebviewPanel, extensionUri: vscode.Uri, name: string): void {
  const root = vscode.Uri.joinPath(extensionUri, 'dist/webview');
  const { webview } = view;
  webview.options = { enableScripts: true, localResourceRoots: [root] };
  const source = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(root, file)).toString();
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    // The widgets put style sheets of their own into the page.
    `style-src ${webview.cspSource} 'unsafe-inline'`,
    `img-src ${webview.cspSource} data: blob:`,
    `font-src ${webview.cspSource}`,
  ].join('; ');
  webview.html = `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="stylesheet" href="${source(`${name}.css`)}">
</head>
<body>
  <script nonce="${nonce}" src="${source(`${name}.js`)}"></script>
</body>
</html>`;
}

/** Asks where to save a file that a panel has made; false when the user thought better of it. */
export async function saveExported({ name, content }: ExportedFile): Promise<boolean> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    defaultUri: folder ? vscode.Uri.joinPath(folder, name) : vscode.Uri.file(name),
  });
  if (!target) return false;
  // What the page sends as bytes arrives as such; text is written as UTF-8.
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content);
  await vscode.workspace.fs.writeFile(target, bytes);
  return true;
}
