package io.millrace.broker.storage.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.AppendOrigin;
import io.millrace.broker.storage.LogConfig;
import io.millrace.broker.storage.LogId;
import io.millrace.broker.storage.LogResources;
import io.millrace.broker.storage.OpenState;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.wire.record.Compression;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A start finds that a file is lost from which it knows closed segments, builds it again, and loses power at each of its file
 * operations in turn, and at the end. The next start believes the indexes of closed segments: none may be half there.
 */
class IndexRebuildCrashTest {

    private static final LogId ID = new LogId("t", new UUID(1, 2), 0);
    private static final Path FOLDER = Path.of("/data");
    private static final Path DIRECTORY = FOLDER.resolve("t-0");
    private static final LogConfig CONFIG = LogConfig.defaults().toBuilder()
            .segmentBytes(1_500)
            .indexIntervalBytes(200)
            .build();
    private static final int RECORDS = 60;
    private static final String FIRST = "00000000000000000000";

    private final SimFileStore store = new SimFileStore(new SplittableRandom(7));

    @ParameterizedTest
    @ValueSource(strings = {FIRST + ".timeindex", FIRST + ".index", "leader-epoch-checkpoint"})
    void aPowerLossMeanwhileLeavesNoIndexThatMisleads(String lost) throws IOException {
        int n = 0;
        while (crashesAt(n, lost)) {
            n++;
        }
        assertThat(n).as("operations that a power loss interrupted").isGreaterThan(5);
    }

    @Test
    void aPowerLossAfterwardsDoesNeither() throws IOException {
        assertThat(crashesAt(Integer.MAX_VALUE, FIRST + ".timeindex")).isFalse();
    }

    /** Returns whether the power went before the log was open. */
    private boolean crashesAt(int n, String lost) throws IOException {
        create();
        store.delete(DIRECTORY.resolve(lost));
        store.syncDirectory(DIRECTORY);
        boolean crashed = false;
        store.faults().crashAfter(n);
        try {
            open();
            store.faults().requireAlive();
        } catch (SimCrash crash) {
            crashed = true;
        }
        store.faults().reset();
        store.powerLoss();
        PartitionLog log = open();
        for (int i = 0; i < RECORDS; i++) {
            assertThat(log.offsetForTimestamp(timestampMs(i)).offset())
                    .as("%s lost, power gone at operation %d: first offset at %d", lost, n, timestampMs(i))
                    .isEqualTo(i);
        }
        log.abandon();
        return crashed;
    }

    private void create() throws IOException {
        if (store.exists(DIRECTORY)) {
            store.deleteTree(DIRECTORY);
        }
        store.createDirectories(FOLDER);
        store.syncDirectory(Path.of("/"));
        PartitionLog log = PartitionLog.create(ID, DIRECTORY, CONFIG, new LogResources(store, 8), 0);
        store.syncDirectory(FOLDER);
        for (int i = 0; i < RECORDS; i++) {
            MapRecord record = new MapRecord(i, i, null, timestampMs(i));
            log.append(
                    MapRecord.batch(List.of(record), Compression.NONE, -1, -1).toBuffer(),
                    ModelLog.LEADER_EPOCH,
                    AppendOrigin.CLIENT,
                    timestampMs(i));
            log.writeStaged();
            log.onDurable(log.logEndOffset());
        }
        log.checkpoint();
        log.abandon();
    }

    private static long timestampMs(int record) {
        return 1_000_000 + 10L * record;
    }

    private PartitionLog open() throws IOException {
        OpenState state = new OpenState(0, RECORDS, false);
        PartitionLog log = PartitionLog.open(
                        ID, DIRECTORY, CONFIG, new LogResources(store, 8), state, timestampMs(RECORDS))
                .log();
        log.finishRecovery(-1, true, timestampMs(RECORDS));
        return log;
    }
}
