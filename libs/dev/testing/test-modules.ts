import type { ModuleMetadata } from '@nestjs/common';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import type { Logger } from '#ground/telemetry/logger';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { ProcessModule } from '#ground/process/process.module';
import { TracingModule } from '#ground/tracing/tracing.module';
import { testProcess } from './test-process.js';

export interface TestModulesOptions {
  /** Settings beyond those that every app needs. */
  readonly env?: Record<string, string>;
  /** By default, a silent one. */
  readonly logger?: Logger;
}

/**
 * A process that consists of these modules, with their real parts and pools on this database. `compile()` connects to
 * nothing and runs no hooks; `close()` ends the pools.
 */
export function testModules(databaseUrl: string, imports: NonNullable<ModuleMetadata['imports']>, { env, logger }: TestModulesOptions = {}): TestingModuleBuilder {
  const process = testProcess(databaseUrl, env);
  return Test.createTestingModule({ imports: [ProcessModule.of({ ...process, logger: logger ?? process.logger }), TracingModule.forRoot({ app: 'test' }), PostgresModule.forRoot({ app: 'test' }), ...imports] });
}
