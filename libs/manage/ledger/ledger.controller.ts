import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Requires } from '#ground/http/access';
import { Documented } from '#ground/http/openapi';
import type { LedgerReport } from './ledger.js';
import { type LedgerQuery, ledgerQuerySchema, ledgerSchema } from './ledger.schema.js';
import { LedgerService } from './ledger.service.js';

@ApiTags('ledger')
@Controller('v1/ledger')
export class LedgerController {
  constructor(private readonly ledger: LedgerService) {}

  @Get()
  @Requires('read')
  @Documented({
    summary: 'Prove that nothing was lost',
    description:
      'Recounts every event, delivery, lane and attempt, and compares records that were written independently of each other, as `npm run verify` does. ' +
      'An admin key sees the whole installation, or the tenant that it names in `Lockstep-Tenant`. ' +
      'It reads all tables, which takes a second or more for each million events. One reading runs at a time; concurrent requests share its answer.',
    status: 200,
    answer: 'The ledger; `balanced` is the verdict',
    schema: ledgerSchema,
    problems: ['overloaded'],
  })
  read(@Req() { headers, principal }: FastifyRequest, @Query({ schema: ledgerQuerySchema }) { olderThan }: LedgerQuery): Promise<LedgerReport> {
    // Without the header an admin key acts on its own tenant, but it may see all of them.
    const seesAll = principal.scopes.has('admin') && headers['lockstep-tenant'] === undefined;
    return this.ledger.report({ tenant: seesAll ? undefined : principal.tenant, olderThanMs: olderThan });
  }
}
