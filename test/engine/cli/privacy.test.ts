import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { program, temporaryFolder } from './support';

it('keeps to itself: ONNX Runtime leaves no device id, no events to be sent and no log', () => {
  const folder = temporaryFolder();
  const home = join(folder, 'home');
  mkdirSync(home);
  const env = { ...process.env, HOME: home, TMPDIR: folder, XDG_CACHE_HOME: join(home, '.cache') };
  const { ORT_DISABLE_TELEMETRY: _, ...unsaid } = env as typeof env & { ORT_DISABLE_TELEMETRY?: string };
  const { status, stdout } = spawnSync(process.execPath, [program, 'doctor'], {
    cwd: folder,
    env: unsaid,
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  expect(stdout).toContain('Training uses onnx');
  expect(readdirSync(folder)).toEqual(['home']);
  expect(readdirSync(home)).toEqual([]);
});
