import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { t } from '../text';
import { Problem } from '../../runs/problem';

/** Oldest Node that the engine runs on. */
export const leastNode = 20;

/** The Node that runs the engine. */
export interface ChosenNode {
  readonly command: string;
  /** What has to be added to its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** As in "20.11.1". */
  readonly version: string;
  readonly source: 'setting' | 'path' | 'editor';
  /** Why this one and not another, in sentences. */
  readonly reasons: readonly string[];
}

export interface NodeSearch {
  /** The setting `losscape.nodePath`; empty when it is not set. */
  readonly setting: string;
  /** The environment variable PATH. */
  readonly path: string;
  /** The editor's own program, which is a Node when ELECTRON_RUN_AS_NODE is set. */
  readonly execPath: string;
  readonly platform: NodeJS.Platform;
  /** Version of the Node that a program is, or null when it is none. */
  readonly versionOf: (command: string, env: Readonly<Record<string, string>>) => Promise<string | null>;
  readonly exists: (file: string) => Promise<boolean>;
}

/**
 * Chooses the Node that runs the engine: the one that is set, else the first on PATH that is new enough, else the editor's
 * own. A set one that cannot be used is not passed over in silence.
 *
 * @throws Error in words for the user, when the set one cannot be used or there is none at all.
 */
export async function chooseNode(search: NodeSearch): Promise<ChosenNode> {
  if (search.setting !== '') return setNode(search);
  const reasons: string[] = [];
  for (const command of await onPath(search)) {
    const version = await search.versionOf(command, {});
    if (version !== null && isNewEnough(version)) {
      reasons.push(t('It is the first Node on PATH that is version {0} or newer.', leastNode));
      return { command, env: {}, version, source: 'path', reasons };
    }
    reasons.push(
      version === null
        ? t('{0} does not run.', command)
        : t('{0} is Node {1}: older than {2}.', command, version, leastNode),
    );
  }
  if (reasons.length === 0) reasons.push(t('There is no Node on PATH.'));
  const env = { ELECTRON_RUN_AS_NODE: '1' };
  const version = await search.versionOf(search.execPath, env);
  if (version !== null && isNewEnough(version)) {
    reasons.push(t('The editor’s own Node is used instead.'));
    return { command: search.execPath, env, version, source: 'editor', reasons };
  }
  throw new Problem(
    t('There is no Node {0} or newer to train with.', leastNode) +
      ` ${reasons.join(' ')} ` +
      t('Install Node.js, or name one in the setting "losscape.nodePath".'),
  );
}

async function setNode({ setting, versionOf }: NodeSearch): Promise<ChosenNode> {
  const version = await versionOf(setting, {});
  if (version === null) {
    throw new Problem(t('The setting "losscape.nodePath" names {0}, and that does not run as Node.', setting));
  }
  if (!isNewEnough(version)) {
    throw new Problem(
      t(
        'The setting "losscape.nodePath" names {0}, which is Node {1}; {2} or newer is needed.',
        setting,
        version,
        leastNode,
      ),
    );
  }
  const reasons = [t('It is set in "losscape.nodePath".')];
  return { command: setting, env: {}, version, source: 'setting', reasons };
}

async function onPath({ path, platform, exists }: NodeSearch): Promise<string[]> {
  const name = platform === 'win32' ? 'node.exe' : 'node';
  const separator = platform === 'win32' ? ';' : platform === process.platform ? delimiter : ':';
  const folders = path.split(separator).map((folder) => folder.replace(/^"(.*)"$/, '$1'));
  const found: string[] = [];
  for (const folder of new Set(folders)) {
    // A relative folder on PATH means another program in every workspace.
    if (!isAbsolute(folder)) continue;
    const file = join(folder, name);
    if (await exists(file)) found.push(file);
  }
  return found;
}

/** Whether "20.11.1" is new enough. */
export function isNewEnough(version: string): boolean {
  return Number(/^v?(\d+)/.exec(version)?.[1] ?? 0) >= leastNode;
}

/** Asks a program for its version of Node; null when it is none, does not start, or does not answer. */
export function versionOfNode(command: string, env: Readonly<Record<string, string>>): Promise<string | null> {
  return new Promise((done) => {
    const options = { env: { ...process.env, ...env }, timeout: 10_000, windowsHide: true };
    execFile(command, ['-p', 'process.versions.node'], options, (error, stdout) => {
      const version = stdout.trim();
      done(error === null && /^\d+\.\d+\.\d+/.test(version) ? version : null);
    });
  });
}

/** Whether a file exists and may be run. */
export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
