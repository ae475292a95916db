import { existsSync } from 'node:fs';
import { install } from './codeServer.mjs';

const candidates = [
  process.env.LOSSCAPE_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].filter((path) => path !== undefined);

/** Path of a Chromium; installs Debian's where that is allowed. */
export function chromium() {
  const find = () => candidates.find((path) => existsSync(path));
  if (!find()) install(['chromium']);
  const found = find();
  if (!found) throw new Error('There is no Chromium here. Set LOSSCAPE_CHROMIUM to its path.');
  return found;
}

/** No sandbox inside containers, no graphics card, and nothing that calls home. */
export const chromiumOptions = [
  '--no-sandbox --disable-gpu --disable-quic --disable-background-networking --disable-component-update --disable-sync',
  '--no-first-run --disable-dev-shm-usage',
]
  .join(' ')
  .split(' ');
