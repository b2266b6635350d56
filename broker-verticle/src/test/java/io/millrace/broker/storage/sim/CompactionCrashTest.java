package io.millrace.broker.storage.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.AppendOrigin;
import io.millrace.broker.storage.Compaction;
import io.millrace.broker.storage.CompactionConfig;
import io.millrace.broker.storage.CompactionLimits;
import io.millrace.broker.storage.CompactionPlan;
import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.LogId;
import io.millrace.broker.storage.LogResources;
import io.millrace.broker.storage.OpenState;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.wire.record.Compression;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** One compaction, interrupted at each of its file operations in turn, in each way that a disk can fail. */
class CompactionCrashTest {

    private static final LogId ID = new LogId("t", new UUID(1, 2), 0);
    private static final Path FOLDER = Path.of("/data");
    private static final Path DIRECTORY = FOLDER.resolve("t-0");
    private static final CompactionConfig COMPACTION = new CompactionConfig(1_000, 0, Long.MAX_VALUE, 0);
    private static final LogConfig CONFIG = LogConfig.defaults().toBuilder()
            .segmentBytes(3_000)
            .indexIntervalBytes(200)
            .fileDeleteDelayMs(0)
            .compacts(true)
            .compaction(COMPACTION)
            .build();
    private static final CompactionLimits LIMITS = new CompactionLimits(1 << 16, 0);
    private static final int KEYS = 12;

    /** What goes wrong with the n-th operation of its kind. */
    private enum Trouble {
        KILL,
        POWER_LOSS,
        FAILED_WRITE,
        FAILED_SYNC,
        FULL_DISK
    }

    /** A log with what two compactions have left, and what has come since. */
    private static final class Scenario {
        private final SplittableRandom random;
        private final SimFileStore store;
        private PartitionLog log;
        private MapModel model;
        private long nowMs = 1_000_000;

        Scenario(long seed) throws IOException {
            random = new SplittableRandom(seed);
            store = new SimFileStore(random.split());
            store.createDirectories(FOLDER);
            store.syncDirectory(Path.of("/"));
            log = PartitionLog.create(ID, DIRECTORY, CONFIG, new LogResources(store, 8), nowMs);
            store.syncDirectory(FOLDER);
            model = new MapModel(ID, log, COMPACTION, true);
            fill(40);
            compact();
            // What is deleted now has its horizon in the next compaction, and goes in the one after.
            fill(40);
            compact();
            nowMs += COMPACTION.deleteRetentionMs();
            fill(40);
        }

        private void fill(int batches) throws IOException {
            for (int i = 0; i < batches; i++) {
                nowMs += 5;
                List<MapRecord> records = new ArrayList<>();
                for (int j = random.nextInt(1, 4); j > 0; j--) {
                    ByteBuf value =
                            random.nextInt(3) == 0 ? null : Unpooled.wrappedBuffer(new byte[random.nextInt(150)]);
                    records.add(new MapRecord(random.nextLong(), random.nextInt(KEYS), value, nowMs));
                }
                model.onSubmitted(records);
                long offset = log.append(
                                MapRecord.batch(records, Compression.NONE, -1, -1)
                                        .toBuffer(),
                                ModelLog.LEADER_EPOCH,
                                AppendOrigin.CLIENT,
                                nowMs)
                        .baseOffset();
                log.writeStaged();
                log.onDurable(log.logEndOffset());
                model.onAcknowledged(records, offset);
            }
            log.roll(nowMs);
            log.checkpoint();
        }

        /** Returns false where the disk has failed, and the log is as good as crashed. */
        private boolean compact() throws IOException {
            CompactionPlan plan = log.compactor().plan(nowMs, 0);
            Compaction compaction = log.compactor().begin(plan, LIMITS, nowMs);
            while (compaction != null && compaction.next() != Compaction.Next.NOBODY) {
                try {
                    step(compaction);
                } catch (IOException e) {
                    if (compaction.isSwapping()) {
                        return false;
                    }
                    compaction.abort();
                }
            }
            log.releaseRemoved(nowMs, 0);
            while (log.deleteFiles()) {
                // one segment at a time
            }
            return true;
        }

        private void step(Compaction compaction) throws IOException {
            if (compaction.next() == Compaction.Next.CLEANER_THREAD) {
                compaction.work(1_000);
            } else {
                compaction.commit(nowMs);
            }
        }

        private void open(long recoveryPoint, boolean powerLoss) throws IOException {
            if (powerLoss) {
                store.powerLoss();
            } else {
                store.kill();
            }
            log = PartitionLog.open(
                            ID,
                            DIRECTORY,
                            CONFIG,
                            new LogResources(store, 8),
                            new OpenState(0, recoveryPoint, false),
                            nowMs)
                    .log();
            log.finishRecovery(-1, true, nowMs);
            model.onRecovered(log, nowMs, random);
        }

        private void order(Trouble trouble, int n) {
            switch (trouble) {
                case KILL, POWER_LOSS -> store.faults().crashAfter(n);
                case FAILED_WRITE -> store.faults().failWriteAfter(n);
                case FAILED_SYNC -> store.faults().failSyncAfter(n);
                case FULL_DISK -> store.leaveRoomFor(n * 97L);
            }
        }

        /** Returns whether the trouble came; else there are fewer operations than that. */
        boolean interrupt(Trouble trouble, int n) throws IOException {
            long end = log.logEndOffset();
            order(trouble, n);
            boolean crashed = false;
            try {
                crashed = !compact();
                store.faults().requireAlive();
            } catch (SimCrash crash) {
                crashed = true;
            }
            boolean came = log.compactor().cleanedOffset() < end;
            store.faults().reset();
            store.leaveRoomFor(Long.MAX_VALUE);
            if (crashed) {
                // Also a recovery that has lost its checkpoint file finds no hole.
                open(random.nextBoolean() ? end : 0, trouble == Trouble.POWER_LOSS || random.nextBoolean());
            }
            model.check(nowMs, random);
            assertThat(log.logEndOffset()).isEqualTo(end);
            assertThat(compact()).isTrue();
            model.checkCompact(nowMs, random);
            assertThat(log.compactor().cleanedOffset()).isEqualTo(end);
            open(end, true);
            model.checkCompact(nowMs, random);
            return came || crashed;
        }
    }

    @Test
    void anInterruptionAnywhereLosesNothing() throws IOException {
        for (Trouble trouble : Trouble.values()) {
            for (int seed = 0; seed < 3; seed++) {
                int n = 0;
                while (interruptOnce(trouble, n, seed)) {
                    n++;
                }
                assertThat(n).as("operations interrupted by %s", trouble).isGreaterThan(5);
            }
        }
    }

    private static boolean interruptOnce(Trouble trouble, int n, int seed) {
        try {
            return new Scenario(31L * n + seed).interrupt(trouble, n);
        } catch (IOException | AssertionError e) {
            throw new AssertionError(trouble + " at " + n + ", seed " + seed + ": " + e.getMessage(), e);
        }
    }
}
