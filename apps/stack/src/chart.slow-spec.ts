import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { loadConfig } from '#ground/config/config';
import { projectRoot } from '#ground/config/project-root';
import { loadProxyConfig } from '../../proxy/src/proxy-config.js';
import { type CheckedChart, checkChart, hasDeployTools, type Manifest } from '../fixtures/deploy-tools.js';

// The oldest version that the chart allows, and the newest that has schemas.
const VERSIONS = ['1.30', '1.37'];
// Custom resources, which Kubernetes has no schemas for.
const OPERATORS_KINDS = ['PrometheusRule', 'ScaledObject', 'ServiceMonitor', 'TriggerAuthentication'];
/** From SIGTERM to the end of a dispatcher, whatever the drain time; of the others, after the drain time. */
const DISPATCHER_STOP_MS = 14_500;
const CLOSING_MS = 2_500;

interface PodSpec {
  readonly automountServiceAccountToken: boolean;
  readonly enableServiceLinks: boolean;
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: object;
  readonly containers: readonly Container[];
}
interface Container {
  readonly name: string;
  readonly args: readonly string[];
  readonly envFrom?: object;
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } } }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly securityContext: object;
  readonly lifecycle?: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
  readonly [probe: `${string}Probe`]: { readonly httpGet: { readonly path: string; readonly port: string } };
}
interface PodTemplate {
  readonly metadata: { readonly labels: Record<string, string> };
  readonly spec: PodSpec;
}

const files = globSync('deploy/helm/ci/*.yaml', { cwd: projectRoot() }).sort();
const valuesOf = (file: string) => parse(readFileSync(path.join(projectRoot(), file), 'utf8')) as Record<string, unknown>;
const MINIMAL = valuesOf('deploy/helm/ci/minimal.yaml');

const REFUSED: readonly [string, Record<string, unknown>, RegExp][] = [
  ['no image', { image: {} }, /image.*repository/s],
  ['no brokers', { config: {} }, /KAFKA_BROKERS/],
  ['a misspelt value', { gatway: { replicas: 3 } }, /gatway/],
  ['a misspelt value inside', { gateway: { replica: 3 } }, /replica/],
  ['a setting that does not exist', { config: { LOCKSTEP_RETRY_SCHEDUL: '1s' } }, /LOCKSTEP_RETRY_SCHEDUL/],
  ['a setting that the chart decides', { config: { PORT: '80' } }, /PORT/],
  ['an address that no probe reaches', { config: { ...(MINIMAL['config'] as object), HOST: '127.0.0.1' } }, /HOST.*0\.0\.0\.0/s],
  ['an empty address, which is the loopback one', { config: { ...(MINIMAL['config'] as object), HOST: '' } }, /HOST.*0\.0\.0\.0/s],
  ['a secret among the settings', { config: { LOCKSTEP_ADMIN_KEY: 'an-admin-key-of-24-characters' } }, /LOCKSTEP_ADMIN_KEY/],
  ['a number among the settings', { config: { KAFKA_PARTITIONS: 16 } }, /KAFKA_PARTITIONS.*string/s],
  ['a duration without a unit', { config: { LOCKSTEP_RETENTION: '30' } }, /LOCKSTEP_RETENTION/],
  ['replicas as text', { gateway: { replicas: 'two' } }, /replicas.*integer/s],
  ['a drain time that the apps refuse', { drainSeconds: 13 }, /drainSeconds/],
  ['root', { runAsUser: 0 }, /runAsUser/],
  ['a proxy without an upstream', { proxy: { enabled: true } }, /upstreamUrl/],
  ['an upstream that is no URL', { proxy: { enabled: true, upstreamUrl: 'orders:3000' } }, /upstreamUrl/],
  ['network policies that cut Postgres off', { networkPolicy: { enabled: true, kafka: { peers: [{ ipBlock: { cidr: '10.0.0.0/8' } }] } } }, /postgres.*peers/s],
  ['network policies that cut Kafka off', { networkPolicy: { enabled: true, postgres: { peers: [{ ipBlock: { cidr: '10.0.0.0/8' } }] } } }, /kafka.*peers/s],
  ['fewer gateways at most than at least', { gateway: { autoscaling: { enabled: true, minReplicas: 3, maxReplicas: 2 } } }, /gateway\.autoscaling\.minReplicas is 3, but maxReplicas is 2/],
  ['fewer dispatchers at most than at least', { dispatcher: { autoscaling: { enabled: true, minReplicas: 3, maxReplicas: 2 } } }, /dispatcher\.autoscaling\.minReplicas is 3, but maxReplicas is 2/],
  ['a label that the chart sets', { dispatcher: { podLabels: { 'app.kubernetes.io/component': 'gateway' } } }, /podLabels/],
  ['more dispatchers than partitions', { dispatcher: { autoscaling: { enabled: true, maxReplicas: 9 } } }, /maxReplicas is 9, but config.KAFKA_PARTITIONS is 8/],
];

const RUNBOOK = 'https://wiki.example.com/lockstep/operations';

/** Manifests with one fault each: what Helm's lint does not see. */
const WRONG_MANIFESTS: readonly [string, object][] = [
  ['a number in a ConfigMap', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { KAFKA_PARTITIONS: 8 } }],
  ['a misspelt field', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: [{ name: 'a', image: 'a', ports: [{ containrPort: 80 }] }] } }],
];

const describeIfInstalled = hasDeployTools() ? describe : describe.skip;

describeIfInstalled('the chart', () => {
  let results: ReadonlyMap<string, CheckedChart>;
  const result = (name: string): CheckedChart => {
    const found = results.get(name);
    if (found === undefined) throw new Error(`No result for ${name}`);
    return found;
  };
  const documents = (name: string): readonly Manifest[] => result(name).documents ?? [];
  const templates = (name: string): PodTemplate[] => documents(name).filter(({ kind }) => kind === 'Deployment' || kind === 'Job').map(({ spec }) => spec['template'] as PodTemplate);
  /** The environment of an app's container, with these secrets. */
  const environment = (name: string, app: string, secrets: Record<string, string>): Record<string, string> => {
    const container = templates(name).flatMap(({ spec }) => spec.containers).find((each) => each.name === app);
    const variables = container?.env.map(({ name: variable, value, valueFrom }) => [variable, value ?? secrets[valueFrom?.secretKeyRef.key ?? ''] ?? '']);
    return Object.fromEntries(variables ?? []) as Record<string, string>;
  };

  beforeAll(async () => {
    const cases = [
      ...files.map((file) => ({ name: file, values: valuesOf(file) })),
      ...REFUSED.map(([name, values]) => ({ name, values: { ...MINIMAL, ...values } })),
      ...WRONG_MANIFESTS.map(([name, document]) => ({ name, documents: [document] })),
      { name: 'an unknown kind', documents: [{ apiVersion: 'apps/v1', kind: 'Deploymnet', metadata: { name: 'a' } }] },
      { name: 'defaults', values: {} },
      { name: 'rules', values: { ...MINIMAL, monitoring: { rules: { enabled: true, labels: { release: 'prometheus' } } } } },
      { name: 'rules with runbooks', values: { ...MINIMAL, monitoring: { rules: { enabled: true, runbookUrl: RUNBOOK } } } },
      { name: 'a long tag', values: { ...MINIMAL, image: { repository: 'registry.example.com/lockstep', tag: `2.0.0-${'a'.repeat(56)}_b` } } },
    ];
    results = new Map((await checkChart(VERSIONS, cases)).map((each) => [each.name, each]));
  });

  test.each(files)('%s renders manifests that Kubernetes takes, and no unknown kinds but those of operators', (file) => {
    const { refusal, faults, unknown = [] } = result(file);
    expect({ refusal, faults }).toEqual({ refusal: undefined, faults: [] });
    expect(unknown.filter((kind) => !OPERATORS_KINDS.includes(kind))).toEqual([]);
    expect(documents(file).length).toBeGreaterThan(4);
  });

  test('refuses its defaults, and names what is missing', () => {
    expect(result('defaults').refusal).toMatch(/repository/);
    expect(result('defaults').refusal).toMatch(/KAFKA_BROKERS/);
  });

  test.each(REFUSED)('refuses %s', (name, _values, reason) => {
    expect(result(name).refusal).toMatch(reason);
  });

  test('the validation finds wrong fields and unknown kinds', () => {
    expect(WRONG_MANIFESTS.map(([name]) => result(name).faults?.length)).toEqual([2, 2]);
    expect(result('an unknown kind').unknown).toEqual(['Deploymnet']);
  });

  test.each(files)('with %s, the apps take the environment that they get', (file) => {
    const secrets = {
      DATABASE_URL: 'postgresql://u:p@postgres/lockstep', uri: 'postgresql://u:p@postgres/lockstep', LOCKSTEP_SECRET_KEY: 'a-secret-key-of-more-than-32-characters', LOCKSTEP_ADMIN_KEY: 'an-admin-key-of-24-characters',
      KAFKA_SASL_USERNAME: 'lockstep', KAFKA_SASL_PASSWORD: 'hidden', whsec: 'whsec_a', secret: 'hidden',
    };
    const values = valuesOf(file) as { config: Record<string, string>; drainSeconds?: number };
    const drainTimeoutMs = (values.drainSeconds ?? 8) * 1_000;
    const gateway = loadConfig(environment(file, 'gateway', secrets));
    expect(gateway).toMatchObject({ port: 8080, managementPort: 9090, drainTimeoutMs, adminKey: secrets.LOCKSTEP_ADMIN_KEY, databaseUrl: secrets.uri });
    expect(gateway.kafka.brokers.join()).toBe(values.config['KAFKA_BROKERS']?.replaceAll(' ', ''));
    // Only gateways answer requests with the admin key.
    expect(loadConfig(environment(file, 'dispatcher', secrets))).toMatchObject({ managementPort: 9090, drainTimeoutMs, adminKey: undefined, kafka: gateway.kafka });
    if ('proxy' in values) expect(loadProxyConfig(environment(file, 'proxy', secrets))).toMatchObject({ port: 8080, managementPort: 9090, drainTimeoutMs, databaseUrl: secrets.uri });
  });

  test.each(files)('with %s, no pod breaks the restricted Pod Security Standard, or gets variables from Services', (file) => {
    for (const { spec } of templates(file)) {
      expect(spec).toMatchObject({ enableServiceLinks: false, automountServiceAccountToken: false, securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } });
      for (const { securityContext } of spec.containers) expect(securityContext).toEqual({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
    }
    expect(templates(file).length).toBeGreaterThan(1);
  });

  test.each(files)('with %s, a pod is killed only after its app should have ended', (file) => {
    const drainMs = ((valuesOf(file) as { drainSeconds?: number }).drainSeconds ?? 8) * 1_000;
    for (const { spec } of templates(file)) {
      for (const { name, lifecycle } of spec.containers.filter((each) => each.name !== 'migrate')) {
        const stopMs = name === 'dispatcher' ? DISPATCHER_STOP_MS : drainMs + CLOSING_MS;
        expect(spec.terminationGracePeriodSeconds * 1_000).toBeGreaterThan((lifecycle?.preStop.sleep.seconds ?? 0) * 1_000 + stopMs);
      }
    }
  });

  test.each(files)('with %s, each probe asks its route at the management port', (file) => {
    for (const { spec } of templates(file)) {
      for (const container of spec.containers.filter((each) => each.name !== 'migrate')) {
        expect(container.ports.find(({ name }) => name === 'management')?.containerPort).toBe(9090);
        for (const [probe, route] of [['startupProbe', 'startup'], ['livenessProbe', 'live'], ['readinessProbe', 'ready']] as const) {
          expect(container[probe]?.httpGet).toEqual({ path: `/health/${route}`, port: 'management' });
        }
      }
    }
  });

  test.each(files)('with %s, every selector finds pods of one app, which have the ports it names', (file) => {
    const selecting = documents(file).filter(({ kind }) => ['Deployment', 'Service', 'PodDisruptionBudget', 'NetworkPolicy'].includes(kind));
    expect(selecting.length).toBeGreaterThan(2);
    for (const { kind, metadata, spec } of selecting) {
      const selector = (spec['selector'] ?? spec['podSelector']) as Record<string, string> & { matchLabels?: Record<string, string> };
      const wanted = Object.entries(selector.matchLabels ?? selector);
      const found = templates(file).filter(({ metadata: { labels } }) => wanted.every(([label, value]) => labels[label] === value));
      expect([kind, metadata.name, found.length]).toEqual([kind, metadata.name, 1]);
      const ports = found.flatMap(({ spec: pod }) => pod.containers.flatMap((container) => container.ports?.map(({ name }) => name) ?? []));
      const named = [...JSON.stringify(spec).matchAll(/"(?:targetPort|port)":"([a-z]+)"/g)].map(([, name]) => name);
      expect(kind === 'Deployment' ? [] : named.filter((name) => !ports.includes(name ?? ''))).toEqual([]);
    }
  });

  test('scales gateways by CPU, and dispatchers by the lag of their group and by CPU', () => {
    const production = documents('deploy/helm/ci/production.yaml');
    const gateways = production.find(({ kind }) => kind === 'HorizontalPodAutoscaler');
    expect(gateways?.spec).toMatchObject({ scaleTargetRef: { kind: 'Deployment', name: 'shop-lockstep-gateway' }, minReplicas: 3, maxReplicas: 12, metrics: [{ resource: { name: 'cpu', target: { averageUtilization: 60 } } }] });
    const dispatchers = production.find(({ kind }) => kind === 'ScaledObject');
    expect(dispatchers?.spec).toMatchObject({
      scaleTargetRef: { name: 'shop-lockstep-dispatcher' },
      triggers: [{ type: 'kafka', metadata: { consumerGroup: 'orders.dispatchers', topic: 'orders.events', tls: 'enable', sasl: 'scram_sha512', bootstrapServers: 'b-1.kafka.example.com:9096,b-2.kafka.example.com:9096' }, authenticationRef: { name: 'shop-lockstep-kafka' } }, { type: 'cpu' }],
    });
    expect(production.find(({ kind }) => kind === 'TriggerAuthentication')?.metadata.name).toBe('shop-lockstep-kafka');
    // What an autoscaler decides, the chart must not set back at each upgrade.
    for (const { metadata, spec } of production.filter(({ kind }) => kind === 'Deployment')) expect([metadata.name, 'replicas' in spec]).toEqual([metadata.name, metadata.name === 'shop-lockstep-proxy']);
  });

  test('has the alerts of its file as a PrometheusRule, and without that file refuses to make one', () => {
    const file = path.join(projectRoot(), 'deploy/helm/files/alerts.yml');
    const rule = documents('rules').find(({ kind }) => kind === 'PrometheusRule');
    expect(rule?.spec).toEqual(existsSync(file) ? parse(readFileSync(file, 'utf8')) : undefined);
    expect(result('rules').refusal ?? '').toMatch(rule === undefined ? /run npm run chart:rules/ : /^$/);
  });

  test('links the alerts to the runbook that the values name', () => {
    const alerts = readFileSync(path.join(projectRoot(), 'deploy/prometheus/alerts.yml'), 'utf8');
    const rule = documents('rules with runbooks').find(({ kind }) => kind === 'PrometheusRule');
    expect(rule?.spec).toEqual(parse(alerts.replaceAll('docs/operations.md#', `${RUNBOOK}#`)));
  });

  test('labels the pods with the version of their image', () => {
    const versionOf = (name: string): Set<string | undefined> => new Set(templates(name).map(({ metadata }) => metadata.labels['app.kubernetes.io/version']));
    expect(versionOf('deploy/helm/ci/small.yaml')).toEqual(new Set(['1.2.3']));
    expect(versionOf('a long tag')).toEqual(new Set([`2.0.0-${'a'.repeat(56)}`]));
    expect(result('a long tag')).toMatchObject({ faults: [] });
  });

  test.each(files)('with %s, the settings are those of the pod: one of the release before that starts again has no newer ones', (file) => {
    expect(documents(file).filter(({ kind }) => kind === 'ConfigMap')).toEqual([]);
    expect(templates(file).flatMap(({ spec }) => spec.containers).filter(({ envFrom }) => envFrom !== undefined)).toEqual([]);
  });

  test('migrates before an install or an upgrade, with what exists before the release', () => {
    const production = documents('deploy/helm/ci/production.yaml');
    const hooks = production.filter(({ metadata }) => metadata.annotations?.['helm.sh/hook'] !== undefined);
    expect(hooks.map(({ kind, metadata }) => [kind, metadata.annotations?.['helm.sh/hook']])).toEqual([['Job', 'pre-install,pre-upgrade'], ['NetworkPolicy', 'pre-install,pre-upgrade']]);
    const own = production.filter((each) => !hooks.includes(each)).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    const job = hooks.find(({ kind }) => kind === 'Job');
    const { serviceAccountName, containers } = (job?.spec['template'] as { spec: PodSpec & { serviceAccountName?: string } }).spec;
    expect([serviceAccountName, own.includes('ServiceAccount shop-lockstep')]).toEqual([undefined, true]);
    expect(JSON.stringify(containers)).not.toMatch(/configMap/);
    expect(documents('deploy/helm/ci/small.yaml').filter(({ kind }) => kind === 'Job')).toEqual([]);
  });
});
