import { Injectable } from '@nestjs/common';
import { StateIndicator } from '#ground/health/indicators';
import { PaymentsTransport } from './payments.transport.js';

@Injectable()
export class PaymentsIndicator extends StateIndicator {
  constructor(payments: PaymentsTransport) {
    super('payments', () => (payments.isMember ? undefined : 'not a member of the group'));
  }
}
