// Bundles everything that ships into dist/: the engine's command line and the thread it computes on (dist/engine), the
// extension (dist/extension), one script and style sheet per panel (dist/webview), the JSON schemas of experiment files
// (dist/schemas), and the texts for translators (dist/l10n). `--watch` rebuilds the bundles on every change.
import { chmod, copyFile, cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, context } from 'esbuild';
import { bundleText } from './l10n.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');

// Packages with binaries of their own (h5wasm: as text) stay outside the bundle and are loaded at run time; the last two may be absent.
const external = ['onnxruntime-node', 'sharp', 'h5wasm', '@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'];

// Binaries that tfjs' wasm backend looks for beside the file it runs from.
const wasmBinaries = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm', 'tfjs-backend-wasm-threaded-simd.wasm'];

const watching = process.argv.includes('--watch');
const unknown = process.argv.slice(2).filter((argument) => argument !== '--watch');
if (unknown.length > 0) fail(`unknown option ${unknown.join(' ')}; the only option is --watch`);

/** @type {import('esbuild').BuildOptions} */
const common = {
  absWorkingDir: root,
  // jsonc-parser's UMD build, which esbuild would prefer for Node, cannot be bundled.
  mainFields: ['module', 'main'],
  bundle: true,
  sourcemap: true,
  sourcesContent: false,
  logLevel: watching ? 'info' : 'warning',
};

/** Zod's messages in forty languages, of which none is asked for: half of the extension. */
const withoutLocales = {
  name: 'without-locales',
  setup(plugin) {
    const filter = /[\\/]locales[\\/]index\.js$/;
    plugin.onLoad({ filter }, ({ path }) => (path.includes('zod') ? { contents: 'export {};' } : undefined));
  },
};

/** echarts-gl names files of ECharts without their ending, which the packages' own maps of files do not know any more. */
const withEndings = {
  name: 'with-endings',
  setup(plugin) {
    plugin.onResolve({ filter: /^(echarts|zrender)\/lib\// }, ({ path, importer, ...rest }) =>
      path.endsWith('.js')
        ? undefined
        : plugin.resolve(`${path}.js`, { importer, kind: rest.kind, resolveDir: rest.resolveDir }),
    );
  },
};

/**
 * echarts-gl's renderer reads the sizes of its pictures ("width * dpr / 2") by making functions out of text, which no panel's
 * content security policy lets through. They are read as what they are: factors and divisors from left to right.
 */
const withoutEval = {
  name: 'without-eval',
  setup(plugin) {
    plugin.onLoad({ filter: /[\\/]claygl[\\/]src[\\/]createCompositor\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source.replace(
        "new Function('width', 'height', 'dpr', 'return ' + exprRes[1])",
        `(width, height, dpr) => {
          const one = (text) => text.match(/[*/]?\\s*[\\w.]+/g).reduce((value, part) => {
            const name = part.replace(/^[*/]\\s*/, '').trim();
            const factor = { width, height, dpr }[name] ?? Number(name);
            return part[0] === '/' ? value / factor : value * factor;
          }, 1);
          const list = /^\\s*\\[(.*)\\]\\s*$/.exec(exprRes[1]);
          return list ? list[1].split(',').map(one) : one(exprRes[1]);
        }`,
      );
      if (contents === source) fail(`${path} is not as expected: does it still make functions out of text?`);
      return { contents };
    });
  },
};

/** Bundles with what is left to do once they have been written. */
const bundles = [await engine(), ...(await extension()), ...(await webview())];

for (const { name, options, finish } of bundles) {
  if (watching) {
    const done = { name: 'finish', setup: (plugin) => plugin.onEnd(({ errors }) => errors.length === 0 && finish?.()) };
    await (await context({ ...options, plugins: [...(options.plugins ?? []), done] })).watch();
  } else {
    const result = await build({ ...options, metafile: true }).catch(() => process.exit(1)); // esbuild has printed why
    await finish?.();
    const bytes = Object.values(result.metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
    console.log(`built ${name} (${(bytes / 2 ** 20).toFixed(1)} MiB with its source map)`);
  }
}
await writeSchemas();
await writeTexts();

async function engine() {
  const out = join(dist, 'engine');
  const entry = join(root, 'src/engine/cli.ts');
  const source = await readFile(entry, 'utf8').catch((error) =>
    fail(`cannot read the entry ${entry}: ${error.message}. Nothing was built.`),
  );
  // esbuild carries the entry's first line over, and npm runs the bundle as a program by it.
  if (!source.startsWith('#!/usr/bin/env node\n')) fail(`${entry} must begin with #!/usr/bin/env node`);

  await emptied(out);
  const wasm = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
  for (const name of wasmBinaries) await copyFile(join(wasm, name), join(out, basename(name)));
  await cp(join(root, 'src/engine/report/fonts'), join(out, 'fonts'), { recursive: true });
  return {
    name: 'dist/engine/cli.cjs',
    options: {
      ...common,
      entryPoints: { cli: entry, sessionWorker: join(root, 'src/engine/compile/sessionWorker.ts') },
      outdir: out,
      outExtension: { '.js': '.cjs' },
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      external,
      // CommonJS has no import.meta; files beside the bundle are found through this instead.
      banner: { js: `const importMetaUrl = require('node:url').pathToFileURL(__filename).href;` },
      define: { 'import.meta.url': 'importMetaUrl' },
    },
    finish: () => chmod(join(out, 'cli.cjs'), 0o755),
  };
}

async function extension() {
  const entry = join(root, 'src/extension/extension.ts');
  if (!(await exists(entry))) return skipped('the extension', entry);
  await emptied(join(dist, 'extension'));
  return [
    {
      name: 'dist/extension/extension.cjs',
      options: {
        ...common,
        entryPoints: [entry],
        outfile: join(dist, 'extension/extension.cjs'),
        platform: 'node',
        target: 'node20',
        format: 'cjs',
        // Less to read and compile at activation.
        minify: !watching,
        plugins: [withoutLocales],
        // No native library is excepted: they belong to the engine's process, and a bundle that asks for one must fail.
        external: ['vscode'],
        // A library that looks at it would make the editor complain about every start.
        define: { navigator: 'undefined' },
      },
    },
  ];
}

async function webview() {
  const folder = join(root, 'src/webview');
  const names = (await exists(folder)) ? (await readdir(folder)).sort() : [];
  const entries = {};
  for (const name of names) {
    const entry = join(folder, name, 'main.ts');
    if (await exists(entry)) entries[name] = entry;
    // What a panel loads only when it is asked to draw in three dimensions.
    const three = join(folder, name, 'gl.ts');
    if (await exists(three)) entries[`${name}-gl`] = three;
  }
  if (Object.keys(entries).length === 0) return skipped('the panels', join(folder, '*/main.ts'));
  await emptied(join(dist, 'webview'));
  return [
    {
      name: `dist/webview: ${Object.keys(entries).join(', ')}`,
      options: {
        ...common,
        entryPoints: entries,
        outdir: join(dist, 'webview'),
        platform: 'browser',
        target: 'es2022',
        format: 'iife',
        minify: !watching,
        // A panel's content security policy lets no source map be fetched; a development build carries them inside.
        sourcemap: watching ? 'inline' : false,
        plugins: [withEndings, withoutEval],
        loader: { '.svg': 'text', '.ttf': 'file' },
      },
    },
  ];
}

/**
 * The JSON schemas of experiment files, out of the source of the checks: one that refuses what the checks refuse, for any
 * editor, and one for ours, which checks by itself.
 */
async function writeSchemas() {
  const contents = ["export * from './jsonSchema';", "export * from './editorSchema';"].join('\n');
  const { outputFiles } = await build({
    ...common,
    stdin: { contents, resolveDir: join(root, 'src/engine/experiment') },
    platform: 'node',
    format: 'esm',
    sourcemap: false,
    write: false,
  });
  const source = `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`;
  const { experimentJsonSchema, experimentEditorSchema } = await import(source);
  const schemas = { experiment: experimentJsonSchema(), 'experiment.editor': experimentEditorSchema() };
  await mkdir(join(dist, 'schemas'), { recursive: true });
  for (const [name, schema] of Object.entries(schemas)) {
    await writeFile(join(dist, 'schemas', `${name}.schema.json`), `${JSON.stringify(schema, null, 2)}\n`);
  }
  if (!watching) console.log(`built dist/schemas: ${Object.keys(schemas).join(', ')}`);
}

/** The texts that translations start from. */
async function writeTexts() {
  await mkdir(join(dist, 'l10n'), { recursive: true });
  await writeFile(join(dist, 'l10n/bundle.l10n.json'), bundleText());
}

async function emptied(folder) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
}

async function exists(path) {
  return stat(path).then(
    () => true,
    (error) =>
      error.code === 'ENOENT' || error.code === 'ENOTDIR' ? false : fail(`cannot look at ${path}: ${error.message}`),
  );
}

/** No bundle, said aloud: a build without this part is not the whole product. */
function skipped(what, entry) {
  console.log(`not built: ${what}, as there is no ${relative(root, entry)}`);
  return [];
}

function fail(message) {
  console.error(`build: ${message}`);
  process.exit(1);
}
