// `npm run package`: a VSIX for one platform, with the engine and the native modules it needs and nothing else.
//   --target linux-x64   another platform than this one
//   --out FILE           where to write it (default: losscape-<target>.vsix)
//   --no-build           package what is in dist/ already
//   --no-smoke           do not run the packaged engine (it is run only when the target is this platform)
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createVSIX } from '@vscode/vsce';
import { smokeTest } from './package/smoke.mjs';
import { stage, targets } from './package/stage.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const here = `${process.platform}-${process.arch}`;
/** What a VSIX may weigh at most, in MB of 10^6 bytes. Marketplaces take more; users on slow lines do not. */
const limit = 120;

const { values: options } = parseArgs({
  options: {
    target: { type: 'string', default: here },
    out: { type: 'string' },
    'no-build': { type: 'boolean', default: false },
    'no-smoke': { type: 'boolean', default: false },
  },
});
const { target } = options;
if (!(target in targets)) fail(`no package for ${target}; there is one for ${Object.keys(targets).join(', ')}`);
const out = resolve(options.out ?? join(root, `losscape-${target}.vsix`));

if (!options['no-build']) {
  const { status } = spawnSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
const staging = join(root, '.cache/package', target);
await stage(root, staging, target);
await createVSIX({ cwd: staging, target, packagePath: out, dependencies: false });

// A dependency of ONNX Runtime's install step, which is here anyway: it reads zip files.
const requireOnnx = createRequire(createRequire(import.meta.url).resolve('onnxruntime-node'));
const AdmZip = requireOnnx('adm-zip');
const archive = new AdmZip(out);
printContents(archive.getEntries());
const { size } = statSync(out);
console.log(`${relative(process.cwd(), out)}: ${megabytes(size)}, ${megabytes(unpacked(archive))} unpacked`);
if (size > limit * 1e6) fail(`the package is larger than ${limit} MB`);

if (!options['no-smoke'] && target === here) {
  const { epochs, accelerator } = await smokeTest(archive);
  console.log(`smoke test: doctor, sample, train (${epochs} epoch on ${accelerator}) and report work from the VSIX`);
} else {
  console.log(`smoke test: left out${target === here ? '' : `, as this is ${here}`}`);
}

/** One line per folder, and one for each file that weighs more than a megabyte. */
function printContents(entries) {
  const groups = new Map();
  for (const { entryName, header } of entries) {
    const heavy = header.compressedSize > 1e6;
    const path = entryName.replace(/^extension\//, '');
    const inModules = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path);
    const group = heavy ? path : inModules ? `${inModules[1]}/` : path.includes('/') ? `${dirname(path)}/` : path;
    const { files, bytes } = groups.get(group) ?? { files: 0, bytes: 0 };
    groups.set(group, { files: files + 1, bytes: bytes + header.compressedSize });
  }
  for (const [group, { files, bytes }] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    console.log(`${megabytes(bytes).padStart(10)}  ${group}${files > 1 ? ` (${files} files)` : ''}`);
  }
}

function unpacked(zip) {
  return zip.getEntries().reduce((sum, { header }) => sum + header.size, 0);
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(bytes < 1e5 ? 3 : 1)} MB`;
}

function fail(message) {
  console.error(`package: ${message}`);
  process.exit(1);
}
