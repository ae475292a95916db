import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** The page of the new-experiment panel: one script, one style sheet, nothing from elsewhere. */
export function newExperimentPage(webview: vscode.Webview, extension: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64');
  const address = (file: string) =>
    webview.asWebviewUri(vscode.Uri.joinPath(extension, 'dist', 'webview', file)).toString();
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} 'unsafe-inline'`,
    `img-src ${webview.cspSource} blob: data:`,
    `font-src ${webview.cspSource}`,
    // The pictures are fetched, to be drawn as the engine understands them.
    `connect-src ${webview.cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${address('newExperiment.css')}">
<title>${vscode.l10n.t('New Experiment')}</title>
</head>
<body><script nonce="${nonce}" src="${address('newExperiment.js')}"></script></body>
</html>`;
}
