// Unpacks a VSIX outside the repository and runs its engine as the extension would: doctor, a tiny phantom, one epoch.
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const experiment = {
  dataset: { images: 'images', masks: 'masks', scale: 0.15, test: 1, synthetic: true },
  model: { filters: 4, depth: 2 },
  input: { crop: [32, 32] },
  training: { epochs: 1, batchSize: 2 },
  losses: [{ type: 'focal', gamma: 2 }],
};

/**
 * @param archive the VSIX as an AdmZip.
 * @returns epochs trained, and on what. Throws an Error that holds the engine's output when anything fails.
 */
export async function smokeTest(archive) {
  // In the system's temporary folder, where no node_modules of the repository can stand in for what is missing.
  const folder = await mkdtemp(join(tmpdir(), 'losscape-vsix-'));
  try {
    archive.extractAllTo(folder, true);
    const cli = join(folder, 'extension/dist/engine/cli.cjs');
    const engine = (...args) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, NODE_PATH: '' },
      });
      if (status !== 0) throw new Error(`losscape ${args.join(' ')} ended with ${status}\n${stdout}${stderr}`);
      return stdout;
    };
    JSON.parse(engine('doctor', '--json'));
    const sample = join(folder, 'sample');
    engine('sample', sample, '--pairs', '4');
    const file = join(sample, 'tiny.losscape.json');
    await writeFile(file, JSON.stringify(experiment));
    engine('train', file);
    const [run] = await readdir(join(sample, 'runs'));
    const document = JSON.parse(await readFile(join(sample, 'runs', run, 'run.json'), 'utf8'));
    if (document.status !== 'finished') throw new Error(`the run is ${document.status}, not finished`);
    // A fallback would hide that ONNX Runtime is missing from the package.
    if (document.accelerator.name !== 'onnx') {
      throw new Error(`${document.accelerator.name} trained instead of ONNX Runtime: ${document.accelerator.reason}`);
    }
    engine('report', join(sample, 'runs'), '--out', join(folder, 'report.html'));
    const { name, provider } = document.accelerator;
    return { epochs: document.epochsDone, accelerator: `${name} (${provider})` };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
