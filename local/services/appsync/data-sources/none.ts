import { fieldsOf, type DataSource, type Outcome } from '../data-source.ts';
import { malformedRequest } from '../errors.ts';
import type { Realm } from '../realm.ts';
import { copy } from '../values.ts';

/** The NONE data source: what the request handler sends is what the response handler gets. */
export class NoneDataSource implements DataSource {
  constructor(private readonly realm: Realm) {}

  invoke(request: unknown): Outcome {
    return { result: copy(this.realm, fieldsOf(request, malformedRequest)['payload']) };
  }
}
