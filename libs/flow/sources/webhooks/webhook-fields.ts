import { ENTITY_PROBLEM, isEntity } from '#domain/entity';
import { EVENT_TYPE_RULE, eventTypeOf, isEventType } from '#domain/event-type';
import { keyOfId } from '#domain/idempotency-key';
import type { ProblemDetail } from '#domain/problem';
import { invalid } from '#flow/ingest/event-request';
import { ID_PROBLEM, isId } from '../event-id.js';
import { FieldTemplate } from '../field-template.js';
import type { RequestFields } from './request-fields.js';
import type { EventFields } from './webhook-provider.js';

/** What Lockstep reads of a request. */
export interface WebhookEvent {
  readonly type: string;
  readonly entity: string;
  readonly idempotencyKey: string | undefined;
}

type FieldName = 'id' | 'type' | 'entity';

const RULES: Readonly<Record<FieldName, { readonly isRight: (text: string) => boolean; readonly rule: string }>> = {
  id: { isRight: isId, rule: ID_PROBLEM },
  type: { isRight: (text) => isEventType(eventTypeOf(text)), rule: EVENT_TYPE_RULE },
  entity: { isRight: isEntity, rule: ENTITY_PROBLEM },
};

/** How the events of a source get their ids, types and entities. */
export class WebhookFields {
  private readonly isIdOptional: boolean;
  private readonly id: FieldTemplate | undefined;
  private readonly type: FieldTemplate;
  private readonly entity: FieldTemplate;

  /** @throws FieldTemplateError */
  constructor({ id, isIdOptional = false, type, entity }: EventFields) {
    this.isIdOptional = isIdOptional;
    this.id = id === undefined ? undefined : new FieldTemplate(id, 'request');
    this.type = new FieldTemplate(type, 'request');
    this.entity = new FieldTemplate(entity, 'request');
  }

  /**
   * Nothing of an entity is replaced or cut: two entities could become one, and lose their places in each other's lanes. A
   * too long id becomes its hash, which is as good: nobody reads it.
   * @throws LockstepError invalid_request, which names each field that is wrong, its template and what to set
   */
  read(from: RequestFields): WebhookEvent {
    const problems: ProblemDetail[] = [];
    const id = this.id === undefined || (this.isIdOptional && this.id.valueOf(from) === undefined) ? undefined : this.checked('id', this.id, from, problems);
    const type = eventTypeOf(this.checked('type', this.type, from, problems));
    const entity = this.checked('entity', this.entity, from, problems);
    if (problems.length > 0) throw invalid(problems);
    return { type, entity, idempotencyKey: id === undefined ? undefined : keyOfId(id) };
  }

  private checked(name: FieldName, template: FieldTemplate, from: RequestFields, problems: ProblemDetail[]): string {
    const value = template.valueOf(from);
    const { isRight, rule } = RULES[name];
    if (value === undefined) {
      const reason = template.text.includes('json:') && from.value() === undefined ? ' (its body is not JSON)' : '';
      problems.push({ path: name, message: `${template.text} has no value in this request${reason}: set settings.${name} of the source to what has one` });
    } else if (!isRight(value)) problems.push({ path: name, message: `${template.text} gives no valid ${name} in this request: it ${rule}` });
    return value ?? '';
  }
}
