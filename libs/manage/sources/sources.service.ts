import { Injectable } from '@nestjs/common';
import { parseDurationMs } from '#domain/duration';
import { mintId, parsePublicId, toPublicId } from '#domain/ids';
import { LockstepError } from '#domain/problem';
import type { SourceProviderName, WebhookProviderName } from '#domain/source-provider';
import { ownClusterProblem } from '#flow/sources/kafka/own-cluster-rules';
import type { Config } from '#ground/config/config';
import { type Page, pageOf } from '#ground/http/pagination';
import { auditedBy, type Principal } from '#ground/http/principal';
import { invalidBody, type Issue } from '#ground/http/schema.pipe';
import { Topics } from '#ground/kafka/topics';
import { InjectConfig } from '#ground/process/process-context';
import { SecretBox } from '#ground/secrets/secret-box';
import { sourceSecretContext } from '#ground/secrets/secret-contexts';
import { statsRangeOf } from '#manage/stats-range';
import { needsPassword, sendsPasswordAlike, splitPassword } from './kafka-password.js';
import { openedSecret } from './opened-secret.js';
import type { NewSource, SecretRotation, SourceChange, SourceDetail, SourceQuery, SourceResource, SourceStats, SourceStatsQuery } from './source.schema.js';
import { sourceCursor } from './source.schema.js';
import { publicUrlIssuesOf, secretIssuesOf, settingsIssuesOf } from './source-check.js';
import { MAX_SOURCES, MAX_TOPICS, type SourceRow, SourcesRepository } from './sources.repository.js';
import { TopicProgress } from './topic-progress.js';

/** A change that meets so many others of the same source is given up. */
const MAX_ATTEMPTS = 5;
const PASSWORD_PATH = ['settings', 'sasl', 'password'];

interface StoredSecret {
  readonly createdAt: string;
  readonly expiresAt: string | null;
}

/**
 * Manages sources. Every method throws not_found for a deleted source, and for one of another tenant. What is changed is what
 * was read, by its version. A change holds at every gateway within a second after it is answered.
 */
@Injectable()
export class SourcesService {
  constructor(
    private readonly repository: SourcesRepository,
    private readonly secrets: SecretBox,
    private readonly topics: TopicProgress,
    @InjectConfig() private readonly config: Pick<Config, 'kafka' | 'publicUrl'>,
  ) {}

  /** @throws LockstepError invalid_request; conflict for a name that is taken, and beyond the tenant's limit */
  async create(principal: Principal, { name, provider, secrets, settings, duplicates, resubmit, status }: NewSource): Promise<SourceDetail> {
    const { tenant } = principal;
    refuse([...(await settingsIssuesOf(provider, settings)), ...duplicateIssues(provider, { duplicates, resubmit }), ...newSecretIssues(provider, settings, secrets), ...publicUrlIssuesOf(provider, settings, this.config.publicUrl, 'provider'), ...this.ownClusterIssues(tenant, provider, settings)]);
    const { settings: shown, password } = provider === 'kafka' ? splitPassword(settings) : { settings, password: undefined };
    if (provider === 'kafka' && password === undefined && needsPassword(shown)) refuse([{ path: PASSWORD_PATH, message: 'is required' }]);
    const publicId = mintId();
    const id = toPublicId('src', publicId);
    const { hasRoom, hasTopicRoom, isCreated } = await this.repository.create({
      by: auditedBy(principal), subject: id, tenant, publicId, name, provider, settings: JSON.stringify(shown), duplicates, resubmit, enabled: status === 'active',
      secrets: this.sealed(publicId, password === undefined ? secrets : [password]), fromEnvironment: false,
    });
    if (!hasRoom) throw new LockstepError('conflict', `The tenant has ${MAX_SOURCES} sources, which is the limit: delete sources that are no longer used`);
    if (!hasTopicRoom) throw new LockstepError('conflict', `The tenant has ${MAX_TOPICS} Kafka sources, which is the limit: delete some that are no longer used`);
    if (!isCreated) throw nameTaken(name);
    return this.get(tenant, id);
  }

  /** Newest first. */
  async list(tenant: string, { limit, cursor }: SourceQuery): Promise<Page<SourceResource>> {
    const rows = await this.repository.list(tenant, cursor?.[0], limit + 1);
    const page = pageOf(rows, limit, sourceCursor, ({ id }) => [id], rows.at(-1)?.followed === true || rows.length > limit);
    return { ...page, data: page.data.map((row) => this.resourceOf(row)) };
  }

  /** With how far its topic is read, for a Kafka source. */
  async get(tenant: string, id: string): Promise<SourceDetail> {
    const row = await this.find(tenant, id);
    const source = this.resourceOf(row);
    if (row.provider !== 'kafka') return { ...source, kafka: null };
    const kafka = await this.topics.of(row.id);
    return { ...source, kafka: { ...kafka, partitions: [...kafka.partitions] } };
  }

  /** @throws LockstepError invalid_request; conflict for a name that is taken */
  async change(principal: Principal, id: string, changes: SourceChange): Promise<SourceDetail> {
    const { name, settings, duplicates, resubmit, status } = changes;
    await this.onCurrent(principal.tenant, id, async (row) => {
      refuse(duplicateIssues(row.provider as SourceProviderName, changes));
      const { hadVersion, isNameTaken } = await this.repository.change({
        by: auditedBy(principal), subject: id, changes: Object.keys(changes), tenant: principal.tenant, id: row.id, version: row.version,
        name, duplicates, resubmit, enabled: status === undefined ? undefined : status === 'active',
        ...(settings === undefined ? { setsSecrets: false, secrets: [] } : await this.settingsFor(principal.tenant, row, settings)),
      });
      if (isNameTaken) throw nameTaken(name ?? row.name);
      return hadVersion;
    });
    return this.get(principal.tenant, id);
  }

  /** The secrets before stay valid for the overlap. @throws LockstepError invalid_request, conflict */
  async rotateSecret(principal: Principal, id: string, { secret, secrets, overlap }: SecretRotation): Promise<SourceDetail> {
    const given = secrets ?? (secret === undefined ? [] : [secret]);
    await this.onCurrent(principal.tenant, id, (row) => {
      refuse(rotationIssues(row, given, secrets === undefined));
      return this.repository.rotateSecret({
        by: auditedBy(principal), subject: id, id: row.id, version: row.version, secrets: this.sealed(row.publicId, given), overlapMs: parseDurationMs(overlap) ?? 0,
      });
    });
    return this.get(principal.tenant, id);
  }

  /** Its secrets are deleted, and its events stay. @throws LockstepError conflict */
  async delete(principal: Principal, id: string): Promise<void> {
    await this.onCurrent(principal.tenant, id, ({ id: key, version }) => this.repository.delete({ by: auditedBy(principal), subject: id, id: key, version }));
  }

  /** @throws LockstepError invalid_request, overloaded */
  async stats(tenant: string, id: string, query: SourceStatsQuery): Promise<SourceStats> {
    const { from, to, step, stepSeconds } = statsRangeOf(query);
    const { id: source } = await this.find(tenant, id);
    const rows = await this.repository.sumActivity(tenant, { source, from, to, stepSeconds });
    const steps = Map.groupBy(rows.filter(({ at }) => at !== null), ({ at }) => at?.toISOString() ?? '');
    return {
      from: from.toISOString(), to: to.toISOString(), step,
      outcomes: rows.filter(({ at }) => at === null).map(({ outcome, requests, lastAt, lastDetail }) => ({ outcome, count: requests, lastAt: lastAt.toISOString(), lastDetail })),
      steps: [...steps].map(([at, counts]) => ({ at, counts: Object.fromEntries(counts.map(({ outcome, requests }) => [outcome, requests])) })),
    };
  }

  /** Runs `work` on the source as it is, again if another change has come between. `work` returns whether it has changed it. */
  private async onCurrent(tenant: string, id: string, work: (row: SourceRow) => Promise<boolean>): Promise<void> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      if (await work(await this.find(tenant, id))) return;
    }
    throw new LockstepError('conflict', `The source ${id} is being changed by others; try again`);
  }

  private async find(tenant: string, id: string): Promise<SourceRow> {
    const publicId = parsePublicId('src', id);
    const row = publicId === undefined ? undefined : await this.repository.find(tenant, publicId);
    if (row === undefined) throw new LockstepError('not_found', `There is no source ${id}`);
    return row;
  }

  /** A password that is left out stays, unless it would go elsewhere; without SASL there is none. */
  private async settingsFor(tenant: string, row: SourceRow, given: Readonly<Record<string, unknown>>): Promise<{ settings: string; setsSecrets: boolean; secrets: Buffer[] }> {
    if (row.provider !== 'kafka') {
      const provider = row.provider as WebhookProviderName;
      refuse([...(await settingsIssuesOf(provider, given)), ...publicUrlIssuesOf(provider, given, this.config.publicUrl, 'settings')]);
      refuse(storedSecretIssues(provider, given, this.opened(row.publicId, await this.repository.secretsOf(row.id))));
      return { settings: JSON.stringify(given), setsSecrets: false, secrets: [] };
    }
    const hasPassword = row.secrets !== null;
    refuse([...(await settingsIssuesOf('kafka', given)), ...this.ownClusterIssues(tenant, 'kafka', given)]);
    const { settings, password } = splitPassword(given);
    if (password === undefined && needsPassword(settings) && !(hasPassword && sendsPasswordAlike(row.settings as Record<string, unknown>, settings))) {
      refuse([{ path: PASSWORD_PATH, message: 'must be given: a stored one is kept only while brokers, ssl and sasl.mechanism stay as they are' }]);
    }
    return {
      settings: JSON.stringify(settings),
      setsSecrets: password !== undefined || (hasPassword && !needsPassword(settings)),
      secrets: this.sealed(row.publicId, password === undefined ? [] : [password]),
    };
  }

  /** What is wrong with a topic of Lockstep's own cluster. Wrong settings are left to `settingsIssuesOf`. */
  private ownClusterIssues(tenant: string, provider: SourceProviderName, { brokers, topic }: Readonly<Record<string, unknown>>): Issue[] {
    if (provider !== 'kafka' || brokers !== undefined || typeof topic !== 'string') return [];
    const problem = ownClusterProblem(tenant, topic, new Topics(this.config.kafka.topicPrefix));
    return problem === undefined ? [] : [{ path: ['settings', problem.setting], message: problem.message }];
  }

  private sealed(publicId: string, secrets: readonly string[]): Buffer[] {
    return secrets.map((secret) => this.secrets.seal(secret, sourceSecretContext(publicId)));
  }

  /** Without those that were stored with another LOCKSTEP_SECRET_KEY. */
  private opened(publicId: string, boxes: readonly Buffer[]): string[] {
    return boxes.flatMap((box) => {
      const secret = openedSecret(this.secrets, box, publicId);
      return secret === undefined ? [] : [secret];
    });
  }

  private resourceOf(row: SourceRow): SourceResource {
    const id = toPublicId('src', row.publicId);
    const { lastRejectionCode: code, lastRejectionDetail: detail } = row;
    return {
      id,
      url: row.provider === 'kafka' ? null : `${this.config.publicUrl ?? ''}/in/${id}`,
      name: row.name,
      provider: row.provider as SourceProviderName,
      secrets: ((row.secrets ?? []) as unknown as StoredSecret[]).map(({ createdAt, expiresAt }) => ({ createdAt: momentOf(createdAt), expiresAt: expiresAt === null ? null : momentOf(expiresAt) })),
      settings: row.settings as Record<string, unknown>,
      duplicates: row.duplicates,
      resubmit: row.resubmit,
      status: row.enabled ? 'active' : 'disabled',
      state: row.state as SourceResource['state'],
      lastAcceptedAt: row.lastAcceptedAt?.toISOString() ?? null,
      lastRejectedAt: row.lastRejectedAt?.toISOString() ?? null,
      lastRejection: code === null ? null : { code, detail: detail ?? '' },
      createdAt: row.createdAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
    };
  }
}

function newSecretIssues(provider: SourceProviderName, settings: unknown, secrets: readonly string[]): Issue[] {
  if (provider !== 'kafka') return secretIssuesOf(provider, settings, secrets, ['secrets'], (place) => ['secrets', place]);
  return secrets.length === 0 ? [] : [{ path: ['secrets'], message: 'must be left out: the password of a Kafka cluster is /settings/sasl/password' }];
}

/** Nobody waits for an answer to a record. */
function duplicateIssues(provider: SourceProviderName, { duplicates = 'replay', resubmit = 'none' }: Pick<SourceChange, 'duplicates' | 'resubmit'>): Issue[] {
  if (provider !== 'kafka') return [];
  const message = 'has no effect on a topic: a record with an id that was accepted before is skipped';
  return [...(duplicates === 'replay' ? [] : [{ path: ['duplicates'], message }]), ...(resubmit === 'none' ? [] : [{ path: ['resubmit'], message }])];
}

/** Settings that some of the secrets fit are right: others may be valid only until a rotation is over. */
function storedSecretIssues(provider: WebhookProviderName, settings: unknown, secrets: readonly string[]): Issue[] {
  const issues = secrets.map((secret) => secretIssuesOf(provider, settings, [secret], ['settings'], () => ['settings']));
  if (issues.length === 0 || issues.some((each) => each.length === 0)) return [];
  return issues[0]?.map(({ message }) => ({ path: ['settings'], message: `fit no secret of this source: one ${message}. First rotate to such a secret` })) ?? [];
}

function rotationIssues({ provider, settings }: SourceRow, secrets: readonly string[], isSingle: boolean): Issue[] {
  const at = [isSingle ? 'secret' : 'secrets'];
  if (provider !== 'kafka') return secretIssuesOf(provider as WebhookProviderName, settings, secrets, at, (place) => (isSingle ? at : [...at, place]));
  if (!needsPassword(settings as Record<string, unknown>)) return [{ path: at, message: 'must be left out: the source has no settings for SASL, and so no password' }];
  return secrets.length === 1 ? [] : [{ path: at, message: 'must be the one password of the Kafka cluster' }];
}

/** @throws LockstepError invalid_request */
function refuse(issues: readonly Issue[]): void {
  if (issues.length > 0) throw invalidBody(issues);
}

function nameTaken(name: string): LockstepError {
  return new LockstepError('conflict', `There is a source named ${name} already: choose another name`, { errors: [{ path: '/name', message: 'is taken' }] });
}

function momentOf(text: string): string {
  return new Date(text).toISOString();
}
