import type { EChartsCoreOption } from 'echarts/core';
import type { ExportedFile } from '../protocol/run';
import { fileName } from './csv';
import { init } from './echarts';

const dotsPerPixel = 3;

/** A drawing as a file of its own. @param title what the file is named after. @param size in pixels. */
export async function drawnFile(
  option: EChartsCoreOption,
  title: string,
  size: { readonly width: number; readonly height: number },
  format: 'svg' | 'png',
): Promise<ExportedFile> {
  const name = fileName(`losscape ${title}`, format);
  if (format === 'svg') {
    const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
    try {
      chart.setOption(option);
      return { name, content: withoutBehaviour(chart.renderToSVGString()) };
    } finally {
      chart.dispose();
    }
  }
  const canvas = document.createElement('canvas');
  const chart = init(canvas, null, { renderer: 'canvas', ...size, devicePixelRatio: dotsPerPixel });
  try {
    chart.setOption(option);
    chart.getZr().flush();
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (blob === null) throw new Error('The picture could not be drawn');
    return { name, content: new Uint8Array(await blob.arrayBuffer()) };
  } finally {
    chart.dispose();
  }
}

/** Drops what ECharts adds for a script that would bring the picture to life. */
function withoutBehaviour(svg: string): string {
  return svg
    .replace(/ (?:ecmeta_\w+|class|pointer-events)="[^"]*"/g, '')
    .replace(/<style\b[^>]*>[\s\S]*?<\/style>\s*/g, '');
}
