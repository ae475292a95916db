export { decodeNpy, type NpyArray } from '../../runs/npy';
