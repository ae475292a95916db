import { same, type EditorTest } from './tests';

/** Runs last in every window. */
export const quietConsole: EditorTest[] = [
  {
    name: 'nothing complains in the developer console',
    run(session) {
      same(session.complaints, [], 'complaints');
    },
  },
];
