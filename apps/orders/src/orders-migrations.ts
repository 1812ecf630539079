import path from 'node:path';
import { projectRoot } from '#ground/config/project-root';
import type { Migrations } from '#ground/postgres/migrate';

/** The example's own tables. Statements name the schema, so that no search path can lead them to other tables. */
export const ORDERS_MIGRATIONS: Migrations = { folder: path.join(projectRoot(), 'apps', 'orders', 'migrations'), schema: 'shop' };
