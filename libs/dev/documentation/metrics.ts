import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Counter, Gauge, Histogram } from 'prom-client';
import { ObservedGauge } from '#ground/telemetry/observed-gauge';
import { importedFiles } from './imported-files.js';

/** The apps that serve /metrics. */
export const APPS = ['gateway', 'dispatcher', 'proxy', 'orders'] as const;
export type App = (typeof APPS)[number];

export interface DocumentedMetric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly DocumentedLabel[];
  /** The file that declares it, relative to the root. */
  readonly file: string;
  /** The apps that report it. */
  readonly apps: readonly App[];
}

export interface DocumentedLabel {
  readonly name: string;
  /** Those with which every process starts. */
  readonly values: readonly string[];
}

/** `observedAs`: the name of what a process observes if it reports the gauge. */
type Declared = Omit<DocumentedMetric, 'file' | 'apps'> & { readonly observedAs?: string };

/** All metrics that the code declares, but for those of Node and the process. */
export async function documentedMetrics(root: string): Promise<DocumentedMetric[]> {
  const modules = globSync('{apps/*/src,libs}/**/*.metrics.ts', { cwd: root }).sort();
  const appFiles = APPS.map((app) => {
    const files = importedFiles(root, `apps/${app}/src/main.ts`);
    return { app, files, text: [...files].map((file) => readFileSync(path.join(root, file), 'utf8')).join('\n') };
  });
  const found: DocumentedMetric[] = [];
  // First all, because labels may get values in other modules; one after another, because their order shows.
  const exportsOf = new Map<string, Record<string, unknown>>();
  for (const file of modules) exportsOf.set(file, (await import(pathToFileURL(path.join(root, file)).href)) as Record<string, unknown>);
  for (const [file, exported] of exportsOf) {
    for (const declared of await declaredIn(root, file, exported)) {
      const { observedAs, ...metric } = declared;
      const apps = appFiles.filter(({ files, text }) => files.has(file) && (observedAs === undefined || text.includes(`${observedAs}.observe(`)));
      found.push({ ...metric, file, apps: apps.map(({ app }) => app) });
    }
  }
  return found;
}

async function declaredIn(root: string, file: string, exported: Record<string, unknown>): Promise<Declared[]> {
  const found: Declared[] = [];
  const add = async (value: unknown, observedAs: string): Promise<void> => {
    if (value instanceof ObservedGauge) {
      const { name, help, labelNames = [] } = (value as ObservedGauge<string>).options;
      found.push({ name, help, type: 'gauge', labels: labelNames.map((label) => ({ name: label, values: [] })), observedAs });
    }
    else if (value instanceof Counter || value instanceof Gauge || value instanceof Histogram) found.push(await declaredBy(value as Counter));
  };
  for (const [name, value] of Object.entries(exported)) {
    await add(value, name);
    // Of an object that has gauges, such as those of an outbox.
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value as Record<string, unknown>).some((part) => part instanceof ObservedGauge)) for (const part of Object.values(value as Record<string, unknown>)) await add(part, name);
  }
  const unseen = [...readFileSync(path.join(root, file), 'utf8').matchAll(/name: '(lockstep_\w+)'/g)].map(([, name = '']) => name).filter((name) => found.every((metric) => metric.name !== name));
  if (unseen.length > 0) throw new Error(`${file} must export its metrics: ${unseen.join(', ')}`);
  return found;
}

async function declaredBy(metric: Counter | Gauge | Histogram): Promise<Declared> {
  const { name, help, type, values } = (await metric.get()) as { name: string; help: string; type: unknown; values: readonly { labels: Readonly<Record<string, string | number | undefined>> }[] };
  // Not in prom-client's types.
  const { labelNames } = metric as unknown as { readonly labelNames: readonly string[] };
  return {
    name, help, type: type as Declared['type'],
    labels: labelNames.map((label) => ({ name: label, values: [...new Set(values.map(({ labels }) => labels[label]).filter((value) => value !== undefined).map(String))] })),
  };
}
