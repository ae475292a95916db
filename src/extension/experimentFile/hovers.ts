import * as vscode from 'vscode';
import { lossLabel } from '../../engine/experiment/lossLabel';
import { lossAt, pathAt } from '../../engine/experiment/outline';
import { t } from '../text';
import type { DataCheck } from './dataCheck';
import { isExperiment, rangeOf } from './documents';
import { lossFormula } from './formulas';

/** Formulas of a loss on any of its options, and what is known of the data on `dataset` and its folders. */
export class ExperimentHovers implements vscode.HoverProvider {
  constructor(private readonly check: DataCheck) {}

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | null {
    if (!isExperiment(document)) return null;
    const text = document.getText();
    const offset = document.offsetAt(position);
    const at = pathAt(text, offset);
    if (!at) return null;
    const range = rangeOf(document, at.node);
    if (at.path[0] === 'dataset' && at.path.length <= 3) return this.dataHover(document, range);
    if (at.path[0] !== 'losses' || at.path.length < 3) return null;
    const loss = lossAt(text, offset);
    if (!loss) return null;
    return new vscode.Hover(markdown(loss.spec), range);
  }

  private dataHover(document: vscode.TextDocument, range: vscode.Range): vscode.Hover | null {
    const facts = this.check.factsOf(document.uri);
    if (!facts) return null;
    const size = ([height, width]: readonly [number, number]) => `${height} × ${width}`;
    const sizes =
      size(facts.least) === size(facts.most) ? size(facts.least) : `${size(facts.least)} – ${size(facts.most)}`;
    const lines = [
      t('**{0}** pairs to train on, **{1}** to test on', facts.train, facts.test),
      t('{0} pixels (height × width), {1} % foreground', sizes, (100 * facts.foreground).toFixed(1)),
      t('crops of {0}, which the network reads as {1}', size(facts.crop), size(facts.tile)),
    ];
    return new vscode.Hover(new vscode.MarkdownString(lines.join('  \n')), range);
  }
}

function markdown(spec: Parameters<typeof lossFormula>[0]): vscode.MarkdownString {
  const { formulas, notes, papers } = lossFormula(spec);
  const hover = new vscode.MarkdownString();
  hover.appendMarkdown('**').appendText(lossLabel(spec)).appendMarkdown('**\n');
  hover.appendCodeblock(formulas.join('\n'), 'text');
  for (const note of notes) hover.appendMarkdown('\n').appendText(note).appendMarkdown('  ');
  const legend = t('pt: probability of a pixel’s true class. x: its logit minus that of the other class.');
  hover.appendMarkdown('\n\n').appendText(legend);
  for (const { title, url } of papers) hover.appendMarkdown(`\n\n[${title}](${url})`);
  return hover;
}
