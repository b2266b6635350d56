package io.millrace.broker.ring;

import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.broker.storage.shard.FlushSummary;
import io.millrace.broker.storage.shard.LogKey;
import io.millrace.broker.storage.shard.LogManager;
import io.millrace.broker.storage.shard.LogShard;
import io.millrace.broker.storage.shard.NewLog;
import io.millrace.wire.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;

/**
 * The rings of all shards of a broker, and what the rest of the broker may ask of its logs. Any thread; futures complete on
 * the caller's Vert.x context. Lifecycle: {@link #start} once the logs are recovered, {@link #close} once no request is in
 * flight.
 */
public final class LogRings {

    private final LogManager logs;
    private final Vertx vertx;
    private final LongSupplier clockMs;
    private final List<ShardThreads> shards;

    private LogRings(LogManager logs, Vertx vertx, LongSupplier clockMs, List<ShardThreads> shards) {
        this.logs = logs;
        this.vertx = vertx;
        this.clockMs = clockMs;
        this.shards = shards;
    }

    /** Starts three threads for every shard, and compacts nothing. */
    public static LogRings start(
            LogManager logs, RingOptions options, Vertx vertx, LongSupplier clockMs, long upkeepIntervalMs) {
        return start(logs, options, vertx, clockMs, upkeepIntervalMs, CompactionPace.NONE);
    }

    /**
     * Starts three threads for every shard, and a fourth if there is to be compaction.
     *
     * @param vertx runs what blocks on its worker pool
     * @param clockMs wall clock, for timestamps and retention
     * @param upkeepIntervalMs how often retention is applied ({@code log.retention.check.interval.ms})
     * @param compaction of each shard
     */
    public static LogRings start(
            LogManager logs,
            RingOptions options,
            Vertx vertx,
            LongSupplier clockMs,
            long upkeepIntervalMs,
            CompactionPace compaction) {
        List<ShardThreads> shards = new ArrayList<>();
        for (LogShard shard : logs.shards()) {
            ShardThreads threads =
                    new ShardThreads(shard, shards.size(), options, clockMs, upkeepIntervalMs, compaction);
            threads.start();
            shards.add(threads);
        }
        return new LogRings(logs, vertx, clockMs, List.copyOf(shards));
    }

    /** The ring that a log's appends go through. Stays the same as long as the log lives; of a deleted log, any. */
    public ShardRing ringOf(PartitionLog log) {
        for (ShardThreads each : shards) {
            if (each.shard().has(log)) {
                return each.ring();
            }
        }
        return shards.get(0).ring();
    }

    /** Creates logs that do not exist yet. Completes, in the order asked for, when they and their names are durable. */
    public Future<List<PartitionLog>> create(List<NewLog> wanted) {
        return vertx.executeBlocking(() -> logs.create(wanted, clockMs.getAsLong()), false);
    }

    /** Takes a log out of service. Completes when its name is free; true if there was such a log. */
    public Future<Boolean> delete(UUID topicId, int partition) {
        PartitionLog log = logs.log(topicId, partition);
        if (log == null) {
            return Future.succeededFuture(false);
        }
        return ringOf(log).submit((shard, nowMs) -> shard.delete(new LogKey(topicId, partition)));
    }

    /** Applies a new configuration to the appends that follow. */
    public Future<Void> configure(PartitionLog log, LogConfig config) {
        return ringOf(log)
                .submit((shard, nowMs) -> {
                    boolean exists = shard.has(log);
                    if (exists) {
                        shard.configure(log, config);
                    }
                    return exists;
                })
                .mapEmpty();
    }

    /**
     * Deletes records before an offset, or all visible ones for -1. Completes when that is durable, with NONE, or with
     * OFFSET_OUT_OF_RANGE and nothing done.
     */
    public Future<ErrorCode> deleteRecords(PartitionLog log, long beforeOffset) {
        return ringOf(log)
                .submit((shard, nowMs) -> shard.has(log)
                        ? shard.deleteRecords(log, beforeOffset, nowMs)
                        : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }

    /** Record bytes that were handed over and are not complete, over all rings. */
    public long bytesInFlight() {
        return shards.stream().mapToLong(each -> each.ring().bytesInFlight()).sum();
    }

    /** Completes what is in flight, stops the threads, syncs and closes all logs and unlocks the folders. */
    public Future<FlushSummary> close() {
        return vertx.executeBlocking(this::closeBlocking, false);
    }

    private FlushSummary closeBlocking() throws IOException, InterruptedException {
        for (ShardThreads each : shards) {
            each.stop();
        }
        return logs.close(clockMs.getAsLong());
    }
}
