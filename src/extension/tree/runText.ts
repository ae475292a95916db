import type { EffectiveStatus } from '../../runs/document';
import type { EpochMetrics, RunRecord } from '../runs/runData';
import { duration, figure, t } from '../text';
import { nameOf, scoreOf } from './sorting';
import { sparkline, type SparklineColours, svgAddress } from './sparkline';
import { statusLabel } from './treeModel';

/** What is known of a live run beyond its document. */
export interface LiveText {
  /** Seconds until it ends; null while nothing can be said. */
  readonly etaSeconds: number | null;
  readonly stopping: boolean;
}

/** What stands behind a run's name: epoch, IoU, confidence, marks. */
export function runDescription({ entry, marks }: RunRecord, live: LiveText | undefined): string {
  const marked = [marks.star ? '★' : '', ...marks.tags.map((tag) => `#${tag}`)].filter((part) => part !== '');
  if (!entry.ok) return [...marked, entry.reason].join(' · ');
  const { document, status } = entry;
  const means = document.last?.test ?? document.last?.train;
  const parts = [
    ...(live?.stopping ? [t('stopping…')] : []),
    status === 'finished' ? '' : t('epoch {0}/{1}', document.epochsDone, document.epochsTotal),
    means ? t('IoU {0}', figure(means.iou)) + (document.last?.test ? '' : t(' (train)')) : '',
    means ? t('conf. {0}', figure(means.confidenceForeground, 2)) : '',
    live && live.etaSeconds !== null && !live.stopping ? t('{0} left', duration(live.etaSeconds)) : '',
    // With a name of its own, the loss is what the name does not tell.
    marks.title === null ? '' : document.loss.label,
  ];
  return [...marked, ...parts.filter((part) => part !== '')].join(' · ');
}

/** What a screen reader says of a run. */
export function runSpoken(record: RunRecord, live: LiveText | undefined): string {
  const { entry, marks } = record;
  const status = statusLabel(entry.ok ? entry.status : 'unreadable');
  const starred = marks.star ? [t('starred')] : [];
  return [nameOf(record), status, ...starred, runDescription(record, live)].filter((part) => part !== '').join(', ');
}

/** The tooltip of a run, in Markdown: its curve, its numbers and where it is. */
export function runTooltip(
  record: RunRecord,
  epochs: readonly EpochMetrics[],
  live: LiveText | undefined,
  colours: SparklineColours,
  now: Date,
): string {
  const { entry, marks, folder } = record;
  if (!entry.ok) {
    return [
      `**${escapeMarkdown(entry.id)}**`,
      escapeMarkdown(t('It cannot be shown: {0}.', entry.reason)),
      code(folder),
    ].join('\n\n');
  }
  const { document, status } = entry;
  const title = marks.title === null ? document.loss.label : `${marks.title}: ${document.loss.label}`;
  const blocks = [`**${escapeMarkdown(title)}** — ${escapeMarkdown(document.experimentName)}`];
  if (document.dataset.synthetic) blocks.push(`*${escapeMarkdown(t('Synthetic data'))}*`);
  if (marks.note !== '') blocks.push(escapeMarkdown(marks.note).replace(/\r?\n/g, '  \n'));
  const curve = sparkline(epochs, colours);
  if (curve !== null) {
    const what = t('IoU by epoch, test as a line, training dashed');
    blocks.push(`![${escapeMarkdown(what)}](${svgAddress(curve)})`);
  }
  const table = metricsTable(record);
  if (table !== '') blocks.push(table);
  const started = Date.parse(document.started);
  const facts = [
    statusSentence(status, document.epochsDone, document.epochsTotal, live),
    t('Started {0}, {1} ago', new Date(started).toLocaleString(), duration((now.getTime() - started) / 1000)),
    t('{0}, {1}, {2} threads', document.accelerator.name, document.accelerator.provider, document.accelerator.threads),
  ];
  blocks.push(facts.map(escapeMarkdown).join('  \n'));
  if (document.error) {
    const { message, hint } = document.error;
    blocks.push([message, ...(hint ? [hint] : [])].map(escapeMarkdown).join('  \n'));
  }
  blocks.push(code(folder));
  return blocks.join('\n\n');
}

function statusSentence(status: EffectiveStatus, done: number, total: number, live: LiveText | undefined): string {
  const state = t('{0} after {1} of {2} epochs', statusLabel(status), done, total);
  if (live?.stopping) return `${state}, ${t('stopping…')}`;
  return live && live.etaSeconds !== null ? `${state}, ${t('{0} left', duration(live.etaSeconds))}` : state;
}

function metricsTable({ entry }: RunRecord): string {
  if (!entry.ok) return '';
  const { last, best } = entry.document;
  if (!last) return '';
  const rows = [last, ...(best && best.epoch !== last.epoch ? [best] : [])].map((summary) => {
    const means = summary.test ?? summary.train;
    const which = summary === last ? t('last, epoch {0}', summary.epoch) : t('best, epoch {0}', summary.epoch);
    const values = [
      figure(scoreOf(summary)),
      figure(means?.dice),
      figure(means?.confidenceForeground),
      figure(means?.confidenceBackground),
    ];
    return `| ${which} | ${values.join(' | ')} |`;
  });
  const split = last.test ? t('Test') : t('Training');
  const heads = [split, t('IoU'), t('Dice'), t('conf. foreground'), t('conf. background')];
  return [`| ${heads.join(' | ')} |`, '| --- | ---: | ---: | ---: | ---: |', ...rows].join('\n');
}

/** A text that Markdown shows as it is. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~$&]/g, '\\$&');
}

function code(text: string): string {
  // A run of backticks longer than any inside holds them together.
  const fence = '`'.repeat(1 + Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)));
  return `${fence}${text}${fence}`;
}
