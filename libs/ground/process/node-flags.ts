/**
 * What each app is run with. Node's defaults let a process grow to several times of what it needs before it collects:
 * with 100,000 lanes waiting a dispatcher took 490 MB. These bound it: 3 × 8 MB of young objects, and old ones that are
 * collected the sooner the nearer the heap is to 320 MB (half as much again as its own bounds allow), but not before it
 * is at 96 MB: without that a full collection came twice a second at full load, and took a fifth of the processes' CPU.
 */
export const NODE_FLAGS: readonly string[] = ['--enable-source-maps', '--max-semi-space-size=8', '--max-old-space-size=320', '--initial-old-space-size=96'];
