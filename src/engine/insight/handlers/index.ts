import type { Handlers } from '../inspector/handler';
import { image } from './image';
import { layers } from './layers';
import { margin } from './margin';

/** Every method of the inspector: one file each. */
export const handlers: Handlers = { image, margin, layers };
