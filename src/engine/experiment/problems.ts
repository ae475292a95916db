import { Problem } from '../../runs/problem';

/** Everything that is wrong with one experiment file, in the order in which it stands there. */
export class ExperimentProblems extends Problem {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const place = problems[0]?.place;
    super(problems.map((problem) => problem.message).join('; '), place === undefined ? {} : { place });
    this.problems = problems;
  }

  /** One paragraph for each problem, each with its own place and hint. */
  override describe(): string {
    return this.problems.map((problem) => problem.describe()).join('\n');
  }
}
