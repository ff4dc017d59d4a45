import { type ReactNode, useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { onThemeChange, readChartTheme, type ChartTheme } from './chart-theme.ts';
import { isAlone } from './is-alone.ts';
import { niceTop } from './nice-top.ts';
import './time-chart.css';

export interface ChartSeries {
  readonly title: string;
  readonly tone: keyof ChartTheme['series'];
  readonly kind: 'bars' | 'line';
  /** One for each time; null where nothing is known. */
  readonly values: readonly (number | null)[];
}

export interface TimeChartProps {
  readonly title: string;
  /** Said below the title: what the newest value is. */
  readonly summary: string;
  readonly timesMs: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly format: (value: number) => string;
  readonly height?: number;
}

const BARS = uPlot.paths.bars?.({ size: [0.8, 24] });
const AXIS_WIDTH = 56;
const AXIS_HEIGHT = 24;
const FILL_ALPHA = '40%';

/** Values over time. The text says what the picture says, for who cannot see it. */
export function TimeChart({ title, summary, height = 132, ...data }: TimeChartProps): ReactNode {
  // New values of the same series are set; other series are another chart.
  const shape = data.series.map(({ title: name, kind, tone }) => `${name} ${kind} ${tone}`).join('\n');
  return (
    <figure className="chart">
      <figcaption>
        <strong>{title}</strong> <span>{summary}</span>
      </figcaption>
      <ChartCanvas key={shape} height={height} {...data} />
    </figure>
  );
}

function ChartCanvas({
  timesMs,
  series,
  format,
  height,
}: Omit<Required<TimeChartProps>, 'title' | 'summary'>): ReactNode {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const latest = useRef({ timesMs, series, format });
  useEffect(() => {
    latest.current = { timesMs, series, format };
    plot.current?.setData(dataOf(timesMs, series));
  }, [timesMs, series, format]);

  useEffect(() => {
    const element = holder.current;
    if (element === null) return undefined;
    const draw = (): void => {
      plot.current?.destroy();
      const { timesMs: times, series: lines } = latest.current;
      plot.current = new uPlot(
        optionsOf(
          lines,
          readChartTheme(element),
          (value) => latest.current.format(value),
          element.clientWidth,
          height,
        ),
        dataOf(times, lines),
        element,
      );
    };
    draw();
    const sizes = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }));
    sizes.observe(element);
    const endTheme = onThemeChange(draw);
    return () => {
      sizes.disconnect();
      endTheme();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [height]);

  return <div ref={holder} className="chart-canvas" />;
}

function dataOf(timesMs: readonly number[], series: readonly ChartSeries[]): uPlot.AlignedData {
  return [timesMs.map((time) => time / 1_000), ...series.map(({ values }) => [...values])];
}

function optionsOf(
  series: readonly ChartSeries[],
  theme: ChartTheme,
  format: (value: number) => string,
  width: number,
  height: number,
): uPlot.Options {
  const axis = {
    stroke: theme.ink,
    font: theme.font,
    grid: { stroke: theme.line, width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height,
    // On the right room for half of the last mark.
    padding: [8, 18, 0, 0],
    legend: { live: true, show: true },
    cursor: { y: false, points: { size: 6 } },
    scales: { y: { range: (_plot, _min, max) => [0, niceTop(max)] } },
    axes: [
      {
        ...axis,
        size: AXIS_HEIGHT,
        grid: { show: false },
        values: (_plot, splits) => splits.map((at) => timeMark(at, splits)),
      },
      {
        ...axis,
        size: AXIS_WIDTH,
        splits: (_plot, _axis, _min, max) => [0, max / 2, max],
        values: (_plot, splits) => splits.map(format),
      },
    ],
    series: [
      {
        value: (_plot, value: number | null) =>
          value === null ? '' : new Date(value * 1_000).toLocaleTimeString('en-GB'),
      },
      ...series.map(({ title, tone, kind }) => {
        const stroke = theme.series[tone];
        return {
          label: title,
          stroke,
          width: kind === 'bars' ? 0 : 1.5,
          fill: `color-mix(in srgb, ${stroke} ${kind === 'bars' ? '75%' : FILL_ALPHA}, transparent)`,
          points: { show: kind === 'line', size: 4, fill: stroke, filter: alonePoints },
          spanGaps: false,
          value: (_plot: uPlot, value: number | null) => (value === null ? '–' : format(value)),
          ...(kind === 'bars' && BARS !== undefined ? { paths: BARS } : {}),
        } satisfies uPlot.Series;
      }),
    ],
  };
}

/** A value between two unknown ones makes no line: it gets a point, or it would not be seen. */
function alonePoints(plot: uPlot, seriesIndex: number): number[] {
  const values = plot.data[seriesIndex] ?? [];
  return [...values.keys()].filter((at) => isAlone(values, at));
}

const DAY_SECONDS = 86_400;
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** The hour; the day where marks are as far apart as days. */
function timeMark(at: number, marks: readonly number[]): string {
  const step = (marks[1] ?? at) - (marks[0] ?? at);
  return (step >= DAY_SECONDS / 2 ? DAY : CLOCK).format(new Date(at * 1_000));
}
