import { cpus } from 'node:os';
import type { CaseResult, Compared } from './measure';

/** What the numbers were measured on. */
export interface Surroundings {
  readonly threads: number;
  readonly repeats: number;
  /** Why there is no peer; undefined when there is one. */
  readonly withoutPeer: string | undefined;
}

const pair = ({ ours, peer }: Compared): { ours: number; peer: number | null } => ({
  ours: round(ours),
  peer: peer === null ? null : round(peer),
});

const round = (value: number): number => Math.round(value * 100) / 100;

/** `bench/results.json`: milliseconds and MiB; `peer` is null where there was none. */
export function resultsJson(results: readonly CaseResult[]): string {
  const rows = results.map(({ name, step, forward, memory }) => ({
    name,
    step: pair(step),
    forward: pair(forward),
    memory: pair(memory),
  }));
  return `${JSON.stringify({ cases: rows }, null, 2)}\n`;
}

/** The table, for the terminal and for `bench/results.md`. */
export function resultsTable(results: readonly CaseResult[]): string {
  const time = ({ ours, peer, ratio }: Compared): string[] => [
    milliseconds(ours),
    peer === null ? '–' : milliseconds(peer),
    ratio === null ? '–' : `${ratio.toFixed(2)}x`,
  ];
  const memory = ({ ours, peer }: Compared): string[] => [
    `${ours.toFixed(0)} MiB`,
    peer === null ? '–' : `${peer.toFixed(0)} MiB`,
    peer === null ? '–' : `${(ours / peer).toFixed(2)}x`,
  ];
  return markdownTable(
    ['', 'Losscape', 'PyTorch', 'ratio'],
    results.flatMap((result) => [
      [`**${result.name}**`, '', '', ''],
      ['training step', ...time(result.step)],
      ['forward pass', ...time(result.forward)],
      ['peak memory', ...memory(result.memory)],
    ]),
  );
}

const milliseconds = (value: number): string => `${value.toFixed(value < 100 ? 1 : 0)} ms`;

/** A table in Markdown whose columns line up; the first is flush left, the others flush right. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(3, title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(' | ')} |`;
  const rule = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** Processor, system, threads and versions, one a line. */
export function surroundingsText(versions: Readonly<Record<string, string>>, threads?: number): string {
  const processors = cpus();
  return [
    `- processor: ${processors[0]?.model.trim() ?? 'unknown'}, ${processors.length} cores${threads === undefined ? '' : `; ${threads} threads on either side`}`,
    `- system: ${process.platform} ${process.arch}`,
    `- versions: ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
  ].join('\n');
}

/** The section of `bench/results.md`. */
export function resultsMarkdown(results: readonly CaseResult[], { threads, repeats, withoutPeer }: Surroundings): string {
  const versions = results[0]?.versions ?? {};
  const peer =
    withoutPeer === undefined
      ? `The peer is \`bench/peers/torch_unet.py\`: the same network in channels_last, its fastest layout on processors, with fused Adam and gradients set to none; forward passes in inference mode.`
      : `No PyTorch was found, so there is nothing to compare with (${withoutPeer}).`;
  return `# Speed and memory

U-Net, cross-entropy, Adam; the numbers of parameters of both sides are checked to be equal. ${peer}

${surroundingsText(versions, threads)}

${resultsTable(results)}

Each side runs in a process of its own. Both stay alive and are asked for a block of runs in turn, ${repeats} times after a
warm-up; who begins alternates. Times are medians over the blocks, ratios of times are medians over the rounds: above 1 means
that ours is faster. Peak memory is the largest resident size of the process that has trained, ours over the peer's: below 1
means that ours is smaller. A training step of ours also measures by how much every parameter tensor moved.

\`npm run bench\` measures again and writes this section and \`results.json\` (milliseconds and MiB).
`;
}
