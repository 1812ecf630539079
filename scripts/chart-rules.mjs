/**
 * npm run chart:rules: copies deploy/prometheus/alerts.yml into the chart, because Helm reads no file outside of a chart.
 * A test compares the two.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.dirname(import.meta.dirname);
const COPY = path.join(ROOT, 'deploy', 'helm', 'files', 'alerts.yml');

mkdirSync(path.dirname(COPY), { recursive: true });
copyFileSync(path.join(ROOT, 'deploy', 'prometheus', 'alerts.yml'), COPY);
console.log(`Copied to ${path.relative(ROOT, COPY)}.`);
