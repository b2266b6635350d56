package io.millrace.cluster.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cluster.BrokerInfo;
import io.millrace.cluster.ClusterImage;
import io.millrace.cluster.ConfigScope;
import io.millrace.cluster.Endpoint;
import io.millrace.cluster.MetadataLogException;
import io.millrace.cluster.MetadataRecord;
import io.millrace.cluster.MetadataRecord.BrokerRegistered;
import io.millrace.cluster.MetadataRecord.ClusterCreated;
import io.millrace.cluster.MetadataRecord.ConfigsChanged;
import io.millrace.cluster.MetadataRecord.PartitionChanged;
import io.millrace.cluster.MetadataRecord.PartitionsAdded;
import io.millrace.cluster.MetadataRecord.ProducerIdsAllocated;
import io.millrace.cluster.MetadataRecord.TopicCreated;
import io.millrace.cluster.MetadataRecord.TopicDeleted;
import io.millrace.cluster.PartitionState;
import io.millrace.cluster.TopicImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetadataFilesTest {
    private static final String LOG = Generation.log(0);
    private static final UUID ORDERS = new UUID(7, 8);
    private static final PartitionState STATE = new PartitionState(1, 2, 3, List.of(1, 2), List.of(1));
    private static final List<MetadataRecord> ONE_OF_EACH = List.of(
            new ClusterCreated("Zm91bmRlZCBieSBhIHRlc3Q"),
            new BrokerRegistered(new BrokerInfo(1, 5, List.of(new Endpoint("PLAINTEXT", "häst", 9092)), null)),
            new BrokerRegistered(new BrokerInfo(2, 1, List.of(), "rack-1")),
            new TopicCreated(new TopicImage("orders", ORDERS, List.of(STATE), Map.of("retention.ms", "1"))),
            new TopicCreated(new TopicImage("gone", new UUID(1, 1), List.of(STATE), Map.of())),
            new PartitionsAdded(ORDERS, List.of(STATE, STATE)),
            new PartitionChanged(ORDERS, 1, STATE.nextLeaderEpoch()),
            new ConfigsChanged(ConfigScope.TOPIC, "orders", Map.of("segment.ms", "9"), Set.of("retention.ms")),
            new ConfigsChanged(ConfigScope.BROKER, "", Map.of("log.retention.ms", "5"), Set.of()),
            new ConfigsChanged(ConfigScope.BROKER, "1", Map.of("message.max.bytes", "6"), Set.of()),
            new ConfigsChanged(ConfigScope.GROUP, "orders", Map.of("a", "7", "b", "8"), Set.of()),
            new ConfigsChanged(ConfigScope.GROUP, "orders", Map.of("c", "9"), Set.of("a")),
            new ConfigsChanged(ConfigScope.GROUP, "readers", Map.of("a", "7"), Set.of()),
            new ConfigsChanged(ConfigScope.GROUP, "readers", Map.of(), Set.of("a")),
            new ProducerIdsAllocated(1, 3000),
            new TopicDeleted(new UUID(1, 1)));

    private final SimMetadataStore store = new SimMetadataStore(new Random(3));

    @Test
    void readsBackEveryTypeOfRecord() throws IOException {
        ClusterImage written = append(ONE_OF_EACH);

        assertThat(Snapshots.of(open().recovered())).isEqualTo(Snapshots.of(written));
    }

    @Test
    void readsBackTheSameFromASnapshot() throws IOException {
        MetadataFiles files = MetadataFiles.open(store, 0);
        ClusterImage written = append(files, ONE_OF_EACH);

        files.compactIfLong(written);

        assertThat(store.list()).containsExactly(Generation.log(1), Generation.snapshot(1));
        assertThat(Snapshots.of(open().recovered())).isEqualTo(Snapshots.of(written));
    }

    @Test
    void cutsAnUnfinishedWriteAtTheEnd() throws IOException {
        ClusterImage first = append(List.of(new ProducerIdsAllocated(1, 1)));
        int whole = store.content(LOG).length;
        append(List.of(new ProducerIdsAllocated(1, 2)));
        byte[] both = store.content(LOG);

        for (int size = whole; size < both.length; size++) {
            store.overwrite(LOG, Arrays.copyOf(both, size));
            assertThat(open().recovered().version()).isEqualTo(first.version());
            assertThat(store.content(LOG)).hasSize(whole);
        }
    }

    @Test
    void refusesDamageThatSoundDecisionsFollow() throws IOException {
        append(List.of(new ProducerIdsAllocated(1, 1)));
        int start = Frames.HEADER_BYTES;
        int end = store.content(LOG).length;
        append(List.of(new ProducerIdsAllocated(1, 2)));
        byte[] sound = store.content(LOG);

        for (int at = start; at < end; at++) {
            byte[] damaged = sound.clone();
            damaged[at] ^= 0x10;
            store.overwrite(LOG, damaged);
            assertThatThrownBy(this::open)
                    .isInstanceOf(MetadataLogException.class)
                    .hasMessageContaining("sim/" + LOG + " is damaged at offset " + start)
                    .hasMessageContaining("Restore");
            assertThat(store.content(LOG)).isEqualTo(damaged);
        }
    }

    @Test
    void refusesDamageToTheLastDecisionBeforeACleanStop() throws IOException {
        MetadataFiles files = open();
        ClusterImage image = append(files, List.of(new ProducerIdsAllocated(1, 1)));
        int end = store.content(LOG).length;
        files.close(image);

        byte[] damaged = store.content(LOG);
        damaged[end - 1] ^= 1;
        store.overwrite(LOG, damaged);

        assertThatThrownBy(this::open).hasMessageContaining("is damaged at offset");
    }

    @Test
    void refusesADamagedSnapshot() throws IOException {
        MetadataFiles files = MetadataFiles.open(store, 0);
        files.compactIfLong(append(files, ONE_OF_EACH));
        String name = Generation.snapshot(1);
        byte[] sound = store.content(name);

        for (int at = 0; at < sound.length; at++) {
            byte[] damaged = sound.clone();
            damaged[at] ^= 1;
            store.overwrite(name, damaged);
            assertThatThrownBy(this::open).hasMessageContaining(name + " is damaged");
        }
        for (int size = 0; size < sound.length; size++) {
            store.overwrite(name, Arrays.copyOf(sound, size));
            assertThatThrownBy(this::open).hasMessageContaining(name + " is damaged");
        }
    }

    /**
     * The disk fails at each write and sync of a compaction in turn, or after the last, and then the power goes, at once or
     * after a restart: any of the names that were not synced by then may be there, or gone.
     */
    @Test
    void aCompactionThatIsInterruptedAnywhereLosesNothing() throws IOException {
        for (int seed = 0; seed < 64; seed++) {
            int steps = 0;
            while (interruptCompaction(seed, steps, false) && interruptCompaction(seed, steps, true)) {
                steps++;
            }
            assertThat(steps).isPositive();
        }
    }

    /** Returns whether the compaction had so many writes and syncs that it was interrupted. */
    private static boolean interruptCompaction(int seed, int steps, boolean restarts) throws IOException {
        SimMetadataStore disk = new SimMetadataStore(new Random(seed));
        MetadataFiles files = MetadataFiles.open(disk, 0);
        ClusterImage first = append(files, ONE_OF_EACH);
        files.compactIfLong(first);
        List<MetadataRecord> longer = List.of(
                new ConfigsChanged(ConfigScope.TOPIC, "orders", Map.of("segment.ms", "9".repeat(4000)), Set.of()));
        Payload second = new Payload(first.version());
        second.add(longer);
        files.append(second);
        ClusterImage written = first.apply(longer);
        boolean interrupted = false;
        disk.failIn(steps);
        try {
            files.compactIfLong(written);
        } catch (IOException e) {
            interrupted = true;
        }
        if (restarts) {
            disk.restart();
            MetadataFiles.open(disk, 0);
        }
        disk.crash();

        assertThat(Snapshots.of(MetadataFiles.open(disk, 0).recovered()))
                .as("seed %d, %d steps, restarts %s", seed, steps, restarts)
                .isEqualTo(Snapshots.of(written));
        return interrupted;
    }

    @Test
    void makesTheHeaderDurableThatAFailedFirstStartLeft() throws IOException {
        for (int seed = 0; seed < 20; seed++) {
            SimMetadataStore disk = new SimMetadataStore(new Random(seed));
            disk.failIn(1);
            assertThatThrownBy(() -> MetadataFiles.open(disk, 0)).isInstanceOf(IOException.class);
            disk.restart();
            ClusterImage written = append(MetadataFiles.open(disk, 0), ONE_OF_EACH);
            disk.crash();

            assertThat(Snapshots.of(MetadataFiles.open(disk, 0).recovered()))
                    .as("seed %d", seed)
                    .isEqualTo(Snapshots.of(written));
        }
    }

    @Test
    void refusesASnapshotWithoutItsLog() throws IOException {
        MetadataFiles files = MetadataFiles.open(store, 0);
        files.compactIfLong(append(files, ONE_OF_EACH));

        store.delete(Generation.log(1));

        assertThatThrownBy(this::open).hasMessageContaining(Generation.log(1)).hasMessageContaining("missing");
    }

    @Test
    void refusesANewerFormat() throws IOException {
        open();
        byte[] header = Frames.header(0).array();
        byte[] newer = Arrays.copyOf(header, header.length);
        ByteBuffer.wrap(newer).putInt(8, Frames.FORMAT + 1);
        CRC32C crc = new CRC32C();
        crc.update(newer, 0, 20);
        ByteBuffer.wrap(newer).putInt(20, (int) crc.getValue());
        store.overwrite(LOG, newer);

        assertThatThrownBy(this::open).hasMessageContaining("newer version of Millrace");
    }

    @Test
    void startsOverWhenTheFirstStartWasInterrupted() throws IOException {
        open();
        byte[] header = store.content(LOG);
        for (int size = 0; size < header.length; size++) {
            store.overwrite(LOG, Arrays.copyOf(header, size));
            assertThat(open().recovered().version()).isZero();
            assertThat(store.content(LOG)).isEqualTo(header);
        }
    }

    @Test
    void keepsItsFormat() throws IOException {
        append(List.of(new ClusterCreated("a"), new ProducerIdsAllocated(1, 1000)));

        assertThat(HexFormat.of().formatHex(store.content(LOG)))
                .isEqualTo("4d494c4c52414345" + "00000001" + "0000000000000000" + "e1b37b3c"
                        + "4d524652" + "00000025" + "79307ba1"
                        + "0000000000000000" + "00000001" + "00000002"
                        + "0100" + "00000001" + "61"
                        + "0800" + "00000001" + "00000000000003e8");
    }

    /** A type of its own: an older broker refuses it, and does not take the group for a topic. */
    @Test
    void settingsOfGroupsKeepTheirFormat() throws IOException {
        append(List.of(new ConfigsChanged(ConfigScope.GROUP, "g", Map.of("a", "7"), Set.of("b"))));

        assertThat(HexFormat.of().formatHex(store.content(LOG)))
                .endsWith("0000000000000000" + "00000001" + "00000001"
                        + "0900" + "00000001" + "67"
                        + "00000001" + "00000001" + "61" + "00000001" + "37"
                        + "00000001" + "00000001" + "62");
    }

    @Test
    void tenThousandTopicsOpenInAnInstant(@TempDir Path directory) throws IOException {
        MetadataFiles files = MetadataFiles.open(new FileMetadataStore(directory), MetadataFiles.COMPACT_BYTES_MIN);
        ClusterImage image = files.recovered();
        for (int i = 0; i < 10_000; i++) {
            List<MetadataRecord> records = List.of(
                    new TopicCreated(new TopicImage("topic-" + i, new UUID(i, i), List.of(STATE), Map.of("a", "b"))));
            Payload payload = new Payload(image.version());
            payload.add(records);
            files.append(payload);
            image = image.apply(records);
            files.compactIfLong(image);
        }
        files.close(null);

        long start = System.nanoTime();
        MetadataFiles opened = MetadataFiles.open(new FileMetadataStore(directory), MetadataFiles.COMPACT_BYTES_MIN);
        long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);

        assertThat(opened.recovered().topics()).hasSize(10_000);
        assertThat(tookMs).isLessThan(300);
        opened.close(null);
    }

    private MetadataFiles open() throws IOException {
        return MetadataFiles.open(store, MetadataFiles.COMPACT_BYTES_MIN);
    }

    private ClusterImage append(List<MetadataRecord> records) throws IOException {
        return append(open(), records);
    }

    private static ClusterImage append(MetadataFiles files, List<MetadataRecord> records) throws IOException {
        Payload payload = new Payload(files.recovered().version());
        payload.add(records);
        files.append(payload);
        return files.recovered().apply(records);
    }
}
