import { Inject } from '@nestjs/common';

/** Tokens and decorators stand apart from the module, which services would otherwise import with their own. */
export const poolToken = (name: string): string => `pg.Pool ${name}`;
export const databaseToken = (name: string): string => `Database ${name}`;

/** The `Database` of the pool with this name: runs generated queries. */
export const InjectDatabase = (name: string): ParameterDecorator => Inject(databaseToken(name));

/** The `pg.Pool` with this name, for what needs a connection of its own, such as a transaction. */
export const InjectPool = (name: string): ParameterDecorator => Inject(poolToken(name));
