import type { Budget, Group } from '../../engine/insight/maps';
import { BarChart } from 'echarts/charts';
import { type EChartsCoreOption, use } from 'echarts/core';
import { tickText } from '../kit/format';
import { withAlpha } from '../kit/colour';
import type { Theme } from '../kit/theme';
import { shareOf } from './budgetText';

use([BarChart]);

/** One loss: what is known of it at every epoch. */
export interface BudgetRow {
  readonly name: string;
  /** By epoch; null where there is no target, undefined where it has not been counted yet. */
  readonly budgets: readonly (Budget | null | undefined)[];
}

export interface BudgetModel {
  /** Null: the network at a point of a surface, which has no epoch. */
  readonly epochs: readonly (number | null)[];
  readonly current: number | null;
  readonly rows: readonly BudgetRow[];
  readonly groups: readonly [Group, Group];
  /** Parts of the whole, or amounts: means over the image. */
  readonly shares: boolean;
}

const rowHeight = 118;
const top = 26;
const between = 58;
const left = 52;

export function budgetHeight(rows: number): number {
  return rows * (rowHeight + 34) + 22;
}

/** The colours of the two groups. */
export function groupColours(theme: Theme): readonly [string, string] {
  return [theme.runs[1]!, theme.runs[0]!];
}

/** Stacked bars over epochs, a row per loss: the loss on the left, the gradient on the right. */
export function budgetOption(model: BudgetModel, theme: Theme, width: number): EChartsCoreOption {
  const { epochs, rows, groups, shares, current } = model;
  const half = (width - left - between - 12) / 2;
  const label = { color: theme.muted, fontSize: 11, fontFamily: theme.font };
  const colours = groupColours(theme);
  const grids: object[] = [];
  const titles: object[] = [];
  const xAxis: object[] = [];
  const yAxis: object[] = [];
  const series: object[] = [];
  rows.forEach((row, index) => {
    (['loss', 'gradient'] as const).forEach((what, column) => {
      const gridIndex = grids.length;
      const at = {
        left: left + column * (half + between),
        top: top + index * (rowHeight + 34),
        width: half,
        height: rowHeight,
      };
      const of = (budget: Budget | null | undefined) => (budget ? budget[what] : null);
      const reason = what === 'loss' ? row.budgets.find((budget) => budget?.reason)?.reason : undefined;
      grids.push({ ...at, outerBoundsMode: 'none' });
      titles.push({
        text: what === 'loss' ? `Loss: ${row.name}` : `|Gradient|: ${row.name}`,
        left: at.left,
        top: at.top - 20,
        padding: 0,
        textStyle: {
          color: theme.ink,
          fontSize: 12,
          fontWeight: 600,
          fontFamily: theme.font,
          width: half,
          overflow: 'truncate',
        },
        ...(reason
          ? {
              subtext: wrapped(reason, half),
              itemGap: 28,
              subtextStyle: { color: theme.muted, fontSize: 11, lineHeight: 15, fontFamily: theme.font },
            }
          : {}),
      });
      xAxis.push({
        gridIndex,
        type: 'category',
        data: epochs.map((epoch) => epoch ?? 'at the point'),
        axisLine: { lineStyle: { color: theme.hairline } },
        axisTick: { show: false },
        axisLabel: { ...label, show: index === rows.length - 1, hideOverlap: true },
        ...(index === rows.length - 1 && !epochs.includes(null)
          ? { name: 'epoch', nameLocation: 'middle', nameGap: 22, nameTextStyle: label }
          : {}),
      });
      yAxis.push({
        gridIndex,
        type: 'value',
        min: 0,
        ...(shares ? { max: 1, interval: 0.5 } : { splitNumber: 2 }),
        axisLabel: { ...label, formatter: shares ? (value: number) => `${Math.round(value * 100)} %` : tickText },
        splitLine: { lineStyle: { color: theme.hairline, width: 0.6 } },
      });
      groups.forEach((group, place) => {
        const colour = colours[place]!;
        series.push({
          type: 'bar',
          name: group,
          stack: `${index} ${what}`,
          xAxisIndex: gridIndex,
          yAxisIndex: gridIndex,
          barCategoryGap: '18%',
          silent: true,
          data: row.budgets.map((budget, epoch) => {
            const shared = of(budget);
            const value = shared ? (shares ? shareOf(shared, group) : shared.parts[group]) : null;
            const dim = current !== null && epochs[epoch] !== current;
            return {
              value: value !== null && Number.isNaN(value) ? null : value,
              itemStyle: {
                // Outlined rather than filled where colour must not be the only difference.
                color: theme.highContrast && place === 1 ? 'transparent' : dim ? withAlpha(colour, 0.62) : colour,
                borderColor: theme.highContrast ? colour : undefined,
                borderWidth: theme.highContrast ? 1 : 0,
              },
            };
          }),
        });
      });
      if (shares) {
        series.push({
          type: 'line',
          name: 'pixels',
          xAxisIndex: gridIndex,
          yAxisIndex: gridIndex,
          symbol: 'none',
          silent: true,
          lineStyle: { color: theme.ink, width: 1.4, type: [4, 3] },
          data: row.budgets.map((budget) => {
            if (!budget?.[what]) return null;
            const [one, other] = groups;
            return budget.pixels[one] / (budget.pixels[one] + budget.pixels[other]);
          }),
        });
      }
    });
  });
  return {
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: theme.font, color: theme.ink },
    title: titles,
    grid: grids,
    xAxis,
    yAxis,
    series,
  };
}

/** A sentence in lines; a letter of 11 pixels is about 5.6 pixels wide. */
function wrapped(text: string, width: number): string {
  const most = Math.max(12, Math.floor(width / 5.6));
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + word.length < most) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}
