import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Injectable } from '@nestjs/common';
import { VERSION } from '#ground/config/version';

/** Who this process is, to others that read its rows. */
@Injectable()
export class ProcessIdentity {
  /** Another one after each start. */
  readonly id = randomUUID();
  readonly version = VERSION;
  readonly host = hostname();
  readonly pid = process.pid;
  readonly startedAt = new Date();
}
