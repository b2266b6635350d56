package io.millrace.broker.storage.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.LogId;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.broker.storage.shard.DataFolder;
import io.millrace.broker.storage.shard.LogManager;
import io.millrace.broker.storage.shard.ShardOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * The storage of one broker for many random steps on one thread, on a disk that fails: here is how it begins, dies and comes
 * back; a simulation says what it does meanwhile, and what has to be true then. Everything follows from the seed, so whoever
 * takes a number out of turn makes every seed another run.
 *
 * @param <T> what a simulation knows of each of its logs
 */
abstract class SimBroker<T extends SimLog> {

    private static final Path FOLDER = Path.of("/data");
    private static final int OPEN_FILES_MAX = 6;

    final SplittableRandom random;
    final SimFileStore store;
    final SimLosses losses;
    final List<T> topics = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    LogManager manager;

    @SuppressWarnings("NullAway.Init")
    SimStages stages;

    long nowMs = 1_700_000_000_000L;
    int acknowledged;
    private int crashes;

    /** @param sabotage what is wrong with the disk all the time, which the run must notice */
    SimBroker(long seed, Consumer<SimFileStore> sabotage) {
        random = new SplittableRandom(seed);
        store = new SimFileStore(random.split());
        losses = new SimLosses(store, FOLDER, random.split());
        sabotage.accept(store);
    }

    /** The limits of the next process. */
    abstract ShardOptions options();

    abstract void step();

    /** Damages files while nothing runs. */
    abstract void damage();

    /** Tells a process that has just begun which logs it should have. */
    abstract void expectTopics() throws IOException;

    /**
     * A process has come back with the log.
     *
     * @param lost whether what was not synced can be gone
     */
    abstract void onRecovered(T topic, PartitionLog log, boolean lost);

    /** The process has ended as it should: everything is on the disk. */
    void onStopped() {}

    /** All logs are back. */
    void onRestarted() {}

    final int acknowledged() {
        return acknowledged;
    }

    final int crashes() {
        return crashes;
    }

    /** Takes so many steps, and then restarts on a disk that is well again. */
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
        store.faults().reset();
        stages.commitAll();
        restart(true);
    }

    final T anyTopic() {
        return topics.get(random.nextInt(topics.size()));
    }

    final void roll(PartitionLog log) {
        stages.run(
                (owner, now) -> {
                    log.roll(now);
                    return owner;
                },
                nowMs);
    }

    final void maintain(PartitionLog log) {
        stages.run(
                (owner, now) -> {
                    owner.maintain(log, now);
                    return owner;
                },
                nowMs);
    }

    /** Begins a process on the disk as it is. */
    final void open() {
        ShardOptions options = options();
        try {
            manager = LogManager.open(
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
        stages = new SimStages(manager.shards().get(0));
    }

    private LogConfig configOf(LogId id) {
        return topics.stream()
                .filter(topic -> topic.id.equals(id))
                .map(topic -> topic.config)
                .findFirst()
                .orElse(LogConfig.defaults());
    }

    final void stopCleanly() {
        stages.commitAll();
        if (stages.shard().isOffline()) {
            return;
        }
        try {
            boolean clean = manager.close(nowMs).isClean();
            if (clean) {
                onStopped();
            }
            restart(clean && random.nextBoolean());
        } catch (IOException e) {
            restart(false);
        }
    }

    /** The process dies, with the machine or without, and comes back; it may die again on the way. */
    final void restart(boolean powerLoss) {
        crashes++;
        boolean losesPower = powerLoss;
        boolean lost = powerLoss;
        while (true) {
            if (losesPower) {
                store.powerLoss();
            } else {
                lost |= store.kill();
            }
            store.leaveRoomFor(Long.MAX_VALUE);
            damage();
            if (random.nextInt(4) == 0) {
                store.faults().crashAfter(random.nextInt(1, 200));
            }
            try {
                open();
                expectTopics();
                store.faults().requireAlive();
                store.faults().crashAfter(Long.MAX_VALUE);
                break;
            } catch (SimCrash again) {
                losesPower = random.nextBoolean();
                lost |= losesPower;
            } catch (IOException e) {
                throw new AssertionError("does not open", e);
            }
        }
        for (T topic : topics) {
            PartitionLog log = manager.log(topic.id.topicId(), topic.id.partition());
            assertThat(log).as("%s is there", topic.id).isNotNull();
            onRecovered(topic, log, lost);
        }
        onRestarted();
    }
}
