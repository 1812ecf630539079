import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { LockstepError } from '#domain/problem';
import type { Source } from '#flow/sources/source';
import { DestinationFinder } from '#flow/sources/webhooks/destination-finder';
import { DestinationGlob, destinationsSchema } from '#flow/sources/webhooks/destination-glob';
import { EndpointsService } from '#manage/endpoints/endpoints.service';
import { DestinationDirectory } from './destination-directory.js';
import { parseDestinationUrl } from './destination-url.js';

/** What is read of a source's settings here. */
const settingsSchema = z.object({ destinations: destinationsSchema.default([]) });

/** Finds the endpoint for the URL that a request names as its destination, or makes it. */
@Injectable()
export class Destinations implements DestinationFinder {
  /** Made once for each state of a source. */
  private readonly globs = new WeakMap<Source, readonly DestinationGlob[]>();

  constructor(
    private readonly directory: DestinationDirectory,
    private readonly endpoints: EndpointsService,
  ) {}

  /**
   * The tenant's oldest endpoint with this URL, else one that is made for the source.
   * @throws LockstepError as `DestinationFinder`
   */
  endpointOf(source: Source, header: string, requestId: string): number | Promise<number> {
    const url = parseDestinationUrl(header);
    if (!this.globsOf(source).some((glob) => glob.matches(url))) throw notAllowed(source, url);
    const known = this.directory.find(source.tenant, url.href);
    return typeof known === 'number' ? known : this.findOrMake(source, url, known, requestId);
  }

  /** Which addresses are allowed does not change while the process runs, so an endpoint in memory is not checked again. */
  private async findOrMake(source: Source, url: URL, found: undefined | Promise<number | undefined>, requestId: string): Promise<number> {
    const [endpoint] = await Promise.all([found, this.endpoints.checkDestination(url, 'X-Destination-URL')]);
    return endpoint ?? this.endpoints.destination({ ...source.principal, requestId }, source, url.href);
  }

  private globsOf(source: Source): readonly DestinationGlob[] {
    let globs = this.globs.get(source);
    if (globs === undefined) {
      globs = settingsSchema.parse(source.settings).destinations.map((text) => new DestinationGlob(text));
      this.globs.set(source, globs);
    }
    return globs;
  }
}

function notAllowed({ publicId, name }: Source, { href }: URL): LockstepError {
  const message = `the source ${name} allows no destination ${href}: add a glob that matches it to settings.destinations (PATCH /v1/sources/${publicId})`;
  return new LockstepError('destination_not_allowed', `X-Destination-URL: ${message}`, { errors: [{ path: 'X-Destination-URL', message }] });
}
