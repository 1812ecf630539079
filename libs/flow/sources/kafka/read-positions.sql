/* Reads how far a source has read the partitions of a topic. */
/* @name readPositions */
select partition, next_offset as "nextOffset" from source_positions where source = :source! and topic_id = :topicId!;
