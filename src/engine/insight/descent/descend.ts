import type { RunStatus } from '../../../runs/document';
import { DescentWriter } from '../../../runs/descentWriter';
import { markFailed } from '../../../runs/failure';
import { encodePng } from '../../data/png';
import type { DecodedPair } from '../../data/decode';
import type { Window } from '../../data/window';
import { imageDigest } from '../oneTile';
import { describeLosses } from './losses';
import { DescentSession, type DescendOptions } from './session';

export interface DescendRunOptions extends DescendOptions {
  /** Folder that the descent's own folder is made in. */
  readonly runsFolder: string;
  /** Why this runtime, for `run.json` and the log. */
  readonly reason: string;
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * Descends from one network on one image under one loss after the other, each time from the same weights, into a folder of
 * its own: after every step the image is measured, and now and then the network's answer is kept.
 *
 * @returns how it ended: `finished` or `stopped`.
 * @throws Problem when it fails (the folder says so): a loss that is no longer a number, a full disk.
 */
export async function descend(options: DescendRunOptions): Promise<RunStatus> {
  const { prepared, runtime } = options;
  const writer = await openDescent(options);
  const { id } = writer.document;
  const say = async (message: string): Promise<void> => {
    options.emit({ type: 'log', descent: id, message });
    await writer.log(`${new Date().toISOString()} ${message}`);
  };
  const end = (status: RunStatus): void =>
    options.emit({ type: 'ended', descent: id, status, folder: writer.folder, document: writer.document });
  try {
    writer.startHeartbeat();
    await writer.update({ status: 'running', error: null, finished: null });
    options.emit({ type: 'started', folder: writer.folder, document: writer.document });
    const { checkpoint, image, losses, steps, optimizer } = writer.document;
    await say(
      `${prepared.existing === undefined ? 'Descending' : 'Going on'} on ${image.split} image ${image.name} from epoch ` +
        `${checkpoint.epoch} of ${checkpoint.run} (${checkpoint.loss}): ${steps} steps of ${optimizer.learningRate} under each ` +
        `of ${losses.map(({ label }) => label).join(', ')}`,
    );
    const { top, left, height, width } = image.region;
    if (prepared.tile.cropped) {
      await say(
        `The image is too large for one pass: its centre of ${width} × ${height} pixels is used, from column ${left} and row ${top}`,
      );
    }
    await say(`Running on ${runtime.name} (${runtime.provider}, ${runtime.threads} threads): ${options.reason}`);
    const status = await new DescentSession(writer, options).run();
    await writer.update({ status, finished: new Date().toISOString() });
    await say(`${status === 'finished' ? 'Finished' : 'Stopped'} after ${writer.document.stepsDone} steps`);
    end(status);
    return status;
  } catch (error) {
    await markFailed(writer, error, "the descent's folder");
    end('failed');
    throw error;
  } finally {
    await writer.close();
  }
}

async function openDescent(options: DescendRunOptions): Promise<DescentWriter> {
  const { prepared, runtime, reason } = options;
  const accelerator = { name: runtime.name, provider: runtime.provider, threads: runtime.threads, reason };
  const versions = { ...options.versions, ...runtime.versions };
  if (prepared.existing !== undefined) {
    const writer = await DescentWriter.reopen(prepared.existing);
    try {
      await writer.update({ accelerator, versions });
    } catch (error) {
      await writer.close();
      throw error;
    }
    return writer;
  }
  const { experiment, image, tile } = prepared;
  const { height, width, name } = image.pair;
  const { region } = tile.plan;
  return DescentWriter.create(
    options.runsFolder,
    {
      experimentName: experiment.name,
      experiment,
      checkpoint: prepared.checkpoint,
      image: {
        name,
        split: image.split,
        height,
        width,
        region: { top: region.top, left: region.left, height: region.height, width: region.width },
        synthetic: experiment.dataset.synthetic ?? false,
        digest: imageDigest(image.pair),
      },
      losses: describeLosses(prepared.losses),
      optimizer: prepared.optimizer,
      steps: prepared.steps,
      every: prepared.every,
      accelerator,
      versions,
    },
    {
      image: await encodePng(photograph(image.pair, region), region.width, region.height, 3),
      mask: await encodePng(
        tile.labels.map((label) => 255 * label),
        region.width,
        region.height,
        1,
      ),
    },
  );
}

/** [height, width, 3] of a region, in 8 bits. */
function photograph(pair: DecodedPair, { top, left, height, width }: Window): Uint8Array {
  const bytes = new Uint8Array(3 * height * width);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = ((top + y) * pair.width + left + x) * pair.channels;
      for (let c = 0; c < 3; c++) {
        bytes[to++] = Math.round((pair.pixels[from + (pair.channels === 3 ? c : 0)]! * 255) / pair.maximum);
      }
    }
  }
  return bytes;
}
