import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
// The package has no types of its own.
// @ts-expect-error see above
import { Line3DChart, Scatter3DChart, SurfaceChart } from 'echarts-gl/charts';
// @ts-expect-error see above
import { Grid3DComponent } from 'echarts-gl/components';
import { type Camera, firstCamera, option3d } from './option3d';

/* A bundle of its own, loaded when the view in three dimensions is first asked for. */
use([CanvasRenderer, SurfaceChart, Scatter3DChart, Line3DChart, Grid3DComponent] as Parameters<typeof use>[0]);

window.losscapeSurface3d = (root) => {
  const chart = init(root);
  let shown = false;
  return {
    show(model, quantity, cursor, theme) {
      // The view that the user has turned it to stays.
      chart.setOption(option3d(model, quantity, cursor, theme, shown ? null : firstCamera), {
        replaceMerge: ['series'],
      });
      shown = true;
    },
    async picture(model, quantity, theme, size, dots) {
      const { grid3D } = chart.getOption() as { grid3D?: { viewControl?: Partial<Camera> }[] };
      const camera = { ...firstCamera, ...grid3D?.[0]?.viewControl };
      const box = document.createElement('div');
      const paper = init(box, null, { ...size, devicePixelRatio: dots });
      const made = document.createElement('canvas');
      Object.assign(made, { width: size.width * dots, height: size.height * dots });
      const context = made.getContext('2d')!;
      try {
        paper.setOption(option3d(model, quantity, null, theme, camera));
        // The camera goes to its place with the first frame, and the words of the axes come with the next ones.
        for (let frame = 0; frame < 4; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
        paper.getZr().refreshImmediately();
        // Not ECharts' own way, which smooths edges over thirty frames and holds the page meanwhile: there are dots enough.
        for (const layer of box.querySelectorAll('canvas')) context.drawImage(layer, 0, 0, made.width, made.height);
        return made;
      } finally {
        paper.dispose();
      }
    },
    resize: () => chart.resize(),
    dispose: () => chart.dispose(),
  };
};
