// The texts of the extension host, for translators: every build writes them into dist/l10n/bundle.l10n.json. A translation
// is a copy of that file named bundle.l10n.<language>.json, beside it, with the values translated.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = resolve(fileURLToPath(import.meta.url), '../..');

/** The bundle's text: every literal first argument of `t(…)` and `vscode.l10n.t(…)`, in alphabetical order. */
export function bundleText() {
  const texts = new Set();
  const folder = join(root, 'src/extension');
  for (const name of readdirSync(folder, { recursive: true }).filter((path) => path.endsWith('.ts'))) {
    const file = join(folder, name);
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
    const visit = (node) => {
      if (ts.isCallExpression(node) && /^(vscode\.l10n\.)?t$/.test(node.expression.getText(source))) {
        const [text] = node.arguments;
        if (text && ts.isStringLiteralLike(text)) texts.add(text.text);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  const sorted = [...texts].sort((a, b) => (a < b ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(sorted.map((text) => [text, text])), null, 2)}\n`;
}
