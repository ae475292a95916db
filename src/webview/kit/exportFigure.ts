import type { ExportedFile } from '../protocol/run';
import type { ChartModel, Zoom } from './chartModel';
import { chartOption, type Heading, shownAxes } from './chartOption';
import { drawnFile } from './drawnFile';
import { paneLayout } from './panes';
import { paperTheme } from './theme';

/** A chart as a file of its own: title, legend and axes included, dark on white, at the zoom that is on the screen. */
export async function exportChart(model: ChartModel, zoom: Zoom, format: 'svg' | 'png'): Promise<ExportedFile> {
  const many = model.panes.length;
  const width = many > 1 ? Math.max(640, Math.min(1600, many * 220 + 80)) : 720;
  const { legend, bottom } = placeLegend(model, width);
  const layout = paneLayout(model.panes, {
    width,
    paneHeight: many > 1 ? 190 : 320,
    top: bottom,
    shared: model.sharedY,
    right: model.scaleNames ? 92 : 16,
  });
  const heading: Heading = { title: model.title, subtitle: model.subtitle, legend };
  const axes = shownAxes(model, zoom, layout.panes[0]!.width);
  const option = chartOption(model, layout, axes, paperTheme, heading);
  return drawnFile(option, model.title, { width, height: layout.height }, format);
}

/** Places legend entries in rows under the title. A letter of 12 pixels is about 6.5 pixels wide. */
function placeLegend(model: ChartModel, width: number): { legend: Heading['legend']; bottom: number } {
  let left = 12;
  let top = 54;
  const legend = model.legend.map(({ name, look }) => {
    const room = 30 + name.length * 6.5 + 18;
    if (left > 12 && left + room > width) {
      left = 12;
      top += 20;
    }
    const at = { name, look, left, top };
    left += room;
    return at;
  });
  return { legend, bottom: legend.length === 0 ? 58 : top + 26 };
}
