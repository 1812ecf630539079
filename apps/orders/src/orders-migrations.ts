import path from 'node:path';
import { projectRoot } from '#ground/config/project-root';
import type { Migrations } from '#ground/postgres/migrate';

/** The example's own tables. Statements name the schema, so that a search path cannot lead them to other tables. */
export const ORDERS_MIGRATIONS: Migrations = { folder: path.join(projectRoot(), 'apps', 'orders', 'migrations'), schema: 'shop' };
