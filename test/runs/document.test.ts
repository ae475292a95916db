import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { effectiveStatus, processExists, readRunDocument, writeRunDocument } from '../../src/runs/document';
import { newDocument } from '../../src/runs/newRun';
import { firstOutput, killNow, runInit, startProgram, temporaryFolder } from './support';

const document = newDocument('a-run', runInit, new Date('2024-01-05T07:08:09.123Z'));

async function reasonFor(text: string): Promise<string> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'run.json'), text);
  const read = await readRunDocument(folder);
  return read.ok ? 'it was read' : read.reason;
}

describe('the run document', () => {
  it('is read as it was written', async () => {
    const folder = temporaryFolder();
    const summary = { epoch: 2, train: { iou: 0.5, hd95: null }, test: null };
    const whole = { ...document, last: summary, best: summary, error: { message: 'no', hint: 'x' }, resumedFrom: [1] };
    await writeRunDocument(folder, whole);
    expect(await readRunDocument(folder)).toEqual({ ok: true, document: whole });
  });

  it('may hold keys that a later version of the same format adds', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...document, surprise: 1 }));
    expect(await readRunDocument(folder)).toEqual({ ok: true, document });
  });

  it('gives a reason for a folder without one', async () => {
    const folder = temporaryFolder();
    const none = { ok: false, reason: 'it has no run.json' };
    expect(await readRunDocument(folder)).toEqual(none);
    expect(await readRunDocument(join(folder, 'missing'))).toEqual(none);
    writeFileSync(join(folder, 'file'), '');
    expect(await readRunDocument(join(folder, 'file'))).toEqual(none);
    mkdirSync(join(folder, 'run.json'));
    expect(await readRunDocument(folder)).toEqual({ ok: false, reason: 'its run.json cannot be read (EISDIR)' });
  });

  it('gives a reason for every torn one', async () => {
    const text = JSON.stringify(document);
    for (let length = 0; length < text.length; length += 7) {
      expect(await reasonFor(text.slice(0, length))).toBe('its run.json is not whole JSON');
    }
  });

  it('gives a reason for a foreign or wrong one', async () => {
    for (const foreign of ['3', 'null', '[]', '"run"']) {
      expect(await reasonFor(foreign)).toBe('its run.json is not a run document');
    }
    expect(await reasonFor('{"name":"other tool"}')).toBe('its run.json has no valid "formatVersion"');
    expect(await reasonFor(JSON.stringify({ ...document, status: 'flying' }))).toContain('no valid "status"');
    expect(await reasonFor(JSON.stringify({ ...document, updated: 'noon' }))).toContain('no valid "updated"');
    expect(await reasonFor(JSON.stringify({ ...document, loss: {} }))).toContain('no valid "loss.name"');
  });

  it('says that a newer format is newer', async () => {
    expect(await reasonFor('{"formatVersion":2,"everything":"else"}')).toBe(
      'it was written by a newer Losscape (format 2, this one reads up to 1)',
    );
  });
});

describe('effectiveStatus', () => {
  const updated = '2024-01-05T07:08:09.000Z';
  const after = (seconds: number) => new Date(Date.parse(updated) + seconds * 1000);
  const here = { ...document, updated, host: hostname(), pid: process.pid };
  const elsewhere = { ...here, host: 'another-machine', pid: 1 };

  it('is what the document says once a run has ended', () => {
    for (const status of ['finished', 'stopped', 'failed'] as const) {
      expect(effectiveStatus({ ...elsewhere, status }, after(1e6))).toBe(status);
    }
  });

  it.each(['queued', 'running'] as const)('is interrupted when a %s run has no heartbeat any more', (status) => {
    expect(effectiveStatus({ ...elsewhere, status }, after(29))).toBe(status);
    expect(effectiveStatus({ ...elsewhere, status }, after(31))).toBe('interrupted');
    expect(effectiveStatus({ ...here, status }, after(29))).toBe(status);
    expect(effectiveStatus({ ...here, status }, after(31))).toBe('interrupted');
    // The clock of a machine with a shared disk may be ahead.
    expect(effectiveStatus({ ...elsewhere, status }, after(-100))).toBe(status);
  });

  it('is interrupted at once when the process of this machine is gone', async () => {
    const child = await startProgram(`console.log('alive'); setInterval(() => undefined, 1000);`, []);
    await firstOutput(child);
    const running = { ...here, pid: child.pid ?? 0 };
    expect(effectiveStatus(running, after(1))).toBe('running');
    await killNow(child);
    expect(effectiveStatus(running, after(1))).toBe('interrupted');
    expect(effectiveStatus({ ...running, host: 'another-machine' }, after(1))).toBe('running');
  });
});

describe('processExists', () => {
  it('knows living processes, also those of others', () => {
    expect(processExists(process.pid)).toBe(true);
    expect(processExists(1)).toBe(true);
    for (const none of [0, -1, 1.5, NaN, 2 ** 30]) expect(processExists(none)).toBe(false);
  });
});
