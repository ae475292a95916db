import fixture from '../../fixtures/curvature.json' with { type: 'json' };
import { evaluationTiles } from '../../../src/engine/data/tiles';
import type { ModelConfig } from '../../../src/engine/experiment/schema';
import type { Weights } from '../../../src/engine/surface/directions';
import type { SurfaceImages } from '../../../src/engine/surface/images';
import { unetParameters } from '../../../src/engine/unet/unet';

/** The network and the two images of `test/fixtures/curvature.py`. */
export function formulaCase(): { model: ModelConfig; weights: Weights; images: SurfaceImages } {
  const model: ModelConfig = { filters: 2, depth: 1, padding: 'same', classes: 2, channels: 1 };
  let i = 0;
  const weights = Object.fromEntries(
    unetParameters(model).map(({ name, shape }) => {
      const length = shape.reduce((a, b) => a * b, 1);
      return [name, Float32Array.from({ length }, () => 0.6 * Math.sin(1.7 * (i++) ** 1.3 + 0.4))];
    }),
  );
  const pixels = fixture.size ** 2;
  const images = [0, 1].map((index) => {
    const at = (place: number): number => index * pixels + place;
    const foreground = Float32Array.from({ length: pixels }, (_, p) => (Math.sin(0.21 * at(p) + 1) > 0.3 ? 1 : 0));
    const area = foreground.reduce((sum, value) => sum + value, 0);
    return {
      index,
      name: `image ${index}`,
      tiles: Float32Array.from({ length: pixels }, (_, p) => 0.5 + 0.5 * Math.sin(0.37 * at(p))),
      foreground,
      area,
      band: new Float32Array(pixels).fill(1),
      bandArea: pixels,
    };
  });
  const plan = evaluationTiles(fixture.size, fixture.size, model, 'whole', [1, 1]);
  return { model, weights, images: { groups: [{ plan, images }], count: 2, digest: '' } };
}
