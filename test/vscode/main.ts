// Runs the tests of the real editor: `node scripts/testEditor.mjs` starts the editor and then this, bundled.
import { mkdirSync, writeFileSync } from 'node:fs';
import { activation } from './activation';
import { badInput } from './badInput';
import { children } from './children';
import { curvature } from './curvature';
import { curve } from './curve';
import { training } from './training';
import { experimentFile } from './experimentFile';
import { descent } from './descent';
import { figures } from './figures';
import { heatmap } from './heatmap';
import { inspectorCrash } from './inspectorCrash';
import { manage } from './manage';
import { newUser } from './newUser';
import { network } from './network';
import { panels } from './panels';
import { predict } from './predict';
import { quietConsole } from './quietConsole';
import { surface } from './surface';
import { speed } from './speed';
import { thousands } from './thousands';
import { untrusted } from './untrusted';
import { Session } from './session';
import type { EditorTest } from './tests';

export { Session };

/** A window of the editor, and the tests that run in it. */
export interface EditorWindow {
  readonly name: string;
  /** Whether the sample folder is open in it; the folder stays from window to window. */
  readonly folder: boolean;
  readonly trusted: boolean;
  readonly suites: Readonly<Record<string, readonly EditorTest[]>>;
}

/** All windows and their tests, in the order in which they run. */
export const windows: readonly EditorWindow[] = [
  {
    name: 'workspace',
    folder: true,
    trusted: true,
    suites: {
      activation,
      experimentFile,
      curve,
      training,
      panels,
      heatmap,
      inspectorCrash,
      badInput,
      network,
      descent,
      surface,
      children,
      predict,
      curvature,
      manage,
      speed,
      thousands,
      console: quietConsole,
    },
  },
  { name: 'untrusted', folder: true, trusted: false, suites: { untrusted, console: quietConsole } },
  { name: 'empty', folder: false, trusted: true, suites: { newUser, console: quietConsole } },
];

/** Names of the tests of a window of which some part contains a part of `only`. */
export function chosenTests(window: EditorWindow, only: string): string[] {
  return Object.entries(window.suites)
    .flatMap(([suite, tests]) => tests.map(({ name }) => `${window.name}/${suite}: ${name}`))
    .filter((name) => isChosen(name, only));
}

/** @param only parts of names, with | between them; empty: every test. */
function isChosen(name: string, only: string): boolean {
  return only.split('|').some((part) => name.includes(part));
}

/** Longer than any test that works. Without a limit, one that hangs would hide what the others say. */
const limitMinutes = 12;

function hangs(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`not done after ${limitMinutes} minutes`)), limitMinutes * 60_000).unref();
  });
}

/** Why a test failed, or undefined. */
function failure(test: EditorTest, session: Session): Promise<string | undefined> {
  return Promise.resolve()
    .then(() => Promise.race([test.run(session), hangs()]))
    .then(
      () => undefined,
      (reason: unknown) => (reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)),
    );
}

/** How the tests of a window ended. */
export interface Outcome {
  readonly passed: number;
  /** Numbers of tests that failed, by suite. */
  readonly failed: Readonly<Record<string, number>>;
}

/** Runs every test of a window whose name contains a part of `only`; prints a line for each. */
export async function runTests(
  window: EditorWindow,
  session: Session,
  only: string,
  pictures: string,
): Promise<Outcome> {
  mkdirSync(pictures, { recursive: true });
  const results: { suite: string; name: string; passed: boolean; seconds: number; error?: string }[] = [];
  for (const [suite, tests] of Object.entries(window.suites)) {
    for (const test of tests) {
      const name = `${window.name}/${suite}: ${test.name}`;
      if (!isChosen(name, only)) continue;
      const began = performance.now();
      let error = await failure(test, session);
      if (error !== undefined && test.again) {
        // A busy machine can make a person's step come too early; what is wrong fails again. Said either way.
        console.log(`once more ${name}\n${error.replace(/^/gm, '    ')}`);
        await session.startOver();
        error = await failure(test, session);
      }
      const seconds = (performance.now() - began) / 1000;
      results.push({ suite, name, passed: error === undefined, seconds, error });
      console.log(`${error === undefined ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)`);
      if (error !== undefined) {
        console.log(error.replace(/^/gm, '    '));
        await session.picture(`failed ${name.replace(/[^\w ]+/g, ' ').slice(0, 80)}`).catch((reason: unknown) => {
          console.log(`    no picture: ${String(reason)}`);
        });
      }
    }
  }
  writeFileSync(
    `${pictures}/${window.name}.json`,
    JSON.stringify({ results, complaints: session.complaints }, null, 2),
  );
  writeFileSync(`${pictures}/figures.json`, JSON.stringify(figures(), null, 2));
  const failed: Record<string, number> = {};
  for (const { suite, passed } of results) if (!passed) failed[suite] = (failed[suite] ?? 0) + 1;
  return { passed: results.filter(({ passed }) => passed).length, failed };
}

/**
 * Suites with failures, each as a window of its own to be run once more in a new folder: what a busy machine upset
 * passes there, what is wrong fails again. Not the console's, which is about everything that came before it. Suites
 * that come after the training look at its runs: it goes first.
 */
export function onceMore(window: EditorWindow, { failed }: Outcome): { suite: string; window: EditorWindow }[] {
  const order = Object.keys(window.suites);
  return Object.keys(failed)
    .filter((suite) => window.suites[suite] !== quietConsole)
    .map((suite) => {
      const trained = order.includes('training') && order.indexOf(suite) > order.indexOf('training');
      const suites = { ...(trained ? { training } : {}), [suite]: window.suites[suite]!, console: quietConsole };
      return { suite, window: { ...window, name: `${window.name} once more`, suites } };
    });
}
