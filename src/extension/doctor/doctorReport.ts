import type { EngineResult } from '../tasks/engineProcess';
import type { ChosenNode } from '../tasks/nodeDiscovery';
import { t } from '../text';

/** What the doctor looks at. */
export interface Findings {
  readonly extension: string;
  readonly editor: string;
  readonly platform: string;
  /** Where the extension host runs, when it is not this computer. */
  readonly remote: string | undefined;
  readonly trusted: boolean;
  /** The chosen Node, or why there is none. */
  readonly node: ChosenNode | string;
  /** `losscape doctor --json` and `losscape doctor`; null when they could not be run. */
  readonly engine: { readonly json: EngineResult; readonly text: EngineResult } | null;
  /** Settings that differ from their defaults. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly runs: number;
  readonly runsFolders: readonly string[];
  /** Why changes are looked for instead of being announced; undefined when watching works. */
  readonly polling: string | undefined;
}

export interface DoctorReport {
  /** One sentence. */
  readonly summary: string;
  /** What keeps the user from training; empty when nothing does. */
  readonly wrong: readonly string[];
  /** The whole report, in Markdown. */
  readonly markdown: string;
}

/** What the engine's doctor tells that this report needs; everything else stays in its own words. */
interface EngineDiagnosis {
  readonly chosen?: { available?: boolean; reason?: string; name?: string; provider?: string; threads?: number };
  readonly images?: { available?: boolean; reason?: string };
}

/** The doctor's report out of what it found. */
export function doctorReport(findings: Findings): DoctorReport {
  const { node, engine } = findings;
  const wrong: string[] = [];
  if (!findings.trusted) wrong.push(t('This workspace is not trusted: runs can be looked at, nothing can be trained.'));
  if (typeof node === 'string') wrong.push(node);
  const diagnosis = engine ? parseDiagnosis(engine.json.stdout) : null;
  if (engine && !diagnosis) {
    wrong.push(t('The engine does not answer: {0}', firstLine(engine.json.stderr) || t('it printed nothing')));
  }
  for (const part of [diagnosis?.chosen, diagnosis?.images]) {
    if (part?.available === false) wrong.push(part.reason ?? t('A part of the engine does not load.'));
  }
  const chosen = diagnosis?.chosen;
  const summary =
    wrong.length > 0
      ? t('Losscape cannot train here: {0}', wrong[0]!)
      : typeof node === 'string'
        ? ''
        : t('Losscape is ready: Node {0}, {1} on {2}.', node.version, chosen?.name ?? '?', chosen?.provider ?? '?');
  return { summary, wrong, markdown: markdown(findings, summary, wrong) };
}

function markdown(findings: Findings, summary: string, wrong: readonly string[]): string {
  const { node, engine, settings } = findings;
  const lines = [`# ${t('Losscape doctor')}`, '', summary, ''];
  if (wrong.length > 0) lines.push(`## ${t('What is wrong')}`, '', ...wrong.map((text) => `- ${text}`), '');
  lines.push(`## ${t('Node that runs the engine')}`, '');
  if (typeof node === 'string') lines.push(`- ${node}`);
  else {
    lines.push(`- \`${node.command}\` (${node.version})`, ...node.reasons.map((reason) => `- ${reason}`));
  }
  lines.push('', `## ${t('Engine')}`, '');
  if (engine) lines.push('```text', engine.text.stdout.trim() || engine.text.stderr.trim(), '```');
  else lines.push(t('It was not asked.'));
  lines.push(
    '',
    `## ${t('Editor')}`,
    '',
    `- Losscape ${findings.extension}`,
    `- ${findings.editor}, ${findings.platform}${findings.remote === undefined ? '' : `, ${findings.remote}`}`,
    `- ${t('Workspace trust: {0}', findings.trusted ? t('trusted') : t('not trusted'))}`,
    `- ${t('{0} runs in {1} folders', findings.runs, findings.runsFolders.length)}`,
    ...findings.runsFolders.map((folder) => `  - \`${folder}\``),
    `- ${findings.polling === undefined ? t('Changes are announced by the file system') : t('Changes are looked for regularly: {0}', findings.polling)}`,
    '',
    `## ${t('Settings')}`,
    '',
    ...(Object.keys(settings).length === 0
      ? [t('All at their defaults.')]
      : Object.entries(settings).map(([key, value]) => `- \`${key}\`: \`${JSON.stringify(value)}\``)),
    '',
  );
  return lines.join('\n');
}

function parseDiagnosis(text: string): EngineDiagnosis | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    // Not even JSON: the report says that the engine does not answer, with what it printed instead.
    return null;
  }
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}
