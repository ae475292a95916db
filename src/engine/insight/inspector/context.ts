import type { Runtime } from '../../compile/program';
import type { Size } from '../../data/geometry';
import { evaluationTiles, type EvaluationTiles } from '../../data/tiles';
import { evaluationCrop, tileImages, type TileImages } from '../oneTile';
import { Checkpoints } from './checkpoints';
import { Images, type InspectedImage } from './images';
import { Networks } from './networks';
import { type InspectedRun, readInspectedRun } from './runs';

/** What handlers share: everything that is kept between questions, within bounds of memory. */
export class InspectorContext {
  readonly checkpoints = new Checkpoints();
  readonly images = new Images();
  readonly networks: Networks;
  /** Programs that look at single layers, apart from the others: they must not push out what every picture needs. */
  readonly layerNetworks: Networks;
  private readonly crops = new Map<string, Promise<Size>>();
  private loaded: Promise<Runtime> | undefined;

  /** @param load loads what computes, when it is first needed. */
  constructor(private readonly load: () => Promise<Runtime>) {
    this.networks = new Networks(() => this.runtime());
    this.layerNetworks = new Networks(() => this.runtime());
  }

  runtime(): Promise<Runtime> {
    this.loaded ??= this.load();
    return this.loaded;
  }

  /** @throws Problem in words when the folder is no run that can be read. */
  run(folder: string): Promise<InspectedRun> {
    return readInspectedRun(folder);
  }

  /** An image in one pass, as single layers are looked at: whole where the plan is and it fits, else its centre. */
  tile(run: InspectedRun, { image, split }: InspectedImage): Promise<TileImages> {
    const { model, training } = run.experiment;
    return tileImages(model, image, split === null ? 'whole' : training.evaluate, () => this.crop(run));
  }

  /**
   * How an image is looked at: as the run is evaluated, whole or its centre; an image that is not of the run's data always
   * whole. Large ones in tiles that are put together without seams.
   */
  async plan(run: InspectedRun, { image, split }: InspectedImage): Promise<EvaluationTiles> {
    const { model, training } = run.experiment;
    const whole = split === null || training.evaluate === 'whole';
    const crop = whole ? ([1, 1] as const) : await this.crop(run);
    return evaluationTiles(image.height, image.width, model, whole ? 'whole' : 'center', crop);
  }

  async dispose(): Promise<void> {
    await Promise.all([this.networks.dispose(), this.layerNetworks.dispose()]);
  }

  /** The crop that a run resolved from the sizes of its images: their headers are read once. */
  private crop({ folder, experiment }: InspectedRun): Promise<Size> {
    const known = this.crops.get(folder);
    if (known) return known;
    const crop = evaluationCrop(experiment);
    this.crops.set(folder, crop);
    crop.catch(() => this.crops.delete(folder));
    return crop;
  }
}
