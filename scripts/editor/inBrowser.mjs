import { chromium as playwright } from 'playwright-core';
import { chromium, chromiumOptions } from './chromium.mjs';
import { startCodeServer } from './codeServer.mjs';

/** The editor in a browser window of 1440 × 900. Options as of `startCodeServer`. */
export async function startInBrowser(options) {
  const server = await startCodeServer(options);
  try {
    const browser = await playwright.launch({ executablePath: chromium(), args: chromiumOptions });
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(server.url, { waitUntil: 'domcontentloaded' });
    await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
    return {
      name: 'code-server in Chromium',
      page,
      url: server.url,
      async stop() {
        await browser.close();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
