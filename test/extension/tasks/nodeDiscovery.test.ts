import { expect, test } from 'vitest';
import {
  chooseNode,
  isExecutable,
  isNewEnough,
  type NodeSearch,
  versionOfNode,
} from '../../../src/extension/tasks/nodeDiscovery';

/** A machine with these Nodes. */
function machine(nodes: Record<string, string | null>, search: Partial<NodeSearch> = {}): NodeSearch {
  return {
    setting: '',
    path: '/usr/local/bin:/usr/bin:.:relative/bin',
    execPath: '/editor/electron',
    platform: 'linux',
    exists: (file) => Promise.resolve(file in nodes),
    versionOf: (command, env) =>
      Promise.resolve(command === '/editor/electron' && !env.ELECTRON_RUN_AS_NODE ? null : (nodes[command] ?? null)),
    ...search,
  };
}

test('the one that is set is used, and no other in its place', async () => {
  const nodes = { '/mine/node': '22.1.0', '/old/node': '18.20.0', '/usr/bin/node': '20.11.1' };
  expect(await chooseNode(machine(nodes, { setting: '/mine/node' }))).toMatchObject({
    command: '/mine/node',
    version: '22.1.0',
    source: 'setting',
    env: {},
  });
  await expect(chooseNode(machine(nodes, { setting: '/old/node' }))).rejects.toThrow(/Node 18\.20\.0; 20 or newer/);
  await expect(chooseNode(machine(nodes, { setting: '/none' }))).rejects.toThrow(/names \/none, and that does not run/);
});

test('the first on PATH that is new enough', async () => {
  const nodes = { '/usr/local/bin/node': '18.0.0', '/usr/bin/node': '20.11.1', 'relative/bin/node': '99.0.0' };
  const chosen = await chooseNode(machine(nodes));
  expect(chosen).toMatchObject({ command: '/usr/bin/node', source: 'path' });
  expect(chosen.reasons[0]).toBe('/usr/local/bin/node is Node 18.0.0: older than 20.');
});

test('the editor’s own when there is no other', async () => {
  const chosen = await chooseNode(machine({ '/editor/electron': '22.15.0' }));
  expect(chosen).toMatchObject({ command: '/editor/electron', source: 'editor', env: { ELECTRON_RUN_AS_NODE: '1' } });
  expect(chosen.reasons).toEqual(['There is no Node on PATH.', 'The editor’s own Node is used instead.']);
  await expect(chooseNode(machine({ '/usr/bin/node': null }))).rejects.toThrow(/does not run.*Install Node\.js/);
});

test('versions', () => {
  expect([isNewEnough('20.0.0'), isNewEnough('v22.1'), isNewEnough('19.9.9'), isNewEnough('?')]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('a real Node says its version, and what is none says nothing', async () => {
  expect(await versionOfNode(process.execPath, {})).toBe(process.versions.node);
  expect(await versionOfNode('/bin/echo', {})).toBeNull();
  expect(await versionOfNode('/nowhere/node', {})).toBeNull();
  expect(await isExecutable(process.execPath)).toBe(true);
  expect(await isExecutable(import.meta.filename)).toBe(false);
});
