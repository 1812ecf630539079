/** npm run dashboards: writes deploy/grafana/dashboards/*.json from libs/dev/dashboards. A unit test compares them. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { dashboardFiles } from '#dev/dashboards/dashboards';
import { checkNode } from './check-node.mjs';

checkNode();
const FOLDER = path.join(path.dirname(import.meta.dirname), 'deploy', 'grafana', 'dashboards');
const files = dashboardFiles();
mkdirSync(FOLDER, { recursive: true });
for (const name of readdirSync(FOLDER)) if (name.endsWith('.json') && !files.has(name)) rmSync(path.join(FOLDER, name));
for (const [name, content] of files) writeFileSync(path.join(FOLDER, name), content);
console.log(`${files.size} dashboards.`);
