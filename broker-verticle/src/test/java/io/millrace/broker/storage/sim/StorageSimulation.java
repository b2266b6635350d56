package io.millrace.broker.storage.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.AppendResult;
import io.millrace.broker.storage.Durability;
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
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The storage of one broker for thousands of random steps on one thread, against {@link ModelLog}: appends through both
 * stages by producers with and without an id, checkpoints, deletion, retention, new and deleted topics, changed
 * configurations; and faults: kills and power cuts in the middle of any file operation, failed writes and syncs, a full
 * disk, damaged index, snapshot and epoch files. Everything follows from the seed.
 */
final class StorageSimulation extends SimBroker<SimTopic> {

    private static final ShardOptions OPTIONS =
            new ShardOptions(new JournalOptions(32 << 10, 5), new TailOptions(16 << 10, 4096, 5000), 60_000, 500, 1);
    private static final int LOGS_MAX = 6;

    private long nextTag = 1;
    private long nextProducerId = 1;

    /** @param sabotage what is wrong with the disk all the time, which the run must notice */
    StorageSimulation(long seed, Consumer<SimFileStore> sabotage) {
        super(seed, sabotage);
        open();
    }

    @Override
    ShardOptions options() {
        return OPTIONS;
    }

    @Override
    void damage() {
        losses.damageWhatCanBeRebuilt();
    }

    @Override
    void step() {
        int dice = random.nextInt(1000);
        if (topics.isEmpty() || dice < 10) {
            create();
        } else if (dice < 480) {
            append();
        } else if (dice < 720) {
            stages.commit(random.nextInt(1, 4));
        } else if (dice < 850) {
            stages.checkpoint(random.nextInt(1, 10), nowMs);
        } else if (dice < 880) {
            anyTopic().model.check(random);
        } else if (dice < 895) {
            deleteRecords();
        } else if (dice < 915) {
            maintain();
        } else if (dice < 930) {
            configure();
        } else if (dice < 934) {
            deleteTopic();
        } else if (dice < 950) {
            roll(anyTopic().model.log);
        } else if (dice < 960) {
            nowMs += random.nextInt(100_000);
        } else {
            trouble(dice);
        }
    }

    private void trouble(int dice) {
        if (dice < 964) {
            stopCleanly();
        } else if (dice < 970) {
            restart(false);
        } else if (dice < 980) {
            restart(true);
        } else if (dice < 990) {
            store.faults().crashAfter(random.nextInt(1, 60));
        } else if (dice < 993) {
            store.faults().failSyncAfter(random.nextInt(10));
        } else if (dice < 996) {
            store.faults().failWriteAfter(random.nextInt(10));
        } else if (dice < 998) {
            store.leaveRoomFor(random.nextInt(50_000));
        } else {
            setClockBack();
        }
    }

    // ---- appends ----

    private void append() {
        List<ShardSlot> batch = new ArrayList<>();
        int count = random.nextInt(1, 7);
        for (int i = 0; i < count; i++) {
            SimTopic topic = anyTopic();
            SimProducer producer = topic.producer;
            boolean idempotent = random.nextInt(3) > 0 && producer.maySend();
            if (idempotent) {
                batch.add(send(topic, producer, producer.next(random, nextTag++, nowMs)));
            } else if (random.nextInt(4) == 0 && topic.mayRepeat()) {
                batch.add(sendAgain(topic, Objects.requireNonNull(producer.lastAcknowledged())));
            } else {
                batch.add(send(topic, null, SimBatch.create(random, nextTag++, -1, (short) -1, -1, nowMs)));
            }
        }
        stages.append(batch, nowMs);
    }

    private ShardSlot send(SimTopic topic, @Nullable SimProducer producer, SimBatch batch) {
        topic.model.onSubmitted(batch);
        LogShard sentTo = stages.shard();
        return stages.slot(topic.model.log, batch, result -> onResult(topic, producer, batch, result, sentTo));
    }

    private void onResult(
            SimTopic topic, @Nullable SimProducer producer, SimBatch batch, AppendResult result, LogShard sentTo) {
        if (result.error() == ErrorCode.NONE) {
            acknowledged++;
            topic.model.onAcknowledged(batch, result.baseOffset(), result.duplicate());
            if (producer != null) {
                producer.onAcknowledged(batch);
            }
        } else if (result.error() == ErrorCode.KAFKA_STORAGE_ERROR) {
            assertThat(sentTo.isOffline() || !sentTo.has(topic.model.log)).isTrue();
        } else if (result.error() == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
            assertThat(sentTo.has(topic.model.log)).isFalse();
        } else {
            assertThat(topic.mayForgetProducers)
                    .as("%s: %s %s", topic.model.id, result.error(), result.message())
                    .isTrue();
            topic.model.onRefused(batch);
            topic.producer.restart(nextProducerId++);
        }
    }

    /** A retry of what was acknowledged already: the answer must be the same. */
    private ShardSlot sendAgain(SimTopic topic, SimBatch batch) {
        return stages.slot(topic.model.log, batch, result -> {
            boolean deleted = result.error() == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION && !topics.contains(topic);
            if (result.error() != ErrorCode.KAFKA_STORAGE_ERROR && !deleted) {
                assertThat(result.duplicate())
                        .as("%s: duplicate", topic.model.id)
                        .isTrue();
                topic.model.onAcknowledged(batch, result.baseOffset(), result.duplicate());
            }
        });
    }

    /** The wall clock is set back; what it drives goes on. */
    private void setClockBack() {
        nowMs -= random.nextInt(10_000_000);
        stages.checkpoint(Integer.MAX_VALUE, nowMs);
        nowMs += OPTIONS.checkpointIntervalMs();
        LogShard shard = stages.shard();
        boolean due = false;
        while (shard.checkpointStep(nowMs)) {
            due |= shard.wantsCommit();
        }
        assertThat(due || shard.wantsCommit() || shard.isOffline())
                .as("a checkpoint after the clock was set back")
                .isTrue();
    }

    // ---- control ----

    private void create() {
        if (topics.size() >= LOGS_MAX) {
            return;
        }
        String name = anyName();
        if (topics.stream().anyMatch(topic -> topic.model.id.topic().equals(name))) {
            return;
        }
        LogId id = new LogId(name, new UUID(random.nextLong(), random.nextLong()), random.nextInt(3));
        LogConfig config = SimTopic.anyConfig(random);
        try {
            PartitionLog log =
                    manager.create(List.of(new NewLog(id, config)), nowMs).get(0);
            SimTopic topic = new SimTopic(new ModelLog(id, log), new SimProducer(nextProducerId++), config);
            topic.noteWhatMayBeLost();
            topics.add(topic);
        } catch (IOException e) {
            // The disk is full or failing; nobody was told that there is such a topic.
            stages.shard().goOffline(e);
        }
    }

    private void deleteTopic() {
        SimTopic topic = anyTopic();
        topics.remove(topic);
        stages.run((owner, now) -> owner.delete(topic.model.key), nowMs);
    }

    private void configure() {
        SimTopic topic = anyTopic();
        LogConfig config = SimTopic.anyConfig(random);
        boolean wasJournalled = topic.model.isJournalled();
        stages.run(
                (owner, now) -> {
                    owner.configure(topic.model.log, config);
                    return owner;
                },
                nowMs,
                done -> {
                    topic.config = config;
                    topic.noteWhatMayBeLost();
                    if (!wasJournalled && config.durability() == Durability.JOURNAL) {
                        topic.model.onSynced();
                    }
                });
    }

    private void deleteRecords() {
        SimTopic topic = anyTopic();
        ModelLog model = topic.model;
        long start = model.log.logStartOffset();
        long end = model.log.visibleEndOffset();
        // A damaged snapshot cannot be built again from batches that are gone.
        topic.mayForgetProducers = true;
        long offset = start + random.nextLong(end - start + 1);
        model.onDeleteRequested(offset);
        stages.run((owner, now) -> owner.deleteRecords(model.log, offset, now), nowMs, error -> {
            assertThat(error).isEqualTo(ErrorCode.NONE);
            model.onDeleted(offset);
        });
    }

    private void maintain() {
        ModelLog model = anyTopic().model;
        long start = model.log.logStartOffset();
        PartitionLog log = model.log;
        for (int i = random.nextInt(8); i > 0 && log.readAges(nowMs, random.nextInt(1, 60_000)); i--) {
            // one piece at a time, and not always to the end
        }
        try {
            maintain(log);
        } finally {
            // Also after a crash on the way: the new start may be on the disk already.
            if (log.logStartOffset() > start) {
                model.onDeleteRequested(log.logStartOffset());
            }
        }
        if (model.log.logStartOffset() > start) {
            checkRetention(model, start);
        }
    }

    /** Where both limits hold, a segment may go for either reason. */
    private void checkRetention(ModelLog model, long start) {
        long keptBytes = model.log.config().retentionBytes();
        long keptMs = model.log.config().retentionMs();
        assertThat(keptBytes >= 0 || keptMs >= 0)
                .as("%s: retention without a limit", model.id)
                .isTrue();
        if (keptMs < 0) {
            assertThat(model.log.sizeBytes()).as("%s: retention", model.id).isGreaterThanOrEqualTo(keptBytes);
        } else if (keptBytes < 0) {
            assertThat(model.newestMs(start, model.log.logStartOffset()))
                    .as("%s: retention", model.id)
                    .isLessThan(nowMs - keptMs);
        }
    }

    // ---- ends and beginnings ----

    /** What the metadata log says: the topics of the run, and one that nobody has made yet, of a name that others had. */
    @Override
    void expectTopics() throws IOException {
        List<LogId> expected = new ArrayList<>();
        topics.forEach(topic -> expected.add(topic.model.id));
        LogId fresh = new LogId(anyName(), new UUID(random.nextLong(), random.nextLong()), random.nextInt(3));
        if (expected.stream().noneMatch(id -> id.topic().equals(fresh.topic()))) {
            expected.add(fresh);
        }
        manager.expect(expected);
        for (LogId id : expected) {
            assertThat(manager.isDamaged(id.topicId(), id.partition()))
                    .as("%s is whole", id)
                    .isFalse();
        }
    }

    private String anyName() {
        return "topic-" + random.nextInt(LOGS_MAX * 2);
    }

    @Override
    void onStopped() {
        topics.forEach(topic -> topic.model.onSynced());
    }

    @Override
    void onRecovered(SimTopic topic, PartitionLog log, boolean lost) {
        topic.model.onRecovered(log, lost, random);
        topic.producer.onUnknown();
    }

    @Override
    void onRestarted() {
        // Topics that were being created or deleted are settled by the metadata log: here, by taking them away.
        for (PartitionLog log : manager.logs()) {
            if (topics.stream().noneMatch(topic -> topic.model.log == log)) {
                ModelLog stray = new ModelLog(log.id(), log);
                stages.run((owner, now) -> owner.delete(stray.key), nowMs);
            }
        }
    }
}
