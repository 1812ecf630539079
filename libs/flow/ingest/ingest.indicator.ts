import { Injectable } from '@nestjs/common';
import { StateIndicator } from '#ground/health/indicators';
import { IngestService } from './ingest.service.js';

/**
 * Down while events wait and none is committed. Not while the process only sheds load: taking it out of a load balancer
 * would send that load to the others.
 */
@Injectable()
export class IngestIndicator extends StateIndicator {
  constructor(ingest: IngestService) {
    super('queue', () => (ingest.isStalled ? 'full' : undefined));
  }
}
