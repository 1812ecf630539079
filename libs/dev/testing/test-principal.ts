import { auditedBy, type Principal, USUAL_INGEST } from '#ground/http/principal';

/** The admin key's, for the tenant `default`. */
export const TEST_PRINCIPAL: Principal = {
  tenant: 'default', actor: { type: 'admin', id: 'admin', name: 'Admin key' }, scopes: new Set(['ingest', 'read', 'manage', 'admin']), ingest: USUAL_INGEST, requestId: 'req_test',
};

/** Who is behind a change, for statements that audit it. */
export const TEST_BY = auditedBy(TEST_PRINCIPAL);
