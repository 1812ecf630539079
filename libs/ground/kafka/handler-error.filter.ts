import { Catch, type ExceptionFilter } from '@nestjs/common';
import { type Observable, throwError } from 'rxjs';

/**
 * For each class with handlers of `ShardTransport`: passes their errors on to the transport as they are. Nest's default
 * filter replaces an error by `{ status, message }`, without its cause and stack, and logs it first.
 */
@Catch()
export class HandlerErrorFilter implements ExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}
