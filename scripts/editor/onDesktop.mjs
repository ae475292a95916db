import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { downloadAndUnzipVSCode, resolveCliArgsFromVSCodeExecutablePath } from '@vscode/test-electron';
import { chromium as playwright } from 'playwright-core';
import { quiet } from './codeServer.mjs';

/** A downloaded desktop editor (LOSSCAPE_VSCODE_VERSION, else the newest stable one), driven through its debugging port. */
export async function startOnDesktop({ vsix, folder, env }) {
  const executable = await downloadAndUnzipVSCode(process.env.LOSSCAPE_VSCODE_VERSION ?? 'stable');
  const profile = await mkdtemp(join(tmpdir(), 'losscape-editor-'));
  const places = [`--extensions-dir=${join(profile, 'extensions')}`, `--user-data-dir=${join(profile, 'data')}`];
  await mkdir(join(profile, 'data/User'), { recursive: true });
  await writeFile(join(profile, 'data/User/settings.json'), JSON.stringify(quiet));
  const [cli] = resolveCliArgsFromVSCodeExecutablePath(executable);
  for (const file of vsix) {
    const { status, stdout, stderr } = spawnSync(cli, [...places, '--install-extension', file], {
      encoding: 'utf8',
      shell: process.platform === 'win32',
    });
    if (status !== 0) throw new Error(`VS Code could not install ${file}\n${stdout}${stderr}`);
  }
  const args = [
    ...places,
    '--remote-debugging-port=0',
    '--disable-workspace-trust',
    '--disable-updates',
    '--no-sandbox',
  ];
  const editor = spawn(executable, [...args, folder], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const address = await debuggingAddress(editor);
  const browser = await playwright.connectOverCDP(address);
  const [context] = browser.contexts();
  const page = context.pages()[0] ?? (await context.waitForEvent('page'));
  await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
  return {
    name: 'VS Code on the desktop',
    page,
    url: '',
    async stop() {
      await browser.close();
      if (editor.exitCode === null) {
        const gone = new Promise((resolve) => editor.once('exit', resolve));
        editor.kill();
        await gone;
      }
      await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

function debuggingAddress(editor) {
  return new Promise((resolve, reject) => {
    let text = '';
    editor.stderr.on('data', (data) => {
      text += data;
      const found = /DevTools listening on (ws:\S+)/.exec(text);
      if (found) resolve(found[1]);
    });
    editor.once('exit', (code) => reject(new Error(`VS Code ended with ${code}\n${text}`)));
  });
}
