import type { ExportedFile } from '../protocol/run';
import type { ChartModel, Zoom } from './chartModel';
import { chartOption, type Heading, shownAxes } from './chartOption';
import { fileName } from './csv';
import { init } from './echarts';
import { paneLayout } from './panes';
import { paperTheme } from './theme';

const dotsPerPixel = 3;

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
  const svgChart = init(null, null, { renderer: 'svg', ssr: true, width, height: layout.height });
  try {
    svgChart.setOption(option);
    const svg = withoutBehaviour(svgChart.renderToSVGString());
    if (format === 'svg') return { name: fileName(`losscape ${model.title}`, 'svg'), content: svg };
  } finally {
    svgChart.dispose();
  }
  const canvas = document.createElement('canvas');
  const chart = init(canvas, null, {
    renderer: 'canvas',
    width,
    height: layout.height,
    devicePixelRatio: dotsPerPixel,
  });
  try {
    chart.setOption(option);
    chart.getZr().flush();
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (blob === null) throw new Error('The picture could not be drawn');
    return { name: fileName(`losscape ${model.title}`, 'png'), content: new Uint8Array(await blob.arrayBuffer()) };
  } finally {
    chart.dispose();
  }
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

/** Drops what ECharts adds for a script that would bring the picture to life. */
function withoutBehaviour(svg: string): string {
  return svg
    .replace(/ (?:ecmeta_\w+|class|pointer-events)="[^"]*"/g, '')
    .replace(/<style\b[^>]*>[\s\S]*?<\/style>\s*/g, '');
}
