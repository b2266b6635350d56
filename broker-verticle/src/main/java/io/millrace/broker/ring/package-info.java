/**
 * The Disruptor ring of each log shard, and the threads that drive the shard's stages. Fifth stop of a produce request:
 * event loops publish, {@code millrace-append-n} and {@code millrace-commit-n} consume, {@code millrace-checkpoint-n} keeps
 * the journal short, {@code millrace-cleaner-n} compacts. The only user of {@code com.lmax}.
 */
@NullMarked
package io.millrace.broker.ring;

import org.jspecify.annotations.NullMarked;
