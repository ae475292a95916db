import { noMarks, type RunMarks } from './runData';

/** Where marks are kept: the part of the editor's `Memento` that is used. */
export interface MarksStorage {
  get(key: string): unknown;
  update(key: string, value: unknown): Thenable<void>;
}

const storageKey = 'losscape.marks';

/**
 * Stars, notes, tags, names and hidden runs, by run folder. They are the user's own and are kept with the editor: run
 * folders stay as the engine wrote them, also on a disk that others share.
 */
export class MarksStore {
  private readonly marks: Map<string, RunMarks>;

  constructor(private readonly storage: MarksStorage) {
    this.marks = new Map(parseMarks(storage.get(storageKey)));
  }

  get(folder: string): RunMarks {
    return this.marks.get(folder) ?? noMarks;
  }

  /** Changes marks of a run. Marks that say nothing are not kept. */
  async set(folder: string, patch: Partial<RunMarks>): Promise<void> {
    const marks = { ...this.get(folder), ...patch };
    if (saysNothing(marks)) this.marks.delete(folder);
    else this.marks.set(folder, marks);
    await this.save();
  }

  /** Forgets the marks of runs that were deleted. */
  async forget(folders: readonly string[]): Promise<void> {
    let had = false;
    for (const folder of folders) had = this.marks.delete(folder) || had;
    if (had) await this.save();
  }

  /** Every tag that some run has, sorted. */
  tags(): string[] {
    return [...new Set([...this.marks.values()].flatMap(({ tags }) => tags))].sort((a, b) => a.localeCompare(b));
  }

  private async save(): Promise<void> {
    await this.storage.update(storageKey, Object.fromEntries(this.marks));
  }
}

/** Tags out of what the user typed: parted by commas or spaces, without #, each once. */
export function parseTags(text: string): string[] {
  const tags = text.split(/[,\s]+/).map((tag) => tag.replace(/^#+/, ''));
  return [...new Set(tags.filter((tag) => tag !== ''))];
}

function saysNothing({ star, note, tags, hidden, title }: RunMarks): boolean {
  return !star && note === '' && tags.length === 0 && !hidden && title === null;
}

function parseMarks(value: unknown): [string, RunMarks][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value as Record<string, Partial<RunMarks> | null>).flatMap(([folder, stored]) => {
    if (typeof stored !== 'object' || stored === null) return [];
    const { star, note, tags, hidden, title } = stored;
    const marks: RunMarks = {
      star: star === true,
      note: typeof note === 'string' ? note : '',
      tags: Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [],
      hidden: hidden === true,
      title: typeof title === 'string' ? title : null,
    };
    return [[folder, marks]];
  });
}
