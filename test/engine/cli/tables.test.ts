import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportCommand } from '../../../src/engine/cli/reportCommand';
import { runsCommand } from '../../../src/engine/cli/runsCommand';
import { showCommand } from '../../../src/engine/cli/showCommand';
import { textTable, width } from '../../../src/engine/cli/textTable';
import { readRunDocument, writeRunDocument } from '../../../src/runs/document';
import { writeFixtureRun } from '../report/fixtures';

let folder: string;
let finished: string;
let interrupted: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'losscape-commands-'));
  finished = await writeFixtureRun(folder, { name: 'ce', label: 'cross-entropy 1:3', epochs: 6, synthetic: true });
  interrupted = await writeFixtureRun(folder, {
    name: 'focal',
    label: 'focal γ=2',
    epochs: 3,
    epochsTotal: 9,
    status: 'running',
    test: 0,
  });
  await rewrite(finished, { started: new Date(Date.now() - 3_600_000).toISOString() });
  await rewrite(interrupted, { updated: new Date(Date.now() - 60_000).toISOString(), host: 'elsewhere' });
  await mkdir(join(folder, 'broken'));
  await writeFile(join(folder, 'broken', 'run.json'), '{ "formatVersion": 1,');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function rewrite(run: string, patch: object): Promise<void> {
  const read = await readRunDocument(run);
  if (!read.ok) throw new Error(read.reason);
  await writeRunDocument(run, { ...read.document, ...patch });
}

function terminal() {
  const out: string[] = [];
  const err: string[] = [];
  return {
    io: { stdout: { write: (text: string) => out.push(text) }, stderr: { write: (text: string) => err.push(text) } },
    out: () => out.join(''),
    err: () => err.join(''),
  };
}

describe('a text table', () => {
  it('aligns by what is seen, not by control characters', () => {
    const lines = textTable(
      [{ title: 'loss' }, { title: 'IoU', align: 'right' }],
      [
        ['\u001b[32mγ=2\u001b[39m', '0.9'],
        ['cross-entropy', '0.95'],
      ],
    );
    expect(lines.map(width)).toEqual([19, 19, 19]);
    expect(lines[0]).toBe('loss            IoU');
  });
});

describe('losscape runs', () => {
  it('lists runs, newest first, with what is read off a dead heartbeat', async () => {
    const { io, out } = terminal();
    expect(await runsCommand({ folder }, io)).toBe(0);
    const lines = out().split('\n');
    expect(lines[0]).toMatch(/^run +loss +status +epoch +IoU +conf\. foregr\. +conf\. backgr\. +age$/);
    expect(lines[1]).toMatch(new RegExp(`^${basename(interrupted)} +focal γ=2 +interrupted +3/9 +0\\.\\d{3}\\*`));
    expect(lines[2]).toMatch(
      new RegExp(`^${basename(finished)} +cross-entropy 1:3 \\(synthetic data\\) +finished +6/6 +0\\.\\d{3} .* 1 h$`),
    );
    expect(out()).toContain('* on the training images');
    expect(out()).toContain('broken: cannot be read, its run.json is not whole JSON');
    expect(out()).not.toContain('\u001b');
  });

  it('gives the same as JSON', async () => {
    const { io, out } = terminal();
    await runsCommand({ folder, json: true }, io);
    const runs = JSON.parse(out()) as { id: string; status?: string; unreadable?: string }[];
    expect(runs.map(({ id }) => id).sort()).toEqual(['broken', basename(finished), basename(interrupted)].sort());
    expect(runs.find(({ id }) => id === basename(interrupted))).toMatchObject({ status: 'interrupted' });
    expect(runs.find(({ id }) => id === 'broken')?.unreadable).toContain('not whole JSON');
  });

  it('says so when there are none', async () => {
    const { io, out } = terminal();
    expect(await runsCommand({ folder: join(folder, 'nowhere') }, io)).toBe(0);
    expect(out()).toMatch(/^There are no runs in .*nowhere/);
  });
});

describe('losscape show', () => {
  it('tells everything about a run that is named by its four letters', async () => {
    const { io, out } = terminal();
    expect(await showCommand({ run: finished.slice(-4), runsFolder: folder }, io)).toBe(0);
    const text = out();
    for (const part of [
      /^cross-entropy 1:3 {2}finished {2}synthetic data\n/,
      /Epochs +6 of 6, 18 steps/,
      /Images +6 train, 5 test, synthetic, scaled by 0\.5/,
      /Model +U-Net, 8 filters, depth 3, same padding, 121,234 parameters/,
      /Optimizer +Adam, learning rate 0\.001, constant/,
      /mean over images +last \(6\) train +last \(6\) test +best \(\d\) train +best \(\d\) test/,
      /confidence, foreground +0\.\d{4}/,
      /Tables +metrics\.csv, steps\.csv/,
    ]) {
      expect(text).toMatch(part);
    }
    expect(text).not.toMatch(/undefined|NaN|\[object/);
  });

  it('says how to go on with an interrupted run', async () => {
    const { io, out } = terminal();
    await showCommand({ run: interrupted, runsFolder: folder }, io);
    expect(out()).toContain(`--resume ${basename(interrupted)}`);
  });

  it('gives the same as JSON', async () => {
    const { io, out } = terminal();
    await showCommand({ run: basename(finished), runsFolder: folder, json: true }, io);
    expect(JSON.parse(out())).toMatchObject({ id: basename(finished), status: 'finished', document: { seed: 1 } });
  });

  it('refuses a run that does not exist or cannot be read', async () => {
    await expect(showCommand({ run: 'nope', runsFolder: folder }, terminal().io)).rejects.toThrow(
      'there is no run "nope"',
    );
    await expect(showCommand({ run: 'broken', runsFolder: folder }, terminal().io)).rejects.toThrow('not whole JSON');
  });
});

describe('losscape report', () => {
  it('reports every readable run of a folder, oldest first, and names the others', async () => {
    const { io, out, err } = terminal();
    const file = join(folder, 'pages', 'all.html');
    expect(await reportCommand({ folder, out: file, title: 'All' }, io)).toBe(0);
    expect(out()).toBe(`Report on 2 runs: ${file}\n`);
    expect(err()).toContain('broken: left out, its run.json is not whole JSON');
    const page = await readFile(file, 'utf8');
    expect(page.indexOf(basename(finished))).toBeLessThan(page.indexOf(basename(interrupted)));
    expect(await readdir(join(folder, 'pages'))).toEqual(['all-images', 'all.html']);
  });

  it('reports one run into its own folder', async () => {
    const { io, out } = terminal();
    await reportCommand({ folder: finished, json: true }, io);
    expect(JSON.parse(out())).toMatchObject({ html: join(finished, 'report.html'), runs: [finished], warnings: [] });
  });

  it('refuses a folder without runs', async () => {
    await expect(reportCommand({ folder: join(folder, 'pages') }, terminal().io)).rejects.toThrow(
      'there are no runs in',
    );
  });
});
