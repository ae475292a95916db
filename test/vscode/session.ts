import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Frame, Page } from 'playwright-core';
import type * as vscode from 'vscode';

type Api = typeof vscode;

export type Theme = 'light' | 'dark' | 'high contrast';

const themes: Record<Theme, string> = {
  light: 'Light Modern',
  dark: 'Dark Modern',
  'high contrast': 'Default High Contrast',
};

/** For what is tried again: the screen was not ready. Anything else is an error. */
export function onlyTimeout(error: Error): null {
  if (error.name !== 'TimeoutError') throw error;
  return null;
}

/** What concerns us of what the console says: our files in a stack or an address, and what a panel was refused. */
const ours = /losscape\.losscape|content security policy|refused to/i;

/** An editor with the packaged extension, as a test sees it: through the API inside, and through the screen. */
export class Session {
  /** What panels and extensions have complained about in the developer console. */
  readonly complaints: string[] = [];

  constructor(
    readonly page: Page,
    /** Folder that is open in the editor. */
    readonly folder: string,
    private readonly socket: string,
    private readonly pictures: string,
  ) {
    const hear = (text: string): void => {
      if (ours.test(text)) this.complaints.push(text);
    };
    page.on('console', (message) => {
      if (message.type() === 'error') hear(`${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => hear(error.stack ?? error.message));
  }

  /** Calls a function inside the extension host. It is sent as source: nothing around it comes along. */
  async api<Argument, Result>(
    body: (api: Api, argument: Argument) => Result | Thenable<Result>,
    argument?: Argument,
  ): Promise<Result> {
    const answer = await ask(this.socket, { source: body.toString(), argument });
    if ('error' in answer) throw new Error(answer.error);
    return answer.value as Result;
  }

  /** Types a command's title into the palette. */
  async command(title: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input');
    const first = this.page.locator('.quick-input-list .monaco-list-row').first();
    const offered = async (): Promise<boolean> =>
      (await first.textContent({ timeout: 2000 }))?.includes(title) === true;
    await until(
      `"${title}" in the palette`,
      async () => {
        await this.page.keyboard.press('F1');
        await input.waitFor({ state: 'visible' });
        await input.fill(`>${title}`);
        await first.waitFor({ state: 'visible' });
        for (let look = 0; look < 20; look += 1, await delay(150)) if (await offered()) return true;
        // The palette shows what could be run when it was opened; just after a reload the editor still finds that out.
        await this.page.keyboard.press('Escape');
        return false;
      },
      60,
    );
    await this.page.keyboard.press('Enter');
  }

  /** Opens a file of the folder, given relative to it, and shows it alone. */
  async open(file: string): Promise<void> {
    await this.api(
      async ({ window, Uri }, path) => {
        await window.showTextDocument(Uri.file(path), { preview: false });
      },
      join(this.folder, file),
    );
    await this.page.locator('.monaco-editor .view-lines').first().waitFor();
  }

  /** The page of a panel: the innermost frame that holds `selector`. */
  async panel(selector: string, seconds = 40): Promise<Frame> {
    return until(
      `a panel with ${selector}`,
      async () => {
        for (const frame of this.page.frames()) {
          if (frame === this.page.mainFrame() || frame.isDetached()) continue;
          const found = await frame
            .locator(selector)
            .count()
            .catch(() => 0); // frames come and go while one looks
          if (found > 0) return frame;
        }
        return undefined;
      },
      seconds,
    );
  }

  async theme(theme: Theme): Promise<void> {
    await this.api(async ({ workspace, ConfigurationTarget }, name) => {
      await workspace.getConfiguration('workbench').update('colorTheme', name, ConfigurationTarget.Global);
    }, themes[theme]);
    await delay(700); // charts are drawn anew
  }

  /** Takes away what lies over the window. */
  async clearNotifications(): Promise<void> {
    await this.api(({ commands }) => commands.executeCommand('notifications.clearAll'));
  }

  /** Closes what a test that failed has left open over the window. */
  async startOver(): Promise<void> {
    for (let press = 0; press < 3; press += 1) await this.page.keyboard.press('Escape');
    await this.clearNotifications();
    await this.api(({ commands }) => commands.executeCommand('workbench.action.closeAllEditors'));
  }

  /** Writes a path into the file dialog that is open and confirms it, until the dialog goes. */
  async answerFileDialog(path: string): Promise<void> {
    const dialog = this.page.locator('.quick-input-widget');
    const input = dialog.locator('input[type="text"]');
    const title = dialog.locator('.quick-input-title');
    const button = dialog.locator('.monaco-button', { hasText: /^(OK|Save|Create Sample Here)$/ });
    await input.waitFor({ state: 'visible' });
    await button.waitFor({ state: 'visible' });
    const own = await title.textContent();
    const open = async (): Promise<boolean> => (await button.isVisible()) && (await title.textContent()) === own;
    await until('the file dialog to go', async () => {
      if (!(await open())) return true;
      // The dialog looks folders up while one types, and writes what it finds into its own input; asked too early, it
      // walks into the folder above instead of answering.
      if ((await input.inputValue({ timeout: 2000 }).catch(onlyTimeout)) !== path) {
        await input.fill(path, { timeout: 2000 }).catch(onlyTimeout);
        await delay(1000);
        return false;
      }
      await button.click({ timeout: 2000 }).catch(onlyTimeout);
      await delay(1000);
      return !(await open());
    });
  }

  /** Presses a button of the modal dialog that is open. */
  async answerDialog(button: string): Promise<void> {
    await this.page.locator('.monaco-dialog-box .monaco-button', { hasText: button }).click();
  }

  /** Writes the screen to test-results/. */
  async picture(name: string): Promise<void> {
    await this.page.screenshot({ path: join(this.pictures, `${name}.png`) });
  }

  /** The screen in every theme; the light one stays. */
  async pictures3(name: string): Promise<void> {
    await this.clearNotifications();
    for (const theme of ['dark', 'high contrast', 'light'] as const) {
      await this.theme(theme);
      await this.picture(`${name} ${theme}`);
    }
  }

  /** Changes a file of the folder on the disk. */
  async rewrite(file: string, change: (text: string) => string): Promise<void> {
    const path = join(this.folder, file);
    await writeFile(path, change(await readFile(path, 'utf8')));
  }

  /** The window anew, as after "Reload Window". */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent('load', { timeout: 60_000 });
    // The answer would come from a window that is gone by then. The editor's own command saves what is open.
    await this.api(({ commands }) => {
      setTimeout(() => void commands.executeCommand('workbench.action.reloadWindow'), 100);
    });
    await loaded;
    await this.page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
    await delay(2000); // the old extension host goes away
    await this.ready();
  }

  /** Until the extension host answers, as after a reload. */
  async ready(): Promise<void> {
    await until('the extension host', () => this.api(() => true).catch(() => false), 60);
  }
}

/** Asks again and again until the answer is neither false nor null nor undefined, and returns it. */
export async function until<T>(
  what: string,
  look: () => Promise<T | false | null | undefined>,
  seconds = 40,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== false && found !== null && found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain for ${what}`);
    await delay(150);
  }
}

function ask(path: string, question: unknown): Promise<{ value: unknown } | { error: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let text = '';
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(`${JSON.stringify(question)}\n`));
    socket.on('data', (data: string) => (text += data));
    socket.on('error', reject);
    socket.on('close', () => {
      if (text === '') reject(new Error('the editor has gone away'));
      else resolve(JSON.parse(text) as { value: unknown } | { error: string });
    });
  });
}
