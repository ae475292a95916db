import type { RunDocument } from '../../runs/document';

/**
 * Lets documents share what is the same in all of them: runs of one experiment have the same long lists of images, and
 * thousands of them would hold thousands of copies.
 */
export class Interner {
  private readonly lists = new Map<string, string[]>();
  private readonly values = new Map<string, unknown>();

  /** Replaces lists and settings of a document that was just read by equal ones that were read before. */
  share(document: RunDocument): void {
    const { dataset } = document;
    dataset.train = this.list(dataset.train);
    dataset.test = this.list(dataset.test);
    document.experiment = this.value(document.experiment);
    document.versions = this.value(document.versions);
    document.accelerator = this.value(document.accelerator);
  }

  private list(names: string[]): string[] {
    const key = names.join('\n');
    const known = this.lists.get(key);
    if (known) return known;
    this.lists.set(key, names);
    return names;
  }

  private value<T>(value: T): T {
    const key = JSON.stringify(value);
    if (this.values.has(key)) return this.values.get(key) as T;
    this.values.set(key, value);
    return value;
  }
}
