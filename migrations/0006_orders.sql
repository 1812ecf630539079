-- Up Migration

-- Empty. This migration made the tables of the orders example, which brings its own migrations since 0009. The file
-- stays because databases have applied it: without it they would be refused as migrated by a newer release.
