package io.millrace.broker.storage.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.AppendResult;
import io.millrace.broker.storage.CompactionConfig;
import io.millrace.broker.storage.CompactionLimits;
import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.LogId;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.broker.storage.journal.JournalOptions;
import io.millrace.broker.storage.segment.TailOptions;
import io.millrace.broker.storage.shard.LogShard;
import io.millrace.broker.storage.shard.NewLog;
import io.millrace.broker.storage.shard.ShardOptions;
import io.millrace.broker.storage.shard.ShardSlot;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.record.Compression;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Compacted logs for many random steps on one thread, against {@link MapModel}: appends, checkpoints, pieces of compactions,
 * deletion, retention; and kills, power cuts and failures in the middle of any file operation. From the seed follows all.
 */
final class CompactionSimulation extends SimBroker<CompactionSimulation.Topic> {

    private static final int LOGS = 3;
    private static final int KEYS = 25;

    /** A log of the run with its idempotent producer. */
    static final class Topic extends SimLog {
        final MapModel model;
        long producerId;
        int nextSequence;

        @Nullable
        SimBatch lastAcknowledged;

        boolean inFlight;
        boolean uncertain;

        Topic(MapModel model, LogConfig config, long producerId) {
            super(model.id, config);
            this.model = model;
            this.producerId = producerId;
        }
    }

    /** A time index that is damaged may mislead a lookup by time: so either files are damaged, or these are checked. */
    private final boolean damages;

    private long nextId = 1;
    private long nextProducerId = 1;
    private long compactedBytes;

    /** @param sabotage what is wrong with the disk all the time, which the run must notice */
    CompactionSimulation(long seed, Consumer<SimFileStore> sabotage) {
        super(seed, sabotage);
        damages = random.nextBoolean();
        open();
        createTopics();
    }

    /** Bytes that compactions have read and written. */
    long compactedBytes() {
        return compactedBytes;
    }

    private void createTopics() {
        try {
            for (int i = 0; i < LOGS; i++) {
                LogId id = new LogId("topic-" + i, new UUID(random.nextLong(), random.nextLong()), i);
                LogConfig config = anyConfig();
                PartitionLog log =
                        manager.create(List.of(new NewLog(id, config)), nowMs).get(0);
                topics.add(new Topic(new MapModel(id, log, config.compaction(), !damages), config, nextProducerId++));
            }
        } catch (IOException e) {
            throw new AssertionError("does not begin", e);
        }
    }

    private LogConfig anyConfig() {
        boolean deletes = random.nextInt(3) == 0;
        CompactionConfig compaction = new CompactionConfig(
                random.nextInt(3) * 3_000L,
                random.nextInt(3) == 0 ? random.nextInt(2_000) : 0,
                random.nextInt(3) == 0 ? random.nextInt(2_000, 20_000) : Long.MAX_VALUE,
                random.nextDouble());
        return LogConfig.defaults().toBuilder()
                .segmentBytes(random.nextInt(1_500, 15_000))
                .indexIntervalBytes(random.nextInt(100, 2_000))
                .fileDeleteDelayMs(random.nextInt(3_000))
                .compacts(true)
                .compaction(compaction)
                .deletes(deletes)
                .retentionBytes(deletes ? random.nextInt(10_000, 80_000) : -1)
                .build();
    }

    @Override
    void run(int steps) {
        super.run(steps);
        checkEnd();
    }

    @Override
    void step() {
        int dice = random.nextInt(1000);
        if (dice < 350) {
            append();
        } else if (dice < 520) {
            stages.commit(random.nextInt(1, 4));
        } else if (dice < 600) {
            stages.checkpoint(random.nextInt(1, 10), nowMs);
        } else if (dice < 800) {
            compact(random.nextInt(1, 12));
        } else if (dice < 830) {
            anyTopic().model.check(nowMs, random);
        } else if (dice < 840) {
            deleteRecords();
        } else if (dice < 875) {
            maintain();
        } else if (dice < 935) {
            roll(anyTopic().model.log);
        } else if (dice < 955) {
            nowMs += random.nextInt(5_000);
        } else {
            trouble(dice);
        }
    }

    private void trouble(int dice) {
        if (dice < 960) {
            stopCleanly();
        } else if (dice < 968) {
            restart(false);
        } else if (dice < 976) {
            restart(true);
        } else if (dice < 992) {
            store.faults().crashAfter(random.nextInt(1, 60));
        } else if (dice < 994) {
            store.faults().failSyncAfter(random.nextInt(10));
        } else if (dice < 996) {
            store.faults().failWriteAfter(random.nextInt(10));
        } else {
            store.leaveRoomFor(random.nextInt(30_000));
        }
    }

    // ---- appends ----

    private void append() {
        List<ShardSlot> batch = new ArrayList<>();
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            batch.add(send(anyTopic()));
        }
        stages.append(batch, nowMs);
    }

    private ShardSlot send(Topic topic) {
        SimBatch last = topic.lastAcknowledged;
        // Snapshots, and compaction, keep the newest batch of a producer: perhaps one that was not acknowledged.
        if (last != null && !topic.inFlight && random.nextInt(5) == 0 && !topic.uncertain) {
            return sendAgain(topic, last);
        }
        List<MapRecord> records = anyRecords();
        boolean idempotent = !topic.inFlight && random.nextInt(3) == 0;
        if (idempotent && topic.uncertain) {
            topic.producerId = nextProducerId++;
            topic.nextSequence = 0;
            topic.lastAcknowledged = null;
            topic.uncertain = false;
        }
        Compression[] codecs = Compression.values();
        Compression codec = random.nextInt(3) == 0 ? codecs[random.nextInt(codecs.length)] : Compression.NONE;
        SimBatch batch = idempotent
                ? MapRecord.batch(records, codec, topic.producerId, topic.nextSequence)
                : MapRecord.batch(records, codec, -1, -1);
        topic.inFlight |= idempotent;
        topic.model.onSubmitted(records);
        LogShard sentTo = stages.shard();
        return stages.slot(
                topic.model.log, batch, result -> onResult(topic, batch, records, idempotent, result, sentTo));
    }

    private void onResult(
            Topic topic,
            SimBatch batch,
            List<MapRecord> records,
            boolean idempotent,
            AppendResult result,
            LogShard sentTo) {
        if (result.error() == ErrorCode.NONE) {
            acknowledged++;
            topic.model.onAcknowledged(records, result.baseOffset());
            if (idempotent) {
                topic.nextSequence += records.size();
                topic.lastAcknowledged = batch;
                topic.inFlight = false;
            }
        } else {
            assertThat(sentTo.isOffline())
                    .as("%s: %s %s", topic.model.id, result.error(), result.message())
                    .isTrue();
            if (idempotent) {
                topic.inFlight = false;
                topic.uncertain = true;
            }
        }
    }

    /** A retry of what was acknowledged: also recognised when all its records are gone. */
    private ShardSlot sendAgain(Topic topic, SimBatch batch) {
        LogShard sentTo = stages.shard();
        return stages.slot(
                topic.model.log,
                batch,
                result -> assertThat(sentTo.isOffline() || result.duplicate())
                        .as("%s: the duplicate of %d is recognised", topic.model.id, batch.baseSequence())
                        .isTrue());
    }

    private ByteBuf anyValue() {
        byte[] value = new byte[random.nextInt(300)];
        for (int at = 0; at < value.length; at += 5) {
            value[at] = (byte) random.nextInt();
        }
        return Unpooled.wrappedBuffer(value);
    }

    private List<MapRecord> anyRecords() {
        List<MapRecord> records = new ArrayList<>();
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            ByteBuf value = random.nextInt(3) == 0 ? null : anyValue();
            records.add(new MapRecord(nextId++, random.nextInt(KEYS), value, nowMs - random.nextInt(100)));
        }
        return records;
    }

    // ---- upkeep ----

    private void compact(int steps) {
        for (int i = 0; i < steps; i++) {
            long bytes = stages.shard().compactionStep(nowMs);
            store.faults().requireAlive();
            if (bytes < 0) {
                return;
            }
            compactedBytes += bytes;
        }
    }

    private void deleteRecords() {
        MapModel model = anyTopic().model;
        long start = model.log.logStartOffset();
        long offset = start + random.nextLong((model.log.visibleEndOffset() - start) / 4 + 1);
        // What is known of the producer can go with its newest batch, where a snapshot is damaged.
        topics.stream().filter(each -> each.model == model).forEach(each -> each.lastAcknowledged = null);
        topics.stream().filter(each -> each.model == model).forEach(each -> each.uncertain = true);
        model.onDeleteRequested(offset);
        stages.run((owner, now) -> owner.deleteRecords(model.log, offset, now), nowMs, error -> {
            assertThat(error).isEqualTo(ErrorCode.NONE);
            model.onDeleted(offset);
        });
    }

    private void maintain() {
        Topic topic = anyTopic();
        PartitionLog log = topic.model.log;
        long start = log.logStartOffset();
        try {
            maintain(log);
        } finally {
            if (log.logStartOffset() > start) {
                topic.model.onDeleteRequested(log.logStartOffset());
                topic.lastAcknowledged = null;
                topic.uncertain = true;
            }
        }
    }

    // ---- ends and beginnings ----

    @Override
    ShardOptions options() {
        // From a few keys, so that it takes several compactions, to all.
        CompactionLimits limits = new CompactionLimits(24L * random.nextInt(3, 2 * KEYS), 0);
        return new ShardOptions(
                new JournalOptions(32 << 10, 5), new TailOptions(16 << 10, 4096, 5000), 60_000, 500, 1, limits);
    }

    @Override
    void damage() {
        if (damages) {
            losses.damageWhatCanBeRebuilt();
        }
    }

    @Override
    void expectTopics() throws IOException {
        manager.expect(topics.stream().map(each -> each.model.id).toList());
    }

    @Override
    void onRecovered(Topic topic, PartitionLog log, boolean lost) {
        topic.model.onRecovered(log, nowMs, random);
        topic.uncertain |= topic.inFlight;
        topic.inFlight = false;
    }

    /** The disk is well again, and compaction gets the time that it needs: then everything that can go is gone. */
    private void checkEnd() {
        for (int i = 0; i < 20; i++) {
            nowMs += 10_000;
            stages.run(
                    (owner, now) -> {
                        for (Topic topic : topics) {
                            topic.model.log.roll(now);
                            topic.model.log.checkpoint();
                        }
                        return owner;
                    },
                    nowMs);
            while (stages.shard().compactionStep(nowMs) >= 0) {
                // to the end
            }
            topics.forEach(topic -> topic.model.checkCompact(nowMs, random));
        }
        restart(random.nextBoolean());
        topics.forEach(topic -> topic.model.checkCompact(nowMs, random));
    }
}
