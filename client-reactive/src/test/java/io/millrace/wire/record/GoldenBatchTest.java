package io.millrace.wire.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Batches that Kafka's producer code wrote, kept as text: what is on disk and on the wire must not drift. */
class GoldenBatchTest {
    private static final Path FOLDER = Path.of("src/test/resources/golden");
    private static final int LINE = 32;

    @ParameterizedTest
    @EnumSource(Compression.class)
    void readsTheKeptBatch(Compression codec) throws IOException {
        ByteBuf batch = load(codec);

        List<Record> records = new ArrayList<>();
        try (RecordReader reader = RecordReader.open(batch, 0, 1 << 20)) {
            while (reader.next()) {
                records.add(reader.record());
            }
        }

        assertThat(RecordBatch.check(batch, 0, batch.readableBytes())).isEqualTo(RecordBatch.Integrity.VALID);
        assertThat(records).isEqualTo(records());
    }

    @Test
    void writesTheKeptBatch() throws IOException {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(UnpooledByteBufAllocator.DEFAULT)) {
            builder.baseOffset(100).leaderEpoch(5).producer(4711, (short) 2, 9).transactional();
            records().forEach(builder::append);

            ByteBuf ours = builder.build();

            assertThat(ByteBufUtil.hexDump(ours)).isEqualTo(ByteBufUtil.hexDump(load(Compression.NONE)));
            ours.release();
        }
    }

    private static void write(Compression codec) throws IOException {
        String hex = ByteBufUtil.hexDump(KafkaRecords.build(KafkaRecords.builder(codec, 100), records()));
        String lines = hex.replaceAll("(.{" + 2 * LINE + "})", "$1\n").stripTrailing() + "\n";
        Files.writeString(FOLDER.resolve(fileName(codec)), lines);
    }

    private static List<Record> records() {
        ByteBuf key = Unpooled.copiedBuffer("key", StandardCharsets.UTF_8);
        ByteBuf text = Unpooled.copiedBuffer("the mill turns with the water, ".repeat(6), StandardCharsets.UTF_8);
        List<Header> headers = List.of(
                new Header("trace", Unpooled.wrappedBuffer(new byte[] {0, 1, 2})),
                new Header("пусто", null),
                new Header("", Unpooled.EMPTY_BUFFER));
        return List.of(
                new Record(100, 1_700_000_000_000L, key, text, List.of()),
                new Record(101, 1_700_000_000_007L, null, text, headers),
                new Record(102, 1_699_999_999_999L, key, null, List.of()),
                new Record(103, 1_700_000_000_000L, Unpooled.EMPTY_BUFFER, Unpooled.EMPTY_BUFFER, List.of()));
    }

    private static ByteBuf load(Compression codec) throws IOException {
        if (Boolean.getBoolean("golden.write")) {
            write(codec);
        }
        String hex = Files.readString(FOLDER.resolve(fileName(codec)));
        return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex.replaceAll("\\s", "")));
    }

    private static String fileName(Compression codec) {
        return "record-batch-" + codec.configName() + ".hex";
    }
}
