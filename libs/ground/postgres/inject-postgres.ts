import { Inject } from '@nestjs/common';

// Not in postgres.module.ts: services would otherwise import a module file.
export const poolToken = (name: string): string => `pg.Pool ${name}`;
export const databaseToken = (name: string): string => `Database ${name}`;

/** The `Database` of the pool with this name. It runs generated queries. */
export const InjectDatabase = (name: string): ParameterDecorator => Inject(databaseToken(name));

/** The `pg.Pool` with this name, for work that needs a connection of its own, such as a transaction. */
export const InjectPool = (name: string): ParameterDecorator => Inject(poolToken(name));
