/** The first migration creates it. An admin key acts on it unless it names another. */
export const DEFAULT_TENANT = 'default';
