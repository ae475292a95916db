import type { ImageReference, NetworkRun } from '../protocol/network';

/** An entry of a list to choose from. */
interface Choice {
  readonly value: string;
  readonly text: string;
}

/** The images that can be chosen: test images first, and the file that is looked at. */
export function imageChoices({ images }: Pick<NetworkRun, 'images'>, image: ImageReference | null): Choice[] {
  const choices = (['test', 'train'] as const).flatMap((split) =>
    images[split].map((name) => ({ value: JSON.stringify({ name, split }), text: `${name} (${split})` })),
  );
  const value = JSON.stringify(image);
  if (image && !choices.some((choice) => choice.value === value)) choices.push({ value, text: imageName(image) });
  return choices;
}

/** The image before or after one in the list, round and round. */
export function nextImage(
  run: Pick<NetworkRun, 'images'>,
  image: ImageReference | null,
  by: number,
): ImageReference | null {
  const choices = imageChoices(run, image);
  const at = choices.findIndex(({ value }) => value === JSON.stringify(image));
  const next = choices[(at + by + choices.length) % Math.max(1, choices.length)];
  return next ? (JSON.parse(next.value) as ImageReference) : null;
}

/** The image that is shown first: the first that was not trained on. */
export function firstImage({ images }: Pick<NetworkRun, 'images'>): ImageReference | null {
  const test = images.test[0];
  if (test !== undefined) return { name: test, split: 'test' };
  const train = images.train[0];
  return train === undefined ? null : { name: train, split: 'train' };
}

/** An image by name as the list of images has it: with its split. */
export function listedImage({ images }: Pick<NetworkRun, 'images'>, image: ImageReference): ImageReference {
  if (!('name' in image) || image.split) return image;
  const split = (['test', 'train'] as const).find((one) => images[one].includes(image.name));
  return split ? { name: image.name, split } : image;
}

/** The name of an image as it is shown. */
export function imageName(image: ImageReference): string {
  return 'name' in image ? image.name : (image.path.split(/[\\/]/).at(-1) ?? image.path);
}
