// The whole of `npm start`: builds, then does the main job once on a generated data set: trains U-Nets under two losses,
// samples the surfaces they lie on, writes a report, and says what there is to see. Everything goes into a folder of its
// own inside losscape-demo/; nothing that is there already is touched.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const cli = join(root, 'dist/engine/cli.cjs');
const began = performance.now();

/** Synthetic pictures of 128 × 171 pixels: small enough for two cores and two minutes. */
const pairs = 40;
const scale = 0.3;
const surfacePoints = 17;
const surfaceImages = 4;

const experiment = `{
  // Generated pictures, no photographs of eyes: see README.md beside this file.
  "dataset": { "images": "images", "masks": "masks", "test": 8, "synthetic": true },
  "model": { "filters": 8, "depth": 3, "padding": "same" },
  "input": { "crop": [128, 112] },
  "training": {
    "epochs": 50,
    "batchSize": 1,
    "optimizer": { "type": "adam", "learningRate": 1e-3 },
    "schedule": { "type": "cosine" },
    "evaluateEvery": 5,
    "checkpointEvery": 5
  },
  // One run each: what does weighting the disc do to confidence, and what does playing down the easy pixels?
  "losses": [{ "type": "crossEntropy", "classWeights": [1, 3] }, { "type": "focal", "gamma": 2 }]
}
`;

heading('Build');
run(join(root, 'scripts/build.mjs'));

const folder = newFolder();
heading(`A data set: ${pairs} synthetic fundus pictures`);
losscape('sample', folder, '--pairs', String(pairs), '--scale', String(scale));
const file = join(folder, 'demo.losscape.json');
writeFileSync(file, experiment);

heading('Two trainings: the same U-Net under weighted cross-entropy and under focal loss');
losscape('train', file);
const runs = join(folder, 'runs');
const finished = readdirSync(runs)
  .sort()
  .map((name) => join(runs, name))
  .map((path) => ({ path, document: JSON.parse(readFileSync(join(path, 'run.json'), 'utf8')) }));

heading('The loss surface around each of the two');
losscape(
  'surface',
  ...finished.map(({ path }) => path),
  ...['--points', String(surfacePoints), '--images', String(surfaceImages)],
);

heading('Report');
const report = join(folder, 'report.html');
losscape('report', runs, '--out', report, '--title', 'Losscape demo: weighted cross-entropy and focal loss');

heading(`Done in ${Math.round((performance.now() - began) / 1000)} seconds`);
console.log(`${table()}\n\n${whatToSee()}\n
Report    ${shown(report)}
Runs      ${shown(runs)}
VS Code   code ${shown(folder)}   and open demo.losscape.json
Again     npx losscape train ${shown(file)}

Your own images: put them and their masks into two folders, images and masks, then
          npx losscape init FOLDER`);

/** Rows of what the two networks reach on the test images. */
function table() {
  const rows = [
    ['loss', 'IoU', 'accuracy', 'confidence on the disc', 'confidence elsewhere', 'calibration error'],
    ...finished.map(({ document }) => {
      const { iou, accuracy, confidenceForeground, confidenceBackground, ece } = document.last.test;
      const figures = [iou, accuracy, confidenceForeground, confidenceBackground, ece];
      return [document.loss.label, ...figures.map((value) => value.toFixed(3))];
    }),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))));
  return `On the 8 test pictures (synthetic data):\n${lines.map((line) => `  ${line.join('  ')}`).join('\n')}`;
}

/** In words, from what was measured. */
function whatToSee() {
  const [one, other] = finished.map(({ document }) => ({ label: document.loss.label, ...document.last.test }));
  const [surer, lessSure] = one.confidenceForeground > other.confidenceForeground ? [one, other] : [other, one];
  return (
    `Both find the disc (IoU ${one.iou.toFixed(2)} and ${other.iou.toFixed(2)}). What the loss changes is how sure the network is of it:\n` +
    `on the pixels of the disc it gives the disc a probability of ${surer.confidenceForeground.toFixed(2)} on average under ${surer.label},\n` +
    `and of ${lessSure.confidenceForeground.toFixed(2)} under ${lessSure.label}. The report shows this over the epochs, in pictures, and on the\n` +
    'surfaces that training walked on.'
  );
}

/** losscape-demo/<time>, which does not exist yet. */
function newFolder() {
  const demo = join(process.cwd(), 'losscape-demo');
  mkdirSync(demo, { recursive: true });
  const now = new Date();
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString();
  const time = local.slice(0, 19).replaceAll(':', '').replaceAll('-', '').replace('T', '-');
  for (let attempt = 1; ; attempt++) {
    const path = join(demo, attempt === 1 ? time : `${time}-${attempt}`);
    try {
      mkdirSync(path);
      return path;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
  }
}

function losscape(...args) {
  run(cli, ...args);
}

/** Runs a Node program to its end; ends this one when it fails or is stopped. */
function run(program, ...args) {
  const { status, signal, error } = spawnSync(process.execPath, [program, ...args], { stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? (signal === 'SIGINT' ? 130 : 1));
}

function heading(text) {
  console.log(`\n== ${text}`);
}

/** A path as one types it here. */
function shown(path) {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}
