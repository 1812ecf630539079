import path from 'node:path';
import { maskUrl, maskedSummary } from '#ground/config/config';
import type { Key } from './keys.js';
import type { StartedStack } from './stack.js';
import type { StackSettings } from './stack-settings.js';

/** The output of `npm start` when everything is ready. */
export function summaryLines(settings: StackSettings, stack: StartedStack): string[] {
  const [gateway = ''] = stack.gatewayUrls;
  const configured = Object.entries(maskedSummary(settings.environment)).map(([name, value]) => `${name}=${value}`);
  const rows: [string, string][] = [
    ...stack.gatewayUrls.map((url, instance): [string, string] => [`Gateway${stack.gatewayUrls.length > 1 ? ` ${instance}` : ''}`, url]),
    ...webhookRows(gateway, settings.environment),
    ['API docs', `${gateway}/docs`],
    ['Health', `${gateway}/health/ready`],
    ['Metrics', [...stack.gatewayUrls, ...stack.dispatcherUrls].map((url) => `${url}/metrics`).join('  ')],
    ['PostgreSQL', `${maskUrl(stack.servers.databaseUrl)}${settings.databaseUrl === undefined ? '  (embedded)' : ''}`],
    ['Kafka', `${stack.servers.kafkaBrokers}${settings.kafkaBrokers === undefined ? '  (embedded)' : ''}`],
    ['Data and logs', displayPath(settings.dataDir)],
    ['Configured', configured.length === 0 ? 'only defaults (.env.example lists the settings)' : configured.join('  ')],
    ['Admin key', adminKeyText(stack.adminKey)],
    ...(settings.databaseUrl !== undefined && stack.secretKey.origin !== 'configured'
      ? [['Secret key', `in ${displayPath(stack.secretKey.file)}: keep it, without it this database's secrets cannot be read`] satisfies [string, string]]
      : []),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return ['', 'Lockstep is ready.', '', ...rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`), ''];
}

/** Where the sources of the environment take webhooks. */
function webhookRows(gateway: string, { STRIPE_WEBHOOK_SECRET: stripe = '', WEBHOOKSECRET: webhooks = '' }: StackSettings['environment']): [string, string][] {
  return [
    ...(stripe === '' ? [] : [['Stripe', `${gateway}/stripe/webhook`] satisfies [string, string]]),
    ...(webhooks === '' ? [] : [['Webhooks', `${gateway}/webhooks`] satisfies [string, string]]),
  ];
}

function adminKeyText({ origin, value, file }: Key): string {
  switch (origin) {
    case 'configured':
      return 'the value of LOCKSTEP_ADMIN_KEY';
    case 'stored':
      return `in ${displayPath(file)}`;
    case 'generated':
      return `${value}  (new; stored in ${displayPath(file)}, not shown again)`;
  }
}

/** The admin key as text for a shell command. A key that was not shown at this start stays hidden. */
export function adminKeyForShell({ origin, value, file }: Key): string {
  switch (origin) {
    case 'configured':
      return '$LOCKSTEP_ADMIN_KEY';
    case 'stored':
      return `$(cat ${displayPath(file)})`;
    case 'generated':
      return value;
  }
}

function displayPath(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith('..') ? file : relative;
}
