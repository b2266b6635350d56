package io.millrace.broker.storage.shard;

import java.io.IOException;

/** Control work that must be in order with the appends of a shard: configuration, deletion, retention. */
@FunctionalInterface
public interface ShardTask<T> {

    /**
     * Runs on the append thread; should take no longer than an append would. The result is told when everything that was
     * appended or journalled before it is durable. An exception takes the shard offline.
     */
    T run(LogShard shard, long nowMs) throws IOException;
}
