package io.millrace.broker.storage.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.storage.journal.EntryType;
import io.millrace.broker.storage.journal.Journal;
import io.millrace.broker.storage.journal.JournalEntry;
import io.millrace.broker.storage.journal.JournalFile;
import io.millrace.broker.storage.journal.JournalOptions;
import io.millrace.broker.storage.journal.ReplaySummary;
import io.millrace.broker.storage.journal.ReplayTarget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JournalTest {

    private static final Path FOLDER = Path.of("/data");
    private static final JournalOptions OPTIONS = new JournalOptions(64 << 10, 3);
    private static final UUID TOPIC = new UUID(7, 8);

    private final SplittableRandom random = new SplittableRandom(42);
    private final SimFileStore store = new SimFileStore(random);
    private final List<String> replayed = new ArrayList<>();
    private ReplaySummary summary = new ReplaySummary(0, 0, 0);

    @BeforeEach
    void createFolder() throws IOException {
        store.createDirectories(FOLDER);
        store.syncDirectory(Path.of("/"));
    }

    @Test
    void replaysWhatWasFlushedInOrder() throws IOException {
        Journal journal = started();
        stage(journal, 0, "first");
        stage(journal, 1, "second");
        journal.flush();
        stage(journal, 2, "third".repeat(2000));
        journal.flush();

        crashAndReplay();

        assertThat(replayed).containsExactly("0 first", "1 second", "2 " + "third".repeat(2000));
        assertThat(summary.damagedInside()).isZero();
    }

    @Test
    void endsEveryFrameWithZerosUpToTheNextBlock() throws IOException {
        Journal journal = started();
        stage(journal, 0, "long".repeat(900));
        journal.flush();
        stage(journal, 1, "short");
        journal.flush();

        ByteBuffer file = ByteBuffer.allocate(3 * 4096);
        store.file(FOLDER.resolve("journal-000000.mj")).read(file, 0);
        int end = 2 * 4096 + 40 + 56 + "short".length();
        assertThat(Arrays.copyOfRange(file.array(), end, 3 * 4096)).containsOnly(0);
    }

    /** Bodies that are copied, more of them than one frame takes; and one that is not copied, between small ones. */
    @ParameterizedTest
    @CsvSource({"100000, 100000", "10, 200000"})
    void makesAFlushDurableThatTakesMoreThanOneWrite(int smallBytes, int largeBytes) throws IOException {
        for (int crash = 0; crash < 8; crash++) {
            Path folder = Path.of("/large" + crash);
            store.createDirectories(folder);
            store.syncDirectory(Path.of("/"));
            JournalOptions large = new JournalOptions(4 << 20, 2);
            Journal journal = Journal.open(store, folder, large, random);
            journal.start();
            stage(journal, 0, "a");
            journal.flush();
            for (int i = 1; i < 16; i++) {
                stage(journal, i, "x".repeat(i == 7 ? largeBytes : smallBytes));
            }
            journal.flush();

            store.powerLoss();
            replayed.clear();
            summary = Journal.open(store, folder, large, random).replay(new Recorder());

            assertThat(replayed).hasSize(16);
            assertThat(summary.damagedInside()).isZero();
        }
    }

    @Test
    void forgetsWhatWasStagedAndNotFlushed() throws IOException {
        Journal journal = started();
        stage(journal, 0, "flushed");
        journal.flush();
        stage(journal, 1, "staged");

        crashAndReplay();

        assertThat(replayed).containsExactly("0 flushed");
    }

    @Test
    void neverTakesStaleBytesOfARecycledFileForNew() throws IOException {
        Journal journal = started();
        for (int i = 0; i < 8; i++) {
            stage(journal, i, "old " + i);
            journal.flush();
        }
        journal.grow();
        JournalFile sealed = Objects.requireNonNull(journal.rotate());
        journal.recycle(sealed);
        assertThat(journal.rotate()).isNotNull();
        stage(journal, 100, "new");
        journal.flush();

        crashAndReplay();

        assertThat(replayed).containsExactly("100 new");
    }

    @Test
    void replaysSealedFilesBeforeTheCurrentOne() throws IOException {
        Journal journal = started();
        stage(journal, 0, "sealed");
        journal.flush();
        journal.grow();
        journal.rotate();
        stage(journal, 1, "current");
        journal.flush();

        crashAndReplay();

        assertThat(replayed).containsExactly("0 sealed", "1 current");
    }

    @Test
    void asksForARotationWhenTheFileIsFullAndHasNoneUntilAFileIsRecycled() throws IOException {
        Journal journal = started();
        int staged = 0;
        while (tryStage(journal, staged, "x".repeat(1000))) {
            journal.flush();
            staged++;
        }
        assertThat(staged).isEqualTo(15);
        assertThat(journal.rotate()).isNull();
        assertThat(journal.grow()).isTrue();
        JournalFile sealed = Objects.requireNonNull(journal.rotate());
        assertThat(journal.hasFree()).isFalse();
        journal.recycle(sealed);
        assertThat(journal.hasFree()).isTrue();
    }

    @Test
    void takesTheLargestBodyThatItClaimsToTakeAndNoLarger() throws IOException {
        Journal journal = started();
        int largest = journal.bodyBytesMax();
        assertThat(tryStage(journal, 0, "x".repeat(largest + 4096))).isFalse();
        assertThat(tryStage(journal, 0, "x".repeat(largest))).isTrue();
        journal.flush();

        crashAndReplay();

        assertThat(replayed).containsExactly("0 " + "x".repeat(largest));
    }

    @Test
    void deliversWhatSurroundsAFlippedBitAndCountsTheDamage() throws IOException {
        Journal journal = started();
        for (int i = 0; i < 3; i++) {
            stage(journal, i, "entry " + i);
            journal.flush();
        }
        store.file(FOLDER.resolve("journal-000000.mj")).flipBit(2 * 4096 + 40 + 56 + 1, 3);

        crashAndReplay();

        assertThat(replayed).containsExactly("0 entry 0", "2 entry 2");
        assertThat(summary.damagedInside()).isEqualTo(1);
    }

    @Test
    void countsDamageToAFrameThatWasTooLargeForOnePiece() throws IOException {
        JournalOptions large = new JournalOptions(1 << 20, 2);
        Journal journal = Journal.open(store, FOLDER, large, random);
        journal.start();
        stage(journal, 0, "z".repeat(200_000));
        journal.flush();
        stage(journal, 1, "next");
        journal.flush();
        store.file(FOLDER.resolve("journal-000000.mj")).flipBit(100_000, 3);
        store.powerLoss();

        summary = Journal.open(store, FOLDER, large, random).replay(new Recorder());

        assertThat(replayed).containsExactly("1 next");
        assertThat(summary.damagedInside()).isEqualTo(1);
    }

    @Test
    void findsTheNextFrameBehindADamagedFrameHeader() throws IOException {
        Journal journal = started();
        for (int i = 0; i < 3; i++) {
            stage(journal, i, "entry " + i);
            journal.flush();
        }
        store.file(FOLDER.resolve("journal-000000.mj")).flipBit(2 * 4096 + 9, 0);

        crashAndReplay();

        assertThat(replayed).containsExactly("0 entry 0", "2 entry 2");
        assertThat(summary.damagedInside()).isEqualTo(1);
    }

    @Test
    void goesByTheFirstFrameWhenTheFileHeaderHasRotted() throws IOException {
        Journal journal = started();
        for (int i = 0; i < 3; i++) {
            stage(journal, i, "entry " + i);
            journal.flush();
        }
        store.file(FOLDER.resolve("journal-000000.mj")).flipBit(17, 0);

        crashAndReplay();

        assertThat(replayed).containsExactly("0 entry 0", "1 entry 1", "2 entry 2");
    }

    @Test
    void writesManySmallEntriesInSeveralFramesUnderOneSync() throws IOException {
        JournalOptions large = new JournalOptions(4 << 20, 2);
        Journal journal = Journal.open(store, FOLDER, large, random);
        journal.start();
        for (int i = 0; i < 1000; i++) {
            stage(journal, i, "y".repeat(900));
        }
        journal.flush();
        store.powerLoss();

        Journal.open(store, FOLDER, large, random).replay(new Recorder());

        assertThat(replayed).hasSize(1000);
    }

    @Test
    void refusesAFileOfANewerFormat() throws IOException {
        Journal journal = started();
        stage(journal, 0, "entry");
        journal.flush();
        ByteBuffer header = ByteBuffer.allocate(32);
        try (var file = store.open(FOLDER.resolve("journal-000000.mj"))) {
            file.read(header, 0);
            header.putInt(8, 99);
            java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
            crc.update(header.array(), 8, 24);
            header.putInt(4, (int) crc.getValue());
            file.write(header.rewind(), 0);
        }
        assertThatThrownBy(() -> Journal.open(store, FOLDER, OPTIONS, random))
                .hasMessageContaining("has journal format 99");
    }

    @Test
    void replacesFilesWhenTheConfiguredSizeChanges() throws IOException {
        Journal journal = started();
        stage(journal, 0, "entry");
        journal.flush();
        JournalOptions larger = new JournalOptions(128 << 10, 3);
        Recorder recorder = new Recorder();
        Journal reopened = Journal.open(store, FOLDER, larger, random);
        reopened.replay(recorder);
        reopened.start();
        reopened.recycle(recorder.files.get(0));

        assertThat(replayed).containsExactly("0 entry");
        assertThat(store.list(FOLDER)).containsExactly("journal-000001.mj");
    }

    @Test
    void acknowledgedEntriesSurviveTearingAtAnyCommit() throws IOException {
        for (int seed = 0; seed < 200; seed++) {
            surviveOne(new SplittableRandom(seed));
        }
    }

    /** Commits until the power goes in the middle of an operation, then looks for everything that was acknowledged. */
    private void surviveOne(SplittableRandom seeded) throws IOException {
        SimFileStore disk = new SimFileStore(seeded);
        disk.createDirectories(FOLDER);
        disk.syncDirectory(Path.of("/"));
        List<String> acknowledged = new ArrayList<>();
        try {
            Journal journal = Journal.open(disk, FOLDER, OPTIONS, seeded);
            journal.start();
            disk.faults().crashAfter(seeded.nextInt(1, 40));
            for (int i = 0; ; i++) {
                String body = Integer.toHexString(i).repeat(seeded.nextInt(1, 3000));
                if (!tryStage(journal, i, body)) {
                    break;
                }
                journal.flush();
                acknowledged.add(i + " " + body);
            }
        } catch (SimCrash expected) {
            // what follows is the point
        }
        disk.powerLoss();
        replayed.clear();
        Journal.open(disk, FOLDER, OPTIONS, seeded).replay(new Recorder());
        assertThat(replayed.size() - acknowledged.size()).isBetween(0, 1);
        assertThat(replayed.subList(0, acknowledged.size())).isEqualTo(acknowledged);
    }

    private Journal started() throws IOException {
        Journal journal = Journal.open(store, FOLDER, OPTIONS, random);
        journal.start();
        return journal;
    }

    private void crashAndReplay() throws IOException {
        store.powerLoss();
        summary = Journal.open(store, FOLDER, OPTIONS, random).replay(new Recorder());
    }

    private static void stage(Journal journal, long offset, String body) throws IOException {
        assertThat(tryStage(journal, offset, body)).isTrue();
    }

    private static boolean tryStage(Journal journal, long offset, String body) throws IOException {
        // The journal does not take the bytes over: these are the collector's.
        ByteBuffer direct = ByteBuffer.allocateDirect(body.length());
        ByteBuf bytes = Unpooled.wrappedBuffer(
                direct.put(body.getBytes(StandardCharsets.US_ASCII)).flip());
        return journal.stage(new JournalEntry(EntryType.BATCHES, TOPIC, 3, 1, offset, bytes));
    }

    private final class Recorder implements ReplayTarget {
        private final List<JournalFile> files = new ArrayList<>();

        @Override
        public void onFileStart(JournalFile file) {
            files.add(file);
        }

        @Override
        public void onEntry(JournalEntry entry) {
            assertThat(entry.topicId()).isEqualTo(TOPIC);
            assertThat(entry.partition()).isEqualTo(3);
            replayed.add(entry.offset() + " " + entry.body().toString(java.nio.charset.StandardCharsets.US_ASCII));
        }

        @Override
        public void onFileEnd(JournalFile file) {}
    }
}
