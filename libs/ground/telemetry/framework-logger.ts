import { Logger as NestLogger, PinoLogger } from 'nestjs-pino';
import type { Logger } from './logger.js';

/** Nest's own lines. At `info` Nest names every route and module, which helps only when looking for a mistake. */
export class FrameworkLogger extends NestLogger {
  /** @param onError called with each error that Nest logs: it swallows what a shutdown hook throws */
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
