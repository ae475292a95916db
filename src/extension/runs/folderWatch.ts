import { type FSWatcher, watch } from 'node:fs';

/** Watches one folder, not what is below it. */
export interface FolderWatch {
  close(): void;
}

/** @param changed gets the name in the folder that something happened to, or null when the system does not say. */
export type WatchFolder = (
  folder: string,
  changed: (name: string | null) => void,
  failed: (error: NodeJS.ErrnoException) => void,
) => FolderWatch;

/**
 * Watches with the system's own means. Failures are told, now or later, and end the watch: a system that has no more
 * watches to give (ENOSPC), a disk that is gone. The editor's own watchers keep such failures to themselves, and what is
 * not known to have failed cannot be shown as failed.
 */
export const watchFolder: WatchFolder = (folder, changed, failed) => {
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(folder, { persistent: false, recursive: false }, (_event, name) => changed(name));
    watcher.on('error', (error: NodeJS.ErrnoException) => {
      watcher?.close();
      failed(error);
    });
  } catch (error) {
    queueMicrotask(() => failed(error as NodeJS.ErrnoException));
  }
  return { close: () => watcher?.close() };
};

/** Why watching failed, in words that fit behind "because". */
export function watchFailure(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOSPC':
      return 'the system has no more file watches to give (fs.inotify.max_user_watches)';
    case 'EMFILE':
    case 'ENFILE':
      return 'too many files are open';
    case 'EACCES':
    case 'EPERM':
      return 'the folder may not be watched';
    default:
      return error.message;
  }
}
