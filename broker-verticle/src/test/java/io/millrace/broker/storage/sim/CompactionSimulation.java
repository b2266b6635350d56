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
import io.millrace.broker.storage.shard.DataFolder;
import io.millrace.broker.storage.shard.LogManager;
import io.millrace.broker.storage.shard.LogShard;
import io.millrace.broker.storage.shard.NewLog;
import io.millrace.broker.storage.shard.ShardOptions;
import io.millrace.broker.storage.shard.ShardSlot;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.record.Compression;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Compacted logs for many random steps on one thread, against {@link MapModel}: appends, checkpoints, pieces of compactions,
 * deletion, retention; and kills, power cuts and failures in the middle of any file operation. From the seed follows all.
 */
final class CompactionSimulation {

    private static final Path FOLDER = Path.of("/data");
    private static final int OPEN_FILES_MAX = 6;
    private static final int LOGS = 3;
    private static final int KEYS = 25;

    /** A log of the run with its idempotent producer. */
    private static final class Topic {
        final MapModel model;
        final LogConfig config;
        long producerId;
        int nextSequence;

        @Nullable
        SimBatch lastAcknowledged;

        boolean inFlight;
        boolean uncertain;

        Topic(MapModel model, LogConfig config, long producerId) {
            this.model = model;
            this.config = config;
            this.producerId = producerId;
        }
    }

    private final SplittableRandom random;
    private final SimFileStore store;
    private final SimLosses losses;
    /** A time index that is damaged may mislead a lookup by time: so either files are damaged, or these are checked. */
    private final boolean damages;

    private final List<Topic> topics = new ArrayList<>();
    private LogManager manager;
    private SimStages stages;
    private long nowMs = 1_700_000_000_000L;
    private long nextId = 1;
    private long nextProducerId = 1;
    private int acknowledged;
    private int crashes;
    private long compactedBytes;

    CompactionSimulation(long seed) {
        this(seed, store -> {});
    }

    /** @param sabotage what is wrong with the disk all the time, which the run must notice */
    CompactionSimulation(long seed, Consumer<SimFileStore> sabotage) {
        random = new SplittableRandom(seed);
        store = new SimFileStore(random.split());
        losses = new SimLosses(store, FOLDER, random.split());
        damages = random.nextBoolean();
        sabotage.accept(store);
        manager = open();
        stages = new SimStages(manager.shards().get(0));
        createTopics();
    }

    int acknowledged() {
        return acknowledged;
    }

    int crashes() {
        return crashes;
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

    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            nowMs += random.nextInt(20);
            try {
                step();
            } catch (SimCrash crash) {
                restart(random.nextInt(3) > 0);
            }
            if (stages.shard().isOffline()) {
                stages.commitAll();
                restart(random.nextBoolean());
            }
        }
        end();
    }

    private void step() {
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
            roll();
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
        if (last != null && !topic.inFlight && random.nextInt(5) == 0) {
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

    private void roll() {
        PartitionLog log = anyTopic().model.log;
        stages.run(
                (owner, now) -> {
                    log.roll(now);
                    return owner;
                },
                nowMs);
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
            stages.run(
                    (owner, now) -> {
                        owner.maintain(log, now);
                        return owner;
                    },
                    nowMs);
        } finally {
            if (log.logStartOffset() > start) {
                topic.model.onDeleteRequested(log.logStartOffset());
                topic.lastAcknowledged = null;
                topic.uncertain = true;
            }
        }
    }

    private Topic anyTopic() {
        return topics.get(random.nextInt(topics.size()));
    }

    // ---- ends and beginnings ----

    private LogManager open() {
        // From a few keys, so that it takes several compactions, to all.
        CompactionLimits limits = new CompactionLimits(24L * random.nextInt(3, 2 * KEYS), 0);
        ShardOptions options = new ShardOptions(
                new JournalOptions(32 << 10, 5), new TailOptions(16 << 10, 4096, 5000), 60_000, 500, 1, limits);
        try {
            return LogManager.open(
                    store,
                    List.of(DataFolder.open(store, FOLDER)),
                    options,
                    OPEN_FILES_MAX,
                    this::configOf,
                    random.split(),
                    nowMs);
        } catch (IOException e) {
            throw new AssertionError("does not open", e);
        }
    }

    private LogConfig configOf(LogId id) {
        return topics.stream()
                .filter(topic -> topic.model.id.equals(id))
                .map(topic -> topic.config)
                .findFirst()
                .orElse(LogConfig.defaults());
    }

    private void stopCleanly() {
        stages.commitAll();
        if (stages.shard().isOffline()) {
            return;
        }
        try {
            boolean clean = manager.close(nowMs).isClean();
            restart(clean && random.nextBoolean());
        } catch (IOException e) {
            restart(false);
        }
    }

    /** The process dies, with the machine or without, and comes back; it may die again on the way. */
    private void restart(boolean powerLoss) {
        crashes++;
        boolean loss = powerLoss;
        while (true) {
            if (loss) {
                store.powerLoss();
            } else {
                store.kill();
            }
            store.leaveRoomFor(Long.MAX_VALUE);
            if (damages) {
                losses.damageWhatCanBeRebuilt();
            }
            if (random.nextInt(4) == 0) {
                store.faults().crashAfter(random.nextInt(1, 200));
            }
            try {
                manager = open();
                manager.expect(topics.stream().map(each -> each.model.id).toList());
                store.faults().requireAlive();
                store.faults().crashAfter(Long.MAX_VALUE);
                break;
            } catch (SimCrash again) {
                loss = random.nextBoolean();
            } catch (IOException e) {
                throw new AssertionError("does not open", e);
            }
        }
        stages = new SimStages(manager.shards().get(0));
        for (Topic topic : topics) {
            PartitionLog log = manager.log(topic.model.id.topicId(), topic.model.id.partition());
            assertThat(log).as("%s is there", topic.model.id).isNotNull();
            topic.model.onRecovered(log, nowMs, random);
            topic.uncertain |= topic.inFlight;
            topic.inFlight = false;
        }
    }

    /** The disk is well again, and compaction gets the time that it needs: then everything that can go is gone. */
    private void end() {
        store.faults().reset();
        stages.commitAll();
        restart(true);
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
