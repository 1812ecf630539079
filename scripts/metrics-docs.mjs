/** npm run metrics:docs: writes docs/metrics.md from the metrics that the code declares. A unit test compares it. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { metricsPage } from '#dev/documentation/metrics-page';
import { checkNode } from './check-node.mjs';

checkNode();
const ROOT = path.dirname(import.meta.dirname);
writeFileSync(path.join(ROOT, 'docs', 'metrics.md'), await metricsPage(ROOT));
console.log('Wrote docs/metrics.md.');
