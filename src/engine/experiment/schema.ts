import { z } from 'zod';
import { type LossSpec, lossSchema } from './lossSchema';

/*
 * The experiment file, key by key: the single source of the types, of the checks and of the JSON schema that the editor
 * completes from. Every key carries a description, its range and its default.
 */

const folder = z.string().min(1);

const whole = () => z.int({ error: (issue) => (issue.code === 'invalid_type' ? 'must be a whole number' : undefined) });

const testRequirement =
  'must be a number of images (1, 2, …: the last ones by name), a fraction below 1, 0 for none, ' +
  'or { "images": …, "masks": … }';

const datasetSchema = z
  .strictObject({
    images: folder.describe('Folder of the images, relative to this file.'),
    masks: folder.describe('Folder of the masks, relative to this file. A mask has the file stem of its image.'),
    maskThreshold: z
      .number()
      .min(0)
      .max(255)
      .default(20)
      .describe('Mask values above this are foreground. 0 to 255; masks of 16 bits are brought to that range first.'),
    scale: z
      .number()
      .gt(0)
      .max(1)
      .default(1)
      .describe('Factor by which images and masks are made smaller before anything else. Above 0, at most 1.'),
    test: z
      .union(
        [
          z
            .number({ error: testRequirement })
            .min(0)
            .refine((value) => value < 1 || Number.isInteger(value)),
          z.strictObject({
            images: folder.describe('Folder of the test images, relative to this file.'),
            masks: folder.describe('Folder of the test masks, relative to this file.'),
          }),
        ],
        { error: testRequirement },
      )
      .default(0.15)
      .describe(
        'The test split: how many of the last images by name, or their fraction below 1, or 0 for none, or folders of its own.',
      ),
    unpaired: z
      .enum(['error', 'skip'])
      .default('error')
      .describe(
        'What to do about an image without a mask, or the reverse: stop with a list of them, or leave them out.',
      ),
    synthetic: z
      .boolean()
      .optional()
      .describe('Marks generated images, such as the fundus phantom, so that every result made from them says so.'),
  })
  .describe('Where the image/mask pairs are and how they are read.');

const modelSchema = z
  .strictObject({
    filters: z
      .int()
      .min(1)
      .max(1024)
      .default(32)
      .describe('Filters of the first level; each level below has twice as many.'),
    depth: whole().min(1).max(8).default(4).describe('How many times the image is halved. 1 to 8.'),
    padding: z
      .enum(['valid', 'same'])
      .default('same')
      .describe(
        '"same": the output is as large as the input. "valid": unpadded convolutions, as in the original U-Net.',
      ),
    classes: z.literal(2).default(2).describe('Background and foreground.'),
    channels: z
      .union([z.literal(1), z.literal(3)], { error: 'must be 1 (grey) or 3 (colour)' })
      .default(3)
      .describe('Channels of the images as the model sees them: 1 (grey) or 3 (colour).'),
  })
  .prefault({})
  .describe('The U-Net.');

const side = whole().min(1).max(16384);

const inputSchema = z
  .strictObject({
    crop: z
      .union([z.literal('auto'), z.tuple([side, side])], {
        error: 'must be "auto" or two whole numbers of at least 1: [height, width]',
      })
      .default('auto')
      .describe(
        'Size of the random crops, in pixels after scaling: [height, width]. "auto": per side the largest multiple of 2^depth ' +
          'that fits into every image, at most 256.',
      ),
    flip: z.boolean().default(true).describe('Whether crops are flipped at random, vertically, horizontally, or both.'),
  })
  .prefault({})
  .describe('How training samples are cut from the images.');

const share = z.number().min(0).lt(1);

const learningRate = (value: number) =>
  z.number().positive().max(1000).default(value).describe('Learning rate: the size of a step. Above 0.');

const momentsShape = {
  learningRate: learningRate(1e-4),
  beta1: share.default(0.9).describe('Decay of the running mean of the gradient. In [0, 1).'),
  beta2: share.default(0.999).describe('Decay of the running mean of the squared gradient. In [0, 1).'),
  epsilon: z.number().positive().default(1e-8).describe('Added to the denominator. Above 0.'),
};

const optimizerSchema = z
  .discriminatedUnion('type', [
    z
      .strictObject({
        type: z.literal('sgd').describe('Stochastic gradient descent.'),
        learningRate: learningRate(0.01),
        momentum: share.default(0.9).describe('Share of the last step that is carried on. In [0, 1).'),
      })
      .describe('Stochastic gradient descent with momentum.'),
    z.strictObject({ type: z.literal('adam').describe('Adam.'), ...momentsShape }).describe('Adam.'),
    z
      .strictObject({
        type: z.literal('adamw').describe('Adam with decoupled weight decay.'),
        ...momentsShape,
        weightDecay: z.number().min(0).default(0.01).describe('Weight decay, times the learning rate. At least 0.'),
      })
      .describe('Adam with decoupled weight decay.'),
  ])
  .prefault({ type: 'adam' })
  .describe('The optimizer and its settings.');

const scheduleSchema = z
  .strictObject({
    type: z
      .enum(['constant', 'cosine', 'poly'])
      .default('constant')
      .describe(
        'How the learning rate changes over the run: not at all, along half a cosine, or along a power of what is left.',
      ),
    warmupSteps: z
      .int()
      .min(0)
      .default(0)
      .describe('Steps over which the learning rate first rises from 0. At least 0.'),
    power: z.number().positive().optional().describe('Power of "poly". Above 0; without it: 0.9.'),
    final: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe('Learning rate at the end of "cosine" and "poly", as a share of the full one. 0 to 1; without it: 0.'),
  })
  .prefault({})
  .describe('How the learning rate changes over the run.');

const trainingSchema = z
  .strictObject({
    epochs: whole().min(1).max(1_000_000).default(50).describe('How many times the training images are gone through.'),
    batchSize: whole().min(1).max(1024).default(4).describe('Images per step.'),
    optimizer: optimizerSchema,
    schedule: scheduleSchema,
    seed: z
      .int()
      .min(0)
      .default(99)
      .describe('Seed of everything random. Same seed, same machine, same numbers. A whole number of at least 0.'),
    initializer: z
      .enum(['he', 'study', 'default'])
      .default('he')
      .describe(
        'How weights begin. "he": normal, scaled by the inputs of a filter. "study": normal, scaled by the size of the whole ' +
          'tensor. "default": as PyTorch does.',
      ),
    evaluateEvery: whole().min(1).default(1).describe('Measure all images every so many epochs.'),
    checkpointEvery: whole().min(1).default(1).describe('Write a checkpoint every so many epochs.'),
    keep: z
      .union(
        [
          z.enum(['all', 'lastAndBest']),
          z.strictObject({ every: whole().min(1).describe('Keep the checkpoints of epochs that this divides.') }),
        ],
        { error: 'must be "all", "lastAndBest" or { "every": number of epochs }' },
      )
      .default('all')
      .describe('Which checkpoints stay: "all", "lastAndBest", or { "every": n } besides the last and the best.'),
    evaluate: z
      .enum(['whole', 'center'])
      .default('whole')
      .describe('What is measured: the whole image, from overlapping tiles, or only the crop in its centre.'),
  })
  .prefault({})
  .describe('How the model is trained.');

/** The whole experiment file, as it stands on disk. */
export const experimentSchema = z
  .strictObject({
    $schema: z.string().optional().describe('The JSON schema of this file; read by editors only.'),
    name: z
      .string()
      .trim()
      .min(1)
      .max(80)
      .optional()
      .describe('Name of the experiment. Without it: the file name before ".losscape.json".'),
    dataset: datasetSchema,
    model: modelSchema,
    input: inputSchema,
    training: trainingSchema,
    losses: z
      .array(lossSchema)
      .min(1)
      .prefault([{ type: 'crossEntropy' }])
      .describe('The losses to compare. Each entry is one run.'),
  })
  .describe('A Losscape experiment: train the same U-Net on the same images under different losses.');

type Parsed = z.output<typeof experimentSchema>;

export type DatasetConfig = Parsed['dataset'];
export type ModelConfig = Parsed['model'];
export type InputConfig = Parsed['input'];
export type TrainingConfig = Parsed['training'];
export type OptimizerConfig = TrainingConfig['optimizer'];
export type ScheduleConfig = TrainingConfig['schedule'];
export type { LossSpec };

/** An experiment with every default filled in and every path absolute. */
export interface Experiment {
  name: string;
  /** Absolute path of the file it was read from. */
  file: string | null;
  dataset: DatasetConfig;
  model: ModelConfig;
  input: InputConfig;
  training: TrainingConfig;
  losses: LossSpec[];
}
