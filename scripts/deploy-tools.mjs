/**
 * npm run deploy:tools: installs what checks the chart and the compose file (deploy/requirements.txt) with pip, into
 * node_modules/.cache/deploy-tools. Needs python3 with venv. Does nothing if it is there.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.dirname(import.meta.dirname);
const FOLDER = path.join(ROOT, 'node_modules', '.cache', 'deploy-tools');
// Written last: without it the folder is what an interrupted installation left.
const INSTALLED = path.join(FOLDER, 'installed.txt');
const REQUIREMENTS = path.join(ROOT, 'deploy', 'requirements.txt');

const requirements = readFileSync(REQUIREMENTS, 'utf8');
if (existsSync(INSTALLED) && readFileSync(INSTALLED, 'utf8') === requirements) {
  console.log('The tools are installed.');
} else {
  rmSync(FOLDER, { recursive: true, force: true });
  execFileSync('python3', ['-m', 'venv', FOLDER], { stdio: 'inherit' });
  execFileSync(path.join(FOLDER, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--no-compile', '--requirement', REQUIREMENTS], { stdio: 'inherit' });
  writeFileSync(INSTALLED, requirements);
  console.log(`Installed into ${path.relative(ROOT, FOLDER)}.`);
}
