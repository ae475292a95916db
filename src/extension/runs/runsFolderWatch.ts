import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { FolderWatch, WatchFolder } from './folderWatch';

export interface RunsFolderEvents {
  /** Something happened to the entry of this name; null: to anything, the folder itself included. */
  changed(name: string | null): void;
  failed(error: NodeJS.ErrnoException): void;
}

/**
 * The watch on one runs folder. Such a folder appears with its first run and can be deleted and made again at any time:
 * while it is not there, the folder around it is watched instead.
 */
export class RunsFolderWatch {
  private watch: FolderWatch | undefined;
  /** Of the folder that is watched; 0 while it is not there. */
  private inode: number | undefined;
  private closed = false;

  constructor(
    private readonly folder: string,
    private readonly watchFolder: WatchFolder,
    private readonly events: RunsFolderEvents,
  ) {}

  /** Watches what has to be watched now. */
  async ensure(): Promise<void> {
    const inode = await inodeOf(this.folder);
    if (this.closed || (inode === this.inode && this.watch)) return;
    this.watch?.close();
    this.inode = inode;
    if (inode === 0) await this.awaitFolder();
    else this.watch = this.open(this.folder, (name) => this.somethingChanged(name));
  }

  close(): void {
    this.closed = true;
    this.watch?.close();
    this.watch = undefined;
  }

  private async awaitFolder(): Promise<void> {
    const own = basename(this.folder);
    this.watch = this.open(dirname(this.folder), (name) => {
      if (name === null || name === own) this.events.changed(null);
    });
    // It may have been made just before the watch began.
    if ((await inodeOf(this.folder)) !== 0 && !this.closed) this.events.changed(null);
  }

  private somethingChanged(name: string | null): void {
    this.events.changed(name);
    // A folder that was deleted or replaced leaves a watch behind that hears nothing any more.
    void inodeOf(this.folder).then((inode) => {
      if (!this.closed && inode !== this.inode) this.events.changed(null);
    });
  }

  private open(folder: string, changed: (name: string | null) => void): FolderWatch {
    const watch = this.watchFolder(folder, changed, (error) => {
      if (this.watch === watch) this.watch = undefined;
      // Gone by now; the next look finds out what there is instead.
      if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') this.events.failed(error);
    });
    return watch;
  }
}

async function inodeOf(folder: string): Promise<number> {
  try {
    return (await stat(folder)).ino;
  } catch {
    // Missing or out of reach: for watching that is the same.
    return 0;
  }
}
