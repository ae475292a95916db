import type { DescentEntry } from '../../runs/descentDocument';
import type { EffectiveStatus } from '../../runs/document';
import type { SurfaceEntry } from '../surfaces/surfaceFacts';
import { t } from '../text';
import { escapeMarkdown } from './runText';
import { statusLabel } from './treeModel';

/** What a row below a run stands for. */
export type ChildEntry =
  | { readonly kind: 'descent'; readonly entry: DescentEntry }
  | { readonly kind: 'surface'; readonly entry: SurfaceEntry };

/** What a row below a run says. */
export interface ChildText {
  readonly label: string;
  readonly description: string;
  readonly status: EffectiveStatus | 'unreadable';
  /** In Markdown. */
  readonly tooltip: string;
}

/** Losses named in a row; the tooltip has all of them. */
const namedLosses = 2;

/** The words for a descent or a surface. */
export function childText(child: ChildEntry): ChildText {
  return child.kind === 'descent' ? descentText(child.entry) : surfaceText(child.entry);
}

function descentText(entry: DescentEntry): ChildText {
  if (!entry.ok) return unreadable(entry.id, entry.reason, entry.folder);
  const { document, status, folder } = entry;
  const { image, checkpoint, losses, steps, stepsDone, stepsTotal, optimizer, started, error } = document;
  const labels = losses.map(({ label }) => label);
  const named = labels.slice(0, labels.length === namedLosses + 1 ? namedLosses + 1 : namedLosses).join(', ');
  const more = labels.length > namedLosses + 1 ? ' ' + t('and {0} more', labels.length - namedLosses) : '';
  const facts = [
    t('From {0}, epoch {1}, on the image {2} ({3})', checkpoint.loss, checkpoint.epoch, image.name, image.split),
    t('{0} steps of {1} at {2} under each loss', steps, optimizer.type, optimizer.learningRate),
    t('{0}: {1} of {2} steps', statusLabel(status), stepsDone, stepsTotal),
    t('Started {0}', new Date(started).toLocaleString()),
  ];
  return {
    label: image.name,
    description: parts(
      status === 'finished' ? '' : `${statusLabel(status).toLocaleLowerCase()} ${share(stepsDone, stepsTotal)}`,
      t('descent'),
      `${named}${more}`,
      t('epoch {0}', checkpoint.epoch),
    ),
    status,
    tooltip: tooltip(
      t('Descent on {0}', image.name),
      facts,
      labels,
      error ? [error.message, ...(error.hint ? [error.hint] : [])] : [],
      folder,
    ),
  };
}

function surfaceText({ id, surface, folder }: SurfaceEntry): ChildText {
  if ('reason' in surface) return unreadable(id, surface.reason, folder);
  const { plane, epoch, size, done, total, provenance, created } = surface;
  const status = surface.status === 'sampling' ? 'running' : surface.status;
  const label = {
    random: t('Random plane'),
    pca: t('PCA plane'),
    line: t('Line'),
    through: t('Plane through three networks'),
    curvature: t('Plane of the curvature'),
  }[plane];
  const word = status === 'running' ? t('sampling') : statusLabel(status).toLocaleLowerCase();
  const facts = [
    t('{0}: {1} of {2} points', status === 'running' ? t('Sampling') : statusLabel(status), done, total),
    t('Started {0}', new Date(created).toLocaleString()),
  ];
  return {
    label,
    description: parts(
      status === 'finished' ? '' : `${word} ${share(done, total)}`,
      size.join(' × '),
      epoch === null ? '' : t('epoch {0}', epoch),
    ),
    status,
    tooltip: tooltip(t('Loss surface {0}', id), [provenance, ...facts], [], [], folder),
  };
}

function unreadable(id: string, reason: string, folder: string): ChildText {
  const sentence = t('It cannot be shown: {0}.', reason);
  return { label: id, description: reason, status: 'unreadable', tooltip: tooltip(id, [sentence], [], [], folder) };
}

const parts = (...all: readonly string[]): string => all.filter((part) => part !== '').join(' · ');

/** "12/60": nothing that has begun stands at 100 % before its end. */
const share = (done: number, total: number): string => `${done}/${total}`;

function tooltip(
  title: string,
  facts: readonly string[],
  losses: readonly string[],
  problems: readonly string[],
  folder: string,
): string {
  const lines = (list: readonly string[]): string => list.map(escapeMarkdown).join('  \n');
  const blocks = [
    `**${escapeMarkdown(title)}**`,
    lines(facts),
    losses.map((label) => `- ${escapeMarkdown(label)}`).join('\n'),
    lines(problems),
    escapeMarkdown(folder),
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}
