import type { SurfaceDocument, SurfaceImageSet } from '../../runs/surfaceDocument';
import type { Checkpoint, PlaneProvenance } from '../../runs/surfaceProvenance';

/** Which weights, directions and images a surface is made of, in whole sentences. */
export function provenanceInWords(
  plane: PlaneProvenance,
  images: readonly SurfaceImageSet[],
  { synthetic, adaptive }: { synthetic: boolean; adaptive?: SurfaceDocument['adaptive'] | undefined },
): string {
  const sentences = [planeInWords(plane), `Mean over ${images.map(imagesInWords).join(' and over ')}.`];
  if (plane.movedTo)
    sentences.splice(1, 0, `The same directions around ${network(plane.movedTo)}, which is at (0, 0).`);
  if (adaptive) sentences.push(adaptive.bound);
  if (synthetic) sentences.push('The images are synthetic.');
  return sentences.join(' ');
}

function imagesInWords({ split, names, available, seed, region }: SurfaceImageSet): string {
  const kind = split === 'train' ? 'training' : 'test';
  const which =
    names.length === available
      ? `all ${available} ${kind} images`
      : `${names.length} of ${available} ${kind} images (chosen with seed ${seed})`;
  return `${which}, ${region === 'whole' ? 'each as a whole' : 'the centre of each'}`;
}

function planeInWords(plane: PlaneProvenance): string {
  const line = plane.lengths[1] === 0;
  switch (plane.kind) {
    case 'random': {
      const { checkpoint, seed, normalization, biases } = plane;
      const scaled = {
        filter: ', each filter scaled to the norm of the network’s own',
        layer: ', each tensor scaled to the norm of the network’s own',
        none: ', not normalised',
      }[normalization];
      return (
        `Weights of ${network(checkpoint)}, moved along ${line ? 'one random direction' : 'two random directions'} ` +
        `(seed ${seed})${scaled}; biases ${biases === 'ignore' ? 'stay' : 'move, too'}.`
      );
    }
    case 'through': {
      const [origin, second, third] = plane.checkpoints.map(network);
      return `The plane through three networks: ${origin} at (0, 0), ${second} at (1, 0), ${third} at (0, 1).`;
    }
    case 'line': {
      const [start, end] = plane.checkpoints.map(network);
      return `The straight line between two networks: ${start} at 0, ${end} at 1.`;
    }
    case 'pca': {
      const [first = 0, second = 0] = plane.explained.map((share) => Number((100 * share).toPrecision(3)));
      // The loss tells runs apart that were trained under different ones.
      const losses = plane.runs.map(({ loss }) => loss);
      const alike = new Set(losses.filter((loss, index) => losses.indexOf(loss) !== index));
      const runs = plane.runs.map(({ run, epochs, available, loss }) => {
        const count = epochs.length === available ? `${available}` : `${epochs.length} of ${available}`;
        return `${count} of ${alike.has(loss) ? `${run} (${loss})` : loss}`;
      });
      return (
        `The first two principal components of checkpoints: ${runs.join(', ')}; they explain ${first} % and ${second} % of ` +
        `their variance. ${plane.checkpoint ? `${capital(network(plane.checkpoint))} is` : 'The mean of all of them is'} at (0, 0).`
      );
    }
    case 'curvature': {
      const { checkpoint, axes, loss, images, eigenvalues } = plane;
      const kind = images.split === 'train' ? 'training' : 'test';
      const words = axes.flatMap((axis, i) => {
        if (axis === null) return [];
        if (axis === 'gradient') return ['the gradient (uphill)'];
        const rank = axis === 'eigenvector 1' ? 'first' : 'second';
        return [`the ${rank} eigenvector of the Hessian (eigenvalue ${Number(eigenvalues[i]!.toPrecision(4))})`];
      });
      return (
        `Weights of ${network(checkpoint)}, moved along ${words.join(' and ')} of the loss "${loss}" over ${images.count} ` +
        `${kind} images; directions have the length 1.`
      );
    }
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const network = ({ run, epoch, loss }: Checkpoint): string => `epoch ${epoch} of ${run} (${loss})`;
