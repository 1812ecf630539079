import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { ExpiringRowsSweeper } from '#ground/postgres/expiring-rows-sweeper';
import { InjectPool } from '#ground/postgres/inject-postgres';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { deleteExpiredInbox } from './delete-expired-inbox.queries.js';
import { findExpiredInbox } from './find-expired-inbox.queries.js';

/** Deletes inbox rows whose record Kafka no longer has. */
@Injectable()
export class ExpiredInboxSweeper extends ExpiringRowsSweeper {
  /** @param pool its sessions look up by index (`plans: 'by-index'`) */
  constructor(@InjectPool('inbox-upkeep') pool: pg.Pool, @InjectLogger() logger: Logger) {
    super({
      pool,
      lock: 'lockstep.payments-inbox',
      tables: [{ find: findExpiredInbox, delete: deleteExpiredInbox, onDeleted: () => undefined }],
      onError: (err) => logger.warn({ err }, 'Expired inbox rows could not be deleted; trying again in a minute'),
    });
  }
}
