export { freePort } from '#dev/embedded/free-port';
