import path from 'node:path';
import { maskUrl, maskedSummary } from '#ground/config/config';
import type { Key } from './keys.js';
import type { StartedStack } from './stack.js';
import type { StackSettings } from './stack-settings.js';

/** What the person who typed `npm start` sees when everything is ready. */
export function summaryLines(settings: StackSettings, stack: StartedStack): string[] {
  const [gateway = ''] = stack.gatewayUrls;
  const configured = Object.entries(maskedSummary(settings.environment)).map(([name, value]) => `${name}=${value}`);
  const rows: [string, string][] = [
    ...stack.gatewayUrls.map((url, instance): [string, string] => [`Gateway${stack.gatewayUrls.length > 1 ? ` ${instance}` : ''}`, url]),
    ['API docs', `${gateway}/docs`],
    ['Health', `${gateway}/health/ready`],
    ['Metrics', [...stack.gatewayUrls, ...stack.dispatcherUrls].map((url) => `${url}/metrics`).join('  ')],
    ['PostgreSQL', `${maskUrl(stack.servers.databaseUrl)}${settings.databaseUrl === undefined ? '  (embedded)' : ''}`],
    ['Kafka', `${stack.servers.kafkaBrokers}${settings.kafkaBrokers === undefined ? '  (embedded)' : ''}`],
    ['Data and logs', displayPath(settings.dataDir)],
    ['Configured', configured.length === 0 ? 'nothing, all defaults (.env.example lists the settings)' : configured.join('  ')],
    ['Admin key', adminKeyText(stack.adminKey)],
    ...(settings.databaseUrl !== undefined && stack.secretKey.origin !== 'given'
      ? [['Secret key', `in ${displayPath(stack.secretKey.file)}: keep it, this database's secrets can't be read without it`] satisfies [string, string]]
      : []),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return ['', 'Lockstep is ready.', '', ...rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`), ''];
}

function adminKeyText({ origin, value, file }: Key): string {
  switch (origin) {
    case 'given':
      return 'the one in LOCKSTEP_ADMIN_KEY';
    case 'kept':
      return `in ${displayPath(file)}`;
    case 'made':
      return `${value}  (made now, kept in ${displayPath(file)}, not shown again)`;
  }
}

/** How the admin key is written in a command to copy: itself only when it was shown just now anyway. */
export function adminKeyForShell({ origin, value, file }: Key): string {
  switch (origin) {
    case 'given':
      return '$LOCKSTEP_ADMIN_KEY';
    case 'kept':
      return `$(cat ${displayPath(file)})`;
    case 'made':
      return value;
  }
}

function displayPath(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith('..') ? file : relative;
}
