/**
 * What compaction keeps of a log: the newest record of each key. Reads closed segments, writes one that no reader knows yet, a
 * piece at a time. Knows no thread and no clock; run by the cleaner thread of a shard.
 */
@NullMarked
package io.millrace.broker.storage.compaction;

import org.jspecify.annotations.NullMarked;
