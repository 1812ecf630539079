/**
 * Flags of every app. With Node's defaults the heap grows to several times its live size before it is collected: a
 * dispatcher with 100,000 waiting lanes took 490 MB. These flags limit young objects to 3 × 8 MB and the old generation
 * to 320 MB (1.5 times what the apps' own limits allow). Below 96 MB there is no full collection: otherwise there were two
 * a second at full load, which took a fifth of the CPU time.
 */
export const NODE_FLAGS: readonly string[] = ['--enable-source-maps', '--max-semi-space-size=8', '--max-old-space-size=320', '--initial-old-space-size=96'];
