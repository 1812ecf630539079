import { type CanActivate, Injectable } from '@nestjs/common';
import { LockstepError } from '#domain/problem';
import { Lifetime } from '#ground/process/lifetime';

/** For routes that need the tables: 503 until the app has started. */
@Injectable()
export class StartedGuard implements CanActivate {
  constructor(private readonly lifetime: Lifetime) {}

  /** @throws LockstepError store_unavailable */
  canActivate(): true {
    if (!this.lifetime.hasStarted) throw new LockstepError('store_unavailable', 'The orders app is starting', { retryAfterSeconds: 1 });
    return true;
  }
}
