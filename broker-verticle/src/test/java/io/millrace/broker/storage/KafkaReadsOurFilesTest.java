package io.millrace.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.record.Compression;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.checkpoint.LeaderEpochCheckpointFile;
import org.apache.kafka.storage.internals.checkpoint.OffsetCheckpointFile;
import org.apache.kafka.storage.internals.checkpoint.PartitionMetadataFile;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.ProducerStateEntry;
import org.apache.kafka.storage.internals.log.ProducerStateManager;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.tools.DumpLogSegments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Apache Kafka's own code opens what we wrote. */
class KafkaReadsOurFilesTest {

    private static final List<Compression> CODECS = List.of(Compression.values());

    @TempDir
    Path parent;

    private LogFixture fill() throws IOException {
        LogConfig config = LogConfig.defaults().toBuilder()
                .segmentBytes(8000)
                .indexIntervalBytes(200)
                .build();
        LogFixture fixture = new LogFixture(parent, config);
        for (int i = 0; i < 300; i++) {
            fixture.append(
                    switch (i % 4) {
                        case 0 -> Batches.of(1000 + i, "plain " + i, "second");
                        case 1 -> Batches.compressed(CODECS.get(i / 4 % CODECS.size()), 1000 + i, "packed " + i);
                        case 2 -> Batches.idempotent(77, 0, i / 4 * 2, 900 + i, "a", "b");
                        default -> Batches.transactional(88, 1, i / 4, "t");
                    });
        }
        fixture.log.append(Batches.marker(88, 1, true, 4), 6, AppendOrigin.COORDINATOR, 1);
        fixture.log.close();
        return fixture;
    }

    private static String dump(List<String> files) throws IOException {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream captured = new ByteArrayOutputStream();
        PrintStream both = new PrintStream(captured, true, StandardCharsets.UTF_8);
        System.setOut(both);
        System.setErr(both);
        try {
            DumpLogSegments.main(
                    new String[] {"--deep-iteration", "--print-data-log", "--files", String.join(",", files)});
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        return captured.toString(StandardCharsets.UTF_8);
    }

    /** All that the tool says, which is nothing bad. */
    private static String dumpWithoutComplaint(List<String> files) throws IOException {
        String output = dump(files);
        assertThat(output)
                .contains("Dumping " + files.get(0))
                .doesNotContainIgnoringCase("mismatch")
                .doesNotContainIgnoringCase("corrupt")
                .doesNotContainIgnoringCase("error")
                .doesNotContainIgnoringCase("invalid")
                .doesNotContainIgnoringCase("out of order")
                .doesNotContainIgnoringCase("not found")
                .doesNotContainIgnoringCase("isvalid: false");
        return output;
    }

    /** Kafka 4.3's tool compares the first record of each file with -1, and so reports every file but the first. */
    private static void hasNoHoles(String output) {
        assertThat(output.lines().filter(line -> line.contains("is followed by")))
                .allMatch(line -> line.strip().startsWith("-1 is followed by"));
    }

    private static List<String> paths(LogFixture fixture, String suffix) throws IOException {
        List<String> paths = new ArrayList<>();
        for (String name : fixture.files()) {
            if (name.endsWith(suffix)) {
                paths.add(fixture.directory.resolve(name).toString());
            }
        }
        return paths;
    }

    @Test
    void dumpLogSegmentsReadsLogsAndIndexesWithoutComplaint() throws IOException {
        LogFixture fixture = fill();

        for (String suffix : List.of(".log", ".index", ".timeindex")) {
            List<String> files = paths(fixture, suffix);
            assertThat(files).hasSizeGreaterThan(3);
            assertThat(dumpWithoutComplaint(files)).satisfies(KafkaReadsOurFilesTest::hasNoHoles);
        }
        assertThat(dump(paths(fixture, ".log")))
                .contains("payload: plain 0", "payload: packed 297", "producerId: 88", "endTxnMarker: COMMIT");
        assertThat(dump(paths(fixture, ".index"))).contains("position: ");
        assertThat(dump(paths(fixture, ".snapshot"))).contains("producerId: 77", "producerId: 88");
    }

    private LogFixture fillAndCompact() throws IOException {
        LogFixture fixture = new LogFixture(
                parent,
                LogConfig.defaults().toBuilder()
                        .segmentBytes(8000)
                        .indexIntervalBytes(200)
                        .compacts(true)
                        .compaction(new CompactionConfig(0, 0, Long.MAX_VALUE, 0))
                        .build());
        for (int i = 0; i < 400; i++) {
            Compression codec = CODECS.get(i % CODECS.size());
            fixture.append(
                    switch (i % 3) {
                        case 0 -> Batches.keyed(codec, 1000 + i, "a=" + i, "key-" + i % 40 + "=" + i, "b");
                        case 1 -> Batches.keyed(77, i / 3, 1000 + i, "c=" + i);
                        default -> Batches.keyed(codec, 1000 + i, "key-" + i + "=" + "x".repeat(50));
                    });
            if (i % 130 == 129) {
                fixture.log.roll(fixture.nowMs);
                fixture.log.checkpoint();
                LogCompactor compactor = fixture.log.compactor();
                Compaction compaction = Objects.requireNonNull(compactor.begin(
                        compactor.plan(fixture.nowMs, 0), new CompactionLimits(1 << 20, 0), fixture.nowMs));
                while (compaction.next() != Compaction.Next.NOBODY) {
                    if (compaction.next() == Compaction.Next.CLEANER_THREAD) {
                        compaction.work(1 << 20);
                    } else {
                        compaction.commit(fixture.nowMs);
                    }
                }
            }
        }
        fixture.deleteRemoved(fixture.nowMs + fixture.config.fileDeleteDelayMs(), 0);
        fixture.log.close();
        return fixture;
    }

    @Test
    void dumpLogSegmentsReadsCompactedLogsAndIndexesWithoutComplaint() throws IOException {
        LogFixture fixture = fillAndCompact();

        for (String suffix : List.of(".log", ".index", ".timeindex")) {
            List<String> files = paths(fixture, suffix);
            assertThat(files).hasSizeGreaterThan(2);
            dumpWithoutComplaint(files);
        }
        assertThat(dump(paths(fixture, ".log")))
                .contains("payload: 399", "key: key-5 payload: 285", "deleteHorizonMs: OptionalLong[1000000]")
                .contains("lastSequence: 132")
                .doesNotContain("payload: 165");
    }

    @Test
    void producerStateManagerLoadsOurSnapshots() throws IOException {
        LogFixture fixture = fill();
        List<String> snapshots = paths(fixture, ".snapshot");

        List<ProducerStateEntry> entries = ProducerStateManager.readSnapshot(
                Path.of(snapshots.get(snapshots.size() - 1)).toFile());

        // The same producer may come several times; Kafka's table keeps the last, which is the newest batch.
        ProducerStateEntry last = entries.stream()
                .filter(entry -> entry.producerId() == 77)
                .reduce((earlier, later) -> later)
                .orElseThrow();
        assertThat(last.toString()).contains("lastSeq=149");
        assertThat(last.producerEpoch()).isZero();
        assertThat(entries).filteredOn(entry -> entry.producerId() == 77).hasSize(5);
        ProducerStateEntry ended = entries.stream()
                .filter(entry -> entry.producerId() == 88)
                .reduce((earlier, later) -> later)
                .orElseThrow();
        assertThat(ended.coordinatorEpoch()).isEqualTo(4);
        assertThat(ended.currentTxnFirstOffset()).isEmpty();
    }

    @Test
    void producerStateManagerRecoversFromOurDirectory() throws IOException {
        LogFixture fixture = fill();
        ProducerStateManager manager = new ProducerStateManager(
                new TopicPartition("orders", 3),
                fixture.directory.toFile(),
                60_000,
                new ProducerStateManagerConfig(86_400_000, false),
                Time.SYSTEM);

        manager.truncateAndReload(0, fixture.log.logEndOffset(), 2000);

        assertThat(manager.lastEntry(77).orElseThrow().toString()).contains("lastSeq=149");
        assertThat(manager.mapEndOffset()).isEqualTo(fixture.log.logEndOffset());
    }

    @Test
    void readsOurCheckpointFiles() throws IOException {
        LogFixture fixture = fill();
        LogDirFailureChannel failures = new LogDirFailureChannel(1);

        var epochs = new LeaderEpochCheckpointFile(
                        fixture.directory.resolve("leader-epoch-checkpoint").toFile(), failures)
                .read();
        assertThat(epochs).extracting("epoch").containsExactly(5, 6);

        var metadata = new PartitionMetadataFile(
                fixture.directory.resolve("partition.metadata").toFile(), failures);
        assertThat(metadata.read().topicId()).isEqualTo(new Uuid(0x1234, 0x5678));

        Path checkpoint = parent.resolve(CheckpointFile.RECOVERY_POINT);
        CheckpointFile.write(new OsFileStore(), checkpoint, Map.of(new CheckpointFile.Key("orders", 3), 450L));
        assertThat(new OffsetCheckpointFile(checkpoint.toFile(), failures).read())
                .containsEntry(new TopicPartition("orders", 3), 450L);
    }
}
