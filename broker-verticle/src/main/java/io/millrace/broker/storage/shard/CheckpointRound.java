package io.millrace.broker.storage.shard;

import io.millrace.broker.storage.LogCheckpoint;
import io.millrace.broker.storage.PartitionLog;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * One pass over logs that have to be synced, in groups: begin a group on the append thread, sync its logs one by one, finish
 * it on the append thread. Owned by: checkpoint thread.
 */
final class CheckpointRound {

    /** So many logs are begun at once, if they have little to write. */
    private static final int GROUP_LOGS = 128;

    /**
     * To begin a log means to write what it has in memory, and appends wait for the group: this much takes a slow disk 20 ms. One
     * log more may begin, which has a megabyte at most.
     */
    private static final int GROUP_BYTES = 4 << 20;

    private record Begun(PartitionLog log, LogCheckpoint checkpoint) {}

    private final LogShard shard;
    private final List<SealedFile> sealed;
    /** What has to be in synced segments: the ends of the last journal file that names a log. */
    private final Map<PartitionLog, Long> ends = new LinkedHashMap<>();

    private final Queue<PartitionLog> waiting = new ArrayDeque<>();
    private final Queue<Begun> begun = new ArrayDeque<>();
    private final List<Begun> synced = new ArrayList<>();

    private CheckpointRound(LogShard shard, List<SealedFile> sealed) {
        this.shard = shard;
        this.sealed = sealed;
    }

    /** For journal files, oldest first, that can be recycled after the round. One sync of a log serves all of them. */
    static CheckpointRound of(LogShard shard, List<SealedFile> sealed) {
        CheckpointRound round = new CheckpointRound(shard, sealed);
        sealed.forEach(file -> round.ends.putAll(file.ends()));
        round.waiting.addAll(round.ends.keySet());
        return round;
    }

    /** For logs with records that are in no journal file. */
    static CheckpointRound ofUnsynced(LogShard shard, List<PartitionLog> logs) {
        CheckpointRound round = new CheckpointRound(shard, List.of());
        round.waiting.addAll(logs);
        return round;
    }

    List<SealedFile> sealed() {
        return sealed;
    }

    boolean isDone() {
        return waiting.isEmpty() && begun.isEmpty() && synced.isEmpty();
    }

    /** Does one piece of work: at most one log is synced. */
    void step(ShardDriver driver) throws IOException {
        Begun next = begun.poll();
        if (next != null) {
            sync(next);
        } else if (!synced.isEmpty()) {
            driver.onAppendThread((owner, nowMs) -> finishGroup());
        } else {
            driver.onAppendThread((owner, nowMs) -> beginGroup());
        }
    }

    private int beginGroup() throws IOException {
        long bytes = 0;
        for (int i = 0; i < GROUP_LOGS && bytes < GROUP_BYTES && !waiting.isEmpty(); i++) {
            PartitionLog log = waiting.remove();
            if (shard.has(log) && isBehind(log)) {
                bytes += log.unwrittenBytes();
                begun.add(new Begun(log, log.beginCheckpoint()));
            }
        }
        return begun.size();
    }

    private boolean isBehind(PartitionLog log) {
        return log.recoveryPoint() < ends.getOrDefault(log, Long.MAX_VALUE);
    }

    private void sync(Begun next) throws IOException {
        try {
            next.checkpoint().sync();
            synced.add(next);
        } catch (IOException e) {
            // A log that was deleted meanwhile has no files any more, and nobody misses them.
            if (shard.has(next.log())) {
                throw e;
            }
        }
    }

    private int finishGroup() throws IOException {
        for (Begun done : synced) {
            if (shard.has(done.log())) {
                done.log().finishCheckpoint(done.checkpoint());
            }
        }
        int count = synced.size();
        synced.clear();
        return count;
    }
}
