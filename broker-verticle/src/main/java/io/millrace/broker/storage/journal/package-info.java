/**
 * The journal of a log shard: what makes a commit batch durable with one sync, however many partitions it touches. Written
 * by the shard's commit thread, recycled by its checkpoint thread, read once at recovery.
 */
@NullMarked
package io.millrace.broker.storage.journal;

import org.jspecify.annotations.NullMarked;
