import { type Cell, csvText } from '../kit/csv';
import { drawnFile } from '../kit/drawnFile';
import { paperTheme } from '../kit/theme';
import type { ExportedFile } from '../protocol/run';
import type { SurfaceData } from '../protocol/surface';
import type { PaneModel } from './paneModel';
import { plotOption, plotRect } from './plotOption';

const headHeight = 52;

/** A picture as a file of its own, dark on white, with a title and a line about where it comes from. */
export function exportPane(model: PaneModel, about: string, format: 'svg' | 'png'): Promise<ExportedFile> {
  const size = { width: 620, height: 560 + headHeight };
  const rect = plotRect(size.width, size.height - headHeight);
  const said = model.overlay ? `Dashed: lines of equal ${model.overlay.name}. ${about}` : about;
  const option = {
    ...plotOption(model, { ...rect, top: rect.top + headHeight }, paperTheme, 'value'),
    backgroundColor: paperTheme.background,
    title: {
      text: model.title,
      subtext: said.length > 100 ? `${said.slice(0, 99)}…` : said,
      left: 12,
      top: 8,
      itemGap: 4,
      textStyle: { fontSize: 15, fontFamily: paperTheme.font, color: paperTheme.ink },
      subtextStyle: { fontSize: 11, fontFamily: paperTheme.font, color: paperTheme.muted },
    },
  };
  return drawnFile(option, `surface ${model.title}`, size, format);
}

const stateWords = ['missing', 'measured', 'interpolated'] as const;

/** All points of surfaces with the values that the page has: a row per point; what is missing is empty. */
export function surfaceCsv(shown: readonly SurfaceData[]): string {
  const keys = [...new Set(shown.flatMap(({ values }) => Object.keys(values)))];
  const rows = shown.flatMap(({ info, values, states }) => {
    const width = info.a.values.length;
    return Array.from(states, (state, index): Cell[] => [
      info.id,
      info.series?.epoch ?? null,
      info.a.values[index % width]!,
      info.b.values[Math.floor(index / width)]!,
      stateWords[state as 0 | 1 | 2] ?? 'missing',
      ...keys.map((key) => (state === 0 ? null : (values[key]?.[index] ?? null))),
    ]);
  });
  return csvText(['surface', 'epoch', 'a', 'b', 'state', ...keys], rows);
}
