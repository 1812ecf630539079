/** The subject of an endpoint's numbers over time. @param endpoint its narrow key */
export function endpointSubject(endpoint: number): string {
  return `endpoint/${endpoint}`;
}
