/**
 * All partition logs of one data folder, driven as three stages: append, commit, checkpoint. Between the ring, which calls
 * each stage on its own thread, and the logs with their journal. Nothing here starts a thread, reads a clock or knows the
 * Disruptor, so a simulation can call the stages in any order that the ring could.
 */
@NullMarked
package io.millrace.broker.storage.shard;

import org.jspecify.annotations.NullMarked;
