import { fontFamily } from './chart';
import { runColour, themeDeclarations } from './colours';
import { facts } from './facts';
import { escapeXml, type Figure } from './figure';
import { otherMeasures } from './measures';
import type { ReportRun } from './reportRun';
import { findings, otherTable, resultSplit, resultsTable } from './resultsTable';

/** A part of the page with figures under one heading. */
export interface Section {
  readonly title: string;
  /** A sentence under the heading, as HTML. */
  readonly lead: string;
  readonly figures: readonly Figure[];
  /** Whether two figures fit side by side. */
  readonly paired?: boolean;
}

export interface Page {
  readonly title: string;
  readonly runs: readonly ReportRun[];
  readonly sections: readonly Section[];
  /** What could not be read or drawn, in words. */
  readonly warnings: readonly string[];
  readonly written: Date;
}

/** The report as one HTML file that fetches nothing. */
export function renderPage({ title, runs, sections, warnings, written }: Page): string {
  const split = resultSplit(runs);
  const synthetic = runs.filter((run) => run.document.dataset.synthetic).length;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeXml(title)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>${escapeXml(title)}${synthetic > 0 ? ' <span class="badge">synthetic data</span>' : ''}</h1>
<p class="meta">${runs.length} run${runs.length === 1 ? '' : 's'} · ${escapeXml(experiments(runs))} · written ${written.toISOString().slice(0, 16).replace('T', ' ')} UTC by Losscape</p>
${synthetic > 0 ? `<p class="notice">${synthetic === runs.length ? 'The images of this report are' : `The images of ${synthetic} of the runs are`} generated, not photographs: the numbers say how the losses behave on a stand-in, and nothing about real images.</p>` : ''}
${warnings.map((warning) => `<p class="notice">${escapeXml(warning)}</p>`).join('\n')}
</header>
<section>
<h2>Results</h2>
${findings(runs)
  .map((sentence) => `<p>${escapeXml(sentence)}</p>`)
  .join('\n')}
${resultsTable(runs)}
<p class="caption">${resultsCaption(runs, split)}</p>
${errors(runs)}
<details open><summary>Overlap, boundary and calibration, last evaluation, ${split}</summary>
${otherTable(runs)}
<p class="caption">${otherMeasures.map((measure) => `${measure.title}: ${measure.meaning}`).join('; ')}. Means over images ± half of the 95 % interval; an image in which a measure is undefined does not count.</p>
</details>
</section>
${sections.map(renderSection).join('\n')}
<section>
<h2>What was trained</h2>
${factsTable(runs)}
</section>
</body>
</html>
`;
}

function renderSection({ title, lead, figures, paired }: Section): string {
  if (figures.length === 0) return '';
  const body = figures.map(
    (figure) =>
      `<figure id="${escapeXml(figure.name)}"><h3>${escapeXml(figure.title)}</h3>${figure.svg}<figcaption class="caption">${figure.caption}</figcaption></figure>`,
  );
  return `<section>\n<h2>${escapeXml(title)}</h2>\n<p>${lead}</p>\n<div${paired ? ' class="pairs"' : ''}>\n${body.join('\n')}\n</div>\n</section>`;
}

function experiments(runs: readonly ReportRun[]): string {
  const names = [...new Set(runs.map((run) => run.document.experimentName))];
  return `experiment${names.length === 1 ? '' : 's'} ${names.join(', ')}`;
}

function resultsCaption(runs: readonly ReportRun[], split: string): string {
  const counts = [...new Set(runs.map((run) => run.document.dataset[split as 'train' | 'test'].length))].join(' or ');
  return (
    `Means over the ${counts} ${split} images ± half of the 95 % interval of that mean (Student’s t over images; it says how ` +
    `far other images may differ, not how far another training may). Confidence is the mean softmax probability of the true ` +
    `class over the true background or foreground pixels of an image. “Best” is picked by ${split} IoU among the evaluated ` +
    `epochs, so its numbers are a little optimistic.`
  );
}

function errors(runs: readonly ReportRun[]): string {
  return runs
    .filter((run) => run.document.error)
    .map((run) => {
      const { message, hint } = run.document.error!;
      return `<p class="notice">${escapeXml(run.label)} failed: ${escapeXml(message)}${hint ? ` ${escapeXml(hint)}` : ''}</p>`;
    })
    .join('\n');
}

function factsTable(runs: readonly ReportRun[]): string {
  const rows = facts(runs).map(({ term, values }) => {
    const cells =
      values.length === 1
        ? `<td class="text" colspan="${runs.length}">${escapeXml(values[0]!)}</td>`
        : values.map((value) => `<td class="text">${escapeXml(value)}</td>`).join('');
    return `<tr><th scope="row">${escapeXml(term)}</th>${cells}</tr>`;
  });
  const heads = runs.map(
    (run, index) =>
      `<th scope="col"><span class="swatch" style="background:${runColour(index)}"></span>${escapeXml(run.label)}</th>`,
  );
  const folders = runs.map((run) => `<td class="text"><code>${escapeXml(run.document.id)}</code></td>`);
  return (
    `<div class="scroll"><table class="facts"><thead><tr><th></th>${heads.join('')}</tr></thead><tbody>${rows.join('')}` +
    `<tr><th scope="row">Run folder</th>${folders.join('')}</tr></tbody></table></div>`
  );
}

const style = `
:root { ${themeDeclarations('light')} --page: #f5f7f9; }
@media screen and (prefers-color-scheme: dark) { :root { ${themeDeclarations('dark')} --page: #0e1318; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 32px 24px 64px; max-width: 1216px; background: var(--page); color: var(--ink);
  font: 15px/1.5 ${fontFamily}; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 4px; }
h2 { font-size: 19px; margin: 0 0 8px; }
h3 { font-size: 15px; margin: 0 0 8px; }
p { margin: 0 0 10px; max-width: 80ch; }
.meta, .caption { color: var(--muted); }
.caption { font-size: 13px; max-width: 110ch; margin: 8px 0 0; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 22px 24px; margin-top: 20px; }
figure { margin: 26px 0 0; }
figure svg { display: block; }
@media (min-width: 900px) { .pairs { display: grid; grid-template-columns: 1fr 1fr; gap: 0 32px; } }
.badge { display: inline-block; font-size: 12px; font-weight: 600; line-height: 1.5; padding: 0 8px; border-radius: 10px;
  color: var(--run4); border: 1px solid currentColor; vertical-align: middle; }
.notice { border-left: 3px solid var(--run1); padding: 4px 0 4px 12px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; margin: 8px 0; }
th, td { padding: 5px 8px; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; vertical-align: top; }
th { font-weight: 600; }
thead th { color: var(--muted); vertical-align: bottom; }
th[scope='colgroup'] { text-align: left; border-left: 1px solid var(--line); }
th[scope='row'], thead tr:first-child th:first-child { text-align: left; }
td.epoch { color: var(--muted); }
td.text { text-align: left; white-space: normal; overflow-wrap: anywhere; }
.facts th { text-align: left; }
.interval { color: var(--muted); display: block; font-size: 12px; }
.swatch { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin-right: 7px; }
summary { cursor: pointer; margin-top: 16px; font-weight: 600; font-size: 14px; }
code { font-size: 12px; }
@media print {
  body { max-width: none; padding: 0; background: #fff; font-size: 11pt; }
  section { border: 0; padding: 0; }
  figure, table { break-inside: avoid; }
  h2, h3, h2 + p { break-after: avoid; }
  .scroll { overflow: visible; }
  table { font-size: 8pt; }
  th, td { padding: 3px 4px; }
}
`;
