import { Logger as NestLogger, PinoLogger } from 'nestjs-pino';
import type { Logger } from './logger.js';

/** Nest's logger. Drops Nest's `info` lines, which name every route and module, unless the level is `debug`. */
export class FrameworkLogger extends NestLogger {
  /** @param onError called for each error that Nest logs: Nest only logs what a shutdown hook throws */
  constructor(
    logger: Logger,
    private readonly onError: () => void = () => undefined,
  ) {
    const quiet = logger.child({}, { level: logger.level === 'info' ? 'warn' : logger.level });
    super(new PinoLogger({ pinoHttp: { logger: quiet } }), {});
  }

  override error(message: unknown, ...parameters: unknown[]): void {
    this.onError();
    super.error(message, ...parameters);
  }
}
