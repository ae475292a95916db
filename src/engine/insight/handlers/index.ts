import type { Handlers } from '../inspector/handler';
import { activations } from './activations';
import { encodeWebp } from './encodeWebp';
import { image } from './image';
import { layers } from './layers';
import { margin } from './margin';
import { planeMargin } from './planeMargin';
import { visualise } from './visualise';
import { weightStatistics } from './weightStatistics';

/** Every method of the inspector: one file each. */
export const handlers: Handlers = {
  image,
  margin,
  planeMargin,
  layers,
  activations,
  visualise,
  weightStatistics,
  encodeWebp,
};
