import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ExperimentProblems, parseExperiment, readExperiment } from '../../../src/engine/experiment/read';
import { Problem } from '../../../src/runs/problem';

const dataset = '"dataset": { "images": "data/images", "masks": "data/masks" }';

/** What is wrong with a text, as "line:column message (hint)". */
function problemsIn(text: string): string[] {
  try {
    parseExperiment(text, 'disc.losscape.json');
  } catch (error) {
    if (!(error instanceof ExperimentProblems)) throw error;
    return error.problems.map(({ place, message, hint }) => {
      expect(place?.file).toBe('disc.losscape.json');
      return `${place?.line}:${place?.column} ${message}${hint === undefined ? '' : ` (${hint})`}`;
    });
  }
  return [];
}

/** The same for a section of an experiment that is otherwise right; the section begins at 1:1. */
function problemsWith(section: string): string[] {
  return problemsIn(`{${section}, ${dataset} }`);
}

describe('parseExperiment', () => {
  it('fills in every default of a file with a data set only', () => {
    expect(parseExperiment(`{ ${dataset} }`, '/project/disc.losscape.json')).toEqual({
      name: 'disc',
      file: resolve('/project/disc.losscape.json'),
      dataset: {
        images: resolve('/project/data/images'),
        masks: resolve('/project/data/masks'),
        maskThreshold: 20,
        scale: 1,
        test: 0.15,
        unpaired: 'error',
      },
      model: { filters: 32, depth: 4, padding: 'same', classes: 2, channels: 3 },
      input: { crop: 'auto', flip: true },
      training: {
        epochs: 50,
        batchSize: 4,
        optimizer: { type: 'adam', learningRate: 1e-4, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
        schedule: { type: 'constant', warmupSteps: 0 },
        seed: 99,
        initializer: 'he',
        evaluateEvery: 1,
        checkpointEvery: 1,
        keep: 'all',
        evaluate: 'whole',
      },
      losses: [{ type: 'crossEntropy', labelSmoothing: 0 }],
    });
  });

  it('reads comments, trailing commas, a byte-order mark and every key there is', () => {
    const text = `\uFEFF{
      // the study
      "$schema": "./experiment.schema.json",
      "name": "study",
      "dataset": { "images": "/a", "masks": "../b", "maskThreshold": 0, "scale": 0.5, "unpaired": "skip",
                   "test": { "images": "test/images", "masks": "test/masks" }, "synthetic": true },
      "model": { "filters": 8, "depth": 3, "padding": "valid", "classes": 2, "channels": 1 },
      "input": { "crop": [388, 400], "flip": false },
      "training": { "epochs": 1000, "batchSize": 1, "optimizer": { "type": "adamw", "learningRate": 0.001, "beta1": 0.5,
                    "beta2": 0.9, "epsilon": 1e-7, "weightDecay": 0.1 },
                    "schedule": { "type": "poly", "warmupSteps": 10, "power": 1, "final": 0.01 }, "seed": 0,
                    "initializer": "study", "evaluateEvery": 5, "checkpointEvery": 10, "keep": { "every": 20 },
                    "evaluate": "center" },
      "losses": [
        { "type": "crossEntropy", "classWeights": [1, 3], "labelSmoothing": 0.1 },
        { "type": "focal", "gamma": 3, "modulator": "detached", "alpha": 0.25, /* named */ "name": "study's" },
        { "type": "sum", "terms": [
          { "type": "dice", "reduce": "batch", "smooth": 0, "includeBackground": false, "squared": true },
          { "weight": 0.5, "type": "sum", "terms": [{ "type": "crossEntropy" }] },
        ] },
      ],
    }`;
    const experiment = parseExperiment(text, '/project/x/study.json');
    expect(experiment).not.toHaveProperty('$schema');
    expect(experiment).toMatchObject({
      name: 'study',
      dataset: {
        images: resolve('/a'),
        masks: resolve('/project/b'),
        test: { images: resolve('/project/x/test/images'), masks: resolve('/project/x/test/masks') },
        synthetic: true,
      },
      model: { filters: 8, depth: 3, padding: 'valid', channels: 1 },
      input: { crop: [388, 400], flip: false },
      training: {
        optimizer: { type: 'adamw', weightDecay: 0.1 },
        schedule: { power: 1, final: 0.01 },
        keep: { every: 20 },
      },
    });
    expect(experiment.losses).toEqual([
      { type: 'crossEntropy', classWeights: [1, 3], labelSmoothing: 0.1 },
      { type: 'focal', gamma: 3, modulator: 'detached', alpha: 0.25, name: "study's" },
      {
        type: 'sum',
        terms: [
          { type: 'dice', reduce: 'batch', smooth: 0, includeBackground: false, squared: true },
          { weight: 0.5, type: 'sum', terms: [{ type: 'crossEntropy', labelSmoothing: 0 }] },
        ],
      },
    ]);
  });

  it.each([
    ['disc.losscape.json', 'disc'],
    ['optic disc.jsonc', 'optic disc'],
    ['.losscape.json', 'experiment'],
    ['a.b.losscape.json', 'a.b'],
  ])('names an experiment in %s "%s"', (file, name) => {
    expect(parseExperiment(`{ ${dataset} }`, join('/work', file)).name).toBe(name);
  });

  it.each([
    ['{ "type": "sgd" }', { type: 'sgd', learningRate: 0.01, momentum: 0.9 }],
    ['{ "type": "adamw" }', { learningRate: 1e-4, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 }],
  ])('fills in the defaults of the optimizer %s', (text, expected) => {
    const experiment = parseExperiment(`{ "training": { "optimizer": ${text} }, ${dataset} }`, 'x.losscape.json');
    expect(experiment.training.optimizer).toMatchObject(expected);
  });

  it.each([0, 1, 9, 0.2, 0.999])('takes %d as a test split', (test) => {
    const text = `{ "dataset": { "images": "i", "masks": "m", "test": ${test} } }`;
    expect(parseExperiment(text, 'x.losscape.json').dataset.test).toBe(test);
  });
});

describe('an unknown key', () => {
  it('is reported at its line and column with the nearest known key', () => {
    const text = ['{', `  ${dataset},`, '  // wrong', '  "model": {', '\t"depth": 4, "fliters": 8', '  }', '}'].join(
      '\r\n',
    );
    expect(problemsIn(text)).toEqual(['5:14 unknown key "fliters" in "model" (Did you mean "filters"?)']);
  });

  it.each([
    ['"modle": {}', '1:2 unknown key "modle" (Did you mean "model"?)'],
    ['"dataset ": {}', '1:2 unknown key "dataset " (Did you mean "dataset"?)'],
    ['"input": { "Crop": [8, 8] }', '1:13 unknown key "Crop" in "input" (Did you mean "crop"?)'],
    ['"epochs": 5', '1:2 unknown key "epochs" (It belongs in "training".)'],
    ['"model": { "seed": 5 }', '1:13 unknown key "seed" in "model" (It belongs in "training".)'],
    [
      '"training": { "learningRate": 5 }',
      '1:16 unknown key "learningRate" in "training" (It belongs in "training.optimizer".)',
    ],
    ['"training": { "name": "x" }', '1:16 unknown key "name" in "training" (It belongs at the top of the file.)'],
    ['"input": { "zoom": 2 }', '1:13 unknown key "zoom" in "input" (Known here: "crop", "flip".)'],
    [
      '"training": { "optimizer": { "type": "sgd", "momemtum": 0.5 } }',
      '1:46 unknown key "momemtum" in "training.optimizer" (Did you mean "momentum"?)',
    ],
    ['"losses": [{ "type": "focal", "gama": 2 }]', '1:32 unknown key "gama" in "losses[0]" (Did you mean "gamma"?)'],
    [
      '"losses": [{ "type": "sum", "terms": [{ "type": "dice", "wieght": 2 }] }]',
      '1:58 unknown key "wieght" in "losses[0].terms[0]" (Did you mean "weight"?)',
    ],
    [
      '"losses": [{ "type": "crossEntropy", "weight": 2 }]',
      '1:39 unknown key "weight" in "losses[0]" (Known here: "type", "classWeights", "labelSmoothing", "name".)',
    ],
    [
      '"training": { "keep": { "evry": 2, "every": 2 } }',
      '1:26 unknown key "evry" in "training.keep" (Did you mean "every"?)',
    ],
  ])('%s', (section, problem) => {
    expect(problemsWith(section)).toEqual([problem]);
  });

  it('may be called like something every object has', () => {
    expect(problemsWith('"toString": 1, "__proto__": 2, "constructor": 3')).toHaveLength(3);
  });
});

describe('a wrong value', () => {
  it.each([
    ['"training": { "epochs": "fifty" }', '1:26 "training.epochs" must be a whole number, but it is "fifty"'],
    ['"training": { "epochs": 1.5 }', '1:26 "training.epochs" must be a whole number, but it is 1.5'],
    ['"training": { "epochs": 0 }', '1:26 "training.epochs" must be at least 1, but it is 0'],
    ['"training": { "batchSize": null }', '1:29 "training.batchSize" must be a whole number, but it is null'],
    ['"training": { "seed": -1 }', '1:24 "training.seed" must be at least 0, but it is -1'],
    ['"training": { "optimizer": 3 }', '1:29 "training.optimizer" must be an object in braces { }, but it is 3'],
    [
      '"training": { "optimizer": { "type": "adm" } }',
      '1:39 "training.optimizer.type" must be one of "sgd", "adam", "adamw", but it is "adm" (Did you mean "adam"?)',
    ],
    [
      '"training": { "optimizer": {} }',
      '1:29 "training.optimizer.type" is missing (It must be one of "sgd", "adam", "adamw".)',
    ],
    [
      '"training": { "optimizer": { "type": "adam", "learningRate": 0 } }',
      '1:63 "training.optimizer.learningRate" must be above 0, but it is 0',
    ],
    [
      '"training": { "optimizer": { "type": "adam", "beta1": 1 } }',
      '1:56 "training.optimizer.beta1" must be below 1, but it is 1',
    ],
    ['"training": { "keep": { "every": 0 } }', '1:35 "training.keep.every" must be at least 1, but it is 0'],
    [
      '"training": { "keep": "best" }',
      '1:24 "training.keep" must be "all", "lastAndBest" or { "every": number of epochs }, but it is "best"',
    ],
    ['"model": { "depth": 9 }', '1:22 "model.depth" must be at most 8, but it is 9'],
    ['"model": { "classes": 3 }', '1:24 "model.classes" must be 2, but it is 3'],
    ['"model": { "channels": 4 }', '1:25 "model.channels" must be 1 (grey) or 3 (colour), but it is 4'],
    [
      '"model": { "padding": "vallid" }',
      '1:24 "model.padding" must be "valid" or "same", but it is "vallid" (Did you mean "valid"?)',
    ],
    [
      '"input": { "crop": 256 }',
      '1:21 "input.crop" must be "auto" or two whole numbers of at least 1: [height, width], but it is 256',
    ],
    ['"input": { "crop": [256, "x"] }', '1:27 "input.crop[1]" must be a whole number, but it is "x"'],
    ['"input": { "flip": "yes" }', '1:21 "input.flip" must be true or false, but it is "yes"'],
    ['"losses": []', '1:12 "losses" must have at least 1 entries, but it is []'],
    ['"losses": {}', '1:12 "losses" must be a list in brackets [ ], but it is {}'],
    ['"losses": [4]', '1:13 "losses[0]" must be an object in braces { }, but it is 4'],
    [
      '"losses": [{ "type": "focall" }]',
      '1:23 "losses[0].type" must be one of "crossEntropy", "focal", "dice", "sum", but it is "focall" (Did you mean "focal"?)',
    ],
    ['"losses": [{ "type": "focal", "gamma": -1 }]', '1:41 "losses[0].gamma" must be at least 0, but it is -1'],
    [
      '"losses": [{ "type": "crossEntropy", "classWeights": [1, 2, 3] }]',
      '1:55 "losses[0].classWeights" must be two positive numbers: [background, foreground], but it is [1,2,3]',
    ],
    ['"losses": [{ "type": "sum" }]', '1:13 "losses[0].terms" is missing'],
    ['"losses": [{ "type": "sum", "terms": [] }]', '1:39 "losses[0].terms" must have at least 1 entries, but it is []'],
    ['"name": ""', '1:10 "name" must have at least 1 letters, but it is ""'],
    ['"model": null', '1:11 "model" must be an object in braces { }, but it is null'],
  ])('%s', (section, problem) => expect(problemsWith(section)).toEqual([problem]));

  it.each([
    ['1.5', /"dataset.test" must be a number of images .* but it is 1.5$/],
    ['-1', /"dataset.test" must be a number of images .* but it is -1$/],
    ['"all"', /"dataset.test" must be a number of images .* but it is "all"$/],
    ['{ "images": "a" }', /"dataset.test.masks" is missing$/],
    ['{ "images": 3, "masks": "b" }', /"dataset.test.images" must be a text in double quotes, but it is 3$/],
  ])('dataset.test %s', (test, expected) => {
    const problems = problemsIn(`{ "dataset": { "images": "i", "masks": "m", "test": ${test} } }`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
  });

  it.each(['0', '-0.5', '1.01', '"half"'])('dataset.scale %s', (scale) => {
    const problems = problemsIn(`{ "dataset": { "images": "i", "masks": "m", "scale": ${scale} } }`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^1:54 "dataset.scale" must be /);
  });

  it('is shortened when it is long', () => {
    expect(problemsWith(`"name": ["${'x'.repeat(100)}"]`)[0]).toMatch(/but it is \["x{50,60}…$/);
  });
});

describe('settings that do not go together', () => {
  it.each([
    [
      '"losses": [{ "type": "focal", "alpha": 0.5, "classWeights": [1, 2] }]',
      '1:41 "alpha" and "classWeights" both weigh the classes (Keep one of the two.)',
    ],
    [
      '"losses": [{ "type": "sum", "terms": [{ "type": "focal", "alpha": 0.5, "classWeights": [1, 2] }] }]',
      '1:68 "alpha" and "classWeights" both weigh the classes (Keep one of the two.)',
    ],
    [
      '"losses": [{ "type": "focal" }, { "type": "focal", "gamma": 2 }]',
      '1:34 losses[1] is called "focal-2", as is losses[0] (Give one of them another "name", or take it out.)',
    ],
    [
      '"losses": [{ "type": "dice", "name": "mine" }, { "type": "focal", "name": "mine" }]',
      '1:49 losses[1] is called "mine", as is losses[0] (Give one of them another "name", or take it out.)',
    ],
    [
      '"training": { "schedule": { "type": "cosine", "power": 2 } }',
      '1:57 "power" means nothing to the schedule "cosine" (Take it out, or set "type": "poly".)',
    ],
    [
      '"training": { "schedule": { "final": 0.5 } }',
      '1:39 "final" means nothing to the schedule "constant" (Take it out, or set "type": "cosine".)',
    ],
  ])('%s', (section, problem) => expect(problemsWith(section)).toEqual([problem]));
});

describe('a file that is no experiment', () => {
  it.each([
    ['', ['1:1 the file is empty (The least that works: { "dataset": { "images": "images", "masks": "masks" } })']],
    ['{}', ['1:1 "dataset" is missing']],
    ['[]', ['1:1 the file must be an object in braces { }, but it is []']],
    ['{ "dataset": { "images": "a" } }', ['1:14 "dataset.masks" is missing']],
    ['{\n "dataset": {\n  "images": "a"\n  "masks": "b" } }', ['4:3 a comma is expected here']],
    [
      '{ "dataset": { "images": "a", "masks": "b }',
      ['1:40 a text that does not end; it must be closed by a double quote on the same line'],
    ],
    [
      '{ "dataset": { "images": "a", "masks": "b", "images": "c" } }',
      ['1:45 "images" stands here for the second time (Keep one of the two.)'],
    ],
  ])('%j', (text, problems) => expect(problemsIn(text).slice(0, problems.length)).toEqual(problems));

  it('says what a wrong backslash is about', () => {
    expect(problemsIn('{ "dataset": { "images": "C:\\data", "masks": "b" } }')[0]).toContain('use / in paths');
  });

  it('is not looked into any further when its syntax is wrong', () => {
    const problems = problemsIn('{ "modle": {}, ');
    expect(problems[0]).toBe('1:16 a key in double quotes is expected here');
    expect(problems.join()).not.toContain('modle');
  });
});

describe('ExperimentProblems', () => {
  it('collects everything, in the order of the file', () => {
    const text = `{
  "epochs": 3,
  "model": { "depth": 0, "fliters": 8 },
  "dataset": { "images": 3 }
}`;
    expect(problemsIn(text).map((problem) => problem.slice(0, 4).trim())).toEqual([
      '2:3',
      '3:23',
      '3:26',
      '4:14',
      '4:26',
    ]);
  });

  it('describes each with its place and hint, and leads to exit code 2', () => {
    let problem: unknown;
    try {
      parseExperiment('{ "modle": {} }', 'x.losscape.json');
    } catch (error) {
      problem = error;
    }
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({ exitCode: 2, place: { file: 'x.losscape.json', line: 1, column: 1 } });
    expect((problem as Problem).describe()).toBe(
      'x.losscape.json:1:1: "dataset" is missing\n' +
        'x.losscape.json:1:3: unknown key "modle"\n  Did you mean "model"?',
    );
  });
});

describe('readExperiment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'losscape-experiment-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reads a file', async () => {
    const file = join(folder, 'disc.losscape.json');
    writeFileSync(file, `{ ${dataset} }`);
    expect(await readExperiment(file)).toMatchObject({
      name: 'disc',
      file,
      dataset: { masks: join(folder, 'data/masks') },
    });
  });

  it('says that a file is missing or a folder', async () => {
    const file = join(folder, 'missing.losscape.json');
    await expect(readExperiment(file)).rejects.toMatchObject({
      message: 'there is no such experiment file',
      place: { file },
      exitCode: 2,
    });
    await expect(readExperiment(folder)).rejects.toMatchObject({ message: 'this is a folder, not an experiment file' });
  });
});
