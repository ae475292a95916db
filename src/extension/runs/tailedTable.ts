import { type FileHandle, open } from 'node:fs/promises';
import { parseTable } from '../../runs/csv';

/** What a table's rows are handed to. */
export interface TableReader {
  /** The table was begun anew (or is read for the first time): forget every row so far. */
  reset(columns: readonly string[]): void;
  row(cells: readonly string[]): void;
}

const chunkBytes = 1 << 20;
const newline = 0x0a;
const quote = 0x22;

/**
 * Reads a growing table of comma-separated values. Every `read` hands on the rows that have been appended since the last
 * one and looks at nothing else. A torn last row waits until it is whole. A table that was replaced by another (as when
 * a resumed run drops its last epoch) is read from its beginning.
 */
export class TailedTable {
  private offset = 0;
  private inode = -1n;
  private columns: readonly string[] | null = null;
  private header = '';
  private rest: Buffer = Buffer.alloc(0);

  constructor(
    readonly path: string,
    private readonly reader: TableReader,
  ) {}

  /**
   * Reads what is new.
   * @returns whether there was anything new, a reset included.
   * @throws the file system's error; a file that does not exist is an empty table.
   */
  async read(): Promise<boolean> {
    let handle: FileHandle;
    try {
      handle = await open(this.path, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return this.begin(-1n);
    }
    try {
      const { ino, size } = await handle.stat({ bigint: true });
      let changed = false;
      if (ino !== this.inode || Number(size) < this.offset) changed = this.begin(ino) || changed;
      const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, Math.max(1, Number(size) - this.offset)));
      for (;;) {
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, this.offset);
        if (bytesRead === 0) return changed;
        this.offset += bytesRead;
        changed = this.take(buffer.subarray(0, bytesRead)) || changed;
      }
    } finally {
      await handle.close();
    }
  }

  /** Forgets everything. True when there was something to forget. */
  private begin(inode: bigint): boolean {
    const had = this.columns !== null;
    this.offset = 0;
    this.inode = inode;
    this.columns = null;
    this.header = '';
    this.rest = Buffer.alloc(0);
    if (had) this.reader.reset([]);
    return had;
  }

  /** Hands on the rows that are whole by now. */
  private take(bytes: Buffer): boolean {
    const all = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes]);
    const end = endOfLastRow(all);
    // Copied: the buffer is read into again.
    this.rest = Buffer.from(all.subarray(end));
    if (end === 0) return false;
    let text = all.toString('utf8', 0, end);
    if (this.columns === null) {
      const first = endOfFirstRow(all);
      this.header = all.toString('utf8', 0, first);
      this.columns = parseTable(this.header)?.columns ?? [];
      this.reader.reset(this.columns);
      text = all.toString('utf8', first, end);
    }
    for (const row of rowsOf(text, this.header)) if (row.length === this.columns.length) this.reader.row(row);
    return true;
  }
}

function rowsOf(text: string, header: string): Iterable<readonly string[]> {
  // Nearly every table has no quotes: then lines are rows and commas part cells.
  if (!text.includes('"')) return plainRows(text);
  return parseTable(header + text)?.rows ?? [];
}

function* plainRows(text: string): Generator<string[]> {
  let from = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
    yield text.slice(from, text[end - 1] === '\r' ? end - 1 : end).split(',');
    from = end + 1;
  }
}

/** Where the last whole row ends: behind its newline, which is one outside quotes. 0 when no row is whole. */
function endOfLastRow(bytes: Buffer): number {
  if (!bytes.includes(quote)) return bytes.lastIndexOf(newline) + 1;
  let end = 0;
  forEachRowEnd(bytes, (position) => {
    end = position;
    return true;
  });
  return end;
}

function endOfFirstRow(bytes: Buffer): number {
  let end = 0;
  forEachRowEnd(bytes, (position) => {
    end = position;
    return false;
  });
  return end;
}

function forEachRowEnd(bytes: Buffer, visit: (end: number) => boolean): void {
  let quoted = false;
  for (let index = 0; index < bytes.length; index += 1) {
    if (bytes[index] === quote) quoted = !quoted;
    else if (bytes[index] === newline && !quoted && !visit(index + 1)) return;
  }
}
