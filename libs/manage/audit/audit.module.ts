import { Module } from '@nestjs/common';
import { ListsDatabaseModule } from '#manage/lists-database.module';
import { AuditController } from './audit.controller.js';
import { AuditRepository } from './audit.repository.js';
import { AuditService } from './audit.service.js';

/** Shows the audit log. The statements that change something write it. */
@Module({ imports: [ListsDatabaseModule], controllers: [AuditController], providers: [AuditRepository, AuditService] })
export class AuditModule {}
