import sharp from 'sharp';

// An overwritten image must not come back as it was, and decoded pictures are kept by the pair cache alone.
sharp.cache(false);
// Several images are decoded at a time, each on one thread: the cores belong to the training step.
sharp.concurrency(1);

export { sharp };
