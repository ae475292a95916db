import type { HeatmapLoss } from '../../webview/protocol/heatmap';
import { t } from '../text';
import { lossOf } from './heatmapRuns';

/**
 * Reads a loss that was typed into a field: JSON as in an experiment file, or words: "focal 3", "focal 2 detached",
 * "cross-entropy", "ce 1:4", "dice". Says what is wrong with anything else.
 */
export async function typedLoss(text: string): Promise<HeatmapLoss | { readonly problem: string }> {
  const read = text.trim().startsWith('{') ? fromJson(text) : fromWords(text.trim().toLowerCase());
  if (read === null) {
    return {
      problem: t(
        '"{0}" is no loss. Try: focal 3 · focal 2 detached · cross-entropy 1:4 · dice · or JSON as in an experiment file.',
        text.trim(),
      ),
    };
  }
  // Loaded when it is needed: the checks take a while to build.
  const { lossSchema } = await import('../../engine/experiment/lossSchema');
  const checked = lossSchema.safeParse(read);
  if (checked.success) return lossOf(checked.data);
  const [issue] = checked.error.issues;
  const key = issue?.path.join('.') ?? '';
  return { problem: [key, issue?.message ?? ''].filter(Boolean).join(': ') };
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function fromWords(text: string): unknown {
  const number = '\\d+(?:\\.\\d+)?';
  const weights = new RegExp(`(${number})\\s*:\\s*(${number})`).exec(text);
  const classWeights = weights ? { classWeights: [Number(weights[1]), Number(weights[2])] } : {};
  const rest = text.replace(weights?.[0] ?? '', ' ').trim();
  if (/^(cross[- ]?entropy|ce)$/.test(rest)) return { type: 'crossEntropy', ...classWeights };
  if (rest === 'dice' && !weights) return { type: 'dice' };
  const focal = new RegExp(
    `^focal(?:\\s+(?:loss\\s+)?(?:γ|gamma)?\\s*=?\\s*(${number}))?(\\s+\\(?detached\\)?)?$`,
  ).exec(rest);
  if (!focal) return null;
  return {
    type: 'focal',
    ...(focal[1] === undefined ? {} : { gamma: Number(focal[1]) }),
    ...(focal[2] === undefined ? {} : { modulator: 'detached' }),
    ...classWeights,
  };
}
