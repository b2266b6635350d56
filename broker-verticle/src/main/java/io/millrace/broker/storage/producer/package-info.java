/**
 * What a partition knows of its idempotent producers: the check of sequences, the table, and its snapshot in Kafka's format.
 * Owned by the shard's append thread.
 */
@NullMarked
package io.millrace.broker.storage.producer;

import org.jspecify.annotations.NullMarked;
