/** Imports a package that is installed beside this file, or a JSON file of one. */
export const load = (name) => (name.endsWith('.json') ? import(name, { with: { type: 'json' } }) : import(name));
