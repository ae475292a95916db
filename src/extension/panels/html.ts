import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** Where a panel's page may load files from: its own bundle, the extension's pictures, and the given folders. */
export function panelOptions(extensionUri: vscode.Uri, folders: readonly string[] = []): vscode.WebviewOptions {
  return {
    enableScripts: true,
    localResourceRoots: [
      vscode.Uri.joinPath(extensionUri, 'dist', 'webview'),
      vscode.Uri.joinPath(extensionUri, 'media'),
      ...folders.map((folder) => vscode.Uri.file(folder)),
    ],
  };
}

/**
 * The page of a panel: its bundle `dist/webview/<name>.js` and `.css`, and nothing else. Scripts run by their nonce only; the
 * page may fetch nothing from anywhere. The widgets look up the nonce for the one style sheet that they make themselves.
 */
export function panelHtml(webview: vscode.Webview, extensionUri: vscode.Uri, name: string, title: string): string {
  const nonce = randomBytes(18).toString('base64url');
  const file = (ending: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', 'webview', `${name}.${ending}`)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `img-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="${file('css')}">
</head>
<body>
<script nonce="${nonce}" src="${file('js')}"></script>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]!);
}
