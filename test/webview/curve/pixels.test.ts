import { describe, expect, it } from 'vitest';
import { curvePixels, pixelCounts } from '../../../src/extension/panels/curvePixels';
import { gradientShares, sharesByStretch, together } from '../../../src/webview/curve/pixels';
import { PixelLoader } from '../../../src/webview/curve/pixelLoader';
import type { CurvePixels } from '../../../src/webview/protocol/curve';

// Two background pixels that are right, a foreground pixel that is right and one that is wrong.
const map = {
  height: 2,
  width: 2,
  margin: Float32Array.of(-5, -5, 3.05, -1.05),
  labels: Uint8Array.of(0, 0, 1, 1),
};
const counted: CurvePixels = { ...pixelCounts(map), notes: [] };

describe('pixels in play', () => {
  it('are counted by pt and by the logit of the true class', () => {
    const { pt, logit } = counted;
    expect(pt.background.at(99)).toBe(2);
    expect(sharesByStretch(pt.foreground)).toEqual([0, 0.5, 0, 0.5, 0]);
    expect(logit.foreground[65]).toBe(1);
    expect(logit.foreground[44]).toBe(1);
    expect(logit.background.reduce((sum, count) => sum + count)).toBe(2);
  });

  it('of several images add up', () => {
    const sum = together(together(null, counted), { ...counted, notes: ['nearest checkpoint'] });
    expect(sum.pt.background.at(99)).toBe(4);
    expect(sum.notes).toEqual(['nearest checkpoint']);
  });

  it('say where the gradient of a loss comes from', () => {
    const q = (x: number): number => 1 / (1 + Math.exp(x));
    // The middles of the bins that the logits fall into.
    const [sure, right, wrong] = [q(5.1), q(3.1), q(-1.1)];
    const shares = gradientShares({ type: 'crossEntropy', labelSmoothing: 0 }, counted)!;
    const all = 2 * sure + right + wrong;
    expect(shares.foreground).toBeCloseTo((right + wrong) / all, 6);
    expect(shares.wrong).toBeCloseTo(wrong / all, 6);
    const focal = gradientShares({ type: 'focal', gamma: 5, modulator: 'full' }, counted)!;
    expect(focal.wrong).toBeGreaterThan(shares.wrong);
  });

  it('a loss of whole images has no share', () => {
    const dice = { type: 'dice', reduce: 'image', smooth: 1e-5, includeBackground: true, squared: false } as const;
    expect(gradientShares(dice, counted)).toBeNull();
  });

  it('of a part of the image are held against the target there', () => {
    const image = {
      result: { height: 3, width: 3, split: 'test', changed: null },
      arrays: { labels: { values: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1, 1) }, photo: { values: new Uint8Array(27) } },
    };
    const margin = {
      result: { epoch: 1, note: 'epoch 1 in place of 2', height: 2, width: 2, top: 1, left: 1 },
      arrays: { margin: { values: map.margin } },
    };
    const pixels = curvePixels(image as never, margin as never);
    expect(pixels.pt).toEqual(counted.pt);
    expect(pixels.notes).toEqual(['epoch 1 in place of 2']);
    const unlabelled = { ...image, arrays: { photo: image.arrays.photo } };
    expect(() => curvePixels(unlabelled as never, margin as never)).toThrow('no mask');
  });
});

describe('the loader of pixels', () => {
  const run = { folder: '/r', name: 'r', epochs: [1, 2], images: { train: [], test: ['a', 'b'] } };
  const choice = { folder: '/r', epoch: 2, split: 'test', image: null } as const;
  const settled = () => new Promise((done) => setTimeout(done, 0));

  it('adds up image after image and asks for none twice', async () => {
    const asked: string[] = [];
    const request = (what: string, body: { name?: string }) => {
      asked.push(`${what} ${body.name ?? ''}`);
      return Promise.resolve(what === 'run' ? run : counted);
    };
    const loader = new PixelLoader({ request } as never, () => undefined);
    loader.want(choice);
    await settled();
    expect(loader.now).toMatchObject({ done: 2, total: 2, problem: null });
    expect(loader.now.counts!.pt.background.at(99)).toBe(4);
    loader.want({ ...choice, image: 'b' });
    await settled();
    expect(loader.now.counts!.pt.background.at(99)).toBe(2);
    expect(asked).toEqual(['run ', 'pixels a', 'pixels b']);
  });

  it('says what went wrong, and nothing of a choice that is over', async () => {
    const request = (what: string) =>
      what === 'run' ? Promise.resolve(run) : Promise.reject(new Error('The checkpoint is cut off'));
    const loader = new PixelLoader({ request } as never, () => undefined);
    loader.want(choice);
    loader.want(null);
    await settled();
    expect(loader.now.problem).toBeNull();
    loader.want(choice);
    await settled();
    expect(loader.now).toMatchObject({ counts: null, problem: 'The checkpoint is cut off' });
  });
});
