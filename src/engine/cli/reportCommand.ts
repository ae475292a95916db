import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runPaths } from '../../runs/layout';
import { Problem } from '../../runs/problem';
import { listRuns } from '../../runs/scan';
import { type CommandIo, coloursFor } from './io';

/**
 * `losscape report DIR`: one page about all runs of a folder, oldest first, or about the one run that the folder is.
 * `out` defaults to `report.html` in that folder.
 */
export async function reportCommand(
  { folder, out, title, json = false }: { folder: string; out?: string; title?: string; json?: boolean },
  io: CommandIo,
): Promise<number> {
  const { runs, unreadable } = await chooseRuns(folder);
  const file = out ?? join(folder, 'report.html');
  // Loaded only here: charts and pictures would make every other command start later.
  const { writeReport } = await import('../report/writeReport');
  const { html, images, warnings } = await writeReport(runs, file, title === undefined ? {} : { title });
  if (json) {
    io.stdout.write(`${JSON.stringify({ html, images, runs, warnings: [...unreadable, ...warnings] })}\n`);
    return 0;
  }
  const colours = coloursFor(io.stderr.isTTY ?? false);
  for (const warning of [...unreadable, ...warnings]) io.stderr.write(`${colours.yellow(warning)}\n`);
  io.stdout.write(`Report on ${runs.length} run${runs.length === 1 ? '' : 's'}: ${html}\n`);
  return 0;
}

async function chooseRuns(folder: string): Promise<{ runs: string[]; unreadable: string[] }> {
  if (existsSync(runPaths(folder).document)) return { runs: [resolve(folder)], unreadable: [] };
  const entries = await listRuns(folder);
  const runs = entries.filter((run) => run.ok).map((run) => run.folder);
  const unreadable = entries.flatMap((run) => (run.ok ? [] : [`${run.folder}: left out, ${run.reason}`]));
  if (runs.length === 0) {
    throw new Problem(`there are no runs in ${resolve(folder)}`, {
      hint:
        unreadable.length > 0 ? unreadable.join('\n  ') : 'Name the folder that holds the run folders, or one of them.',
    });
  }
  return { runs: runs.reverse(), unreadable };
}
