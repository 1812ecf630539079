/** The subject of an endpoint's numbers over time, as `sample_subject` in the schema makes it. @param endpoint its narrow key */
export function endpointSubject(endpoint: number): string {
  return `endpoint/${endpoint}`;
}
