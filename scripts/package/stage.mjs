// Lays out in a folder what a VSIX of one platform holds: the built bundles, the package's own texts and pictures, and,
// beside the engine's bundle, the native modules it requires.
import { spawnSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** VS Code's names of the platforms that ONNX Runtime and sharp have binaries for. */
export const targets = {
  'linux-x64': { os: 'linux', cpu: 'x64', libc: 'glibc' },
  'linux-arm64': { os: 'linux', cpu: 'arm64', libc: 'glibc' },
  'darwin-arm64': { os: 'darwin', cpu: 'arm64' },
  'win32-x64': { os: 'win32', cpu: 'x64' },
  'win32-arm64': { os: 'win32', cpu: 'arm64' },
};

/** Keys of package.json that mean something to the editor or to a reader; the others are about building. */
const manifestKeys = [
  'name displayName description version publisher license repository bugs homepage qna icon galleryBanner categories',
  'keywords engines extensionKind main l10n activationEvents contributes capabilities extensionDependencies preview',
]
  .join(' ')
  .split(' ');

/**
 * Fills `staging`, which is emptied first.
 * @param root the repository, built.
 * @param target a key of `targets`.
 */
export async function stage(root, staging, target) {
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const kept = Object.fromEntries(manifestKeys.filter((key) => key in manifest).map((key) => [key, manifest[key]]));
  await writeFile(join(staging, 'package.json'), `${JSON.stringify(kept, null, 2)}\n`);
  for (const name of ['.vscodeignore', 'LICENSE', 'README.md', 'CHANGELOG.md', 'media', 'l10n', 'dist']) {
    // Source maps are half of the bundles' weight and help nobody who has no sources.
    const filter = (path) => !path.endsWith('.map');
    if (await exists(join(root, name))) await cp(join(root, name), join(staging, name), { recursive: true, filter });
  }
  for (const name of await readdir(root)) {
    if (/^package\.nls.*\.json$/.test(name)) await cp(join(root, name), join(staging, name));
  }
  // Not at the top, where vsce would take it for the extension's own dependencies and leave it out.
  const modules = join(staging, 'dist/engine/node_modules');
  await mkdir(modules, { recursive: true });
  await stageOnnxRuntime(root, modules, targets[target]);
  await stageSharp(root, modules, target, manifest.dependencies.sharp);
  await stageHdf5(root, modules);
}

/** Its JavaScript and the binaries of one platform. The packages that only its install step needs stay behind. */
async function stageOnnxRuntime(root, modules, { os, cpu }) {
  const from = join(root, 'node_modules/onnxruntime-node');
  const to = join(modules, 'onnxruntime-node');
  const napi = (await readdir(join(from, 'bin'))).filter((name) => name.startsWith('napi-'));
  await cp(join(from, 'package.json'), join(to, 'package.json'));
  await cp(join(from, 'dist'), join(to, 'dist'), { recursive: true });
  for (const version of napi) {
    const platform = join('bin', version, os, cpu);
    if (!(await exists(join(from, platform)))) throw new Error(`onnxruntime-node has no binaries in ${platform}`);
    await cp(join(from, platform), join(to, platform), { recursive: true });
  }
  const common = join(root, 'node_modules/onnxruntime-common');
  await cp(join(common, 'package.json'), join(modules, 'onnxruntime-common/package.json'));
  await cp(join(common, 'dist/cjs'), join(modules, 'onnxruntime-common/dist/cjs'), { recursive: true });
}

/** The HDF5 library for Node; its builds for web pages stay behind. */
async function stageHdf5(root, modules) {
  const from = join(root, 'node_modules/h5wasm');
  for (const name of ['package.json', 'LICENSE.txt', 'dist/node']) {
    await cp(join(from, name), join(modules, 'h5wasm', name), { recursive: true });
  }
}

/** sharp, what its JavaScript requires, and the binaries of one platform. */
async function stageSharp(root, modules, target, version) {
  const from = await sharpModules(root, target, version);
  await stagePackage(from, modules, 'sharp', new Set());
  const binaries = (await readdir(join(from, '@img'))).filter((name) => name.endsWith(`-${target}`));
  if (!binaries.includes(`sharp-${target}`)) throw new Error(`there is no @img/sharp-${target} in ${from}`);
  for (const name of binaries) await stagePackage(from, modules, `@img/${name}`, new Set());
}

/** One package and its dependencies, without C++ sources and type declarations. Optional ones are not followed. */
async function stagePackage(from, modules, name, done) {
  if (done.has(name)) return;
  done.add(name);
  const folder = join(from, name);
  const { dependencies = {} } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  await cp(folder, join(modules, name), {
    recursive: true,
    filter: (path) => {
      const inside = path.slice(folder.length + 1);
      return !/^(src|install|include|node_modules)(\/|$)|\.d\.[mc]?ts$|\.mjs$|\.map$|(^|\/)README/.test(inside);
    },
  });
  for (const dependency of Object.keys(dependencies)) await stagePackage(from, modules, dependency, done);
}

/** The node_modules that hold sharp for a platform: the repository's own, or a fetched one kept in .cache. */
async function sharpModules(root, target, version) {
  const own = join(root, 'node_modules');
  if (await exists(join(own, '@img', `sharp-${target}`))) return own;
  const { os, cpu, libc } = targets[target];
  const folder = join(root, '.cache/package', `sharp-${version}-${target}`);
  if (!(await exists(join(folder, 'node_modules/@img', `sharp-${target}`)))) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', `--os=${os}`, `--cpu=${cpu}`];
    if (libc) options.push(`--libc=${libc}`);
    const { status } = spawnSync('npm', ['install', ...options, `sharp@${version}`], {
      cwd: folder,
      stdio: 'inherit',
      shell: process.platform === 'win32',
    });
    if (status !== 0) throw new Error(`npm could not fetch sharp ${version} for ${target}`);
  }
  return join(folder, 'node_modules');
}

async function exists(path) {
  return stat(path).then(
    () => true,
    (error) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}
