import { createInterface } from 'node:readline';
import { OnnxRuntimeEngine } from '../src/engine/compile/onnxRuntime';
import { lossesOfExperiment, readKnownRun } from '../src/engine/surface/chooseNetworks';
import { newSurfaces } from '../src/engine/surface/prepareSurface';
import { measuresOf } from '../src/engine/surface/quantities';
import { SurfaceSampler } from '../src/engine/surface/sampler';
import { countParameters, unetParameters } from '../src/engine/unet/unet';
import { peakMemory } from './peakMemory';
import type { SurfaceAnswer, SurfaceRequest } from './surfaceProtocol';

/*
 * Our side of the surface benchmark: what `losscape surface` measures at a point, on the thread it measures it on.
 */

let sampler: SurfaceSampler | undefined;
let points = 0;

async function answer(request: SurfaceRequest): Promise<SurfaceAnswer> {
  switch (request.do) {
    case 'prepare': {
      const run = await readKnownRun(request.run);
      const { model } = run.experiment;
      const [prepare] = newSurfaces([{ run }], { images: request.images, split: 'train' });
      const { plane, images } = await prepare!();
      if (typeof plane === 'function') throw new Error('a random plane was expected');
      const all = await lossesOfExperiment(run, 'all');
      const losses = [...all.slice(0, request.losses), ...request.more];
      const engine = new OnnxRuntimeEngine('cpu', request.threads, undefined, true);
      if (request.oneLane) engine.lanes = () => [engine];
      await sampler?.dispose();
      sampler = await SurfaceSampler.create(engine, model, plane, measuresOf(losses).measures, images);
      return {
        parameters: countParameters(unetParameters(model)),
        versions: { node: process.versions.node, ...engine.versions },
      };
    }
    case 'times': {
      const milliseconds: number[] = [];
      for (let i = 0; i < request.untimed + request.runs; i++) {
        // Points far from each other, near the centre of the surface.
        const [a, b] = [0.3 * Math.sin(++points), 0.3 * Math.cos(1.7 * points)];
        const began = performance.now();
        const { means } = await sampler!.sample(a, b);
        if (i >= request.untimed) milliseconds.push(performance.now() - began);
        if (!Number.isFinite(means[0])) throw new Error(`the loss at (${a}, ${b}) is ${means[0]}`);
      }
      return { milliseconds };
    }
    case 'memory':
      return { peak: peakMemory() };
  }
}

async function serve(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    let reply: SurfaceAnswer;
    try {
      reply = await answer(JSON.parse(line) as SurfaceRequest);
    } catch (error) {
      reply = { error: (error as Error).stack ?? String(error) };
    }
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
}

void serve().then(() => process.exit(0));
