import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultThreads } from '../src/engine/accelerators/threads';
import { unetGeometry } from '../src/engine/data/geometry';
import { type BenchCase, cases } from './cases';
import { type CaseResult, measureCase } from './measure';
import { findPython, type PythonSearch } from './python';
import { resultsJson, resultsMarkdown, resultsTable, surroundingsText } from './results';
import { writeSection } from './sections';
import { Side } from './side';

const usage = `npm run bench -- [options]

  --python PATH   the Python with PyTorch to compare with (default: LOSSCAPE_PYTHON, then python3)
  --repeats N     rounds of each measurement (default: 11)
  --case NAME     only the cases whose name contains NAME; nothing is written then
  --threads N     threads of either side (default: as many as losscape train would use)
`;

interface Options {
  readonly python: string | undefined;
  readonly repeats: number;
  readonly threads: number;
  readonly only: string | undefined;
}

/** Bad usage: told without a stack, exit code 2. */
class UsageError extends Error {}

function options(): Options | undefined {
  const { values } = parseArgs({
    options: {
      python: { type: 'string' },
      repeats: { type: 'string', default: '11' },
      threads: { type: 'string', default: String(defaultThreads()) },
      case: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const whole = (name: string, text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1) throw new UsageError(`--${name} must be a whole number of at least 1`);
    return value;
  };
  return {
    python: values.python,
    repeats: whole('repeats', values.repeats),
    threads: whole('threads', values.threads),
    only: values.case,
  };
}

async function measure(
  bench: BenchCase,
  python: PythonSearch,
  folders: { bundle: string; source: string },
  { threads, repeats }: Options,
): Promise<CaseResult> {
  const [tile] = unetGeometry(bench.model, [bench.size, bench.size]).tile;
  const ours = new Side('Losscape', process.execPath, [join(folders.bundle, 'ours.cjs')]);
  const peer = python.found
    ? new Side('PyTorch', python.command, [join(folders.source, 'peers/torch_unet.py')], {
        OMP_NUM_THREADS: String(threads),
      })
    : undefined;
  const say = (what: string): void => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${bench.name}: ${what}`);
  };
  try {
    return await measureCase(bench, tile, ours, peer, { threads, repeats, say });
  } finally {
    await Promise.all([ours.close(), peer?.close()]);
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  }
}

async function main(): Promise<void> {
  const given = options();
  if (!given) {
    process.stdout.write(usage);
    return;
  }
  const chosen = cases.filter(({ name }) => name.includes(given.only ?? ''));
  if (chosen.length === 0) {
    throw new UsageError(`no case is called "${given.only}"; there are:\n  ${cases.map((c) => c.name).join('\n  ')}`);
  }
  const python = findPython(['torch'], given.python);
  if (!python.found && given.python !== undefined) throw new UsageError(python.reasons.join('; '));
  const withoutPeer = python.found ? undefined : python.reasons.join('; ');
  if (withoutPeer !== undefined) {
    console.log(`No Python with PyTorch: measuring ours alone (${withoutPeer}). Give one with --python PATH.`);
  }
  // This file runs from .cache/bench; the results and the peer are in bench.
  const folders = { bundle: __dirname, source: join(__dirname, '../../bench') };
  const results: CaseResult[] = [];
  for (const bench of chosen) {
    const result = await measure(bench, python, folders, given);
    results.push(result);
    console.log(`\n${resultsTable([result])}`);
  }
  console.log(`\n${surroundingsText(results[0]!.versions, given.threads)}`);
  if (given.only !== undefined) return;
  await writeFile(join(folders.source, 'results.json'), resultsJson(results));
  await writeSection(resultsMarkdown(results, { threads: given.threads, repeats: given.repeats, withoutPeer }));
}

main().catch((error: Error & { code?: string }) => {
  const badUsage = error instanceof UsageError || error.code?.startsWith('ERR_PARSE_ARGS') === true;
  console.error(badUsage ? `bench: ${error.message}\n\n${usage}` : error);
  process.exit(badUsage ? 2 : 1);
});
