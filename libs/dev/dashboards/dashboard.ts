import { DashboardBuilder, DashboardCursorSync, type Dashboard, DashboardLinkBuilder, DashboardLinkType, DatasourceVariableBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Panels } from './panels.js';

export interface Row {
  readonly title: string;
  readonly panels: Panels;
}

export interface DashboardOptions {
  /** Part of its URL, and the name of its file: never changed. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly Row[];
}

const TAG = 'lockstep';

/** A dashboard of Grafana 10 and newer. */
export function dashboardOf({ uid, title, description, rows }: DashboardOptions): Dashboard {
  const builder = new DashboardBuilder(title)
    .uid(uid).description(description).tags([TAG]).readonly().refresh('30s').time({ from: 'now-1h', to: 'now' }).timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus').current({ selected: true, text: 'Prometheus', value: 'prometheus' }))
    .link(new DashboardLinkBuilder('Lockstep').type(DashboardLinkType.Dashboards).tags([TAG]).asDropdown(true).keepTime(true).includeVars(true));
  let id = 0;
  for (const { title: name, panels } of rows) {
    builder.withRow(new RowBuilder(name).id(++id));
    for (const panel of panels) builder.withPanel(panel(++id));
  }
  return builder.build();
}
