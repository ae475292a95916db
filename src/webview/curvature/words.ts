import { counted, duration } from '../kit/format';
import type { CurvatureAxes, CurvatureInfo } from '../protocol/curvature';
import { digits } from '../kit/digits';
import { lambda } from './charts';
import { imagesWords, lossWords } from './series';

const partWords = {
  eigenvalues: 'largest eigenvalues',
  trace: 'trace',
  layers: 'layers',
  spectrum: 'spectral density',
} as const;

const statusWords = {
  measuring: 'is being measured',
  stopped: 'was stopped',
  interrupted: 'was interrupted',
  failed: 'has failed',
  finished: 'is finished',
} as const;

/** Which measurement it is: "focal γ=2, as descended, epoch 12 · trained with dice · 8 of 40 train images". */
export function measurementName(info: CurvatureInfo, many: boolean): string {
  const parts = [`${lossWords(info)}, epoch ${info.epoch}`];
  if (many || info.trained !== info.loss.label) parts.push(`trained with ${info.trained}`);
  parts.push(contentsWords(info));
  return parts.join(' · ');
}

function contentsWords({ eigenvalues, trace, spectrum, layers, settings, status }: CurvatureInfo): string {
  const parts = [
    eigenvalues && counted(eigenvalues.largest.length, 'eigenvalue'),
    trace && `trace (${counted(settings.probes, 'probe')})`,
    spectrum && 'density',
    layers.some(({ largest }) => largest) && 'layers',
  ].filter(Boolean);
  return [parts.join(', '), ...(status === 'finished' ? [] : [status])].filter((part) => part !== '').join(' · ');
}

/** What is going on with a measurement that is not finished: a sentence, and how far it is from 0 to 1, or null. */
export function progressOf(info: CurvatureInfo): { readonly text: string; readonly share: number | null } {
  const { status, progress, seconds } = info;
  const what = `${lossWords(info)} at epoch ${info.epoch}, ${info.run}`;
  if (status !== 'measuring') return { text: `${what}: the measurement ${statusWords[status]}.`, share: null };
  if (!progress) return { text: `${what} ${statusWords.measuring} …`, share: null };
  const { part, step, steps } = progress;
  const of =
    part === 'eigenvalues'
      ? `step ${step} of at most ${steps}`
      : part === 'layers'
        ? `${step} of ${steps} layers`
        : part === 'trace'
          ? `${step} of ${steps} probes`
          : `step ${step} of ${steps}`;
  return {
    text: `${what} ${statusWords.measuring}: ${partWords[part]}, ${of}; ${duration(seconds)} so far.`,
    share: steps > 0 ? step / steps : null,
  };
}

/** Everything about a measurement that is no picture: names and values, in the order in which one asks. */
export function measurementFacts(info: CurvatureInfo): (readonly [name: string, value: string])[] {
  const { eigenvalues, trace, spectrum, settings, gradientNorm, parameters, images } = info;
  const facts: (readonly [string, string])[] = [
    ['Network', `epoch ${info.epoch} of ${info.run}, trained with ${info.trained}; ${parameters} weights`],
    [
      'Loss',
      info.loss.variant === 'effective'
        ? `${info.loss.label}: the effective loss, whose gradient training follows (a factor of the reported one is detached)`
        : `${info.loss.label}, as reported`,
    ],
    [
      'Images',
      `mean over ${imagesWords(info)}, ${images.region === 'whole' ? 'each as a whole' : 'the centre of each'}`,
    ],
  ];
  if (gradientNorm !== null) facts.push(['Gradient', `length ${digits(gradientNorm)}: 0 at a minimum`]);
  if (eigenvalues) {
    const { largest, smallest, products, converged } = eigenvalues;
    facts.push([
      'Largest',
      largest
        .map(({ value, residual }, index) => `${lambda(index + 1)} = ${digits(value)} ± ${digits(short(residual))}`)
        .join(', '),
    ]);
    facts.push(['Smallest', `${digits(smallest.value)} ± ${digits(short(smallest.residual))}${signWords(smallest)}`]);
    facts.push([
      'Method',
      `Lanczos with full reorthogonalisation, ${products} products with the Hessian; ` +
        (converged ? 'all residuals are within 0.1 %' : 'not all have converged: see the residuals behind ±'),
    ]);
    const sharpest = largest[0]?.value ?? 0;
    if (sharpest > 0)
      facts.push([
        'Step size',
        `plain gradient descent is stable here for steps below 2 / λ₁ = ${digits(2 / sharpest)}`,
      ]);
  }
  if (trace) {
    const mean = trace.mean / parameters;
    facts.push([
      'Trace',
      `${estimateWords(trace)} from ${counted(settings.probes, 'random vector')} (Hutchinson); mean eigenvalue ${digits(mean)}`,
    ]);
  }
  if (spectrum)
    facts.push([
      'Density',
      `${counted(settings.spectrumProbes, 'random vector')}, ${settings.spectrumSteps} steps of Lanczos’ method from each (stochastic Lanczos quadrature)`,
    ]);
  facts.push([
    'Measured',
    `${info.created.slice(0, 16).replace('T', ' ')} UTC in ${duration(info.seconds)} by ${info.machine}`,
  ]);
  return facts;
}

const short = (value: number): number => Number(value.toPrecision(2));

const signWords = ({ value, residual }: { value: number; residual: number }): string =>
  value < -residual ? ': in some direction the loss bends down, so this is no minimum' : '';

/** "45.1 ± 2.3 (standard error)". */
export function estimateWords({ mean, standardError }: { mean: number; standardError: number | null }): string {
  return standardError === null ? digits(mean) : `${digits(mean)} ± ${digits(short(standardError))} (standard error)`;
}

/** What the axes of a surface along gradients and eigenvectors are; a sentence each. */
export function axesWords({ loss, run, epoch, axes, images, gradientNorm, moved }: CurvatureAxes): string[] {
  const sentences = axes.flatMap((axis, index) => {
    if (!axis) return [];
    const name = index === 0 ? 'Axis a' : 'Axis b';
    if (axis.kind === 'gradient')
      return [`${name} is the gradient of ${loss}; its length there is ${digits(gradientNorm)}.`];
    const value = axis.eigenvalue === null ? '' : `: eigenvalue ${lambda(axis.rank)} = ${digits(axis.eigenvalue)}`;
    return [`${name} is eigenvector ${axis.rank} of the Hessian of ${loss}${value}.`];
  });
  const some = `${counted(images.count, `${images.split} image`)}`;
  sentences.push(
    `Found at epoch ${epoch} of ${run} over ${some}${moved ? '; this surface lies around another network' : ''}. ` +
      'Directions have the length 1: near the centre, besides its slope, the loss rises by λ a² / 2 along an eigenvector.',
  );
  return sentences;
}
