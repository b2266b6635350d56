package io.millrace.client.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.client.Header;
import io.millrace.client.Headers;
import io.millrace.client.Seeds;
import io.millrace.wire.message.FetchResponse.AbortedTransaction;
import io.millrace.wire.record.Compression;
import io.millrace.wire.record.InvalidRecordsException;
import io.millrace.wire.record.Record;
import io.millrace.wire.record.RecordBatch;
import io.millrace.wire.record.RecordBatchBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FetchedRecordsTest {
    private static final long UNPACKED_MAX = 1_000_000;

    private final ByteBuf set = Unpooled.buffer();

    @Test
    void showsTheRecordsOfAllBatches() {
        add(builder(5).append(100, bytes("k"), bytes("v")));
        add(builder(6)
                .append(new Record(
                        6,
                        200,
                        null,
                        Unpooled.wrappedBuffer(bytes("w")),
                        List.of(new io.millrace.wire.record.Header("h", null))))
                .leaderEpoch(9));
        try (FetchedRecords records = fetched(5, null)) {
            assertThat(records.next()).isTrue();
            assertThat(records.offset()).isEqualTo(5);
            assertThat(records.timestampMs()).isEqualTo(100);
            assertThat(text(records.key())).isEqualTo("k");
            assertThat(text(records.value())).isEqualTo("v");
            assertThat(records.headers()).isSameAs(Headers.NONE);
            assertThat(records.leaderEpoch()).isEqualTo(-1);
            assertThat(records.next()).isTrue();
            assertThat(records.key()).isNull();
            assertThat(records.leaderEpoch()).isEqualTo(9);
            assertThat(records.headers()).isEqualTo(Headers.of(new Header("h", null)));
            assertThat(records.next()).isFalse();
            assertThat(records.position()).isEqualTo(7);
        }
    }

    @Test
    void leavesOutWhatIsBeforeTheWantedOffset() {
        add(batch(0, "a", "b"));
        add(batch(2, "c", "d", "e"));
        assertThat(read(3, null)).containsExactly("3:d", "4:e");
    }

    @Test
    void passesOverGapsAtTheEndOfABatch() {
        // Compaction keeps the last offset of a batch when the record is gone.
        add(batch(10, "a", "b", "c"));
        set.setInt(RecordBatch.LAST_OFFSET_DELTA_AT, 9);
        RecordBatch.updateCrc(set, 0);
        try (FetchedRecords records = fetched(10, null)) {
            drain(records);
            assertThat(records.position()).isEqualTo(20);
        }
    }

    @Test
    void aBatchThatIsCutAtTheEndIsNotThere() {
        add(batch(0, "a"));
        int whole = set.writerIndex();
        add(batch(1, "b", "c"));
        set.writerIndex(whole + 70);
        assertThat(read(0, null)).containsExactly("0:a");
    }

    @Test
    void abortedTransactionsAreLeftOutAndTheirMarkersToo() {
        add(transactional(0, 7, "a0"));
        add(transactional(1, 8, "b1"));
        add(transactional(2, 7, "a2"));
        add(marker(3, 7, false));
        add(batch(4, "plain"));
        add(transactional(5, 7, "a5"));
        add(marker(6, 8, true));
        add(marker(7, 7, true));
        List<AbortedTransaction> aborted =
                List.of(new AbortedTransaction().producerId(7).firstOffset(0));
        assertThat(read(0, aborted)).containsExactly("1:b1", "4:plain", "5:a5");
    }

    @Test
    void withoutReadCommittedOnlyMarkersAreLeftOut() {
        add(transactional(0, 7, "a0"));
        add(marker(1, 7, false));
        try (FetchedRecords records = fetched(0, null)) {
            assertThat(drain(records)).containsExactly("0:a0");
            assertThat(records.position()).isEqualTo(2);
        }
    }

    @Test
    void aSetWithoutAnythingToSeeIsProgress() {
        add(transactional(0, 7, "a0", "a1"));
        add(marker(2, 7, false));
        try (FetchedRecords records = fetched(0, List.of(new AbortedTransaction().producerId(7)))) {
            assertThat(records.next()).isFalse();
            assertThat(records.position()).isEqualTo(3);
        }
    }

    @Test
    void damageIsReportedWhereItIsAndCanBePassedOver() {
        add(batch(0, "a"));
        int second = set.writerIndex();
        add(batch(1, "b", "c"));
        add(batch(3, "d"));
        set.setByte(second + RecordBatch.HEADER_SIZE + 3, 99);
        try (FetchedRecords records = fetched(0, null)) {
            assertThat(records.next()).isTrue();
            assertThatThrownBy(records::next)
                    .isInstanceOf(InvalidRecordsException.class)
                    .hasMessageContaining("behind offset 0 is damaged: BAD_CRC");
            assertThat(records.position()).isEqualTo(1);
            assertThatThrownBy(records::next).isInstanceOf(InvalidRecordsException.class);
            assertThat(records.skipBatch()).isTrue();
            assertThat(records.position()).isEqualTo(3);
            assertThat(drain(records)).containsExactly("3:d");
        }
    }

    @Test
    void whatHasNoEndCannotBePassedOver() {
        add(batch(0, "a"));
        set.setInt(RecordBatch.BATCH_LENGTH_AT, -1);
        try (FetchedRecords records = fetched(0, null)) {
            assertThatThrownBy(records::next).hasMessageContaining("BAD_LENGTH");
            assertThat(records.skipBatch()).isFalse();
        }
    }

    @Test
    void aRecordMustBeThereToBeLookedAt() {
        add(batch(0, "a"));
        FetchedRecords records = fetched(0, null);
        assertThatThrownBy(records::offset).hasMessageContaining("next() comes first");
        records.close();
        records.close();
        assertThat(records.next()).isFalse();
        assertThat(set.refCnt()).isZero();
    }

    @Test
    void agreesWithANaiveReaderForManySeeds() {
        Seeds.each(300, FetchedRecordsTest::compare);
    }

    /** Random transactions of a few producers; what is to be seen is decided when they are written. */
    private static void compare(Random random) {
        ByteBuf set = ByteBufAllocator.DEFAULT.buffer();
        List<AbortedTransaction> aborted = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        long[] begun = {-1, -1, -1, -1};
        boolean[] aborts = new boolean[begun.length];
        long offset = random.nextInt(100);
        long wanted = offset + random.nextInt(10);
        int batches = 1 + random.nextInt(40);
        for (int i = 0; i < batches; i++) {
            int producer = random.nextInt(begun.length);
            offset += random.nextInt(4) == 0 ? random.nextInt(50) : 0;
            boolean plain = random.nextInt(4) == 0;
            if (!plain && begun[producer] >= 0 && random.nextInt(3) == 0) {
                append(set, marker(offset++, producer, !aborts[producer]));
                begun[producer] = -1;
                continue;
            }
            if (!plain && begun[producer] < 0) {
                begun[producer] = offset;
                aborts[producer] = random.nextBoolean();
                if (aborts[producer]) {
                    aborted.add(
                            random.nextInt(aborted.size() + 1),
                            new AbortedTransaction().producerId(producer).firstOffset(offset));
                }
            }
            Compression codec = Seeds.oneOf(random, Compression.values());
            RecordBatchBuilder builder = builder(offset).compression(codec);
            if (!plain) {
                builder.producer(producer, (short) 0, 0).transactional();
            }
            int records = 1 + random.nextInt(5);
            for (int r = 0; r < records; r++) {
                ByteBuf value = Unpooled.wrappedBuffer(bytes("v" + offset));
                builder.append(new Record(offset, 0, null, value, List.of()));
                if (offset >= wanted && (plain || !aborts[producer])) {
                    expected.add(offset + ":v" + offset);
                }
                offset += 1 + (random.nextInt(5) == 0 ? random.nextInt(9) : 0);
            }
            append(set, builder);
        }
        try (FetchedRecords records = new FetchedRecords(set, wanted, aborted, UNPACKED_MAX)) {
            assertThat(drain(records)).isEqualTo(expected);
        }
    }

    private List<String> read(long position, @Nullable List<AbortedTransaction> aborted) {
        try (FetchedRecords records = fetched(position, aborted)) {
            return drain(records);
        }
    }

    private static List<String> drain(FetchedRecords records) {
        List<String> seen = new ArrayList<>();
        while (records.next()) {
            seen.add(records.offset() + ":" + text(records.value()));
            assertThat(records.position()).isEqualTo(records.offset() + 1);
        }
        return seen;
    }

    private FetchedRecords fetched(long position, @Nullable List<AbortedTransaction> aborted) {
        return new FetchedRecords(set, position, aborted, UNPACKED_MAX);
    }

    private void add(RecordBatchBuilder builder) {
        append(set, builder);
    }

    private static void append(ByteBuf set, RecordBatchBuilder builder) {
        ByteBuf batch = builder.build();
        set.writeBytes(batch);
        batch.release();
    }

    private static RecordBatchBuilder builder(long baseOffset) {
        return new RecordBatchBuilder(ByteBufAllocator.DEFAULT).baseOffset(baseOffset);
    }

    private static RecordBatchBuilder batch(long baseOffset, String... values) {
        RecordBatchBuilder builder = builder(baseOffset);
        for (String each : values) {
            builder.append(0, null, bytes(each));
        }
        return builder;
    }

    private static RecordBatchBuilder transactional(long baseOffset, long producerId, String... values) {
        return batch(baseOffset, values).producer(producerId, (short) 0, 0).transactional();
    }

    private static RecordBatchBuilder marker(long offset, long producerId, boolean commits) {
        byte[] key = {0, 0, 0, (byte) (commits ? 1 : 0)};
        return builder(offset)
                .append(0, key, new byte[6])
                .producer(producerId, (short) 0, RecordBatch.NO_SEQUENCE)
                .transactional()
                .control();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(@Nullable ByteBuf bytes) {
        return bytes == null ? "null" : bytes.toString(StandardCharsets.UTF_8);
    }
}
