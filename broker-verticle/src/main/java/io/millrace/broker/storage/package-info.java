/**
 * Durable partition logs: files, segments, indexes, producer state, recovery and retention. The last stop of a produce
 * request and the first of a fetch. Each log is changed by its shard's append thread only; reads come from any thread.
 * Nothing here knows a clock, a thread or an event loop: time is an argument, and files come through {@link FileStore}.
 */
@NullMarked
package io.millrace.broker.storage;

import org.jspecify.annotations.NullMarked;
