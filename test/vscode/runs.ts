import type { Session } from './session';
import { until } from './session';

/** A run as the extension knows it. */
export interface SeenRun {
  readonly folder: string;
  readonly status: string;
  readonly epochs: number;
  readonly loss: string;
  readonly pid: number;
}

/** What the extension hands to tests, as far as they use it. */
interface Exported {
  readonly store: {
    all(): readonly {
      folder: string;
      entry: {
        ok: boolean;
        status?: string;
        reason?: string;
        document?: { epochsDone: number; pid: number; loss: { label: string } };
      };
    }[];
  };
}

/** The runs that the extension shows. */
export function runs(session: Session): Promise<SeenRun[]> {
  return session.api(({ extensions }) => {
    const { store } = extensions.getExtension<Exported>('losscape.losscape')!.exports;
    return store.all().map(({ folder, entry }) => ({
      folder,
      status: entry.status ?? 'unreadable',
      epochs: entry.document?.epochsDone ?? 0,
      loss: entry.document?.loss.label ?? '',
      pid: entry.document?.pid ?? 0,
    }));
  });
}

/** Waits until a run looks right, and returns it. */
export function untilRun(
  session: Session,
  what: string,
  right: (run: SeenRun) => boolean,
  seconds = 60,
): Promise<SeenRun> {
  return until(what, async () => (await runs(session)).find(right), seconds);
}

/** Texts of the rows of the runs view, as they stand on the screen. */
export async function treeRows(session: Session): Promise<string[]> {
  const rows = session.page.locator('.sidebar .pane-body .monaco-list-row');
  return (await rows.allTextContents()).map((text) => text.replace(/\s+/g, ' ').trim());
}

/** Sets the folders that runs are looked for in besides those beside the experiment files. */
export async function setRunsFolders(session: Session, folders: string[]): Promise<void> {
  await session.api(async ({ workspace, ConfigurationTarget }, value) => {
    const configuration = workspace.getConfiguration('losscape');
    await configuration.update('runsFolders', value, ConfigurationTarget.Workspace);
  }, folders);
}

/** Runs a command of the extension on a run folder. */
export function onRun(session: Session, command: string, folder: string): Promise<unknown> {
  return session.api(
    async ({ commands }, [id, path]) => {
      await commands.executeCommand(id, path);
    },
    [command, folder] as [string, string],
  );
}
