/** Shards on the test's own thread, with their data folders on a real disk: what one log's trouble may do to the others. */
@NullMarked
package io.millrace.broker.storage.shard;

import org.jspecify.annotations.NullMarked;
