import type { RunRecord } from '../runs/runData';

/** One condition of a filter. */
interface Term {
  readonly key: string;
  readonly text: string;
  readonly negated: boolean;
}

/** Whether a run passes a filter. */
export type RunFilter = (record: RunRecord) => boolean;

const keys = new Set(['status', 'tag', 'loss', 'experiment', 'is', 'note']);

/**
 * A filter from what the user typed: words that all have to occur in the run's loss, name, experiment, status, tags, note
 * or folder name; `status:failed`, `tag:paper`, `loss:focal`, `experiment:retina`, `note:good` look in one place,
 * `is:starred`, `is:live` and `is:hidden` ask for a property; `-` in front of a term negates it; quotes hold words together.
 */
export function parseFilter(text: string): RunFilter {
  const terms = termsOf(text);
  if (terms.length === 0) return () => true;
  return (record) => terms.every((term) => matches(record, term) !== term.negated);
}

function termsOf(text: string): Term[] {
  const found = text.toLowerCase().matchAll(/(-?)(?:(\p{L}+):)?(?:"([^"]*)"?|(\S+))/gu);
  return [...found].flatMap(([whole, minus, key, quoted, plain]) => {
    const value = (quoted ?? plain ?? '').trim();
    if (value === '' || value === '-') return [];
    // "γ:2" is no key that is known: then it is a word like any other.
    if (key !== undefined && !keys.has(key)) {
      return [{ key: '', text: whole.replace(/^-/, '').replaceAll('"', ''), negated: minus === '-' }];
    }
    return [{ key: key ?? '', text: value, negated: minus === '-' }];
  });
}

function matches(record: RunRecord, { key, text }: Term): boolean {
  const { entry, marks } = record;
  const document = entry.ok ? entry.document : undefined;
  const status = entry.ok ? entry.status : 'unreadable';
  const has = (...values: (string | undefined)[]) => values.some((value) => value?.toLowerCase().includes(text));
  switch (key) {
    case 'status':
      return status.startsWith(text);
    case 'tag':
      return has(...marks.tags);
    case 'loss':
      return has(document?.loss.label, document?.loss.name);
    case 'experiment':
      return has(document?.experimentName, document?.experimentFile ?? undefined);
    case 'note':
      return has(marks.note);
    case 'is':
      if ('starred'.startsWith(text)) return marks.star;
      if ('hidden'.startsWith(text)) return marks.hidden;
      if ('live'.startsWith(text)) return status === 'running' || status === 'queued';
      return status === text;
    default:
      return words(record).includes(text);
  }
}

const wordsOf = new WeakMap<RunRecord, string>();

/** Everything that plain words look in. Put together once per run: a filter is tried on thousands of them at every change. */
function words(record: RunRecord): string {
  const known = wordsOf.get(record);
  if (known !== undefined) return known;
  const { entry, marks } = record;
  const document = entry.ok ? entry.document : undefined;
  const parts = [
    document?.loss.label,
    document?.loss.name,
    document?.experimentName,
    entry.ok ? entry.status : 'unreadable',
    marks.title,
    marks.note,
    ...marks.tags,
    entry.id,
  ];
  const text = parts.filter(Boolean).join('\n').toLowerCase();
  wordsOf.set(record, text);
  return text;
}
