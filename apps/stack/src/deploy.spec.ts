import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { NODE_FLAGS } from '#ground/process/node-flags';
import { loadConfig, parseEnvironment } from '#ground/config/config';
import { environmentSchema } from '#ground/config/environment';
import { projectRoot } from '#ground/config/project-root';
import { loadProxyConfig } from '../../proxy/src/proxy-config.js';

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly environment?: Record<string, string | number>;
  readonly depends_on?: Record<string, { readonly condition: string }> | readonly string[];
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
}

const root = projectRoot();
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const compose = parse(read('docker-compose.yml'), { merge: true }) as { services: Record<string, Service>; volumes: Record<string, unknown> };
const dockerfile = read('deploy/Dockerfile');
const entrypoint = read('deploy/entrypoint.sh');

const SECRETS = {
  POSTGRES_PASSWORD: 'a1b2c3',
  LOCKSTEP_ADMIN_KEY: 'an-admin-key-of-24-characters',
  LOCKSTEP_SECRET_KEY: 'a-secret-key-of-more-than-32-characters',
};
/** Service, source and target of each mount. */
const MOUNTS = Object.entries(compose.services).flatMap(([name, { volumes = [] }]) => volumes.map((volume): [string, string, string] => [name, volume.split(':')[0] ?? '', volume.split(':')[1] ?? '']));
const APPS = Object.entries(compose.services).filter(([, { build }]) => build !== undefined);

/** The service's environment after compose's interpolation: https://docs.docker.com/reference/compose-file/interpolation/ */
function environmentOf({ environment = {} }: Service, given: Record<string, string>): Record<string, string> {
  const interpolate = (text: string) =>
    text.replace(/\$\{([A-Z_]+)(?:(:-|:\?)([^}]*))?\}/g, (_, name: string, kind: string | undefined, operand: string) => {
      const value = given[name] ?? '';
      if (value === '' && kind === ':?') throw new Error(`${name} is missing a value: ${operand}`);
      return value === '' ? (operand ?? '') : value;
    });
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, interpolate(String(value))]));
}

test('the image can run each app of the compose file, and only existing apps', () => {
  expect(APPS.map(([name, { command }]) => [name, command])).toEqual([['gateway', ['gateway']], ['dispatcher', ['dispatcher']], ['proxy', ['proxy']], ['migrate', ['migrate']]]);
  const started = [...entrypoint.matchAll(/^ {2}([a-z |-]+)\)/gm)].flatMap(([, names = '']) => names.split(' | '));
  expect(started).toEqual(['gateway', 'dispatcher', 'proxy', 'orders', 'migrate', 'verify', 'rotate-secrets']);
});

test.each(APPS)('every variable of %s is in the schema, and its value is valid', (_name, service) => {
  const environment = environmentOf(service, SECRETS);
  expect(Object.keys(environment).filter((name) => !(name in environmentSchema.shape))).toEqual([]);
  expect(() => parseEnvironment(environment)).not.toThrow();
});

test.each(['gateway', 'dispatcher'])('%s has all required settings', (name) => {
  const service = compose.services[name];
  expect(service).toBeDefined();
  const config = loadConfig(environmentOf(service as Service, SECRETS));
  expect(config.databaseUrl).toBe('postgresql://lockstep:a1b2c3@postgres:5432/lockstep');
  expect(config).toMatchObject({ port: 8080, managementPort: 9090, adminKey: SECRETS.LOCKSTEP_ADMIN_KEY, secretKey: SECRETS.LOCKSTEP_SECRET_KEY, kafka: { brokers: ['kafka:9092'], partitions: 8 } });
});

test('the proxy has all required settings but UPSTREAM_URL', () => {
  const service = compose.services['proxy'] as Service;
  expect(() => loadProxyConfig(environmentOf(service, SECRETS))).toThrow(/^UPSTREAM_URL is not set/);
  expect(loadProxyConfig(environmentOf(service, { ...SECRETS, UPSTREAM_URL: 'http://backend' }))).toMatchObject({ port: 8081, managementPort: 9090, upstreamUrl: 'http://backend', databaseUrl: 'postgresql://lockstep:a1b2c3@postgres:5432/lockstep' });
});

test('every setting in .env reaches the apps, except those that the compose file sets', () => {
  const { gateway, proxy } = compose.services;
  const decided = ['HOST', 'PORT', 'MANAGEMENT_PORT', 'DATABASE_URL', 'KAFKA_BROKERS', 'KAFKA_SSL', 'KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'];
  const forProxy = ['UPSTREAM_URL', 'LOCKSTEP_PROXY_ROUTES', 'LOCKSTEP_IDEMPOTENCY_LEASE'];
  const forNpmStart = ['LOCKSTEP_GATEWAYS', 'LOCKSTEP_DISPATCHERS', 'LOCKSTEP_DEMO', 'LOCKSTEP_DATA_DIR'];
  for (const name of Object.keys(environmentSchema.shape).filter((each) => ![...decided, ...forNpmStart].includes(each))) {
    const service = forProxy.includes(name) ? proxy : gateway;
    expect(environmentOf(service as Service, { ...SECRETS, [name]: 'from .env' })).toMatchObject({ [name]: 'from .env' });
  }
});

test.each(Object.keys(SECRETS))('without %s no service starts, and compose says what to do', (name) => {
  const incomplete = { ...SECRETS, [name]: '' };
  expect(() => Object.values(compose.services).map((service) => environmentOf(service, incomplete))).toThrow(
    new RegExp(`^${name} is missing a value: .*see the top of docker-compose.yml`),
  );
});

test('the compose file contains no secret', () => {
  const secrets = Object.values(compose.services).flatMap(({ environment = {} }) => Object.entries(environment).filter(([name]) => /KEY|PASSWORD|SECRET/.test(name)));
  expect(secrets.length).toBeGreaterThan(0);
  expect(secrets.filter(([, value]) => !/^\$\{[A-Z_]+:(?:\?|-\}$)/.test(String(value)))).toEqual([]);
});

test('every dependency of a service exists and has the check that its condition needs', () => {
  for (const [, { depends_on: dependencies = {} }] of APPS) {
    for (const [name, { condition }] of Object.entries(dependencies)) {
      const service = compose.services[name];
      expect(condition).toBe(name === 'migrate' ? 'service_completed_successfully' : 'service_healthy');
      expect(condition === 'service_healthy' ? service?.healthcheck?.test : service?.command).toBeDefined();
    }
  }
});

test('all data is on declared volumes', () => {
  const mounted = MOUNTS.filter(([, source]) => !source.startsWith('./'));
  expect(mounted).toEqual([['postgres', 'postgres', '/var/lib/postgresql'], ['kafka', 'kafka', '/var/lib/kafka/data'], ['prometheus', 'prometheus', '/prometheus'], ['grafana', 'grafana', '/var/lib/grafana']]);
  expect(compose.services['kafka']?.environment?.['KAFKA_LOG_DIRS']).toBe('/var/lib/kafka/data');
  expect(compose.services['prometheus']?.command).toContain('--storage.tsdb.path=/prometheus');
  expect(Object.keys(compose.volumes)).toEqual(['postgres', 'kafka', 'prometheus', 'grafana']);
});

test('Prometheus scrapes the management port of every app that runs, and reads the alerts next to its configuration', () => {
  const { scrape_configs: jobs, rule_files: rules } = parse(read('deploy/prometheus/prometheus.yml')) as { scrape_configs: { job_name: string; dns_sd_configs: { names: string[]; port: number }[] }[]; rule_files: string[] };
  const running = APPS.map(([name]) => name).filter((name) => name !== 'migrate');
  expect(jobs.map(({ job_name: name, dns_sd_configs: [found] }) => [name, found?.names, found?.port])).toEqual(running.map((name) => [`lockstep-${name}`, [name], 9090]));
  expect(rules).toEqual(['alerts.yml']);
});

test('Grafana is provisioned with Prometheus and the folder of dashboards, shows nothing to the anonymous, and has no default password', () => {
  const { datasources: [source] } = parse(read('deploy/grafana/provisioning/datasources/prometheus.yml')) as { datasources: { type: string; url: string; isDefault: boolean }[] };
  expect(source).toMatchObject({ type: 'prometheus', url: 'http://prometheus:9090', isDefault: true });
  const { providers: [provider] } = parse(read('deploy/grafana/provisioning/dashboards/lockstep.yml')) as { providers: { options: { path: string } }[] };
  const mountedAt = (folder: string): string | undefined => MOUNTS.find(([name, source_]) => name === 'grafana' && source_ === folder)?.[2];
  expect(mountedAt('./deploy/grafana/dashboards')).toBe(provider?.options.path);
  expect(mountedAt('./deploy/grafana/provisioning')).toBe('/etc/grafana/provisioning');
  const { grafana } = compose.services;
  expect(grafana).toMatchObject({ profiles: ['observability'], ports: ['127.0.0.1:3100:3000'], environment: { GF_AUTH_ANONYMOUS_ENABLED: 'false', GF_SECURITY_ADMIN_PASSWORD: '${GRAFANA_PASSWORD:-}' } });
  const start = (password: string) => spawnSync('sh', [path.join(root, 'deploy/grafana/entrypoint.sh')], { env: { PATH: process.env['PATH'] ?? '', GF_SECURITY_ADMIN_PASSWORD: password }, encoding: 'utf8' });
  expect(start('')).toMatchObject({ status: 1, stderr: expect.stringContaining('GRAFANA_PASSWORD must have at least 12 characters') as unknown });
  // The image's own start, which this machine does not have.
  expect(start('twelve-chars').stderr).toMatch(/run\.sh/);
});

test('with the addresses of toxiproxy, every connection to Postgres and Kafka goes through it', () => {
  const proxies = JSON.parse(read('deploy/chaos/toxiproxy.json')) as { listen: string; upstream: string }[];
  expect(proxies.map(({ listen, upstream }) => [listen, upstream])).toEqual([['0.0.0.0:5432', 'postgres:5432'], ['0.0.0.0:9094', 'kafka:9094']]);
  const addresses = { POSTGRES_ADDRESS: 'toxiproxy:5432', KAFKA_ADDRESS: 'toxiproxy:9094' };
  const { databaseUrl, kafka } = loadConfig(environmentOf(compose.services['dispatcher'] as Service, { ...SECRETS, ...addresses }));
  expect([databaseUrl, kafka.brokers]).toEqual(['postgresql://lockstep:a1b2c3@toxiproxy:5432/lockstep', ['toxiproxy:9094']]);
  // Brokers tell their clients where to connect.
  expect(compose.services['kafka']?.environment?.['KAFKA_ADVERTISED_LISTENERS']).toBe('PLAINTEXT://kafka:9092,CHAOS://toxiproxy:9094');
});

test('every file that the compose file mounts exists', () => {
  const own = MOUNTS.filter(([, source]) => source.startsWith('./'));
  expect(own.length).toBeGreaterThan(3);
  expect(own.filter(([, source]) => !existsSync(path.join(root, source)))).toEqual([]);
});

test('everything that the Dockerfile copies exists, and .dockerignore allows exactly that', () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(?:--\S+ )*(.+) \S+$/gm)].flatMap(([, sources = '']) => sources.split(' '));
  expect(copied.length).toBeGreaterThan(10);
  expect(copied.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
  const allowed = read('.dockerignore').split('\n').filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  expect([...new Set(copied)].sort()).toEqual(allowed.sort());
});

test('the image listens on all interfaces, and the compose file publishes its ports on loopback only', () => {
  expect(dockerfile.slice(dockerfile.lastIndexOf('FROM'))).toMatch(/^ENV .*\bHOST=0\.0\.0\.0$/m);
  expect(APPS.filter(([, { environment = {} }]) => 'HOST' in environment)).toEqual([]);
  const published = Object.values(compose.services).flatMap(({ ports = [] }) => ports);
  expect(published.length).toBeGreaterThan(0);
  expect(published.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
});

test('the image runs the apps with the common Node flags', () => {
  expect(entrypoint).toContain(`exec node ${NODE_FLAGS.join(' ')} "dist/apps/$app/src/main.js"`);
});

test('the image does not run as root, and contains the scripts that it starts', () => {
  const runtime = dockerfile.slice(dockerfile.lastIndexOf('FROM'));
  expect(runtime).toMatch(/^USER (?!root|0)/m);
  for (const [, script = ''] of [...runtime.matchAll(/"(deploy\/[^"]+)"/g), ...entrypoint.matchAll(/(scripts\/\S+)/g)]) {
    expect(runtime).toMatch(new RegExp(`^COPY .*${script}`, 'm'));
  }
});

test('the image contains the scripts that the migrate script imports', () => {
  const imported = [...read('scripts/migrate.mjs').matchAll(/^import .*'\.\/(.+)';$/gm)].map(([, file = '']) => `scripts/${file}`);
  expect(imported).toEqual(['scripts/check-node.mjs']);
  expect(dockerfile).toContain(imported.join(' '));
});

test('the image contains the migrations that apps apply at their start', () => {
  const runtime = dockerfile.slice(dockerfile.lastIndexOf('FROM'));
  for (const folder of ['migrations', ...globSync('apps/*/migrations', { cwd: root })]) expect(runtime).toMatch(new RegExp(`^COPY .*${folder} ${folder}$`, 'm'));
});

test('every app that the image starts has its entry file', () => {
  expect(globSync('apps/{gateway,dispatcher,proxy}/src/main.ts', { cwd: root }).sort()).toEqual(['apps/dispatcher/src/main.ts', 'apps/gateway/src/main.ts', 'apps/proxy/src/main.ts']);
});
