import type { AscentSettings } from '../protocol/network';

export type NumberKey = Exclude<keyof AscentSettings, 'relu'>;

/** A setting that is a number: what it is called, what it does, and what makes sense. */
export interface NumberSetting {
  readonly key: NumberKey;
  readonly name: string;
  readonly words: string;
  readonly least: number;
  readonly most: number;
  readonly step: number;
}

/** What can be set of an ascent. */
export const ascentNumbers: readonly NumberSetting[] = [
  { key: 'steps', name: 'Steps', words: 'how often all pixels are moved uphill', least: 1, most: 5000, step: 10 },
  {
    key: 'learningRate',
    name: 'Step size',
    words: 'how far a pixel moves (of 0 to 1) in one step',
    least: 0.0001,
    most: 1,
    step: 0.005,
  },
  {
    key: 'jitter',
    name: 'Jitter',
    words: 'random shift before each step, in pixels: no detail may hang on one place',
    least: 0,
    most: 64,
    step: 1,
  },
  {
    key: 'blur',
    name: 'Blur',
    words: 'Gaussian after every fourth step, in pixels: takes fine noise away',
    least: 0,
    most: 8,
    step: 0.1,
  },
  {
    key: 'totalVariation',
    name: 'Total variation',
    words: 'pulls neighbouring pixels together: flat areas, sharp edges',
    least: 0,
    most: 10,
    step: 0.01,
  },
  {
    key: 'decay',
    name: 'Decay',
    words: 'pulls every pixel to grey: only what matters keeps its colour',
    least: 0,
    most: 10,
    step: 0.05,
  },
  { key: 'size', name: 'Size', words: 'side of the picture, in pixels', least: 16, most: 1024, step: 16 },
  {
    key: 'seed',
    name: 'Seed',
    words: 'of the grey noise it begins with; another one shows what is chance',
    least: 0,
    most: 999999,
    step: 1,
  },
];
