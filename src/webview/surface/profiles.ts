import type { EChartsCoreOption } from 'echarts/core';
import { element } from '../kit/dom';
import { type ECharts, init } from '../kit/echarts';
import { tickText, tickTexts } from '../kit/format';
import { zoomedRange } from '../kit/ranges';
import { lookDash, lookMarker, type Theme } from '../kit/theme';
import { extent } from './field';
import { type Profile, type ProfileLine, profileOf } from './profile';
import type { Place } from './state';

/** Lines of all shown losses along both axes through the cursor. */
export class ProfilesView {
  readonly root = element('div', { class: 'profiles' });
  private readonly note = element('p', { class: 'muted profiles-note' });
  private readonly charts = (['a', 'b'] as const).map((along) => {
    const heading = element('h3');
    const chart = element('div', { class: 'profile-chart', role: 'img' });
    const root = element('figure', { class: 'profile' }, heading, chart);
    this.root.append(root);
    return { along, heading, chart, root, echarts: null as ECharts | null };
  });

  /** @param pick a place along an axis was clicked. */
  constructor(private readonly pick: (along: 'a' | 'b', value: number) => void) {
    this.root.append(this.note);
  }

  show(
    lines: readonly ProfileLine[],
    place: Place,
    names: { a: string; b: string },
    width: number,
    theme: Theme,
  ): void {
    const errors = lines.some((line) => line.errors !== null);
    this.note.textContent =
      'Sampled points nearest to the cursor, joined by straight lines; click to move the cursor.' +
      (errors ? ' Thin lines: one standard error of the mean over the images above and below.' : '');
    for (const chart of this.charts) {
      const { along } = chart;
      const profiles = lines.map((line) => ({ line, profile: profileOf(line, along, place) }));
      chart.root.hidden = profiles.length === 0 || (lines[0]?.field[along].length ?? 0) < 2;
      if (chart.root.hidden) continue;
      const single = lines[0]!.field.b.length < 2;
      const size = { width: single || width < 560 ? width : (width - 20) / 2, height: single ? 320 : 190 };
      const nothing = profiles.every(({ profile }) => profile.x.length === 0);
      chart.heading.textContent =
        (single ? 'Along the line' : `Along ${along}, at ${profiles[0]!.profile.at}`) +
        (nothing ? ': nothing is sampled there yet' : '');
      chart.chart.style.width = `${size.width}px`;
      chart.chart.style.height = `${size.height}px`;
      chart.chart.setAttribute('aria-label', `${chart.heading.textContent}. ${profiles.map(inWords).join(' ')}`);
      if (!chart.echarts) {
        const made = (chart.echarts = init(chart.chart, null, { renderer: 'canvas', ...size }));
        made.getZr().on('click', ({ offsetX, offsetY }) => {
          const [value] = made.convertFromPixel({ gridIndex: 0 }, [offsetX, offsetY]) as [number, number];
          if (Number.isFinite(value)) this.pick(along, value);
        });
      }
      chart.echarts.resize(size);
      chart.echarts.setOption(profileOption(profiles, along, place, names[along], size, theme), { notMerge: true });
    }
  }
}

interface Drawn {
  readonly line: ProfileLine;
  readonly profile: Profile;
}

function inWords({ line, profile }: Drawn): string {
  const range = extent(profile.y);
  return range === null
    ? `${line.name}: nothing there.`
    : `${line.name} from ${tickText(range[0])} to ${tickText(range[1])}.`;
}

/** The lines of one axis; logarithmic where one of their scales is and every value is positive. */
export function profileOption(
  profiles: readonly Drawn[],
  along: 'a' | 'b',
  place: Place,
  name: string,
  size: { width: number; height: number },
  theme: Theme,
): EChartsCoreOption {
  const all = extent(profiles.flatMap(({ profile }) => profile.y)) ?? [0, 1];
  const log = profiles.some(({ line }) => line.scale.name === 'log') && all[0] > 0;
  const room = log ? 0 : 0.04 * (all[1] - all[0] || 1);
  const x = profiles[0]!.line.field[along];
  const label = { color: theme.muted, fontSize: 11, fontFamily: theme.font };
  const axis = (type: 'value' | 'log', low: number, high: number, room: number) => {
    const { ticks } = zoomedRange(type, low, high, Math.max(2, room));
    return {
      type,
      min: low,
      max: high,
      axisLine: { show: true, onZero: false, lineStyle: { color: theme.highContrast ? theme.ink : theme.hairline } },
      axisTick: { show: true, customValues: ticks, lineStyle: { color: theme.muted }, length: 3 },
      axisLabel: { ...label, customValues: ticks, hideOverlap: true, formatter: tickTexts(ticks) },
      splitLine: { show: false },
    };
  };
  const legend = size.width < 200 ? 0 : 110;
  return {
    animation: false,
    backgroundColor: 'transparent',
    grid: { left: 54, top: 8, width: size.width - 62 - legend, height: size.height - 48, outerBoundsMode: 'none' },
    xAxis: {
      ...axis('value', x[0]!, x.at(-1)!, Math.min(6, size.width / 80)),
      name: name.length > size.width / 7 ? along : name,
      nameLocation: 'middle',
      nameGap: 24,
      nameTextStyle: label,
    },
    yAxis: axis(log ? 'log' : 'value', all[0] - room, all[1] + room, size.height / 44),
    series: profiles.flatMap(({ line, profile }, index) => {
      const look = { colour: { run: index }, variant: index } as const;
      const colour = theme.runs[index % theme.runs.length]!;
      const common = { type: 'line', silent: true, symbol: 'none' };
      const edge = (sign: 1 | -1) => ({
        ...common,
        data: profile.x.map((value, at) => [value, profile.y[at]! + sign * profile.error[at]!]),
        lineStyle: { color: colour, width: 0.8, opacity: 0.5 },
      });
      // Single points among gaps would make no line.
      const marker = lookMarker(theme, look) ?? (profile.whole ? null : 'circle');
      return [
        {
          ...common,
          ...(marker === null ? {} : { symbol: marker, symbolSize: 5, showSymbol: true, itemStyle: { color: colour } }),
          data: profile.x.map((value, at) => [value, profile.y[at]!]),
          lineStyle: { color: colour, width: 1.8, type: lookDash(theme, look) },
          endLabel: { show: legend > 0, formatter: line.name.slice(0, 17), color: colour, fontSize: 11, distance: 6 },
          labelLayout: { moveOverlap: 'shiftY' },
          ...(index === 0
            ? {
                markLine: {
                  silent: true,
                  symbol: 'none',
                  label: { show: false },
                  lineStyle: { color: theme.ink, type: 'solid', width: 1 },
                  data: [{ xAxis: place[along] }],
                },
              }
            : {}),
        },
        ...(profile.error.some(Number.isFinite) ? [edge(1), edge(-1)] : []),
      ];
    }),
  };
}
