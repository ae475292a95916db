// The tests' hand inside the editor: takes functions over a socket, calls them with the API, answers with what they return.
const { createServer } = require('node:net');
const { rmSync } = require('node:fs');
const vscode = require('vscode');

/** Listens on the socket that the tests have named in the environment. */
exports.activate = function activate(context) {
  const path = process.env.LOSSCAPE_PROBE;
  if (!path) return;
  rmSync(path, { force: true }); // of the window before a reload
  const server = createServer((socket) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (data) => {
      text += data;
      if (text.endsWith('\n')) void call(JSON.parse(text)).then((answer) => socket.end(`${JSON.stringify(answer)}\n`));
    });
    socket.on('error', () => socket.destroy()); // the tests have gone away
  });
  server.listen(path);
  context.subscriptions.push({ dispose: () => server.close() });
};

async function call({ source, argument }) {
  try {
    const value = await new Function(`return (${source})`)()(vscode, argument);
    return { value: value === undefined ? null : value };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
