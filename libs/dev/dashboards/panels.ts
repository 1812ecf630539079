import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { GraphDrawStyle, LegendDisplayMode, LegendPlacement, SortOrder, StackingMode, TooltipDisplayMode, BigValueColorMode, BigValueGraphMode, VizLegendOptionsBuilder, VizTooltipOptionsBuilder, StackingConfigBuilder, ReduceDataOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, FieldColorModeId, type Panel, ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** The variable by which a viewer chooses the data source. */
export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

/** https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/#unit */
export type Unit = 'short' | 's' | 'bytes' | 'percentunit' | 'cps' | 'reqps';

/** An expression, and the name of each of its series: a text with {{label}}. */
export type Query = readonly [expression: string, legend: string];

export interface PanelOptions {
  readonly title: string;
  /** What it shows, and what is usual. */
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
}

/** A panel that still needs its id, which must not change from one generation to the next. */
export type Panels = readonly ((id: number) => Builder<Panel>)[];

const WIDTH = 8;
const HEIGHT = 8;
const NUMBER_WIDTH = 4;
const NUMBER_HEIGHT = 4;

/** Lines over time. */
export function graph({ title, description, unit, queries }: PanelOptions, { isStacked = false } = {}): (id: number) => Builder<Panel> {
  return (id) => {
    const panel = new TimeseriesBuilder()
      .id(id).title(title).description(description).unit(unit).datasource(DATASOURCE).span(WIDTH).height(HEIGHT)
      .drawStyle(GraphDrawStyle.Line).lineWidth(1).fillOpacity(isStacked ? 40 : 8)
      .legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).showLegend(true))
      .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
      .min(0);
    if (isStacked) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
    targetsOf(queries).forEach((target) => panel.withTarget(target));
    return panel;
  };
}

/** The last value as a number; of a query over the time shown, the only one. It is red from `redFrom` on, and below `greenFrom`. */
export function figure({ title, description, unit, queries }: PanelOptions, { redFrom, greenFrom }: { readonly redFrom?: number; readonly greenFrom?: number } = {}): (id: number) => Builder<Panel> {
  return (id) => {
    const steps: { color: string; value: number | null }[] = [{ color: greenFrom === undefined ? 'green' : 'red', value: null }];
    if (greenFrom !== undefined) steps.push({ color: 'green', value: greenFrom });
    if (redFrom !== undefined) steps.push({ color: 'red', value: redFrom });
    const panel = new StatBuilder()
      .id(id).title(title).description(description).unit(unit).datasource(DATASOURCE).span(NUMBER_WIDTH).height(NUMBER_HEIGHT)
      .graphMode(queries.some(isOverTimeShown) ? BigValueGraphMode.None : BigValueGraphMode.Area).colorMode(BigValueColorMode.Value)
      .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
      .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
      .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps));
    targetsOf(queries).forEach((target) => panel.withTarget(target));
    return panel;
  };
}

/** Asked once: at each of some 700 steps it would read the whole time shown. */
function isOverTimeShown([expression]: Query): boolean {
  return expression.includes('$__range]');
}

function targetsOf(queries: readonly Query[]): DataqueryBuilder[] {
  return queries.map((query, i) => {
    const [expression, legend] = query;
    const target = new DataqueryBuilder().refId(String.fromCharCode(65 + i)).datasource(DATASOURCE).expr(expression).legendFormat(legend);
    return isOverTimeShown(query) ? target.instant() : target.range();
  });
}

/** Of a counter: its increase per second, summed by these labels. */
export function rate(series: string, by = ''): string {
  const rated = `(rate(${series}[$__rate_interval]))`;
  return by === '' ? `sum${rated}` : `sum by (${by}) ${rated}`;
}

/** Median, 95th and 99th percentile of a histogram in seconds, over all processes. @param matchers of its labels, as in PromQL */
export function percentiles(histogram: string, matchers = ''): Query[] {
  const buckets = rate(`${histogram}_bucket${matchers}`, 'le');
  return [['0.5', 'p50'], ['0.95', 'p95'], ['0.99', 'p99']].map(([share, legend = '']) => [`histogram_quantile(${share}, ${buckets})`, legend]);
}

/** Mean of a histogram. */
export function mean(histogram: string): string {
  return `${rate(`${histogram}_sum`)} / ${rate(`${histogram}_count`)}`;
}
