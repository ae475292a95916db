import { version } from '../../../package.json';

/** Version of Losscape. */
export const losscapeVersion = version;

/** What is noted in `run.json` of the software that trained. */
export function versions(): Record<string, string> {
  return { losscape: version, node: process.versions.node, platform: `${process.platform}-${process.arch}` };
}
