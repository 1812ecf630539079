import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LockstepError } from '#domain/problem';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { AllowedMethods } from './allowed-methods.js';
import { requestsRejected } from './http.metrics.js';
import type { Principal } from './principal.js';
import { sendProblem, toLockstepError } from './problem.js';
import { Rejections } from './rejections.js';
import { requestFields } from './request-observer.js';

/** Turns every error into a problem document. Logs 5xx with their cause. Counts what ingest refuses. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly allowedMethods: AllowedMethods,
    private readonly rejections: Rejections,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = request.is404 ? this.noRoute(request, reply) : toLockstepError(error);
    requestsRejected.inc({ code: problem.code });
    const principal: Principal | undefined = request.principal;
    if (principal !== undefined && request.routeOptions.config.access === 'ingest') this.rejections.add(principal, problem.code, problem.message);
    if (problem.status >= 500) {
      this.logger[problem.code === 'internal' ? 'error' : 'warn'](
        { err: problem.cause ?? problem, code: problem.code, ...requestFields(request) },
        'Request failed',
      );
    }
    if (reply.sent) return;
    sendProblem(reply, problem);
  }

  private noRoute(request: FastifyRequest, reply: FastifyReply): LockstepError {
    const path = request.url.split('?', 1)[0] ?? '';
    const allowed = this.allowedMethods.of(path);
    if (allowed.length === 0) return new LockstepError('not_found', `There is nothing at ${path}; /docs lists all routes`);
    reply.header('allow', allowed.join(', '));
    return new LockstepError('method_not_allowed', `${path} takes ${allowed.join(', ')}, not ${request.method}`);
  }
}
