/** Commands behind the lenses. They take arguments that only a lens can give, so the palette does not show them. */
export const lensCommands = {
  train: 'losscape.experiment.train',
  show: 'losscape.experiment.showRuns',
  compare: 'losscape.experiment.compareRuns',
  curve: 'losscape.experiment.showCurve',
  surface: 'losscape.experiment.showSurface',
} as const;
